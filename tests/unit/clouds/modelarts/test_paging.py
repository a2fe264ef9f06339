"""Pages of a list whose total contradicts its rows."""

from __future__ import annotations

import asyncio

import pytest

from matui.clouds.modelarts.paging import Pager, PageSlice
from tests.unit.live.poll.listed import row

ROWS = tuple(row(n) for n in range(30))


@pytest.mark.parametrize(("total", "size", "want"), [(0, 10, None), (3, 10, None), (0, 40, 30), (30, 10, 30)])
async def test_a_total_below_the_rows_of_a_full_page_is_no_total(
    total: int, size: int, want: int | None
) -> None:
    async def fetch(at: int, limit: int) -> PageSlice:
        return PageSlice(ROWS[(at - 1) * limit : at * limit], total)

    assert (await Pager(fetch, style="page").page(0, size)).total == want


@pytest.mark.parametrize("counts_pages", [False, True])
@pytest.mark.parametrize("states_total", [False, True])
async def test_no_row_of_a_long_list_is_skipped_whatever_an_offset_counts(
    *, counts_pages: bool, states_total: bool
) -> None:
    asked: list[int] = []

    async def fetch(at: int, limit: int) -> PageSlice:
        asked.append(at)
        start = at * limit if counts_pages else at
        return PageSlice(ROWS[start : start + limit], len(ROWS) if states_total else None)

    pager = Pager(fetch, style="unsure")
    pages = [await pager.page(number, 3) for number in range(10)]
    assert [one.id for page in pages for one in page.rows] == [one.id for one in ROWS]
    assert len(asked) <= 10 + 2


async def test_pages_that_are_read_at_the_same_time_skip_no_row() -> None:
    async def fetch(at: int, limit: int) -> PageSlice:
        await asyncio.sleep(0)
        return PageSlice(ROWS[at * limit : at * limit + limit], len(ROWS))

    pager = Pager(fetch, style="unsure")
    first = await pager.page(0, 3)
    others = await asyncio.gather(*(pager.page(number, 3) for number in range(1, 10)))
    assert [one.id for page in (first, *others) for one in page.rows] == [one.id for one in ROWS]


@pytest.mark.parametrize("total", [None, 0, 1])
@pytest.mark.parametrize(("limit", "requests"), [(4, 9), (100, 2)])
async def test_a_page_shorter_than_asked_for_is_no_end_without_a_total(
    total: int | None, limit: int, requests: int
) -> None:
    asked: list[int] = []

    async def fetch(at: int, size: int) -> PageSlice:
        asked.append(at)
        size = min(size, limit)
        return PageSlice(ROWS[(at - 1) * size : at * size], total)

    pager = Pager(fetch, style="page")
    page = await pager.page(0, 50)
    assert ([one.id for one in page.rows], page.total) == ([one.id for one in ROWS], len(ROWS))
    assert len(asked) <= requests + 3
    asked.clear()
    await pager.page(0, 50)
    assert len(asked) <= requests
