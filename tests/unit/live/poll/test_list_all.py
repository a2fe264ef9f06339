"""A list read once is whole, though it shifts under the reader."""

from __future__ import annotations

from random import Random

import pytest

from matui.base.errors import BadAnswerError, ServerFaultError
from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.list_all import find_incompleteness, list_all
from tests.unit.live.poll.listed import FakeCloud, make_row


async def test_a_small_list_takes_one_request() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(make_row(1), make_row(2))
    rows, total = await list_all(cloud, "jobs", workspace="w")
    assert ([r.id for r in rows], total) == (["j2", "j1"], 2)
    assert cloud.asks == [ListRequest("jobs", 0, 1000, "w")]


async def test_pages_are_read_four_at_a_time_once_the_first_states_the_total() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(200)))
    rows, total = await list_all(cloud, "jobs", page_size=10)
    assert ([r.id for r in rows], total) == ([f"j{n}" for n in reversed(range(200))], 200)
    assert (cloud.most_in_flight, len(cloud.asks)) == (4, 20)


async def test_the_next_page_is_requested_before_the_page_that_came_is_parsed() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(120)))
    asked_when_parsed: dict[int, int] = {}

    def parse(request: ListRequest, page: Page) -> Page:
        asked_when_parsed[request.number] = len(cloud.asks)
        return page

    cloud.quirk = parse
    await list_all(cloud, "jobs", page_size=10)
    assert [asked_when_parsed[number] for number in (1, 5, 9)] == [9, 12, 12]


async def test_rows_that_come_on_top_are_read_without_another_pass() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(50)))

    def add_one(_ask: ListRequest, page: Page) -> Page:
        if len(cloud.asks) == 1:
            cloud.put(make_row(50))
        return page

    cloud.quirk = add_one
    rows, _ = await list_all(cloud, "jobs", page_size=10)
    assert [r.id for r in rows] == [f"j{n}" for n in reversed(range(51))]
    assert [ask.number for ask in cloud.asks] == [0, 1, 2, 3, 4, 5, 0]


async def test_the_progress_counts_the_rows_read() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(30)))
    counts: list[tuple[int, int | None]] = []
    await list_all(cloud, "jobs", page_size=10, on_page=lambda *count: counts.append(count))
    assert counts == [(10, 30), (20, 30), (30, 30)]


async def test_a_page_limit_known_to_the_cloud_is_the_page_size() -> None:
    class Limited(FakeCloud):
        def get_page_limit(self, _kind: str, _workspace: str = "") -> int:
            return 25

    cloud = Limited(at_once=4)
    cloud.put(*(make_row(n) for n in range(100)))
    await list_all(cloud, "jobs")
    assert {ask.size for ask in cloud.asks} == {25}


async def test_an_error_of_one_page_ends_the_reading() -> None:
    class Failing(FakeCloud):
        async def _answer(self, request: ListRequest) -> Page:
            page = await super()._answer(request)
            if request.number == 2:
                raise ServerFaultError("no")
            return page

    cloud = Failing(at_once=4)
    cloud.put(*(make_row(n) for n in range(400)))
    with pytest.raises(ServerFaultError):
        await list_all(cloud, "jobs", page_size=10)
    assert len(cloud.asks) <= 6


async def test_a_page_that_cannot_be_read_ends_the_reading() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(400)))

    def fail(request: ListRequest, page: Page) -> Page:
        if request.number == 2:
            raise BadAnswerError("no")
        return page

    cloud.quirk = fail
    with pytest.raises(BadAnswerError):
        await list_all(cloud, "jobs", page_size=10)
    assert len(cloud.asks) <= 10


async def test_rows_deleted_while_reading_make_it_read_the_shifted_page_again() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(100)))
    kept = set(cloud.rows) - {f"j{n}" for n in range(60, 75)}

    def delete_after_the_first_page(_ask: ListRequest, page: Page) -> Page:
        if len(cloud.asks) == 1:
            cloud.drop(*range(60, 75))
        return page

    cloud.quirk = delete_after_the_first_page
    rows, _ = await list_all(cloud, "jobs", page_size=10)
    ids = [r.id for r in rows]
    assert kept <= set(ids)
    assert len(ids) == len(set(ids))


async def test_a_list_that_shrinks_to_one_page_while_read_is_read_again() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(20)))

    def shrink(_ask: ListRequest, page: Page) -> Page:
        if len(cloud.asks) == 1:
            cloud.drop(*range(10, 20))
        return page

    cloud.quirk = shrink
    rows, total = await list_all(cloud, "jobs", page_size=10)
    assert {f"j{n}" for n in range(10)} <= {r.id for r in rows}
    assert total == 10


@pytest.mark.parametrize("tells_total", [True, False])
@pytest.mark.parametrize("sorts", [True, False])
@pytest.mark.parametrize("seed", range(15))
async def test_no_row_that_stays_is_lost_in_any_churn(tells_total: bool, sorts: bool, seed: int) -> None:
    rng = Random(seed)
    cloud = FakeCloud(at_once=4, tells_total=tells_total, sorts=sorts, cap=rng.choice([7, 20, 1000]))
    cloud.put(*(make_row(n) for n in range(150)))
    made = iter(range(150, 10_000))
    doomed = set(rng.sample(range(150), 40))
    stays = set(cloud.rows) - {f"j{n}" for n in doomed}

    def churn(_ask: ListRequest, page: Page) -> Page:
        for _ in range(rng.randrange(4)):
            if doomed and rng.random() < 0.6:
                cloud.drop(doomed.pop())
            elif sorts:
                cloud.put(make_row(next(made)))
        return page

    cloud.quirk = churn
    rows, _ = await list_all(cloud, "jobs", page_size=20)
    ids = [r.id for r in rows]
    assert stays <= set(ids)
    assert len(ids) == len(set(ids))


async def test_a_cloud_that_repeats_its_only_page_does_not_trap_the_reader() -> None:
    cloud = FakeCloud(at_once=4, tells_total=False)
    cloud.put(*(make_row(n) for n in range(30)))
    cloud.quirk = lambda _ask, _page: Page(tuple(cloud.list_rows()), None, True)
    rows, _ = await list_all(cloud, "jobs", page_size=10)
    assert len(rows) == 30
    assert len(cloud.asks) <= 6


async def test_a_total_that_counts_too_many_ends_at_the_empty_page() -> None:
    cloud = FakeCloud(at_once=4)
    cloud.put(*(make_row(n) for n in range(30)))
    cloud.quirk = lambda _ask, page: Page(page.resources, 99, True)
    rows, total = await list_all(cloud, "jobs", page_size=10)
    assert (len(rows), total) == (30, 99)
    assert len(cloud.asks) <= 20


@pytest.mark.parametrize(("total", "missing"), [(None, False), (30, False), (29, False), (31, True)])
def test_a_list_with_fewer_rows_than_the_cloud_counts_is_incomplete(total: int | None, missing: bool) -> None:
    error = find_incompleteness("jobs", [make_row(n) for n in range(30)], total)
    assert (error is not None) == missing
    assert error is None or ("30 of at least 31" in str(error) and error.exit_code == 6)


@pytest.mark.parametrize(
    ("stated", "doubled", "total"),
    [((3, 3), 1, 3), ((3, 2), 1, 2), ((2, 2), 1, 2), ((3, 3), 2, 2), ((0, 0), 1, 2)],
    ids=["short twice", "deleted meanwhile", "whole", "listed twice", "not counted"],
)
async def test_a_count_above_the_rows_is_read_once_more(
    stated: tuple[int, int], doubled: int, total: int
) -> None:
    cloud = FakeCloud()
    cloud.put(make_row(1), make_row(2))

    def count(_ask: ListRequest, page: Page) -> Page:
        rows = page.resources + page.resources[:1] * (doubled - 1)
        return Page(rows, 2, page.newest_first, stated[min(len(cloud.asks), 2) - 1])

    cloud.quirk = count
    rows, counted = await list_all(cloud, "jobs")
    assert (len(rows), counted) == (2, total)
    assert len(cloud.asks) <= 2


async def test_rows_that_come_or_go_while_pages_are_read_are_not_missing() -> None:
    random = Random(4)
    for _ in range(40):
        cloud = FakeCloud(at_once=4)
        cloud.put(*(make_row(n) for n in range(40)))
        count = iter(range(40, 1000))

        def stir(_ask: ListRequest, page: Page, cloud: FakeCloud = cloud, count: object = count) -> Page:
            stated = len(cloud.rows)
            if len(cloud.asks) < 9 and random.random() < 0.5:
                cloud.put(make_row(next(count)))  # type: ignore[call-overload]
            if len(cloud.asks) < 9 and random.random() < 0.5:
                del cloud.rows[random.choice(sorted(cloud.rows))]
            return page._replace(stated=stated)

        cloud.quirk = stir
        rows, total = await list_all(cloud, "jobs", page_size=10)
        assert total is not None
        assert len(rows) >= total
