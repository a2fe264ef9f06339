"""A log that grows while it is read over real HTTP, with faults, in every dialect of the simulator."""

from __future__ import annotations

import asyncio
import time
from random import Random

import pytest

from matui.base.clock import SystemClock
from matui.clouds.factory import open_cloud
from matui.clouds.protocols import Reads, TailsLogs
from matui.config.secrets import SecretSource
from matui.config.settings import Profile
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import read_log
from matui.live.poll.loop import Timing
from matui.resources.model import Resource
from matui.sim.app import build_app
from matui.sim.server.faults import parse_faults
from matui.sim.world.entities.jobs import SimJob
from matui.sim.world.logs import LogDialect, open_log
from tests.seeded_world import SeededWorld, build_world
from tests.threaded_sim import ThreadedSim

DIALECTS = {
    "exclusive": LogDialect(),
    "inclusive": LogDialect(inclusive=True, joiner="\n\n", empty_cursor="empty"),
    "echoed": LogDialect(echo_base=True, joiner="\n\n", empty_cursor="null", numbers="sample"),
    "echoed and inclusive": LogDialect(
        inclusive=True, echo_base=True, final_newline=False, numbers="numbers"
    ),
    "by bytes": LogDialect(refuse_aom=True, cut="back_off"),
    "by bytes, cut": LogDialect(refuse_aom=True, count_key="log_byte_count", byte_strings=False),
}


class HurriedClock(SystemClock):
    """The machine's clock, but waiting takes a fiftieth of its time."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / 50)

    def monotonic(self) -> float:
        return time.monotonic() * 50


def read_everything(world: SeededWorld, job: SimJob, name: str) -> list[str]:
    log = open_log(job, job.versions[-1], name, world.tick())
    return [log.build_line(index) for index in range(len(log))]


@pytest.mark.slow
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
async def test_every_line_comes_once_and_in_order(dialect: LogDialect) -> None:
    world = build_world(seed=3, scale=0, clock=SystemClock(), speed=100, dialect=dialect)
    by_bytes = dialect.refuse_aom
    size, rate = (300, 3) if by_bytes else (2500, 50)
    job = world.add_job("train", log_lines=size, log_rate=rate, runs_s=100)
    faults = parse_faults("500:0.1@log,429bare:0.05@log,reset:0.05@log")
    with ThreadedSim(build_app(world, faults=faults)) as sim:
        profile = Profile(
            name="t", region=world.region, project_id=world.project_id, auth="token",
            token=SecretSource.literal("t"), endpoint=sim.url, requests_per_minute=100_000,
        )  # fmt: skip
        clock = HurriedClock()
        cloud = await open_cloud(profile, clock=clock, cache_dir=None)
        assert isinstance(cloud, TailsLogs)
        assert isinstance(cloud, Reads)
        try:
            resource: Resource = await cloud.read("jobs", str(job.id))
            (name,) = await cloud.list_log_files(resource)
            lines = read_log(
                JobLogFile(cloud, resource, name),
                timing=Timing(clock, Random(1), 2),
                follow=True,
                tail=None,
                ended=lambda: world.tick() > (job.versions[-1].ended or 0),
            )
            got = [line async for line in lines]
        finally:
            await cloud.aclose()
    assert [line.text for line in got] == read_everything(world, job, name)
    assert not [line for line in got if line.mark]
