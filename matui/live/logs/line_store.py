"""The lines of a log that are held, in pages; the number of a line never changes."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, TypeAlias

from matui.live.logs.page_store import DiskSpill, EvictedPage, PageRef, StoredPage

LineMark: TypeAlias = Literal["", "gap", "note"]

UNREADABLE = "this line could not be read back from the disk"
_CACHED_PAGES = 8


class LogLine(NamedTuple):
    """A line exactly as the cloud sent it or, where ``mark`` is set, a sentence of matui."""

    text: str
    mark: str = ""


LinePage: TypeAlias = tuple[LogLine, ...]


class LogStore:
    """A contiguous run of lines in whole pages, in memory and, beyond ``max_bytes``, on the disk.

    Line 0 is the first ever stored; lines added before it get negative numbers. Pages beyond both limits are
    evicted: ``above`` and ``below`` list how to request them again, nearest last.
    """

    def __init__(
        self, max_lines: int = 200_000, max_bytes: int = 32 * 1024 * 1024, spill: DiskSpill | None = None
    ) -> None:
        self.max_lines = max_lines
        self.max_bytes = max_bytes
        self.above: list[EvictedPage] = []
        self.below: list[EvictedPage] = []
        self._spill = spill
        self._pages: list[StoredPage] = []
        self._firsts: list[int] = []
        self._in_memory: deque[StoredPage] = deque()
        self._cache: OrderedDict[StoredPage, list[str]] = OrderedDict()
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

    @property
    def gaps(self) -> int:
        """The number of marks of lines that may be missing."""
        return sum(page.ref.mark == "gap" for page in self._pages)

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def full(self) -> bool:
        """Whether the store holds more than its limit."""
        if self._spill is not None:
            return self._bytes > self.max_bytes and self._spill.full
        return len(self) > self.max_lines or self._bytes > self.max_bytes

    @property
    def capped(self) -> bool:
        """Whether the disk can take no more pages, so that old pages are evicted and requested again."""
        return self._spill is not None and self._spill.full

    def get_line(self, number: int) -> LogLine:
        """Return line ``number``. Raises IndexError where it is not held."""
        if not self._first <= number < self._end:
            raise IndexError(number)
        page = self._pages[bisect_right(self._firsts, number) - 1]
        return LogLine(self._load_texts(page)[number - page.first], page.ref.mark)

    def iterate_lines(self, begin: int, end: int) -> Iterator[LogLine]:
        """Yield the lines ``begin`` to ``end`` (exclusive) that are held."""
        for number in range(max(begin, self._first), min(end, self._end)):
            yield self.get_line(number)

    def list_texts(self, begin: int, end: int) -> list[str]:
        """Return the texts of the lines ``begin`` to ``end`` (exclusive), all of which must be held."""
        found: list[str] = []
        index = bisect_right(self._firsts, begin) - 1
        while begin < end:
            page = self._pages[index]
            part = self._load_texts(page)[begin - page.first : end - page.first]
            found += part
            begin, index = begin + len(part), index + 1
        return found

    def _load_texts(self, page: StoredPage) -> list[str]:
        """Return the lines of a page, from the cache of the pages read last where possible."""
        texts = self._cache.get(page)
        if texts is not None:
            self._cache.move_to_end(page)
            return texts
        try:
            texts = page.load_texts(self._spill)
        except OSError:
            texts = [UNREADABLE] * len(page)
        self._cache[page] = texts
        if len(self._cache) > _CACHED_PAGES:
            self._cache.popitem(last=False)
        return texts

    def append(self, lines: Sequence[str], ref: PageRef) -> None:
        """Add lines after the last one; small pages that follow each other become one page."""
        if not lines:
            return
        last = self._pages[-1] if self._pages else None
        if last is not None and last.can_extend(lines, ref):
            self._bytes -= last.size
            last.extend(lines)
            self._bytes += last.size
            self._cache.pop(last, None)
        else:
            last = StoredPage(self._end, lines, ref)
            self._pages.append(last)
            self._firsts.append(self._end)
            self._add_page(last)
        self._end += len(lines)

    def prepend(self, lines: Sequence[str], ref: PageRef) -> None:
        """Add lines before the first one."""
        if not lines:
            return
        self._first -= len(lines)
        page = StoredPage(self._first, lines, ref)
        self._pages.insert(0, page)
        self._firsts.insert(0, self._first)
        self._add_page(page)

    def _add_page(self, page: StoredPage) -> None:
        """Account for a new page; move the oldest pages to the disk while memory is over its limit."""
        self._bytes += page.size
        self._in_memory.append(page)
        while self._spill is not None and self._bytes > self.max_bytes and len(self._in_memory) > 2:
            if not self._in_memory[0].spill_to(self._spill):
                return
            self._bytes -= self._in_memory.popleft().size

    def _evict(self, page: StoredPage) -> EvictedPage:
        self._cache.pop(page, None)
        if not page.spilled:
            self._bytes -= page.size
            self._in_memory.remove(page)
        return page.evict(self._spill)

    def close(self) -> None:
        """Discard everything, in memory and on the disk."""
        self._pages.clear()
        self._firsts.clear()
        self._in_memory.clear()
        self._cache.clear()
        self._first, self._bytes = self._end, 0
        if self._spill is not None:
            self._spill.close()

    def mark(self, text: str, mark: LineMark, *, above: bool = False) -> None:
        """Add a mark at the end, or ``above`` the first line."""
        ref = PageRef(mark=mark, mark_text=text)
        (self.prepend if above else self.append)((text,), ref)

    def evict_above(self, keep_from: int) -> bool:
        """While full, evict whole pages at the top up to ``keep_from``; return whether any were."""
        evicted = False
        while self.full and len(self._pages) > 1 and self._firsts[1] <= keep_from:
            page = self._pages.pop(0)
            self._firsts.pop(0)
            self._first = self._firsts[0]
            self.above.append(self._evict(page))
            evicted = True
        return evicted

    def evict_below(self, keep_to: int) -> bool:
        """While full, evict whole pages at the bottom from ``keep_to`` on; return whether any were."""
        evicted = False
        while self.full and len(self._pages) > 1 and self._firsts[-1] >= keep_to:
            page = self._pages.pop()
            self._end = self._firsts.pop()
            self.below.append(self._evict(page))
            evicted = True
        return evicted

    def jump_below(self) -> None:
        """Evict everything held, so that the last page evicted below is the next to be loaded again."""
        if not self.below:
            return
        self.above.extend(self._evict(page) for page in self._pages)
        self.above.extend(reversed(self.below[1:]))
        self._end += sum(page.count for page in self.below[1:])
        self._first = self._end
        del self.below[1:]
        self._pages.clear()
        self._firsts.clear()
