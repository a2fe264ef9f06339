"""Pages are put in the direction of reading; cursors are compared as opaque strings."""

from __future__ import annotations

import pytest

from matui.clouds.protocols import LogPage
from matui.live.logs.page_layout import (
    PageRequest,
    ServerQuirks,
    compare_cursors,
    fingerprint,
    normalize_page,
)


@pytest.mark.parametrize(
    ("a", "b", "order"),
    [
        ("5", "10", -1),
        ("0010", "10", 0),
        ("9" * 40, "1" + "0" * 40, -1),
        ("abc", "abc", 0),
        ("abc", "abd", None),
        ("", "1", None),
        ("-1", "1", None),
        ("٣", "1", None),
    ],
)
def test_cursors_compare_only_where_they_are_numbers(a: str, b: str, order: int | None) -> None:
    assert compare_cursors(a, b) == order


def test_short_lines_identify_themselves_and_long_ones_by_a_digest() -> None:
    assert fingerprint("line") == "line"
    long = fingerprint("x" * 1_000_000)
    assert len(long) <= 256
    assert long != fingerprint("x" * 999_999 + "y")
    assert fingerprint("\ud800" * 300)


def test_newer_lines_stay_in_their_order() -> None:
    page = normalize_page(LogPage("a\nb\nc", "1", "3", 3), PageRequest("", False, 3), ServerQuirks(), ())
    assert (page.lines, page.near_cursor, page.far_cursor) == (("a", "b", "c"), "1", "3")


def test_older_lines_are_turned_round() -> None:
    request = PageRequest("4", True, 3)
    page = normalize_page(LogPage("a\nb\nc", "1", "3", 3), request, ServerQuirks(), ())
    assert (page.lines, page.near_cursor, page.far_cursor) == (("c", "b", "a"), "3", "1")


def test_a_page_with_its_newest_line_first_is_turned_round() -> None:
    quirks = ServerQuirks()
    page = normalize_page(LogPage("c\nb\na", "3", "1", 3), PageRequest("", False, 3), quirks, ())
    assert page.lines == ("a", "b", "c")
    assert quirks.newest_first


def test_a_single_line_has_one_cursor() -> None:
    page = normalize_page(LogPage("d", "3", "4", 1), PageRequest("3", False, 3), ServerQuirks(), ("c",))
    assert (page.near_cursor, page.far_cursor) == ("4", "4")
