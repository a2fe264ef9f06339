"""A wrong filter is refused with its term."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.cli.options import parse_filter_option


def test_a_right_filter_is_parsed() -> None:
    assert parse_filter_option("phase:failed age<2h")
    assert not parse_filter_option("")


@pytest.mark.parametrize("expression", ["nonsense:x", "age:2h", "/("])
def test_a_wrong_term_is_named(expression: str) -> None:
    with pytest.raises(UsageError, match="The filter is wrong"):
        parse_filter_option(expression)
