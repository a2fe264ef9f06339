"""Pages of a list, whatever the server makes of ``offset`` and ``limit``.

The reference contradicts itself on whether an offset counts rows or pages, and a server may cap a page's
size, ignore it, or repeat itself. Normally one page costs one request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import ceil, inf
from typing import Literal, NamedTuple

from matui.resources.model import UNREADABLE, Resource

OffsetStyle = Literal["page", "item", "unsure"]
"""What a position counts: pages from 1, rows from 0, or one of both, to be found out."""

ShortPage = Literal["capped", "holes", "long hole", "end"]
"""Why a page is short: by a limit of the server, by rows that it leaves out or by the end of the list.

A long hole is one without a total: ranges as short as the page may lie in it and look like the end.
"""

_EMPTY_RANGES = 4


class PageSlice(NamedTuple):
    """The rows of one request. ``total`` is the cloud's count of all rows, None without one.

    ``stated`` is that count where it is known to be of the rows that are listed. ``has_more`` as in ``Page``.
    """

    rows: tuple[Resource, ...]
    total: int | None
    stated: int | None = None
    has_more: bool | None = None


FetchSlice = Callable[[int, int], Awaitable[PageSlice]]
"""Fetches at a position (page from 1, or offset) with a size."""


class Pager:
    """Reads one list page by page and remembers what it learnt of the server."""

    def __init__(self, fetch: FetchSlice, *, style: OffsetStyle, most: int = 1000) -> None:
        self._fetch = fetch
        self._style = style
        self._cap = most
        self._counts_pages = style == "page"
        self._is_sure = style != "unsure"
        self._head: frozenset[str] = frozenset()
        self._honest_short: tuple[int, int] | None = None
        self._leaves_out = False
        self._stated: int | None = None
        self._end = inf

    @property
    def limit(self) -> int:
        """The most rows in a page that takes one request."""
        return self._cap

    async def fetch_page(self, number: int, size: int) -> PageSlice:
        """Return the rows from ``number * size`` on, ``size`` of them; fewer only at the end.

        A server may leave rows out of its pages after it has counted them: then there are fewer anywhere.
        """
        part = await self._read_page(number, size)
        return part._replace(stated=self._stated)

    async def _read_page(self, number: int, size: int) -> PageSlice:
        start = number * size
        if self._leaves_out:
            return await self._read_with_holes(start, size)
        if self._cap < size:
            return await self._read_capped(start, size)
        part = await self._read_part(number, size)
        part = await self._check_empty(part, number, size)
        if part.has_more:
            return PageSlice((), None, has_more=True)
        if not self._looks_short(part, start, size):
            return self._trim(part, start, size)
        match await self._check_short(part, start, size):
            case "capped" | "holes" | "long hole" as reason:
                return await self._go_on(reason, len(part.rows), start, size)
            case "end":
                self._honest_short = (len(part.rows), part.total or 0)
                return PageSlice(part.rows, start + len(part.rows))
            case longer:
                return self._trim(longer, start, size)

    async def _read_part(self, at: int, size: int) -> PageSlice:
        counts_pages = self._counts_pages
        part = await self._ask(self._compute_position(at, size, counts_pages), size)
        self._stated = part.stated
        if part.rows and at * size >= self._end:
            self._end = inf
        if at == 0:
            self._head = frozenset(row.id for row in part.rows)
            return part
        has_more = part.total is None or part.total > at * size
        if not self._is_sure and not counts_pages and self._is_new(part):
            await self._find_out(part, at, size)
        if self._style == "unsure" and self._counts_pages and not counts_pages:
            return await self._ask(self._compute_position(at, size, counts_pages=True), size)
        if self._style != "unsure" or not has_more or self._is_new(part) or not part.total:
            return part
        other = await self._ask(self._compute_position(at, size, not counts_pages), size)
        if other.rows and self._head.isdisjoint(row.id for row in other.rows):
            self._counts_pages = not counts_pages
            return other
        return part

    async def _ask(self, position: int, size: int) -> PageSlice:
        """Fetch a page; a total below its own rows is none."""
        part = await self._fetch(position, size)
        return part if part.total is None or part.total >= len(part.rows) else part._replace(total=None)

    async def _find_out(self, part: PageSlice, at: int, size: int) -> None:
        """Find out whether an offset counts pages: then rows before ``part`` were skipped.

        A long list has a page of that number too. A row of the first page decides: it takes one request.
        """
        if size < 2 or not self._head:
            return
        if part.total is None or part.total > at * size * size:
            probe = await self._ask(size // 2, size)
            self._counts_pages |= bool(probe.rows) and probe.rows[0].id not in self._head
        self._is_sure = True

    def _compute_position(self, at: int, size: int, counts_pages: bool) -> int:
        if self._style == "page":
            return at + 1
        return at if counts_pages else at * size

    def _is_new(self, part: PageSlice) -> bool:
        """Return whether a page ends with other rows than the first: new rows on top move those down."""
        return bool(part.rows) and part.rows[-1].id not in self._head

    async def _check_empty(self, part: PageSlice, at: int, size: int) -> PageSlice:
        """Return a page; one without rows is read again where others follow, and then is a hole."""
        if not await self._is_hole(part, at, size):
            return part
        again = await self._read_part(at, size)
        if again.rows:
            return again
        self._leaves_out = True
        return again._replace(has_more=True)

    async def _is_hole(self, part: PageSlice, at: int, size: int) -> bool:
        """Return whether rows follow a range without any: the next ones are requested before a known end.

        Without a total so many empty ranges in a row are the end. Once found it takes no request.
        """
        start = at * size
        if part.rows or start >= self._end:
            return False
        for number in range(at + 1, at + 1 + _EMPTY_RANGES):
            if part.total is not None and part.total <= (number - 1) * size:
                return False
            if self._has_others(await self._read_part(number, size), part):
                return True
        if part.total is None:
            self._end = start
        return False

    def _looks_short(self, part: PageSlice, start: int, size: int) -> bool:
        """Return whether rows may follow a page that is not full: without a total they always may."""
        count = len(part.rows)
        if not 0 < count < size or (part.total is not None and part.total <= start + count):
            return False
        return self._honest_short != (count, part.total or 0)

    async def _check_short(self, part: PageSlice, start: int, size: int) -> ShortPage | PageSlice:
        """Return why a page is short: the server limits it, leaves rows out of it, or the list ends.

        Return the longer page where a second answer differs in length: the other one was broken. What is
        learnt of the server is kept: a single broken answer with one row must not teach it.
        """
        reason = await self._find_reason(part, start, size)
        if reason == "end":
            return reason
        again = await self._read_part(start // size, size)
        if len(again.rows) != len(part.rows):
            return max(part, again, key=lambda one: len(one.rows))
        return reason

    async def _find_reason(self, part: PageSlice, start: int, size: int) -> ShortPage:
        """Look behind as many positions as the page has rows: its own rows there prove holes.

        They prove none where they begin as the page does: the server may ignore positions.
        """
        count = len(part.rows)
        most = min(count, max(1, (size - count) // 2))
        rest = await self._read_part(ceil((start + count) / most), most)
        if self._has_others(rest, part):
            return "capped"
        own = _list_readable_ids(rest)
        if own and own[0] != part.rows[0].id:
            return "holes"
        after = await self._read_part(start // size + 1, size)
        if not self._has_others(after, part):
            return "end"
        return "long hole" if part.total is None else "holes"

    def _has_others(self, after: PageSlice, part: PageSlice) -> bool:
        known = {row.id for row in part.rows} | self._head
        return any(row_id not in known for row_id in _list_readable_ids(after))

    async def _go_on(self, reason: ShortPage, count: int, start: int, size: int) -> PageSlice:
        """Read a page of a server that gave ``count`` rows of ``size``: each is in a range of that length."""
        self._cap = size if reason == "long hole" else count
        self._leaves_out = reason != "capped"
        return await (self._read_with_holes if self._leaves_out else self._read_capped)(start, size)

    async def _read_with_holes(self, start: int, size: int) -> PageSlice:
        """Read the ranges of a server that leaves rows out: only two without any row end the list."""
        window = min(self._cap, size)
        rows: dict[str, Resource] = {}
        total: int | None = None
        has_more = True
        at, end = start // window, ceil((start + size) / window)
        for number in range(at, end):
            part = await self._read_part(number, window)
            total = part.total
            has_more = (total or 0) > (number + 1) * window or any(row.id not in rows for row in part.rows)
            rows |= {row.id: row for row in part.rows}
            if not (has_more or await self._is_hole(part, number, window)):
                break
            has_more = True
        return PageSlice(tuple(rows.values()), None, has_more=has_more)

    async def _read_capped(self, start: int, size: int) -> PageSlice:
        """Read a page of a server that gives shorter ones; as one with holes where a piece proves one."""
        part = await self._read_pieces(start, size)
        is_hole = self._leaves_out and part.has_more is None
        return await self._read_with_holes(start, size) if is_hole else part

    async def _read_pieces(self, start: int, size: int) -> PageSlice:
        rows: list[Resource] = []
        total: int | None = None
        at, skip = divmod(start, self._cap)
        for piece in range(ceil((skip + size) / self._cap)):
            part = await self._read_part(at + piece, self._cap)
            part = await self._check_empty(part, at + piece, self._cap)
            total = part.total
            if piece and {row.id for row in part.rows} <= {row.id for row in rows}:
                break
            before, skipped = len(rows), skip if piece == 0 else 0
            rows += part.rows[skipped:]
            if len(rows) >= size:
                break
            begin = (at + piece) * self._cap
            if self._looks_short(part, begin, self._cap):
                match await self._check_short(part, begin, self._cap):
                    case "capped" | "holes" | "long hole" as reason:
                        return await self._go_on(reason, len(part.rows), start, size)
                    case "end":
                        self._honest_short = (len(part.rows), total or 0)
                    case part:
                        rows[before:] = part.rows[skipped:]
            if len(part.rows) < self._cap:
                if self._honest_short == (len(part.rows), total or 0):
                    total = start + len(rows)
                break
            if len(rows) >= size or (total is not None and start + len(rows) >= total):
                break
        return self._build_slice(rows[:size], start, total, size)

    def _trim(self, part: PageSlice, start: int, size: int) -> PageSlice:
        rows = part.rows
        if len(rows) > size and start:
            rows = rows[start : start + size] if len(rows) == part.total else rows[:size]
        return self._build_slice(list(rows), start, part.total, size)

    def _build_slice(self, rows: list[Resource], start: int, total: int | None, size: int) -> PageSlice:
        seen = start + len(rows) if rows else 0
        if self._honest_short and total is not None and self._honest_short == (len(rows), total):
            return PageSlice(tuple(rows), seen)
        if total is None and (start == 0 or rows) and len(rows) < size:
            return PageSlice(tuple(rows), seen)
        if total is not None and total < seen:
            total = None if len(rows) >= size else seen
        return PageSlice(tuple(rows), total)


def _list_readable_ids(part: PageSlice) -> list[str]:
    """Return the ids of the rows that can be read: any other has its position as id, new in each answer."""
    return [row.id for row in part.rows if not row.facts.get(UNREADABLE)]
