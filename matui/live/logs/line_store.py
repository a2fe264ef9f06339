"""The lines of a log that are held, in pages, each under a number that never changes."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from matui.live.logs.page_store import Dropped, Place, Spill, StoredPage

Mark: TypeAlias = Literal["", "gap", "note"]

UNREADABLE = "this line could not be read back from the disk"
_KEPT_PAGES = 8


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line exactly as the cloud sent it; or, where ``mark`` is set, words of matui's own in its place."""

    text: str
    mark: str = ""


class LogStore:
    """A contiguous run of lines in whole pages, in memory and, beyond ``max_bytes``, on the disk.

    Line 0 is the first ever stored; lines put before it get negative numbers. What neither may hold is
    dropped: ``above`` and ``below`` remember how to get those pages again, nearest last.
    """

    def __init__(
        self, max_lines: int = 200_000, max_bytes: int = 32 * 1024 * 1024, spill: Spill | None = None
    ) -> None:
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self.above: list[Dropped] = []
        self.below: list[Dropped] = []
        self._spill = spill
        self._pages: list[StoredPage] = []
        self._firsts: list[int] = []
        self._in_memory: deque[StoredPage] = deque()
        self._read: OrderedDict[StoredPage, list[str]] = OrderedDict()
        self._first = 0
        self._end = 0
        self._bytes = 0

    @property
    def first(self) -> int:
        """The number of the first line held."""
        return self._first

    @property
    def end(self) -> int:
        """One more than the number of the last line held."""
        return self._end

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def full(self) -> bool:
        """Whether more is held than may be."""
        if self._spill is not None:
            return self._bytes > self.max_bytes and self._spill.full
        return len(self) > self.max_lines or self._bytes > self.max_bytes

    @property
    def capped(self) -> bool:
        """Whether the disk takes no more pages, so that old ones are dropped and fetched again."""
        return self._spill is not None and self._spill.full

    def line(self, number: int) -> LogLine:
        """Return line ``number``. Raises IndexError where it is not held."""
        if not self._first <= number < self._end:
            raise IndexError(number)
        page = self._pages[bisect_right(self._firsts, number) - 1]
        return LogLine(self._texts_of(page)[number - page.first], page.place.mark)

    def lines(self, begin: int, end: int) -> Iterator[LogLine]:
        """Yield the lines ``begin`` to ``end`` (exclusive) that are held."""
        for number in range(max(begin, self._first), min(end, self._end)):
            yield self.line(number)

    def texts(self, begin: int, end: int) -> list[str]:
        """Return the texts of the lines ``begin`` to ``end`` (exclusive), all of which must be held."""
        found: list[str] = []
        index = bisect_right(self._firsts, begin) - 1
        while begin < end:
            page = self._pages[index]
            part = self._texts_of(page)[begin - page.first : end - page.first]
            found += part
            begin, index = begin + len(part), index + 1
        return found

    def _texts_of(self, page: StoredPage) -> list[str]:
        """Return a page's lines, those read last kept as they are."""
        texts = self._read.get(page)
        if texts is not None:
            self._read.move_to_end(page)
            return texts
        try:
            texts = page.texts(self._spill)
        except OSError:
            texts = [UNREADABLE] * len(page)
        self._read[page] = texts
        if len(self._read) > _KEPT_PAGES:
            self._read.popitem(last=False)
        return texts

    def append(self, lines: Sequence[str], place: Place) -> None:
        """Put lines after the last; small pages that follow each other become one."""
        if not lines:
            return
        last = self._pages[-1] if self._pages else None
        if last is not None and last.takes(lines, place):
            self._bytes -= last.size
            last.extend(lines)
            self._bytes += last.size
            self._read.pop(last, None)
        else:
            last = StoredPage(self._end, lines, place)
            self._pages.append(last)
            self._firsts.append(self._end)
            self._take_in(last)
        self._end += len(lines)

    def prepend(self, lines: Sequence[str], place: Place) -> None:
        """Put lines before the first."""
        if not lines:
            return
        self._first -= len(lines)
        page = StoredPage(self._first, lines, place)
        self._pages.insert(0, page)
        self._firsts.insert(0, self._first)
        self._take_in(page)

    def _take_in(self, page: StoredPage) -> None:
        """Count a new page, and move those that came first to the disk while memory holds too much."""
        self._bytes += page.size
        self._in_memory.append(page)
        while self._spill is not None and self._bytes > self.max_bytes and len(self._in_memory) > 2:
            if not self._in_memory[0].spill_to(self._spill):
                return
            self._bytes -= self._in_memory.popleft().size

    def _let_go(self, page: StoredPage) -> Dropped:
        self._read.pop(page, None)
        if not page.spilled:
            self._bytes -= page.size
            self._in_memory.remove(page)
        return page.drop(self._spill)

    def close(self) -> None:
        """Let go of everything, in memory and on the disk."""
        self._pages.clear()
        self._firsts.clear()
        self._in_memory.clear()
        self._read.clear()
        self._first, self._bytes = self._end, 0
        if self._spill is not None:
            self._spill.close()

    def mark(self, text: str, mark: Mark, *, above: bool = False) -> None:
        """Put a line of matui's own at the end, or ``above`` the first."""
        place = Place(mark=mark, mark_text=text)
        (self.prepend if above else self.append)((text,), place)

    def drop_above(self, keep_from: int) -> bool:
        """While full, let go of whole pages at the top that end at or before ``keep_from``."""
        dropped = False
        while self.full and len(self._pages) > 1 and self._firsts[1] <= keep_from:
            page = self._pages.pop(0)
            self._firsts.pop(0)
            self._first = self._firsts[0]
            self.above.append(self._let_go(page))
            dropped = True
        return dropped

    def drop_below(self, keep_to: int) -> bool:
        """While full, let go of whole pages at the bottom that begin at or after ``keep_to``."""
        dropped = False
        while self.full and len(self._pages) > 1 and self._firsts[-1] >= keep_to:
            page = self._pages.pop()
            self._end = self._firsts.pop()
            self.below.append(self._let_go(page))
            dropped = True
        return dropped

    def jump_below(self) -> None:
        """Let go of everything held, so that the last page dropped below is the next to come back."""
        if not self.below:
            return
        self.above.extend(self._let_go(page) for page in self._pages)
        self.above.extend(reversed(self.below[1:]))
        self._end += sum(page.count for page in self.below[1:])
        self._first = self._end
        del self.below[1:]
        self._pages.clear()
        self._firsts.clear()
