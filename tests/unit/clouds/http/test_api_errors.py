"""Every way an answer can say no, and every way it can be no answer at all."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TokenRejectedError,
)
from matui.base.redaction.known import remember_secret
from matui.base.text.sanitize import clean
from matui.clouds.http.api_errors import (
    HttpResponse,
    build_error_from_response,
    choose_error_class,
    explain_class,
    explain_status,
    raise_for_error,
)
from matui.clouds.http.error_bodies import clean_line


def _make_response(status: int, body: object = b"", **headers: str) -> HttpResponse:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, raw)


def _make_error(status: int, code: str, message: str = "no") -> CloudError:
    return build_error_from_response(_make_response(status, {"error_code": code, "error_msg": message}))


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (401, "ModelArts.0201", TokenRejectedError),
        (401, "ModelArts.0205", TokenRejectedError),
        (403, "ModelArts.0202", TokenRejectedError),
        (401, "ModelArts.0210", AuthenticationError),
        (401, "APIGW.0301", AuthenticationError),
        (401, "APIGW.0307", TokenRejectedError),
        (400, "ModelArts.0114", RateLimitedError),
        (429, "APIGW.0308", RateLimitedError),
        (400, "APIG.0308", RateLimitedError),
        (400, "ModelArts.0102", NotFoundError),
        (400, "ModelArts.6309", NotFoundError),
        (400, "ModelArts.3502", NotFoundError),
        (400, "ModelArts.6304", ConflictError),
        (400, "ModelArts.6308", ConflictError),
        (400, "ModelArts.0105", ConflictError),
        (400, "ModelArts.0108", PermissionDeniedError),
        (404, "APIGW.0101", CloudError),
        (401, "", AuthenticationError),
        (404, "", NotFoundError),
        (409, "", ConflictError),
        (500, "", ServerFaultError),
        (503, "Unknown.9", ServerFaultError),
        (400, "Unknown.9", CloudError),
    ],
)
def test_a_code_or_else_the_status_chooses_the_error(status: int, code: str, expected: type) -> None:
    assert type(_make_error(status, code)) is expected


def test_only_token_codes_ask_for_a_new_token() -> None:
    assert not isinstance(_make_error(401, "ModelArts.0210"), TokenRejectedError)


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "ModelArts.6309", "error_msg": "gone"},
        {"errorCode": "ModelArts.6309", "errorMsg": "gone"},
        {"code": "ModelArts.6309", "message": "gone"},
        {"error": {"code": "ModelArts.6309", "message": "gone"}},
        {"result": {"error_code": "ModelArts.6309", "error_message": "gone"}},
        {"error_code": "ModelArts.6309", "error_message": "gone"},
        {"Code": "ModelArts.6309", "Message": "gone"},
        {"ErrorCode": "ModelArts.6309", "errMsg": "gone"},
        {"errors": [{"code": "ModelArts.6309", "message": "gone"}]},
        [{"code": "ModelArts.6309", "msg": "gone"}],
        {"code": "ModelArts.6309", "error": {"detail": "gone"}},
        {"data": {"response": {"error_code": "ModelArts.6309", "error_msg": "gone"}}},
        {"message": '{"error_code": "ModelArts.6309", "error_msg": "gone"}'},
        {"error": "ModelArts.6309", "error_description": "gone"},
        {"badRequest": {"message": "gone", "code": "ModelArts.6309"}},
        {"code": "ModelArts.6309", "message": ["gone"]},
        b"<?xml version='1.0'?><Error><Code>ModelArts.6309</Code><Message>gone</Message></Error>",
    ],
)
def test_every_shape_of_error_body_is_read(body: dict[str, object]) -> None:
    error = build_error_from_response(_make_response(400, body, x_request_id="r-1"))
    assert (error.code, error.message, error.request_id) == ("ModelArts.6309", "gone", "r-1")
    assert "gone" in str(error)
    assert "r-1" in str(error)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"detail": [{"loc": ["query", "limit"], "msg": "field required"}]}, "limit: field required"),
        ({"title": "Too big", "detail": "at most 100", "status": 400}, "at most 100"),
        ({"fault": {"faultstring": "no route"}}, "no route"),
        ({"errors": ["first", "second"]}, "first; second"),
        ({"error": "no such thing"}, "no such thing"),
        ({"kind": "Status", "status": "Failure", "message": "no quota", "code": 400}, "no quota"),
        ("quota exceeded", "quota exceeded"),
        (b"upstream connect error or\n disconnect", "upstream connect error or disconnect"),
    ],
)
def test_the_words_of_an_error_body_of_any_shape_are_kept(body: object, message: str) -> None:
    error = build_error_from_response(_make_response(400, body))
    assert error.message == message
    assert message in error.sentence


@pytest.mark.parametrize("body", [b'{"error_msg": "cut', b"\xff\xfe\x00binary", b"<", b"", {}, [], None])
def test_a_body_without_words_has_none(body: object) -> None:
    assert build_error_from_response(_make_response(400, body)).message == ""


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("APIG.1009", "AppKey or AppSecret is invalid", AuthenticationError),
        ("", "Incorrect IAM authentication information: ak is disabled", AuthenticationError),
        ("InvalidAccessKeyId", "The Access Key ID does not exist", AuthenticationError),
        ("", "The token has expired", AuthenticationError),
        ("", "Your account is in arrears", CloudError),
        ("AccountOverdue", "", CloudError),
        ("APIGW.0502", "The app is frozen", CloudError),
        ("", "账户已欠费", CloudError),
        ("", "The number of jobs exceeds the quota", CloudError),
        ("", "You have no permission to do this", PermissionDeniedError),
        ("", "Policy doesn't allow modelarts:trainJob:list to be performed.", PermissionDeniedError),
        ("", "The token does not have the permission", PermissionDeniedError),
        ("", "Access denied", PermissionDeniedError),
        ("", "", PermissionDeniedError),
        ("APIGW.0302", "no", PermissionDeniedError),
    ],
)
def test_a_403_is_what_it_says(code: str, message: str, expected: type) -> None:
    error = build_error_from_response(_make_response(403, {"error_code": code, "error_msg": message}))
    assert type(error) is expected
    if expected is not PermissionDeniedError or not message:
        assert "administrator" not in str(error)


def test_a_web_page_with_403_is_no_missing_permission() -> None:
    page = _make_response(403, b"<html><title>Blocked</title>", content_type="text/html")
    assert type(build_error_from_response(page)) is BadAnswerError


def test_a_429_says_how_long_the_cloud_asks_to_wait() -> None:
    error = build_error_from_response(_make_response(429, {"error_msg": "slow down"}, retry_after="90"))
    assert "1m30s" in error.remedy
    assert "Retry-After" in error.remedy


def test_a_secret_in_the_words_of_the_cloud_is_hidden() -> None:
    remember_secret("SECRETSECRETSECRET")
    error = build_error_from_response(_make_response(400, {"error_msg": "bad key SECRETSECRETSECRET given"}))
    assert "SECRET" not in str(error) + error.message
    assert "<hidden>" in error.message


def test_a_secret_that_the_words_of_the_cloud_name_is_hidden() -> None:
    error = build_error_from_response(
        _make_response(500, {"error_msg": "mount failed: password=hunter2secret"})
    )
    assert "hunter2" not in f"{error} {error.message} {error.sentence}"


def test_the_request_id_of_the_body_serves_when_no_header_has_one() -> None:
    error = build_error_from_response(
        _make_response(400, {"error_code": "X.1", "error_msg": "m", "request_id": "r-2"})
    )
    assert error.request_id == "r-2"


def test_a_known_code_is_explained_with_its_remedy() -> None:
    error = _make_error(400, "ModelArts.6305")
    assert "running already" in error.sentence
    assert error.remedy


def test_a_status_repeated_as_code_is_no_code() -> None:
    error = build_error_from_response(
        _make_response(401, {"error": {"code": 401, "message": "wrong", "title": "Unauthorized"}})
    )
    assert error.code == ""
    assert type(error) is AuthenticationError


def test_success_false_inside_a_good_status_is_an_error() -> None:
    body = {"is_success": False, "error_code": "ModelArts.0102", "error_msg": "no job"}
    with pytest.raises(NotFoundError):
        raise_for_error(_make_response(200, body), "GET")


def test_the_words_is_success_false_deeper_down_are_data() -> None:
    raise_for_error(_make_response(200, {"is_success": True, "jobs": [{"is_success": False}]}), "GET")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b'{"jobs": [', "breaks off"),
        (b"upstream connect error", "starts with: upstream connect error"),
        (b"<html><head><title>Login \x1b[31m&amp; go</title></head></html>", "titled"),
        (b"null", "is null where an object was due"),
    ],
)
def test_what_is_no_json_object_is_reported_as_what_it_is(body: bytes, says: str) -> None:
    with pytest.raises(BadAnswerError) as caught:
        raise_for_error(_make_response(200, body), "GET")
    assert says in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_an_action_may_be_answered_with_nothing() -> None:
    raise_for_error(_make_response(204), "DELETE")
    raise_for_error(_make_response(200), "POST")


def test_a_web_page_with_404_does_not_mean_that_the_resource_is_gone() -> None:
    assert type(build_error_from_response(_make_response(404, b"<html><title>404</title>"))) is BadAnswerError


def test_a_web_page_with_502_is_a_fault_of_the_server() -> None:
    assert (
        type(build_error_from_response(_make_response(502, b"<html><title>Bad gateway</title>")))
        is ServerFaultError
    )


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "1.5"}, 1.5),
        ({"retry_after": "-3"}, None),
        ({"retry_after": "99999999999"}, 3600.0),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "soon"}, None),
        (
            {"retry_after": "Wed, 01 Jan 2020 00:00:30 GMT", "date": "Wed, 01 Jan 2020 00:00:00 GMT"},
            30.0,
        ),
        ({"retry_after": "Wed, 01 Jan 2020 00:00:30 GMT"}, 0.0),  # no date: our clock
        ({"retry_after": "Wed, 01 Jan 2200 00:00:30 GMT"}, 3600.0),
        ({}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], expected: float | None) -> None:
    assert build_error_from_response(_make_response(429, b"{}", **headers)).retry_after_s == expected


def test_the_challenge_says_why_where_the_body_does_not() -> None:
    challenge = 'Bearer realm="x", error="invalid_token", error_description="The token \\"a\\" expired"'
    error = build_error_from_response(_make_response(401, b"", **{"www-authenticate": challenge}))
    assert (error.code, error.message) == ("invalid_token", 'The token "a" expired')


def test_a_bare_number_is_not_explained_as_a_code_of_the_gateway() -> None:
    assert "refresh token" not in str(
        build_error_from_response(_make_response(400, {"code": 1001, "msg": "no spec"}))
    )


def test_a_wrong_clock_is_named_when_the_signature_is_refused() -> None:
    body = json.dumps({"error_code": "APIGW.0301", "error_msg": "Incorrect IAM authentication"}).encode()
    error = build_error_from_response(HttpResponse(401, {}, body, clock_offset_s=1200.0))
    assert "20m behind" in str(error)
    assert "clock is" not in str(build_error_from_response(HttpResponse(401, {}, body, clock_offset_s=5.0)))


def test_long_and_dangerous_texts_are_cut_and_cleaned() -> None:
    error = _make_error(400, "X\x1b]0;evil\x07", "\x1b[2J" + "m" * 5000)
    assert "\x1b" not in str(error)
    assert len(error.message) == 300
    assert len(str(error)) < 1000


@given(st.binary(max_size=200), st.integers(100, 599))
def test_no_body_breaks_the_mapping(body: bytes, status: int) -> None:
    error = build_error_from_response(HttpResponse(status, {"retry-after": "x", "date": "y"}, body))
    assert isinstance(error, CloudError)
    assert clean(str(error)) == str(error)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["error_code", "error_msg", "code", "message", "error", "request_id"]), inner
        )
    ),
    max_leaves=12,
)


@pytest.mark.slow
@given(_JSON)
def test_no_json_breaks_the_mapping(tree: object) -> None:
    error = build_error_from_response(_make_response(400, tree))
    assert clean(str(error)) == str(error)


def test_shown_keeps_a_text_of_three_hundred() -> None:
    assert clean_line("a" * 300) == "a" * 300
    assert len(clean_line("a" * 301)) == 300


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, CloudError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (409, ConflictError),
        (418, CloudError),
        (429, RateLimitedError),
        (500, ServerFaultError),
        (503, ServerFaultError),
        (599, ServerFaultError),
    ],
)
def test_a_status_names_its_error(status: int, error: type[CloudError]) -> None:
    meaning = explain_status(status)
    assert meaning.error is error
    assert meaning.sentence.endswith(".")
    assert choose_error_class(status, "ModelArts.9999") is error


def test_a_subclass_has_the_words_of_its_parent() -> None:
    assert explain_class(TokenRejectedError) == explain_status(401)
    assert explain_class(ServerFaultError) == explain_status(500)
    assert explain_class(BadAnswerError).sentence == "The cloud refused the request."


def test_a_code_decides_before_the_status_but_for_429() -> None:
    assert choose_error_class(400, "ModelArts.6309") is NotFoundError
    assert choose_error_class(404, "APIGW.0101") is CloudError
    assert choose_error_class(429, "ModelArts.6309") is RateLimitedError
    assert choose_error_class(404, "ModelArts.0105") is NotFoundError
    assert choose_error_class(400, "ModelArts.0105") is ConflictError


def test_null_in_answer_to_an_action_is_as_good_as_no_body() -> None:
    raise_for_error(_make_response(202, b"null"), "POST")


@pytest.mark.parametrize(("seconds", "said"), [("60", "to wait 1m00s"), ("86400", "to wait at least 1h00m")])
def test_a_wait_that_is_cut_to_an_hour_is_not_given_as_what_the_cloud_asked(seconds: str, said: str) -> None:
    error = build_error_from_response(HttpResponse(429, {"retry-after": seconds}, b"{}"))
    assert said in error.remedy
