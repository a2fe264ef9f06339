"""The options of ``matui logs``."""

from __future__ import annotations

from datetime import UTC

import pytest

from matui.base.errors import UsageError
from matui.cli.logs.selection import build_query

NOW = 1_760_000_000_000


def test_no_option_selects_everything() -> None:
    query = build_query(None, None, None, now_ms=NOW, zone=UTC)
    assert (query.pattern, query.since_ms, query.until_ms) == (None, None, None)
    assert not query.has_bounds


def test_bounds_are_read_from_now_on() -> None:
    query = build_query("loss", "10m", None, now_ms=NOW, zone=UTC)
    assert query.pattern is not None
    assert query.since_ms == NOW - 600_000


@pytest.mark.parametrize(
    ("grep", "since", "option"), [("(", None, "--grep:"), (None, "yesterdayish", "--since yesterdayish is")]
)
def test_a_wrong_value_names_its_option(grep: str | None, since: str | None, option: str) -> None:
    with pytest.raises(UsageError) as caught:
        build_query(grep, since, None, now_ms=NOW, zone=UTC)
    assert caught.value.sentence.startswith(option)


@pytest.mark.parametrize("grep", ["(", "(a+)+b", "a" * 100_000])
def test_the_remedy_of_a_regex_fits_each_reason(grep: str) -> None:
    with pytest.raises(UsageError) as caught:
        build_query(grep, None, None, now_ms=NOW, zone=UTC)
    assert caught.value.remedy.startswith("Write a simpler one")


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="no line can be in between"):
        build_query(None, "60m", "90m", now_ms=NOW, zone=UTC)
