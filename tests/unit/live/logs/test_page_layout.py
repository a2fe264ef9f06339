"""Pages are put in the direction of reading; cursors are compared as opaque strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.cursor_order import compare_cursors
from matui.live.logs.cursor.page_layout import (
    PageRequest,
    ServerQuirks,
    compute_fingerprint,
    normalize_page,
    split_content,
)

TEXTS = st.lists(st.sampled_from(["", "a", "b", "epoch 1", " ", "\r"]), min_size=1, max_size=12)


@given(TEXTS, st.sampled_from(["\n", "\n\n"]), st.booleans())
def test_the_count_shows_how_lines_were_joined(lines: list[str], joiner: str, last: bool) -> None:
    content = joiner.join(lines) + ("\n" if last else "")
    assert split_content(content, len(lines)).lines == tuple(lines)


def test_the_vendors_tutorial_joins_with_a_blank_line() -> None:
    split = split_content("one\n\ntwo\n\nthree\n", 3)
    assert split.lines == ("one", "two", "three")
    assert split.separator == "double"


@pytest.mark.parametrize(
    ("content", "count", "learned", "lines"),
    [
        ("a\n\nb\n", None, "", ("a", "b")),
        ("a\n\nb\n", None, "single", ("a", "", "b")),
        ("a\n\nb\n\n\n\nc\n", 9, "", ("a", "b", "", "c")),
        ("a\nb\nc\n", 2, "", ("a", "b", "c")),
        ("a\nb\nc\n", None, "double", ("a", "b", "c")),
        ("", None, "", ()),
        ("", 0, "", ()),
        ("", 1, "", ("",)),
        ("\n", 1, "", ("",)),
        ("a", 0, "", ("a",)),
    ],
)
def test_without_a_count_that_fits_no_text_is_lost(content, count, learned, lines) -> None:
    assert split_content(content, count, learned).lines == lines


def test_lines_counted_but_not_sent_are_owned_up_to() -> None:
    assert split_content("", 5).missing == 5
    assert split_content("a\nb\n", 4).missing == 2


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
    assert compute_fingerprint("line") == "line"
    long = compute_fingerprint("x" * 1_000_000)
    assert len(long) <= 256
    assert long != compute_fingerprint("x" * 999_999 + "y")
    assert compute_fingerprint("\ud800" * 300)


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
