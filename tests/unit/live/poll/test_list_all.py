"""A list read once is whole, though it shifts under the reader."""

from __future__ import annotations

from random import Random

import pytest

from matui.clouds.protocols import Page, PageAsk
from matui.live.poll.list_all import list_all
from tests.unit.live.poll.listed import FakeCloud, row


async def test_a_small_list_takes_one_request() -> None:
    cloud = FakeCloud()
    cloud.put(row(1), row(2))
    rows, total = await list_all(cloud, "jobs", workspace="w")
    assert ([r.id for r in rows], total) == (["j2", "j1"], 2)
    assert cloud.asks == [PageAsk("jobs", 0, 1000, "w")]


async def test_rows_deleted_while_reading_make_it_read_the_shifted_page_again() -> None:
    cloud = FakeCloud()
    cloud.put(*(row(n) for n in range(100)))
    kept = set(cloud.rows) - {f"j{n}" for n in range(60, 75)}

    def delete_after_the_first_page(_ask: PageAsk, page: Page) -> Page:
        if len(cloud.asks) == 1:
            cloud.drop(*range(60, 75))
        return page

    cloud.quirk = delete_after_the_first_page
    rows, _ = await list_all(cloud, "jobs", page_size=10)
    ids = [r.id for r in rows]
    assert kept <= set(ids)
    assert len(ids) == len(set(ids))


async def test_a_list_that_shrinks_to_one_page_while_read_is_read_again() -> None:
    cloud = FakeCloud()
    cloud.put(*(row(n) for n in range(20)))

    def shrink(_ask: PageAsk, page: Page) -> Page:
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
    cloud = FakeCloud(tells_total=tells_total, sorts=sorts, cap=rng.choice([7, 20, 1000]))
    cloud.put(*(row(n) for n in range(150)))
    made = iter(range(150, 10_000))
    doomed = set(rng.sample(range(150), 40))
    stays = set(cloud.rows) - {f"j{n}" for n in doomed}

    def churn(_ask: PageAsk, page: Page) -> Page:
        for _ in range(rng.randrange(4)):
            if doomed and rng.random() < 0.6:
                cloud.drop(doomed.pop())
            elif sorts:
                cloud.put(row(next(made)))
        return page

    cloud.quirk = churn
    rows, _ = await list_all(cloud, "jobs", page_size=20)
    ids = [r.id for r in rows]
    assert stays <= set(ids)
    assert len(ids) == len(set(ids))


async def test_a_cloud_that_repeats_its_only_page_does_not_trap_the_reader() -> None:
    cloud = FakeCloud(tells_total=False)
    cloud.put(*(row(n) for n in range(30)))
    cloud.quirk = lambda _ask, _page: Page(tuple(cloud.listed()), None, True)
    rows, _ = await list_all(cloud, "jobs", page_size=10)
    assert len(rows) == 30
    assert len(cloud.asks) <= 6


async def test_a_total_that_counts_too_many_ends_at_the_empty_page() -> None:
    cloud = FakeCloud()
    cloud.put(*(row(n) for n in range(30)))
    cloud.quirk = lambda _ask, page: Page(page.resources, 99, True)
    rows, total = await list_all(cloud, "jobs", page_size=10)
    assert (len(rows), total) == (30, 99)
    assert len(cloud.asks) <= 12
