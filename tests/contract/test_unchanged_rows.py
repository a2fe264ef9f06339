"""A row of a list and the same resource read again state the same of what actions concern."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.protocols import ListRequest
from matui.live.actions.guard import find_change
from matui.resources.registry import get_kind
from tests.contract.modelarts_v2.stage import Stage
from tests.contract.peers.rig import Rig

CONCERNED = ("jobs", "services", "notebooks", "devservers")


async def check_rows(cloud: Any) -> int:
    """Read the first rows of each status again and return how many were compared."""
    count = 0
    for kind in (get_kind(each) for each in CONCERNED if each in cloud.kinds):
        page = await cloud.list_page(ListRequest(kind.id))
        for row in {each.status: each for each in page.resources}.values():
            now = await cloud.read(kind.id, row.id)
            for action in kind.actions:
                assert find_change(row, now, action) == action.why_not(now), (kind.id, action.id, row.id)
                count += any(None not in (row.facts.get(n), now.facts.get(n)) for n in action.concerns)
    return count


@pytest.mark.parametrize("api", ["v1", "v2"])
async def test_rows_of_both_generations_are_not_taken_for_changed(api: str) -> None:
    async with Stage(scale=1, generations=("v1", "v2")).open_cloud(api, requests_per_minute=6000) as cloud:
        assert await check_rows(cloud) > 5


async def test_rows_of_other_clouds_are_not_taken_for_changed() -> None:
    rig = Rig()
    for opened in (rig.open_qianfan, rig.open_opensearch):
        cloud = await opened(requests_per_minute=6000)
        assert await check_rows(cloud) > 5
        await cloud.aclose()
