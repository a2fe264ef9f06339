"""A log read by windows of bytes (5.1.11). Pure: it yields the requests to make and is sent the windows.

A window may cut a character (shown as U+FFFD, or left out) and a line. A cut character is requested again
from its first byte; a line is held back until its newline has come.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, TypeAlias, TypeVar

from matui.clouds.protocols import LogBytes
from matui.live.logs.batch import EMPTY_PAGES, LOST_POSITION, Batch
from matui.live.logs.page_store import EvictedPage, PageRef

WINDOW = 2048  # bytes
BACK = 8  # windows
CUT = "\ufffd"
_TRIES = 5  # empty windows before the place is given up

T = TypeVar("T")


class ByteRequest(NamedTuple):
    """One request for ``length`` bytes from ``start``; -1 requests the newest bytes."""

    start: int
    length: int = WINDOW


ByteSteps: TypeAlias = Generator[ByteRequest, LogBytes, T]
ByteWindow: TypeAlias = tuple[str, int]


def count_bytes(text: str) -> int:
    """Return the bytes of ``text`` in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def read_window(start: int, length: int = WINDOW) -> ByteSteps[ByteWindow]:
    """Return the text from byte ``start`` and the position after it; it never ends within a character."""
    got = yield ByteRequest(start, length)
    text = got.content
    if CUT not in text:
        return text, start + count_bytes(text)
    end = _find_end(start, got)
    whole = text.rstrip(CUT)
    if whole == text or (not whole and end - start > 3):
        return text, end
    if CUT not in whole and 0 <= end - start - count_bytes(whole) <= 3:
        return whole, start + count_bytes(whole)
    for shorter in range(length - 1, max(0, length - 4), -1):
        less = yield ByteRequest(start, shorter)
        if less.content and not less.content.endswith(CUT):
            return less.content, _find_end(start, less)
    return text, end


def _find_end(start: int, got: LogBytes) -> int:
    if got.end is not None and got.end > start:
        return got.end
    return start + (got.count if got.count else count_bytes(got.content))


def read_span(start: int, end: int) -> ByteSteps[ByteWindow]:
    """Return the text of bytes ``start`` to ``end`` and where it starts: at a whole character."""
    last = min(start + 3, end - 1)
    for begin in range(start, last + 1):
        text, at = yield from read_window(begin, end - begin)
        if begin and text.startswith(CUT) and begin < last:
            continue
        short = end - at if begin and text and CUT not in text else 0
        if 0 < short <= 3 and (yield from _starts_within_character(begin, end)):
            return text, begin + short
        return (yield from _read_on(text, begin, at, end))
    return "", end


def _starts_within_character(start: int, end: int) -> ByteSteps[bool]:
    """Return whether the cloud left out a cut character at the start of the window, not one at its end."""
    got = yield ByteRequest(start, end - start)
    return CUT not in got.content and (got.end is None or got.end >= end)


def _read_on(text: str, begin: int, at: int, end: int) -> ByteSteps[ByteWindow]:
    while at < end and text:
        more, next_at = yield from read_window(at, end - at)
        if next_at <= at:
            break
        text, at = text + more, next_at
    return text, begin


class ByteLog:
    """The lines of a log, forwards from where it was opened and backwards to its first byte."""

    def __init__(self) -> None:
        self.at_top = False
        self.opened = False
        self._first_byte = 0
        self._position = 0
        self._pending = ""
        self._starts_again = False
        self._failed_reads = 0
        self._failed_older_reads = 0

    def open_top(self) -> ByteSteps[Batch | None]:
        """Start at the first byte of the log."""
        self.opened = self.at_top = True
        return (yield from self.read_newer())

    @property
    def reached(self) -> bool:
        """Always false: the end of a log read by bytes is known only from an empty window."""
        return False

    def read_newer(self, windows: int = 2) -> ByteSteps[Batch]:
        """Return the lines completed since the last call; at first the newest ones."""
        if not self.opened or self._starts_again:
            return (yield from self._open(windows))
        text, at = yield from read_window(self._position)
        if not text:
            return (yield from self._check_rotation())
        self._failed_reads = 0
        begin = self._position - count_bytes(self._pending)
        *lines, self._pending = (self._pending + text).split("\n")
        more = at - self._position >= WINDOW - 3 or not lines
        self._position = at
        return Batch(tuple(lines), PageRef(str(begin), by_bytes=True), more=more)

    def _open(self, windows: int) -> ByteSteps[Batch]:
        newest = yield ByteRequest(-1)
        if not newest.content:
            self._failed_reads += self.opened
            return Batch(retry=self.opened and self._failed_reads < _TRIES)
        self._starts_again, self._failed_reads = False, 0
        if newest.end is None:
            self.opened = self.at_top = True
            return Batch(more=True)
        text, begin = yield from self._read_back(newest.end, windows)
        *lines, self._pending = text.split("\n")
        self._first_byte, self._position, self.at_top, self.opened = begin, newest.end, begin == 0, True
        if text.endswith(CUT):
            self._pending, self._position = self._pending.rstrip(CUT), begin + count_bytes(text.rstrip(CUT))
        return Batch(tuple(lines), PageRef(str(begin), by_bytes=True), more=True)

    def _check_rotation(self) -> ByteSteps[Batch]:
        """Return an empty batch at the end of the log.

        Start again where the log is shorter than what was read, or longer while its windows stay empty.
        """
        newest = yield ByteRequest(-1)
        if newest.end is None or abs(newest.end - self._position) <= 3:
            self._failed_reads = 0
            return Batch()
        if newest.end > self._position:
            self._failed_reads += 1
            if self._failed_reads < _TRIES:
                return Batch(retry=True)
        reason = EMPTY_PAGES if newest.end > self._position else LOST_POSITION
        self._starts_again, self._pending, self._failed_reads = True, "", 0
        return Batch(gap=reason, more=True)

    def read_older(self) -> ByteSteps[Batch]:
        """Return the lines before the first one held; sets ``at_top`` at the first byte of the log."""
        if self._first_byte == 0:
            self.at_top = True
            return Batch()
        text, begin = yield from self._read_back(self._first_byte, BACK)
        if begin == self._first_byte:
            self._failed_older_reads += 1
            self.at_top = self._failed_older_reads >= _TRIES
            return Batch(gap=EMPTY_PAGES) if self.at_top else Batch(retry=True)
        self._first_byte, self.at_top, self._failed_older_reads = begin, begin == 0, 0
        lines = text.removesuffix("\n").split("\n")
        return Batch(tuple(lines), PageRef(str(begin), by_bytes=True))

    def _read_back(self, end: int, windows: int) -> ByteSteps[ByteWindow]:
        """Return text that ends at byte ``end`` and begins with a whole line, and its first byte."""
        text, at, count = "", end, 0
        while at > 0 and (count < windows or "\n" not in text[:-1]):
            part, begin = yield from read_span(max(0, at - WINDOW), at)
            if begin >= at:
                return text, at
            text, at, count = part + text, begin, count + 1
        if at == 0:
            return text, 0
        cut = text.index("\n") + 1
        return text[cut:], at + count_bytes(text[:cut])

    def finish(self) -> Batch:
        """Return the last line, which no newline ended; call it once the log is complete."""
        if not self._pending:
            return Batch()
        line, begin = self._pending, self._position - count_bytes(self._pending)
        self._pending = ""
        return Batch((line,), PageRef(str(begin), by_bytes=True))

    def replay(self, evicted: EvictedPage) -> ByteSteps[tuple[str, ...] | None]:
        """Return lines that were held before, or None where the log no longer has them."""
        text, at = "", int(evicted.ref.base)
        while text.count("\n") < evicted.count:
            more, next_at = yield from read_window(at)
            if not more or next_at <= at:
                break
            text, at = text + more, next_at
        lines = tuple(text.split("\n")[: evicted.count])
        return lines if evicted.matches(lines) else None
