"""DevServers: list, states, start, stop, reboot."""

from __future__ import annotations

import json
from typing import Any

import huaweicloudsdkmodelarts.v1 as sdk
import pytest

from matui.clouds.http.messages import Answer
from matui.resources.kinds.devservers import DEVSERVERS, STATUSES
from matui.resources.model import Phase, get_phase
from matui.resources.times import get_state_since
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_official_sdk import Peer, peer

__all__ = ["peer"]


async def test_machines_are_listed_and_reported() -> None:
    async with Stage(scale=1).open_cloud() as cloud:
        rows = {row.name: row for row in await list_first_page(cloud, "devservers")}
        detail = await cloud.describe(rows["operator-dev"])
    assert rows["cluster-canary"].phase is Phase.FAILED
    assert get_state_since(rows["cluster-canary"]) is None  # its update is none of its state
    assert rows["operator-dev"].get_text("server_type") == "ECS"
    told = {section.title: dict(section.rows) for section in detail.sections}
    assert told["Hardware"]["Disk"] == "150 GB ROOT SSD"


async def test_machines_start_stop_and_reboot() -> None:
    stage = Stage(scale=1)
    async with stage.open_cloud() as cloud:
        rows = {row.name: row for row in await list_first_page(cloud, "devservers")}
        (started,) = await cloud.act("start", [rows["operator-dev"]])
        (stopped,) = await cloud.act("stop", [rows["pangu-910b-01"]])
        (booted,) = await cloud.act("restart", [rows["pangu-910b-02"]])
        assert [one.status for one in (started, stopped, booted)] == ["STARTING", "STOPPING", "REBOOTING"]
        (refused,) = await cloud.act("start", [rows["operator-dev"]])
        assert refused.error is not None
        await stage.clock.advance(40)
        assert {row.status for row in await list_first_page(cloud, "devservers")} == {
            "RUNNING",
            "STOPPED",
            "REBOOT_FAILED",
        }
    assert all(cloud.offers("devservers", action.id) for action in DEVSERVERS.actions)
    assert not cloud.offers("devservers", "delete")


@pytest.mark.parametrize(
    "word",
    [
        *(
            "CREATE_FAILED",
            "CREATING",
            "DELETED",
            "DELETE_FAILED",
            "DELETING",
            "ERROR",
            "RUNNING",
            "STARTING",
        ),
        *("START_FAILED", "STOPPED", "STOPPING", "STOP_FAILED", "REBOOTING", "REBOOT_FAILED", "CHANGINGOS"),
        *("CHANGINGOS_FAILED", "REINSTALLINGOS", "REINSTALLINGOS_FAILED"),
    ],
)
def test_every_status_is_known(word: str) -> None:
    assert get_phase(word, STATUSES) is not Phase.UNKNOWN


async def test_whatever_has_failed_is_a_failure() -> None:
    stage = Stage()
    async with stage.open_cloud() as cloud:

        async def told(_call: Any) -> Answer:
            rows = [{"id": "a", "status": "ATTACH_VOLUME_FAILED"}, {"id": "b", "status": "DREAMING"}]
            return Answer(200, json.dumps({"data": rows, "total": 2}).encode(), "r", "u")

        cloud._session.send = told
        phases = [row.phase for row in await list_first_page(cloud, "devservers")]
    assert phases == [Phase.FAILED, Phase.UNKNOWN]


def test_the_official_client_lists_and_acts(peer: Peer) -> None:
    page = peer.sdk.list_dev_servers(sdk.ListDevServersRequest(limit=2, offset=1, sort_dir="DESC"))
    assert (page.total, len(page.data)) == (4, 2)
    running = next(
        s for s in peer.sdk.list_dev_servers(sdk.ListDevServersRequest()).data if s.status == "RUNNING"
    )
    assert peer.sdk.show_dev_server(sdk.ShowDevServerRequest(running.id)).name == running.name
    assert peer.sdk.reboot_dev_server(sdk.RebootDevServerRequest(running.id)).status == "REBOOTING"
