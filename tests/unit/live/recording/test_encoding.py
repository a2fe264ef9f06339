"""Answers and errors of a cloud as JSON values."""

from __future__ import annotations

from matui.base.errors import MatuiError, RateLimitedError, UnreachableError
from matui.clouds.protocols import LogPage, Page
from matui.live.recording.encoding import (
    PageEncoder,
    decode_error,
    encode_error,
    encode_log_page,
)
from matui.resources.codec import decode_resource
from matui.resources.model import Phase, Resource

ROWS = tuple(
    Resource("jobs", str(n), f"job-{n}", "RUNNING", Phase.RUNNING, "modelarts", "prod") for n in (2, 1)
)


def test_a_page_has_its_rows_by_id_and_their_order() -> None:
    value = PageEncoder().encode(Page(ROWS, 7, newest_first=True), None)
    assert (value["order"], value["total"], value["newest_first"]) == (["2", "1"], 7, True)
    assert [decode_resource(value["rows"][one]) for one in value["order"]] == list(ROWS)


def test_equal_rows_are_encoded_once() -> None:
    encoder = PageEncoder()
    first = encoder.encode(Page(ROWS, 2), None)
    again = encoder.encode(Page(ROWS, 2), None)
    assert all(again["rows"][row.id] is first["rows"][row.id] for row in ROWS)


def test_an_error_comes_back_with_its_type_and_code() -> None:
    error = RateLimitedError(
        "Too many.", remedy="Wait.", code="APIG.0308", message="m", request_id="r", status=429
    )
    again = decode_error(encode_error(error))
    assert isinstance(again, RateLimitedError)
    assert (again.sentence, again.remedy, again.code, again.status) == (
        "Too many.",
        "Wait.",
        "APIG.0308",
        429,
    )
    assert isinstance(decode_error(encode_error(UnreachableError("No route."))), UnreachableError)


def test_an_unknown_error_is_one_of_matui() -> None:
    error = decode_error({"type": "FutureError", "sentence": "New."})
    assert type(error) is MatuiError
    assert error.sentence == "New."


def test_a_log_page_keeps_its_cursors_and_hides_secrets() -> None:
    value = encode_log_page(LogPage("password=hunter2", "1", "5", 1), base="0", older=False)
    assert (value["start"], value["end"], value["base"]) == ("1", "5", "0")
    assert "hunter2" not in value["text"]
