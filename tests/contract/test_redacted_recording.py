"""A redacted recording of each cloud of the demo holds no name, id or owner of it."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError
from matui.cli.context.demo import build_demo_profile, build_peer_profile
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import ListRequest, ReportsEvents, ReportsMetrics, TailsLogs
from matui.config.values import DEMO_PROFILES, DEMO_V2
from matui.live.recording.cloud import record_cloud
from matui.live.recording.tape import Tape
from matui.sim.app import build_app
from tests.seeded_world import build_world
from tests.unit.live.recording.test_replay import read_contents

_PUBLIC = {"default", "public", "0", "system"}


async def read_everything(cloud: Any) -> list[Any]:
    """Read the lists, and of a few rows of each kind whatever there is; return the rows."""
    seen: list[Any] = []
    for kind in cloud.kinds:
        with suppress(MatuiError):
            rows = (await cloud.list_page(ListRequest(kind, size=50))).resources
            seen += rows
            for row in rows[:4]:
                await read_one(cloud, row)
    return seen


async def read_one(cloud: Any, row: Any) -> None:
    reads: list[Any] = [cloud.describe]
    reads += [cloud.fetch_events] if isinstance(cloud, ReportsEvents) else []
    reads += [cloud.fetch_metrics] if isinstance(cloud, ReportsMetrics) else []
    reads += [cloud.fetch_versions] if hasattr(cloud, "fetch_versions") and row.kind == "jobs" else []
    for read in reads:
        with suppress(MatuiError):
            await read(row)
    if row.kind == "jobs" and isinstance(cloud, TailsLogs):
        with suppress(MatuiError):
            for file in (await cloud.list_log_files(row))[:2]:
                await cloud.read_log_page(row, file, base="", older=False, limit=100)


@pytest.mark.parametrize("name", [*DEMO_PROFILES, DEMO_V2])
@pytest.mark.slow
async def test_no_name_id_or_owner_is_left(name: str, tmp_path: Path) -> None:
    clock = ManualClock(1_760_000_000.0)
    app = build_app(build_world(seed=7, clock=clock, incident=True))
    profile = (
        build_demo_profile(name) if name in (DEMO_PROFILES[0], DEMO_V2) else build_peer_profile(app, name)
    )
    cloud = await open_cloud(profile, clock=clock, cache_dir=None, asgi_app=app)
    tape = Tape(tmp_path / "a.rec", redact=True)
    rows = await read_everything(record_cloud(cloud, tape, clock))
    await cloud.aclose()
    tape.close()
    assert tape.problem == ""
    text = read_contents(tmp_path / "a.rec")
    words = {word for row in rows for word in (row.name, row.id, row.owner, row.profile) if word}
    assert len(words) > 10
    assert sorted(word for word in words - _PUBLIC if len(word) > 5 and word in text) == []
    assert not re.findall("/ml-[a-z]+|//ml-[a-z]+", text)  # the buckets of the simulator
    ids = {row.id for row in rows if 2 < len(row.id) < 6}
    assert sorted(ident for ident in ids if re.search(rf"[/\"]{ident}[/\"]", text)) == []
