"""The order of the v2 log cursor."""

from __future__ import annotations

import pytest

from matui.clouds.modelarts.v2.jobs.logs import LogOrder, find_lowest_cursor, has_one_line, reverse_lines
from matui.clouds.protocols import LogPage


def make_page(content: str, start: str, end: str) -> LogPage:
    return LogPage(content, start, end, len(content.split()))


@pytest.mark.parametrize(
    ("content", "reversed_"), [("", ""), ("a", "a"), ("a\nb\n", "b\na\n"), ("a\n\nb", "b\n\na")]
)
def test_lines_are_reversed(content: str, reversed_: str) -> None:
    assert reverse_lines(content) == reversed_


def test_the_documented_order_holds_until_pages_prove_another() -> None:
    order = LogOrder()
    assert not order.known
    assert (order.get_word(older=False), order.get_word(older=True)) == ("asc", "desc")


def test_a_server_as_documented() -> None:
    order = LogOrder()
    order.learn(make_page("d\nc\nb", "2", "4"), make_page("b\nc\nd\ne", "2", "5"))
    assert order.known
    assert order.asc_is_newer
    assert order.straighten(make_page("e\nd", "4", "5"), "desc").content == "d\ne"


def test_a_server_with_the_order_of_v1() -> None:
    order = LogOrder()
    order.learn(make_page("c\nd", "3", "4"), make_page("a\nb", "1", "2"))
    assert order.asc_is_newer is False
    assert (order.get_word(older=False), order.get_word(older=True)) == ("desc", "asc")
    assert order.straighten(make_page("c\nd", "3", "4"), "desc").content == "c\nd"


@pytest.mark.parametrize("after", [make_page("", "", ""), make_page("b", "x", "y")])
def test_an_empty_page_or_the_base_line_alone_proves_nothing(after: LogPage) -> None:
    order = LogOrder()
    order.learn(make_page("b\nc", "2", "3"), after)
    assert not order.known


def test_cursors_that_run_backwards_are_turned() -> None:
    backwards = make_page("c\nb", "3", "2")
    assert find_lowest_cursor(backwards) == "2"
    straight = LogOrder(asc_is_newer=True, desc_turned=True).straighten(backwards, "desc")
    assert (straight.content, straight.start, straight.end) == ("b\nc", "2", "3")


def test_one_line_proves_nothing() -> None:
    assert has_one_line(make_page("a\n", "1", "1"))
    assert not has_one_line(make_page("a\nb", "1", "2"))
