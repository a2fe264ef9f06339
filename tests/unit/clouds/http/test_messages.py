"""The one encoding of paths and queries."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.clouds.http.messages import encode_path, quote_segment, retry_after_s


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_segment_that_would_change_the_path_is_refused(segment: str) -> None:
    with pytest.raises(UsageError):
        quote_segment(segment)


def test_a_path_and_its_query_are_encoded_once() -> None:
    assert quote_segment("a/b c") == "a%2Fb%20c"
    assert encode_path("/v1/a%2Fb", (("z", "1"), ("a", "ü b"))) == "/v1/a%2Fb?a=%C3%BC%20b&z=1"


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("30", 30),
        ("1.5", 1.5),
        ("30s", 30),
        ("2 minutes", 120),
        ("500ms", 0.5),
        ("00:00:30", 30),
        ('"30"', 30),
        ("30, 60", 60),
        ("99999999999999999999", 3600),
        ("Sat, 28 Nov 2026 10:00:30 GMT", 30),
        ("Saturday, 28-Nov-26 10:00:30 GMT", 30),
        ("Sat Nov 28 10:00:30 2026", 30),
        ("2026-11-28T10:00:30Z", 30),
        ("Sat, 28 Nov 2026 10:00:30 +0800", 0),
        ("1795860030", 30),
        ("1795860030000", 30),
        *(
            (wrong, None)
            for wrong in ("", "-5", "-1s", "nan", "inf", "1e400", "1_0", "soon", "Sat, 31 Feb 2026")
        ),
    ],
)
def test_retry_after_is_read_in_any_form_or_not_at_all(typed: str, seconds: float | None) -> None:
    headers = {"retry-after": typed, "date": "Sat, 28 Nov 2026 10:00:00 GMT"}
    assert retry_after_s(headers) == seconds
