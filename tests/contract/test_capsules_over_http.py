"""Capsules over real sockets: deletion while a log is read, faults, many failures, and a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import tracemalloc
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest

from matui.base.clock import SystemClock
from matui.clouds.factory import open_cloud
from matui.config.secrets import SecretSource
from matui.config.settings import Profile
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.collect import CapsuleEntries, collect_capsule
from matui.live.capsules.keeper import CapsuleKeeper
from matui.live.capsules.log_capture import NEWEST_LINES
from matui.live.capsules.manifest import Manifest
from matui.live.journal.change import Account, Change
from matui.live.transitions_feed import Listener
from matui.resources.model import Phase
from matui.sim.app import build_app
from matui.sim.server.faults import parse_faults
from matui.sim.world.entities.jobs import SimJob
from matui.sim.world.logs import open_log
from tests.contract.test_log_over_http import HurriedClock
from tests.seeded_world import SeededWorld, build_world
from tests.threaded_sim import ThreadedSim

pytestmark = pytest.mark.slow


@asynccontextmanager
async def serve_world(world: SeededWorld, faults: str = "") -> AsyncIterator[Any]:
    """Serve a world on a socket and open a cloud on it."""
    app = build_app(world, faults=parse_faults(faults)) if faults else build_app(world)
    with ThreadedSim(app) as sim:
        profile = Profile(
            name="t", region=world.region, project_id=world.project_id, auth="token",
            token=SecretSource.literal("t"), endpoint=sim.url, requests_per_minute=100_000,
        )  # fmt: skip
        cloud = await open_cloud(profile, clock=HurriedClock(), cache_dir=None)
        try:
            yield cloud
        finally:
            await cloud.aclose()


def add_failed_job(world: SeededWorld, name: str = "train", lines: int = 5000, workers: int = 4) -> SimJob:
    return world.add_job(name, status="JOBSTAT_FAILED", log_lines=lines, workers=workers)


def read_everything(world: SeededWorld, job: SimJob, file: str) -> list[str]:
    log = open_log(job, job.versions[-1], file, world.tick())
    return [log.build_line(index) for index in range(len(log))]


async def collect(cloud: Any, job: SimJob, **options: Any) -> tuple[Manifest, CapsuleEntries]:
    resource = await cloud.read("jobs", str(job.id))
    return await collect_capsule(cloud, resource, HurriedClock(), Random(1), limit_bytes=10**8, **options)


async def test_the_newest_lines_of_every_file_are_saved_though_the_job_is_deleted() -> None:
    world = build_world(seed=3, scale=0, clock=SystemClock())
    job = add_failed_job(world)
    saved: list[tuple[Manifest, float]] = []
    began = time.monotonic()

    async def save(manifest: Manifest, _entries: CapsuleEntries) -> None:
        saved.append((manifest, time.monotonic() - began))
        del world.jobs.rows[str(job.id)]

    async with serve_world(world) as cloud:
        manifest, entries = await collect(cloud, job, save=save)
    ((first, after_s),) = saved
    assert after_s < 5
    assert [part.lines >= NEWEST_LINES for part in first.logs] == [True] * 4
    assert all("not read" in part.cut for part in first.logs)
    assert [part.lines >= NEWEST_LINES for part in manifest.logs] == [True] * 4
    for part in manifest.logs:
        assert part.cut
        assert f"log {part.name}: {part.cut}" in manifest.cut
        lines = entries[part.entry].decode().split("\n")[:-1]
        assert lines == read_everything(world, job, part.name)[-len(lines) :]


async def test_a_fifth_of_the_answers_failing_loses_no_line() -> None:
    world = build_world(seed=3, scale=0, clock=SystemClock())
    job = add_failed_job(world, lines=3000, workers=2)
    async with serve_world(world, "500:0.1@log,429bare:0.05@log,reset:0.05@log") as cloud:
        manifest, entries = await collect(cloud, job)
    for part in manifest.logs:
        assert part.cut == ""
        got = entries[part.entry].decode().split("\n")[:-1]
        assert got == read_everything(world, job, part.name)


class Feed:
    """Passes changes on by hand; every claim is granted."""

    def __init__(self) -> None:
        self.listener: Listener = lambda _change: None

    def add_listener(self, listener: Listener) -> None:
        self.listener = listener

    async def wait_for_focused(self) -> None:
        pass

    async def claim(self, claims: set[tuple[str, int]]) -> set[tuple[str, int]]:
        return claims


def _make_failure(number: int, ident: str) -> Change:
    return Change(
        number, Account("modelarts"), 0, None, "t", "jobs", ident, "n", "", "",
        "RUNNING", "FAILED", Phase.RUNNING, Phase.FAILED,
    )  # fmt: skip


async def test_fifty_failures_at_once_are_saved_newest_first_with_bounds(tmp_path: Path) -> None:
    world = build_world(seed=3, scale=0, clock=SystemClock())
    jobs = [add_failed_job(world, f"train-{number}", lines=800, workers=1) for number in range(50)]
    order: list[str] = []

    class Store(CapsuleStore):
        def write(self, manifest: Manifest, entries: Any) -> Any:
            order.append(manifest.resource_id)
            return super().write(manifest, entries)

    store, said, feed = Store(tmp_path / "capsules", limit_bytes=200_000), list[str](), Feed()
    async with serve_world(world) as cloud:
        clock = HurriedClock()
        keeper = CapsuleKeeper(
            cloud, feed, store.write, clock, Random(1),  # type: ignore[arg-type]
            limit_bytes=10**7, find_row=lambda _kind, _ident: None, report=said.append,
        )  # fmt: skip
        keeper.start()
        before = len(world.requests)
        tracemalloc.start()
        for number, job in enumerate(jobs):
            feed.listener(_make_failure(number, str(job.id)))
        while not keeper.is_idle:
            await clock.sleep(1)
        _size, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak <= 8_000_000  # bytes; those of two capsules at a time, not of fifty
    assert len(dict.fromkeys(order)) == 50
    newest = [str(job.id) for job in reversed(jobs)]
    assert set(list(dict.fromkeys(order))[:8]) <= set(newest[:10])
    assert len(world.requests) - before <= 50 * 16
    assert sum(path.stat().st_size for path in store.folder.iterdir()) <= 200_000
    assert not [words for words in said if words.startswith("No capsule")]


_WRITE = """
import os, sys
from pathlib import Path
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.manifest import Manifest
store = CapsuleStore(Path(sys.argv[1]), limit_bytes=10**12)
data = os.urandom(3_000_000)
for number in range(10_000):
    manifest = Manifest(f"c{number}", number, "p", "m", "r", "jobs", "7", "n", "FAILED")
    store.write(manifest, {"logs/000.log": data})
    print(number, flush=True)
"""


def test_a_killed_process_leaves_no_half_capsule_under_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "capsules"
    for seed in range(5):
        process = subprocess.Popen([sys.executable, "-c", _WRITE, str(folder)], stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(Random(seed).uniform(0.0, 0.1))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        store = CapsuleStore(folder, limit_bytes=10**12)
        assert store.list_unreadable() == ()
        for path in folder.glob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                assert archive.testzip() is None
    assert store.list_capsules()


_FULL = """
import resource, signal, sys, os
from pathlib import Path
from matui.base.errors import MatuiError
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.manifest import Manifest
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
store = CapsuleStore(Path(sys.argv[1]), limit_bytes=10**12)
try:
    manifest = Manifest("c", 1, "p", "m", "r", "jobs", "7", "n", "FAILED")
    store.write(manifest, {"logs/000.log": os.urandom(10**6)})
except MatuiError as error:
    print(error)
"""


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _FULL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "could not be written" in run.stdout
    assert list(tmp_path.iterdir()) == []
