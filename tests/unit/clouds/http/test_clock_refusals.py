"""A refusal for the time of the request names the clock, also where no Date header shows its skew."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import AuthenticationError, CloudError
from matui.clouds.http.api_errors import HttpResponse
from matui.clouds.http.api_errors import raise_for_error as of_modelarts
from matui.clouds.opensearch.errors import raise_for_error as of_opensearch
from matui.clouds.qianfan.errors import raise_for_error as of_qianfan


def _make_refusal(body: dict[str, str], status: int, cloud: str, offset_s: float | None = None) -> CloudError:
    response = HttpResponse(status, {}, json.dumps(body).encode(), offset_s)
    read = {"modelarts": of_modelarts, "qianfan": of_qianfan, "opensearch": of_opensearch}[cloud]
    with pytest.raises(CloudError) as refused:
        read(response, "GET")
    return refused.value


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize(
    ("cloud", "body"),
    [
        ("modelarts", {"error_code": "RequestTimeTooSkewed", "error_msg": "The difference is too large"}),
        ("qianfan", {"code": "RequestExpired", "message": "Request has expired."}),
        ("qianfan", {"code": "RequestTimeTooSkewed", "message": "no"}),
        ("opensearch", {"Code": "InvalidTimeStamp.Expired", "Message": "The time stamp is expired."}),
        ("opensearch", {"Code": "IllegalTimestamp", "Message": "out of range"}),
    ],
)
def test_a_code_about_the_time_advises_to_set_the_clock(
    cloud: str, body: dict[str, str], status: int
) -> None:
    error = _make_refusal(body, status, cloud)
    assert isinstance(error, AuthenticationError)
    assert "credentials" not in str(error)
    assert "clock" in error.remedy


def test_a_code_of_the_gateway_whose_message_blames_the_time_advises_to_set_the_clock() -> None:
    error = _make_refusal({"error_code": "APIG.0301", "error_msg": "x-sdk-date expired"}, 401, "modelarts")
    assert "Set this machine's clock right" in error.remedy


@pytest.mark.parametrize(
    ("cloud", "body"),
    [
        ("modelarts", {"error_code": "APIG.0301", "error_msg": "verify aksk signature fail"}),
        ("qianfan", {"code": "SignatureDoesNotMatch", "message": "no"}),
        ("opensearch", {"Code": "SignatureDoesNotMatch", "Message": "no"}),
    ],
)
def test_a_wrong_signature_advises_to_check_the_keys(cloud: str, body: dict[str, str]) -> None:
    error = _make_refusal(body, 403, cloud)
    assert isinstance(error, AuthenticationError)
    assert "Set this machine's clock" not in error.remedy


def test_a_wrong_time_in_a_query_is_no_matter_of_the_clock() -> None:
    error = _make_refusal(
        {"error_code": "ModelArts.0107", "error_msg": "timestamp expired"}, 400, "modelarts"
    )
    assert not isinstance(error, AuthenticationError)


def test_a_known_skew_is_stated_with_it() -> None:
    error = _make_refusal({"code": "RequestExpired", "message": "no"}, 400, "qianfan", 1200.0)
    assert "20m behind" in error.sentence
    assert "credentials" not in str(error)
