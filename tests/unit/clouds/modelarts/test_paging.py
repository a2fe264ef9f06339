"""Pages of a list whose total contradicts its rows."""

from __future__ import annotations

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
