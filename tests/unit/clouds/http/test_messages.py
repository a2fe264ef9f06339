"""The one encoding of paths and queries."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.clouds.http.messages import encode_path, quote_segment


@pytest.mark.parametrize("segment", ["", ".", ".."])
def test_a_segment_that_would_change_the_path_is_refused(segment: str) -> None:
    with pytest.raises(UsageError):
        quote_segment(segment)


def test_a_path_and_its_query_are_encoded_once() -> None:
    assert quote_segment("a/b c") == "a%2Fb%20c"
    assert encode_path("/v1/a%2Fb", (("z", "1"), ("a", "ü b"))) == "/v1/a%2Fb?a=%C3%BC%20b&z=1"
