"""A capsule answers like a cloud: every line once and in order, detail, events and metrics."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from matui.base.errors import MatuiError, NotFoundError, RefusedError
from matui.clouds.protocols import ListRequest
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.capsules.collect import collect_capsule
from matui.live.logs.reader import LogReader
from tests.contract.modelarts_v2.stage import Stage, list_first_page


async def make_capsule_cloud(tmp_path: Path, lines: int = 1300) -> tuple[CapsuleCloud, list[str]]:
    stage = Stage()
    stage.world.add_job("train", status="FAILED", workers=1, log_lines=lines)
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        manifest, entries = await collect_capsule(
            cloud, job, stage.clock, random.Random(1), limit_bytes=10**8
        )
    store = CapsuleStore(tmp_path, limit_bytes=10**9)
    capsule = store.write(manifest, entries)
    return CapsuleCloud(capsule), capsule.read("logs/000.log").decode().split("\n")[:-1]


async def test_every_line_is_read_backwards_once(tmp_path: Path) -> None:
    cloud, lines = await make_capsule_cloud(tmp_path)
    (job,) = (await cloud.list_page(ListRequest("jobs"))).resources
    (file,) = await cloud.list_log_files(job)
    reader = LogReader(cloud, job, file)
    pages = [(await reader.read_newer()).lines]
    while not reader.at_top:
        pages.append((await reader.read_older()).lines)
    assert [line for page in reversed(pages) for line in page] == lines
    assert (await reader.read_newer()).lines == ()


async def test_every_line_is_read_from_the_top(tmp_path: Path) -> None:
    cloud, lines = await make_capsule_cloud(tmp_path)
    (job,) = (await cloud.list_page(ListRequest("jobs"))).resources
    (file,) = await cloud.list_log_files(job)
    reader = LogReader(cloud, job, file)
    batch = await reader.open_top()
    assert batch is not None
    found = list(batch.lines)
    while len(found) < len(lines):
        found += (await reader.read_newer()).lines
    assert found == lines


async def test_the_parts_are_those_that_were_saved(tmp_path: Path) -> None:
    cloud, _lines = await make_capsule_cloud(tmp_path)
    (job,) = (await cloud.list_page(ListRequest("jobs"))).resources
    assert (await cloud.describe(job)).sections
    assert await cloud.fetch_events(job)
    assert (await cloud.read("jobs", job.id)).profile == cloud.profile
    with pytest.raises(NotFoundError):
        await cloud.read("jobs", "other")
    with pytest.raises(RefusedError):
        await cloud.act("stop", (job,))
    assert cloud.explain_unsupported("jobs", "log") is None
    assert cloud.explain_unsupported("jobs", "versions")


async def test_a_damaged_part_is_an_error_and_not_an_end_without_words(tmp_path: Path) -> None:
    cloud, _lines = await make_capsule_cloud(tmp_path, lines=3)
    manifest = cloud._capsule.manifest
    store = CapsuleStore(tmp_path, limit_bytes=10**9)
    resource = cloud._capsule.read("resource.json")
    entries = {"resource.json": resource, "events.json": b'[{"at": 1}, 7]', "detail.json": b"[1]"}
    damaged = CapsuleCloud(store.write(manifest, entries))
    (job,) = (await damaged.list_page(ListRequest("jobs"))).resources
    with pytest.raises(MatuiError, match=r"events\.json .* is damaged"):
        await damaged.fetch_events(job)
    with pytest.raises(MatuiError, match=r"detail\.json .* is damaged"):
        await damaged.describe(job)
    with pytest.raises(MatuiError):
        CapsuleCloud(store.write(manifest, {"resource.json": b"[]"}))
    with pytest.raises(MatuiError, match="names no resource"):
        CapsuleCloud(store.write(manifest, {}))
