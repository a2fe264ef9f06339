"""The story of the demo, as it stands at the start and two minutes later."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.signals.findings import find_faults
from matui.signals.reader import SignalReader
from matui.signals.series import SignalLog
from matui.sim.world.entities import jobs as j
from matui.sim.world.entities.jobs import SimJob
from matui.sim.world.logs import LogFile, open_log
from tests.seeded_world import SeededWorld, build_world


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_760_000_000.0)


@pytest.fixture
def world(clock: ManualClock) -> SeededWorld:
    return build_world(clock=clock, incident=True)


def find_job(world: SeededWorld, name: str) -> SimJob:
    return next(job for job in world.jobs if job.name == name)


def open_file(world: SeededWorld, name: str, rank: int = 0) -> LogFile:
    job = find_job(world, name)
    assert job.latest
    return open_log(job, job.latest, job.latest.list_log_names(name)[rank], world.tick())


def read_lines(log: LogFile) -> list[str]:
    return [log.build_line(index) for index in range(len(log))]


def test_the_other_resources_are_those_of_the_world_without_it(
    world: SeededWorld, clock: ManualClock
) -> None:
    plain = build_world(clock=clock)
    for with_story, without in zip(world.list_stores(), plain.list_stores(), strict=True):
        assert list(with_story.rows)[: len(without)] == list(without.rows)
    assert [(job.id, job.name, job.compute_status(world.now)) for job in plain.jobs] == [
        (job.id, job.name, job.compute_status(world.now)) for job in list(world.jobs)[: len(plain.jobs)]
    ]


@pytest.mark.slow
def test_a_card_fails_and_the_job_dies_within_two_minutes(world: SeededWorld, clock: ManualClock) -> None:
    job = find_job(world, "llama-7b-pretrain")
    assert job.compute_status(world.tick()) == j.RUNNING
    assert "uncorrectable ECC" in "\n".join(read_lines(open_file(world, job.name, 7))[-8:])
    assert "Watchdog" not in "\n".join(read_lines(open_file(world, job.name, 0)))
    clock.jump(120)
    assert job.compute_status(world.tick()) == j.FAILED
    texts = ["\n".join(read_lines(open_file(world, job.name, rank))[-200:]) for rank in range(8)]
    assert ["uncorrectable ECC" in text for text in texts] == [False] * 7 + [True]
    assert sum(text.count("NCCL error: remote process exited") for text in texts) == 63
    assert all(text.endswith("return code: 1") for text in texts)


def test_the_service_degrades_and_the_queue_stands_still(world: SeededWorld, clock: ManualClock) -> None:
    service = next(row for row in world.services if row.name == "search-embedding")
    assert service.compute_status(world.now) == "concerning"
    begun = sum(event.kind == "abnormal" and event.at <= world.now for event in service.events)
    clock.jump(7200)
    world.tick()
    assert sum(event.kind == "abnormal" and event.at <= world.now for event in service.events) > begun > 0
    waiting = [job.name for job in world.jobs if job.latest and job.latest.config.get("pool_name")]
    assert [n for n in waiting if find_job(world, n).compute_status(world.now) == j.WAITING] == [
        "baichuan-7b-dpo",
        "glm-6b-sft",
        "bge-large-tune",
    ]


def test_four_notebooks_of_one_owner_run_and_one_of_them_ends_soon(world: SeededWorld) -> None:
    running = [
        n for n in world.notebooks if n.owner[1] == "li.wei" and n.compute_status(world.now) == "RUNNING"
    ]
    assert len(running) == 4
    ends = [n.timeline.find_last_entry("STOPPING") for n in running]
    assert any(end and 0 < end - world.now < 30 * 60_000 for end in ends)


@pytest.mark.parametrize(
    ("name", "shapes", "findings"),
    [("gpt-6b-lr3e-3", {"megatron"}, {"nan", "spike"}), ("qwen-1b8-sft", {"trainer", "bar"}, set())],
)
def test_the_signals_of_a_sick_and_of_a_healthy_job(
    world: SeededWorld, clock: ManualClock, name: str, shapes: set[str], findings: set[str]
) -> None:
    clock.jump(60)
    job = find_job(world, name)
    assert job.latest
    reader, signals = SignalReader(), SignalLog()
    log = open_file(world, name, job.latest.workers - 1)
    for number in range(len(log) - 600, len(log)):
        reading, at = reader.read(log.build_line(number)), log.build_cursor(number) / 1e6
        signals.observe_line(at)
        if reading:
            signals.add(reading, at, number)
    assert reader.shape in shapes
    found = find_faults(signals, now_ms=float(world.now), running=True)
    assert findings <= {finding.kind for finding in found}
    assert bool(findings) or not found


def test_a_version_failed_after_one_with_other_parameters_succeeded(world: SeededWorld) -> None:
    versions = find_job(world, "t5-summarize-zh").versions
    assert [version.timeline.find_state_at(world.now) for version in versions] == [
        j.COMPLETED,
        j.COMPLETED,
        j.FAILED,
    ]
    assert versions[1].config["parameter"] != versions[2].config["parameter"]


@pytest.mark.parametrize("name", ["llama-7b-pretrain", "gpt-6b-lr3e-3", "qwen-1b8-sft", "dlrm-clicks"])
def test_bytes_and_lines_of_a_log_agree(world: SeededWorld, clock: ManualClock, name: str) -> None:
    clock.jump(60)
    for rank in (0, -1):
        log = open_file(world, name, rank)
        last = max(0, len(log) - 3000)
        wanted = "".join(line + "\n" for line in read_lines(log)[last:]).encode()
        assert log.read(log.find_offset(last), log.find_offset(len(log))) == wanted


async def test_the_events_of_v2_name_the_node(make_sim: Any) -> None:
    sim = make_sim(seed=1, scale=1, incident=True)
    sim.clock.jump(120)
    pool = "/events"
    answer = await sim.client.get(
        f"/v1/{sim.world.project_id}{pool}", params={"resource": "pools", "type": "Warning"}
    )
    assert "Xid 48" in answer.text
