"""Pages of a list, whatever the server makes of ``offset`` and ``limit``.

The reference contradicts itself on whether an offset counts rows or pages, and a server may cap a page's
size, ignore it, or repeat itself. Normally one page costs one request.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from matui.resources.model import UNREADABLE, Resource

MOST_PIECES = 20

OffsetStyle = Literal["page", "item", "unsure"]
"""What a position counts: pages from 1, rows from 0, or one of both, to be found out."""


class PageSlice(NamedTuple):
    """The rows of one request. ``total`` is the cloud's count of all rows, None without one.

    ``stated`` is that count where it is known to be of the rows that are listed.
    """

    rows: tuple[Resource, ...]
    total: int | None
    stated: int | None = None


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
        self._stated: int | None = None

    @property
    def limit(self) -> int:
        """The most rows in a page that takes one request."""
        return self._cap

    async def page(self, number: int, size: int) -> PageSlice:
        """Return the rows from ``number * size`` on, ``size`` of them; fewer only at the end."""
        part = await self._read_page(number, size)
        return part._replace(stated=self._stated)

    async def _read_page(self, number: int, size: int) -> PageSlice:
        if self._cap < size:
            return await self._read_pieces(number * size, size)
        part = await self._read_part(number, size)
        if not self._looks_capped(part, number * size, size):
            return self._trim(part, number * size, size)
        part, is_capped = await self._check_short(part, number * size, size)
        if is_capped is None:
            return self._trim(part, number * size, size)
        if is_capped:
            self._cap = len(part.rows)
            return await self._read_pieces(number * size, size)
        self._honest_short = (len(part.rows), part.total or 0)
        return PageSlice(part.rows, number * size + len(part.rows))

    async def _read_part(self, at: int, size: int) -> PageSlice:
        counts_pages = self._counts_pages
        part = await self._ask(self._position(at, size, counts_pages), size)
        self._stated = part.stated
        if at == 0:
            self._head = frozenset(row.id for row in part.rows)
            return part
        has_more = part.total is None or part.total > at * size
        if not self._is_sure and not counts_pages and self._is_new(part):
            await self._find_out(part, at, size)
        if self._style == "unsure" and self._counts_pages and not counts_pages:
            return await self._ask(self._position(at, size, counts_pages=True), size)
        if self._style != "unsure" or not has_more or self._is_new(part) or not part.total:
            return part
        other = await self._ask(self._position(at, size, not counts_pages), size)
        if self._is_new(other):
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

    def _position(self, at: int, size: int, counts_pages: bool) -> int:
        if self._style == "page":
            return at + 1
        return at if counts_pages else at * size

    def _is_new(self, part: PageSlice) -> bool:
        return bool(part.rows) and part.rows[0].id not in self._head

    def _looks_capped(self, part: PageSlice, start: int, size: int) -> bool:
        """Return whether the page may be short by a limit of the server: without a total it may always be."""
        count = len(part.rows)
        if not 0 < count < size or (part.total is not None and part.total <= start + count):
            return False
        return self._honest_short != (count, part.total or 0) and start % count == 0

    async def _check_short(self, part: PageSlice, start: int, size: int) -> tuple[PageSlice, bool | None]:
        """Request a short page again if rows follow it: return it, and whether the server limits it.

        Return the longer page and None where both differ in length: the other one was broken. A limit is
        kept for good: a single broken answer with one row must not become it.
        """
        if not await self._is_capped(part, start):
            return part, False
        again = await self._read_part(start // size, size)
        if len(again.rows) != len(part.rows):
            return max(part, again, key=lambda one: len(one.rows)), None
        return part, True

    async def _is_capped(self, part: PageSlice, start: int) -> bool:
        count = len(part.rows)
        after = await self._read_part(start // count + 1, count)
        # The id of an unreadable row is its position: it differs in a page that was given again.
        first = next((row.id for row in after.rows if not row.facts.get(UNREADABLE)), None)
        return first is not None and first not in {row.id for row in part.rows}

    async def _read_pieces(self, start: int, size: int) -> PageSlice:
        rows: list[Resource] = []
        total: int | None = None
        at, skip = divmod(start, self._cap)
        for piece in range(MOST_PIECES):
            part = await self._read_part(at + piece, self._cap)
            total = part.total
            if piece and {row.id for row in part.rows} <= {row.id for row in rows}:
                break
            before, skipped = len(rows), skip if piece == 0 else 0
            rows += part.rows[skipped:]
            if len(rows) >= size:
                break
            begin = (at + piece) * self._cap
            if self._looks_capped(part, begin, self._cap):
                part, is_capped = await self._check_short(part, begin, self._cap)
                if is_capped:
                    self._cap = len(part.rows)
                    return await self._read_pieces(start, size)
                if is_capped is None:
                    rows[before:] = part.rows[skipped:]
                else:
                    self._honest_short = (len(part.rows), total or 0)
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
