"""Reads a whole list once, for commands that print it."""

from __future__ import annotations

from math import inf

from matui.clouds.protocols import Lists, Page, PageAsk
from matui.resources.model import Resource

_MAX_PASSES = 3
_MAX_STEPS_BACK = 20


async def list_all(
    cloud: Lists, kind: str, *, workspace: str = "", page_size: int = 1000
) -> tuple[tuple[Resource, ...], int | None]:
    """Return every row, newest first where the cloud sorts so, and the total that the cloud counts.

    No row is lost or doubled when the list shifts meanwhile. Raises the errors of :mod:`matui.base.errors`.
    """
    reading = _ListReader(cloud, kind, workspace, page_size)
    for turn in range(_MAX_PASSES):
        known = len(reading.rows)
        await reading.run()
        if reading.is_one_page or reading.is_complete or (turn and len(reading.rows) == known):
            break
    return reading.result(), reading.total


class _ListReader:
    """Reads the pages of a list in passes until every row has been read."""

    def __init__(self, cloud: Lists, kind: str, workspace: str, page_size: int) -> None:
        self._cloud = cloud
        self._kind = kind
        self._workspace = workspace
        self._requested = page_size
        self._size = page_size
        self._is_sorted = True
        self._steps_back = _MAX_STEPS_BACK
        self.rows: dict[str, Resource] = {}
        self.total: int | None = None
        self.is_one_page = False
        self._reads = 0

    @property
    def is_complete(self) -> bool:
        """Whether one pass was enough: new rows only come on top, and all rows are counted."""
        return self._is_sorted and self.total is not None and len(self.rows) >= self.total

    def result(self) -> tuple[Resource, ...]:
        """Return the rows read, sorted again where the cloud sorts: pages read twice mix their order."""
        if not self._is_sorted:
            return tuple(self.rows.values())
        return tuple(sorted(self.rows.values(), key=lambda r: inf if r.created_at is None else -r.created_at))

    async def run(self) -> None:
        """Read all pages, going back where rows have moved up onto pages already read."""
        number = 0
        self._reads = 0
        previous: tuple[str, ...] = ()
        while True:
            before = self.total if self._reads else None
            page = await self._read(number)
            ids = tuple(row.id for row in page.resources)
            lost = before - page.total if before is not None and page.total is not None else 0
            if lost > 0 and number > 0 and self._steps_back > 0:
                self._steps_back -= 1
                number, previous = max(0, number - 1 - (lost - 1) // self._size), ()
                continue
            if not ids or ids == previous or self._is_end(number, page):
                self.is_one_page = number == 0 or (number == 1 and not ids)
                return
            if number == 0:
                self._size = len(ids)
            number, previous = number + 1, ids

    async def _read(self, number: int) -> Page:
        page = await self._cloud.list_page(PageAsk(self._kind, number, self._size, self._workspace))
        self._reads += 1
        self.total = page.total
        self._is_sorted = self._is_sorted and page.newest_first
        for row in page.resources:
            self.rows[row.id] = row
        return page

    def _is_end(self, number: int, page: Page) -> bool:
        count = len(page.resources)
        if page.total is not None:
            return number * self._size + count >= page.total
        return number > 0 and count < self._size
