"""Pages of a list whose total contradicts its rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from random import Random

import pytest

from matui.clouds.modelarts.paging import FetchSlice, OffsetStyle, Pager, PageSlice
from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.list_all import find_incompleteness, list_all
from matui.live.poll.list_sync import ListSync
from tests.unit.live.poll.listed import make_row

ROWS = tuple(make_row(n) for n in range(30))


@pytest.mark.parametrize(("total", "size", "want"), [(0, 10, None), (3, 10, None), (0, 40, 30), (30, 10, 30)])
async def test_a_total_below_the_rows_of_a_full_page_is_no_total(
    total: int, size: int, want: int | None
) -> None:
    async def fetch(at: int, limit: int) -> PageSlice:
        return PageSlice(ROWS[(at - 1) * limit : at * limit], total)

    assert (await Pager(fetch, style="page").fetch_page(0, size)).total == want


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
    pages = [await pager.fetch_page(number, 3) for number in range(10)]
    assert [one.id for page in pages for one in page.rows] == [one.id for one in ROWS]
    assert len(asked) <= 10 + 2


async def test_pages_that_are_read_at_the_same_time_skip_no_row() -> None:
    async def fetch(at: int, limit: int) -> PageSlice:
        await asyncio.sleep(0)
        return PageSlice(ROWS[at * limit : at * limit + limit], len(ROWS))

    pager = Pager(fetch, style="unsure")
    first = await pager.fetch_page(0, 3)
    others = await asyncio.gather(*(pager.fetch_page(number, 3) for number in range(1, 10)))
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
    page = await pager.fetch_page(0, 50)
    assert ([one.id for one in page.rows], page.total) == ([one.id for one in ROWS], len(ROWS))
    assert len(asked) <= requests + 4
    asked.clear()
    await pager.fetch_page(0, 50)
    assert len(asked) <= requests


@pytest.mark.parametrize("total", [300, None])
async def test_a_page_that_came_empty_by_a_broken_answer_is_read_again(
    total: int | None,
) -> None:
    asked: list[int] = []

    async def fetch(at: int, size: int) -> PageSlice:
        asked.append(at)
        return PageSlice(ROWS[(at - 1) * size : at * size] if len(asked) != 2 else (), total)

    pager = Pager(fetch, style="page")
    pages = [await pager.fetch_page(number, 10) for number in range(3)]
    assert [one.id for page in pages for one in page.rows] == [one.id for one in ROWS[:30]]
    assert {page.has_more for page in pages} == {None}
    assert asked == [1, 2, 3, 2, 3]


@pytest.mark.parametrize("style", ["page", "item", "unsure"])
@pytest.mark.parametrize("empty", [{0}, {0, 1}, {1, 2}, {3}, {2, 3, 4}, {0, 1, 2, 3}])
async def test_empty_pages_in_a_row_end_no_list_without_a_total(style: OffsetStyle, empty: set[int]) -> None:
    hidden = {300 - 50 * page - n for page in empty for n in range(50)}
    cloud = CloudWithHoles(hidden, style=style, total=None, cap=50, most=50)
    rows, _total = await list_all(cloud, "jobs", page_size=50)
    assert [one.id for one in rows] == cloud.visible

    polled = ListSync("jobs", page_size=50)
    cloud = CloudWithHoles(hidden, style=style, total=None, cap=50, most=50)
    for _poll in range(6):
        for choose in (polled.build_first_request, polled.build_second_request):
            if (request := choose()) is not None:
                polled.apply_page(request, await cloud.list_page(request))
    assert list(polled.rows) == cloud.visible


@pytest.mark.parametrize(("total", "requests"), [(0, 5), (None, 9)])
async def test_an_empty_list_takes_one_request_once_its_end_is_known(
    total: int | None, requests: int
) -> None:
    asked: list[int] = []

    async def fetch(at: int, _size: int) -> PageSlice:
        asked.append(at)
        return PageSlice((), total)

    pager = Pager(fetch, style="page")
    for _poll in range(5):
        assert await pager.fetch_page(0, 50) == PageSlice((), 0)
    assert len(asked) == requests


class CloudWithHoles:
    """Leaves rows out of a page after it has counted them, and gives at most ``cap`` positions a page."""

    kinds = ("jobs",)

    def __init__(
        self, hidden: set[int], *, style: OffsetStyle, total: int | None, cap: int, most: int = 100
    ) -> None:
        self.rows = tuple(make_row(n) for n in range(300, 0, -1))
        self._hidden = {f"j{n}" for n in hidden}
        self._pages, self.total, self._cap = style == "page", total, cap
        self.pager = Pager(self.fetch, style=style, most=most)
        self.visible = [one.id for one in self.rows if one.id not in self._hidden]

    async def fetch(self, at: int, size: int) -> PageSlice:
        size = min(size, self._cap)
        start = (at - 1) * size if self._pages else at
        found = tuple(one for one in self.rows[start : start + size] if one.id not in self._hidden)
        return PageSlice(found, self.total)

    async def list_page(self, request: ListRequest) -> Page:
        part = await self.pager.fetch_page(request.number, request.size)
        return Page(part.rows, part.total, True, part.stated, part.has_more)

    def get_page_limit(self, _kind: str, _workspace: str = "") -> int:
        return self.pager.limit


HOLES = {
    "few": set(range(7, 300, 25)),
    "half": set(range(1, 300, 2)),
    "the first rows": set(range(260, 301)),
    "the end of the first page": set(range(201, 230)),
    "a later page": set(range(120, 190)),
    "all of a page": set(range(101, 201)),
    "all of a range of 30": set(range(181, 211)),
}
SHORT = {"few", "half"}


def shows_limit(holes: str, cap: int, total: str | None) -> bool:
    """Return whether the limit of the server's pages can be seen: not where a long hole begins."""
    if holes in SHORT or (holes == "all of a range of 30" and cap == 30):
        return True
    return cap == 1000 or (cap == 99 and total is not None)


@pytest.mark.parametrize("style", ["page", "item", "unsure"])
@pytest.mark.parametrize(
    ("total", "holes", "cap"),
    [
        (total, holes, cap)
        for total in ("positions", "rows", None)
        for holes in HOLES
        for cap in (1000, 99, 30)
        if shows_limit(holes, cap, total)
    ],
)
async def test_a_list_with_rows_left_out_of_its_pages_is_read_whole(
    style: OffsetStyle, total: str | None, holes: str, cap: int
) -> None:
    hidden = HOLES[holes]
    counts = {"positions": 300, "rows": 300 - len(hidden), None: None}
    cloud = CloudWithHoles(hidden, style=style, total=counts[total], cap=cap)
    rows, found_total = await list_all(cloud, "jobs")
    assert [one.id for one in rows] == cloud.visible
    assert total == "positions" or find_incompleteness("jobs", rows, found_total) is None

    polled = ListSync("jobs", page_size=100)
    cloud = CloudWithHoles(hidden, style=style, total=counts[total], cap=cap)
    for _poll in range(3):
        for choose in (polled.build_first_request, polled.build_second_request):
            if (request := choose()) is not None:
                polled.apply_page(request, await cloud.list_page(request))
    assert list(polled.rows) == cloud.visible


@pytest.mark.parametrize("change", ["add", "delete"])
@pytest.mark.parametrize("style", ["page", "item", "unsure"])
@pytest.mark.parametrize("states_total", [True, False])
async def test_a_list_that_moves_while_it_is_read_is_whole_and_not_called_incomplete(
    change: str, style: OffsetStyle, *, states_total: bool
) -> None:
    for seed in range(12):
        random, cloud = Random(seed), CloudWithHoles(set(), style=style, total=None, cap=50, most=50)
        count, fetch = iter(range(301, 1000)), cloud.fetch

        async def move(
            at: int,
            size: int,
            random: Random = random,
            cloud: CloudWithHoles = cloud,
            count: Iterator[int] = count,
            fetch: FetchSlice = fetch,
        ) -> PageSlice:
            for _ in range(random.randint(0, 3)):
                await asyncio.sleep(0)
            if random.random() < 0.3:
                if change == "add":
                    cloud.rows = (make_row(next(count)), *cloud.rows)
                else:
                    at_row = random.randrange(len(cloud.rows))
                    cloud.rows = cloud.rows[:at_row] + cloud.rows[at_row + 1 :]
            cloud.total = len(cloud.rows) if states_total else None
            return await fetch(at, size)

        cloud.pager = Pager(move, style=style, most=50)
        before = set(cloud.visible)
        rows, total = await list_all(cloud, "jobs", page_size=50)
        stayed = before & {one.id for one in cloud.rows}
        assert stayed <= {one.id for one in rows}, seed
        assert find_incompleteness("jobs", rows, total) is None, seed
