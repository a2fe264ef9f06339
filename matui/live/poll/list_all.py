"""Reads a whole list once, for commands that print it."""

from __future__ import annotations

from asyncio import CancelledError, gather
from collections.abc import Callable, Sized
from math import ceil, inf

from matui.base.calls.exchange_limit import ExchangeLimit
from matui.base.errors import IncompleteOutputError, MatuiError
from matui.clouds.protocols import LimitsPages, ListRequest, Lists, Page
from matui.resources.model import Resource

_CONCURRENT_PASSES = 2
_MAX_PASSES = 5
_MAX_STEPS_BACK = 20
_AT_ONCE = 4

OnListPage = Callable[[int, int | None], None]
"""Takes the number of rows read so far and the total, None when the cloud does not count."""


async def list_all(
    cloud: Lists, kind: str, *, workspace: str = "", page_size: int = 1000, on_page: OnListPage | None = None
) -> tuple[tuple[Resource, ...], int | None]:
    """Return every row, newest first where the cloud sorts so, and the total that the cloud counts.

    Where the first page states the total, four further pages at most are requested at a time, the next one
    before the page that came is parsed. No row is lost or doubled when the list shifts meanwhile. A list that
    has fewer rows than the cloud states is read once more. Raises the errors of :mod:`matui.base.errors`.
    """
    reader = _ListReader(cloud, kind, workspace, page_size, on_page)
    settled = False
    for turn in range(_MAX_PASSES):
        known = len(reader.rows)
        await reader.run(concurrent=turn < _CONCURRENT_PASSES)
        settled = turn > 0 and reader.is_steady and len(reader.rows) == known
        if reader.is_one_page or reader.is_complete or settled:
            break
    if reader.missing and not settled:
        await reader.run(concurrent=False)
    rows = reader.build_result()
    return rows, len(rows) + reader.missing if reader.missing else reader.least_total


def find_incompleteness(kind: str, rows: Sized, total: int | None) -> IncompleteOutputError | None:
    """Return the error that states how many rows of a list were read, None where all were."""
    if total is None or len(rows) >= total:
        return None
    return IncompleteOutputError(
        f"The list of {kind} is incomplete: {len(rows):,} of at least {total:,} came, in several readings.",
        remedy="Repeat the command.",
    )


class _ListReader:
    """Reads all pages in passes; what one pass may have missed because rows moved, the next one reads."""

    def __init__(
        self, cloud: Lists, kind: str, workspace: str, page_size: int, on_page: OnListPage | None
    ) -> None:
        self._cloud = cloud
        self._kind = kind
        self._workspace = workspace
        self._size = min(page_size, self._get_page_limit() or page_size)
        self._on_page = on_page
        self._is_sorted = True
        self._steps_back = _MAX_STEPS_BACK
        self._rows_read = 0
        self.rows: dict[str, Resource] = {}
        self.total: int | None = None
        self.is_one_page = False
        self.is_complete = False
        self.is_steady = True
        self._stated: list[int] = []
        self._totals: list[int] = []
        self._doubled = 0

    @property
    def least_total(self) -> int | None:
        """The least total of the last pass: rows that came on top during it count in later pages only."""
        return None if self.total is None else min(self._totals)

    @property
    def missing(self) -> int:
        """The number of rows that every page of the last pass stated beyond those known.

        A row that came on top during the pass is not in the count of its first page, a deleted one is not in
        that of its last.
        """
        return max(0, min(self._stated, default=0) - len(self.rows) - self._doubled)

    def build_result(self) -> tuple[Resource, ...]:
        """Return the rows read, sorted anew where the cloud sorts, for pages read twice mix their order."""
        if not self._is_sorted:
            return tuple(self.rows.values())
        return tuple(sorted(self.rows.values(), key=lambda r: inf if r.created_at is None else -r.created_at))

    async def run(self, *, concurrent: bool) -> None:
        """Read all pages once, several at a time where the first one states how many there are."""
        self.is_steady, self._rows_read, self._doubled = True, 0, 0
        self._stated, self._totals = [], []
        first = await self._read(0)
        self._keep(first)
        ids = _list_ids(first)
        if not (ids or first.has_more) or self._is_end(0, first):
            self.is_one_page = True
            return
        position = self._adopt_size(len(ids))
        if concurrent and first.total is not None:
            await self._read_concurrently(first, position)
        else:
            await self._read_in_turn(position, ids)
            counted = first.total is not None and self.total is not None
            if first.total is None and self._is_sorted and len(self.rows) < (self.total or 0):
                await self._read_newest_of(self.total)
            self.is_complete = self._is_sorted and counted and len(self.rows) >= (self.total or 0)

    async def _read_newest_of(self, total: int | None) -> None:
        """Read the rows that have come on top of a list whose number only its last page showed."""
        self._keep(await self._read(0))
        self.total, self._totals = total, [total or 0]

    def _adopt_size(self, came: int) -> int:
        """Request pages of the size that the cloud gives; return the number of the next page."""
        limit = self._get_page_limit()
        if limit is None:
            self._size = came
        elif limit < self._size:
            read, self._size = self._size, limit
            return read // limit
        return 1

    def _get_page_limit(self) -> int | None:
        cloud = self._cloud
        return cloud.get_page_limit(self._kind, self._workspace) if isinstance(cloud, LimitsPages) else None

    async def _read_concurrently(self, first: Page, start: int) -> None:
        """Read the pages that the first one promised, then the newest again where rows came on top."""
        expected = first.total or 0
        end = ceil(expected / self._size)
        pages = await self._read_pages(range(start, end), _list_ids(first))
        latest = max((page.total or 0 for page in pages), default=0)
        pages += await self._read_pages(range(end, ceil(latest / self._size)), _list_ids(first))
        totals = {page.total for page in (first, *pages)}
        seen = {*_list_ids(first), *(row for page in pages for row in _list_ids(page))}
        self.is_steady = len(totals) == 1
        self.is_complete = self._is_sorted and None not in totals and len(seen) >= expected
        if self.is_complete and len(seen) < latest:
            newest = await self._read(0)
            self._keep(newest)
            self.is_complete = len(seen.union(_list_ids(newest))) >= latest

    async def _read_pages(self, numbers: range, first: tuple[str, ...]) -> list[Page]:
        """Return the pages in order; after an empty or a repeated page no further one is requested."""
        pages: dict[int, Page] = {}
        known = {first}
        waiting = iter(numbers)
        limit = ExchangeLimit(_AT_ONCE)
        stopped = False

        def stop() -> None:
            nonlocal stopped
            stopped = True
            limit.cancel_waiting()

        async def work() -> None:
            while not stopped and (number := next(waiting, None)) is not None:
                try:
                    page = pages[number] = await self._read(number)
                except MatuiError:
                    stop()
                    raise
                ids = _list_ids(page)
                if ids in known if ids else not page.has_more:
                    stop()
                known.add(ids)

        with limit.open():
            results = await gather(*(work() for _ in range(2 * _AT_ONCE)), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not (stopped and isinstance(result, CancelledError)):
                raise result
        found = [pages[number] for number in sorted(pages)]
        for page in found:
            self._keep(page)
        return found

    async def _read_in_turn(self, number: int, previous: tuple[str, ...]) -> None:
        """Read page after page, going back where rows have moved up onto pages already read."""
        while True:
            before = self.total
            page = await self._read(number)
            self._keep(page)
            ids = _list_ids(page)
            lost = before - page.total if before is not None and page.total is not None else 0
            if lost > 0 and number > 0 and self._steps_back > 0:
                self._steps_back -= 1
                number, previous = max(0, number - 1 - (lost - 1) // self._size), ()
                continue
            if not (ids or page.has_more) or (ids and ids == previous) or self._is_end(number, page):
                self.is_one_page = number == 1 and not ids
                return
            number, previous = number + 1, ids

    async def _read(self, number: int) -> Page:
        page = await self._cloud.list_page(ListRequest(self._kind, number, self._size, self._workspace))
        self.total = page.total
        self._is_sorted = self._is_sorted and page.newest_first
        self._rows_read += len(page.resources)
        self._doubled += len(page.resources) - len({row.id for row in page.resources})
        if page.total is not None:
            self._totals.append(page.total)
        if page.stated is not None:
            self._stated.append(page.stated)
        if self._on_page is not None:
            self._on_page(self._rows_read, page.total)
        return page

    def _keep(self, page: Page) -> None:
        for row in page.resources:
            self.rows[row.id] = row

    def _is_end(self, number: int, page: Page) -> bool:
        if page.has_more is not None:
            return not page.has_more
        count = len(page.resources)
        if page.total is not None:
            return number * self._size + count >= page.total
        return number > 0 and count < self._size


def _list_ids(page: Page) -> tuple[str, ...]:
    return tuple(row.id for row in page.resources)
