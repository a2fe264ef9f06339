"""Joins the recorded pages of a log, and returns the lines that were known at a time. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

NOT_READ = "[matui: lines between here were not read when this was recorded]"
_TAIL = 200_000  # characters at the end of what is held that a newer page may overlap


class _Segment:
    """Consecutive text; each of ``marks`` is a time (ms) and the length of the text at that time."""

    def __init__(self, text: str, start: str, end: str) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.marks: list[tuple[int, int]] = []

    def append(self, text: str, end: str) -> None:
        if not text:
            return
        self.text += text
        self.end = end

    def prepend(self, text: str, start: str) -> None:
        self.text = text + self.text
        self.start = start or self.start
        self.marks = [(at, length + len(text)) for at, length in self.marks]


class RecordedLog:
    """The text of one log file over the whole recording: line numbers are the same at every time.

    ``pages`` are pairs of time (ms) and page in the order of their recording.
    """

    def __init__(self, pages: Iterable[tuple[int, dict[str, Any]]]) -> None:
        self._segments: list[_Segment] = []
        for at, page in pages:
            self._add(page)
            if self._segments and not page["older"]:
                last = self._segments[-1]
                last.marks.append((at, len(last.text)))
        self._join()

    def list_lines_at(self, at: int) -> list[str]:
        """Return the lines up to the newest one that was known at a time, in ms since the epoch."""
        index = bisect_right(self._times, at)
        return self._lines[: self._counts[index - 1]] if index else []

    def _add(self, page: dict[str, Any]) -> None:
        text, base, start, end = (str(page[name]) for name in ("text", "base", "start", "end"))
        if not self._segments:
            self._segments.append(_Segment(text, start, end))
        elif page["older"]:
            self._add_older(text, base, start, end)
        else:
            self._add_newer(text, base, start, end)

    def _add_older(self, text: str, base: str, start: str, end: str) -> None:
        if not base:  # the first lines of the log
            if not self._segments[0].text.startswith(text[:_TAIL]):
                self._segments.insert(0, _Segment(text, start, end))
            return
        segment = next((one for one in self._segments if one.start == base), None)
        if segment is not None:
            segment.prepend(_drop_last(text, segment.text) if end == base else text, start)

    def _add_newer(self, text: str, base: str, start: str, end: str) -> None:
        segment = next((one for one in self._segments if base and one.end == base), None)
        if segment is not None:
            segment.append(text.partition("\n")[2] if start == base else text, end)
            self._merge(segment)
            return
        last = self._segments[-1]
        new = find_new_text(last.text, text)
        if new is not None:
            last.append(new, end)
        elif not base:
            self._segments.append(_Segment(text, start, end))

    def _merge(self, segment: _Segment) -> None:
        """Join a segment to the next one where it has reached it."""
        at = self._segments.index(segment)
        if at + 1 == len(self._segments):
            return
        following = self._segments[at + 1]
        new = find_new_text(segment.text, following.text)
        if new is not None:
            kept = len(segment.text) + len(new) - len(following.text)
            segment.marks = [(when, length + kept) for when, length in following.marks]
            segment.append(new, following.end)
            del self._segments[at + 1]

    def _join(self) -> None:
        before = "".join(f"{_end_with_newline(one.text)}{NOT_READ}\n" for one in self._segments[:-1])
        last = self._segments[-1] if self._segments else _Segment("", "", "")
        self._lines = _end_with_newline(before + last.text).split("\n")[:-1]
        marks = sorted((at, before.count("\n") + _count_lines(last.text, end)) for at, end in last.marks)
        self._times = [at for at, _count in marks]
        self._counts = [count for _at, count in marks]


def find_new_text(held: str, page: str) -> str | None:
    """Return what a page has beyond the end of the text held; None where the two do not overlap."""
    first = page[: page.find("\n") + 1] or page
    at = held.find(first, max(0, len(held) - _TAIL))
    while at >= 0:
        tail = held[at:]
        if page.startswith(tail):
            return page[len(tail) :]
        if tail.startswith(page):
            return ""
        at = held.find(first, at + 1)
    return None


def _drop_last(text: str, following: str) -> str:
    """Return an older page without its last line where that is the first one held already."""
    head, _, last = text.rstrip("\n").rpartition("\n")
    is_known = following.startswith(last)
    return (f"{head}\n" if head else "") if is_known else text


def _end_with_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _count_lines(text: str, end: int) -> int:
    return text.count("\n", 0, end) + (end > 0 and text[end - 1] != "\n")
