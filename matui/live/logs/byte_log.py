"""A log read by byte windows (5.1.11), stitched on positions. Pure: it yields what to ask for.

A window may cut a character (shown as U+FFFD, or given back) and a line. Characters are asked for again from
their first byte; a line is held back until its end has come.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from matui.clouds.protocols import LogBytes
from matui.live.logs.cursor_log import LOST_PLACE, Batch
from matui.live.logs.page_store import Dropped, Place

WINDOW = 2048
BACK = 8
CUT = "\ufffd"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ByteAsk:
    """One request for ``length`` bytes from ``start``; -1 is the newest bytes."""

    start: int
    length: int = WINDOW


Reading: TypeAlias = Generator[ByteAsk, LogBytes, T]
Window: TypeAlias = tuple[str, int]


def size_of(text: str) -> int:
    """Return the bytes of ``text`` in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def read_window(start: int, length: int = WINDOW) -> Reading[Window]:
    """Return the text from byte ``start`` and the position after it, never ending within a character."""
    got = yield ByteAsk(start, length)
    text = got.content
    if CUT not in text:
        return text, start + size_of(text)
    end = _told_end(start, got)
    whole = text.rstrip(CUT)
    if whole == text or (not whole and end - start > 3):
        return text, end
    if CUT not in whole and 0 <= end - start - size_of(whole) <= 3:
        return whole, start + size_of(whole)
    for shorter in range(length - 1, max(0, length - 4), -1):
        less = yield ByteAsk(start, shorter)
        if less.content and not less.content.endswith(CUT):
            return less.content, _told_end(start, less)
    return text, end


def _told_end(start: int, got: LogBytes) -> int:
    if got.end is not None and got.end > start:
        return got.end
    return start + (got.count if got.count else size_of(got.content))


def read_span(start: int, end: int) -> Reading[Window]:
    """Return the text of the bytes from ``start`` (moved on to a character's first byte) and that start."""
    last = min(start + 3, end - 1)
    for begin in range(start, last + 1):
        text, at = yield from read_window(begin, end - begin)
        if begin and text.startswith(CUT) and begin < last:
            continue
        short = end - at if begin and text and CUT not in text else 0
        if 0 < short <= 3 and (yield from _lacks_its_head(begin, end)):
            return text, begin + short
        return (yield from _read_on(text, begin, at, end))
    return "", end


def _lacks_its_head(start: int, end: int) -> Reading[bool]:
    """Whether the cloud gave back a broken character at the start of a window, not one at its end."""
    got = yield ByteAsk(start, end - start)
    return CUT not in got.content and (got.end is None or got.end >= end)


def _read_on(text: str, begin: int, at: int, end: int) -> Reading[Window]:
    while at < end and text:
        more, next_at = yield from read_window(at, end - at)
        if next_at <= at:
            break
        text, at = text + more, next_at
    return text, begin


class ByteLog:
    """The lines of a log, forwards from where it was opened and backwards to its top."""

    def __init__(self) -> None:
        self.at_top = False
        self.opened = False
        self._top = 0
        self._at = 0
        self._pending = ""

    def open_top(self) -> Reading[Batch | None]:
        """Begin at the log's first byte."""
        self.opened = self.at_top = True
        return (yield from self.newer())

    @property
    def reached(self) -> bool:
        """A log read by bytes is at its end when a window is empty, never sooner."""
        return False

    def newer(self, windows: int = 2) -> Reading[Batch]:
        """Return the lines that have ended since; at first the newest ones."""
        if not self.opened:
            return (yield from self._open(windows))
        text, at = yield from read_window(self._at)
        if not text:
            return (yield from self._check_rotation())
        begin = self._at - size_of(self._pending)
        *lines, self._pending = (self._pending + text).split("\n")
        more = at - self._at >= WINDOW - 3 or not lines
        self._at = at
        return Batch(tuple(lines), Place(str(begin), by_bytes=True), more=more)

    def _open(self, windows: int) -> Reading[Batch]:
        newest = yield ByteAsk(-1)
        if not newest.content:
            return Batch()
        if newest.end is None:
            self.opened = self.at_top = True
            return Batch(more=True)
        text, begin = yield from self._back(newest.end, windows)
        *lines, self._pending = text.split("\n")
        self._top, self._at, self.at_top, self.opened = begin, newest.end, begin == 0, True
        if text.endswith(CUT):
            self._pending, self._at = self._pending.rstrip(CUT), begin + size_of(text.rstrip(CUT))
        return Batch(tuple(lines), Place(str(begin), by_bytes=True), more=True)

    def _check_rotation(self) -> Reading[Batch]:
        """Tell a log at its end from one that has become shorter than what was read."""
        newest = yield ByteAsk(-1)
        if newest.end is None or newest.end >= self._at - 3:
            return Batch()
        self.opened, self._pending = False, ""
        return Batch(gap=LOST_PLACE, more=True)

    def older(self) -> Reading[Batch]:
        """Return lines before the first one held; sets ``at_top`` at the log's first byte."""
        if self._top == 0:
            self.at_top = True
            return Batch()
        text, begin = yield from self._back(self._top, BACK)
        self._top, self.at_top = begin, begin == 0
        lines = text.removesuffix("\n").split("\n")
        return Batch(tuple(lines), Place(str(begin), by_bytes=True))

    def _back(self, end: int, windows: int) -> Reading[Window]:
        """Return the text that ends at ``end`` and begins with a whole line, and where it begins."""
        text, at, count = "", end, 0
        while at > 0 and (count < windows or "\n" not in text[:-1]):
            part, begin = yield from read_span(max(0, at - WINDOW), at)
            if begin >= at:
                return text, at
            text, at, count = part + text, begin, count + 1
        if at == 0:
            return text, 0
        cut = text.index("\n") + 1
        return text[cut:], at + size_of(text[:cut])

    def finish(self) -> Batch:
        """Return the last line, which no newline ended, once nothing more will come."""
        if not self._pending:
            return Batch()
        line, begin = self._pending, self._at - size_of(self._pending)
        self._pending = ""
        return Batch((line,), Place(str(begin), by_bytes=True))

    def replay(self, dropped: Dropped) -> Reading[tuple[str, ...] | None]:
        """Return lines that were held before, or None where the log has them no more."""
        text, at = "", int(dropped.place.base)
        while text.count("\n") < dropped.count:
            more, next_at = yield from read_window(at)
            if not more or next_at <= at:
                break
            text, at = text + more, next_at
        lines = tuple(text.split("\n")[: dropped.count])
        return lines if dropped.knows(lines) else None
