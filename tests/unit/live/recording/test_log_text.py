"""Recorded pages of a log: put together in order, and cut at what was known at a time."""

from typing import Any

from matui.live.recording.log_text import NOT_READ, RecordedLog


def make_page(
    text: str, *, base: str = "", start: str = "", end: str = "", older: bool = False
) -> dict[str, Any]:
    return {"text": text, "base": base, "start": start, "end": end, "older": older}


def test_newer_pages_follow_the_first_one() -> None:
    log = RecordedLog([(1, make_page("a\nb\n", end="2")), (5, make_page("c\n", base="2", end="3"))])
    assert log.list_lines_at(0) == []
    assert log.list_lines_at(4) == ["a", "b"]
    assert log.list_lines_at(5) == ["a", "b", "c"]


def test_older_pages_keep_the_number_of_every_line() -> None:
    log = RecordedLog(
        [
            (1, make_page("c\nd\n", start="3", end="4")),
            (2, make_page("a\nb\n", base="3", start="1", end="2", older=True)),
            (9, make_page("e\n", base="4", end="5")),
        ]
    )
    assert log.list_lines_at(1) == ["a", "b", "c", "d"]
    assert log.list_lines_at(9) == ["a", "b", "c", "d", "e"]


def test_pages_of_two_readers_do_not_repeat_lines() -> None:
    log = RecordedLog(
        [
            (1, make_page("a\nb\n", end="2")),
            (2, make_page("b\nc\n", end="3")),
            (3, make_page("c\nd\n", base="2", end="4")),
        ]
    )
    assert log.list_lines_at(3) == ["a", "b", "c", "d"]


def test_lines_between_that_were_not_read_are_marked() -> None:
    log = RecordedLog([(1, make_page("a\n", end="1")), (2, make_page("x\ny\n", end="9"))])
    assert log.list_lines_at(2) == ["a", NOT_READ, "x", "y"]


def test_a_log_read_from_its_top_meets_the_newest_page() -> None:
    log = RecordedLog(
        [
            (1, make_page("d\ne\n", start="4", end="5")),
            (2, make_page("a\nb\n", start="1", end="2", older=True)),
            (3, make_page("c\nd\n", base="2", end="4")),
        ]
    )
    assert log.list_lines_at(3) == ["a", "b", "c", "d", "e"]
