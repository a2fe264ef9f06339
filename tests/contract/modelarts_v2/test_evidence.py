"""Why a v2 job waits and why it died: stages, queue, faults, notifications, fine-tuning metrics."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import CloudError, ServerFaultError
from matui.clouds.factory import open_cloud
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.catalog import CatalogEntries, _map_entries
from matui.clouds.modelarts.v2.jobs.evidence import JobEvidence
from matui.clouds.modelarts.v2.jobs.ft_metrics import (
    FtMetrics,
    build_ft_series,
    build_progress_sections,
    read_points,
)
from matui.clouds.modelarts.v2.jobs.mapping import build_job_sections, map_job
from matui.clouds.modelarts.v2.jobs.models import V2Job
from matui.clouds.modelarts.v2.jobs.stages import BAR_CELLS, StageRecords, build_stage_sections, make_bar
from matui.console.panes.rendering import render_metrics
from matui.live.triage.item import Evidence, TroubleKind
from matui.live.triage.rules import evaluate
from matui.resources.codec import decode_metrics, encode_metrics
from matui.resources.detail import Gauge, MetricSeries
from matui.resources.model import Resource, build_empty_record
from matui.sim.world.entities.jobs import SimRecovery
from tests.contract.modelarts_v2.stage import START, Stage, list_first_page

NOW = START * 1000


def map_rows(sections: Any) -> dict[str, dict[str, Any]]:
    return {section.title: dict(section.rows) for section in sections}


async def fetch_details(stage: Stage, name: str) -> dict[str, dict[str, Any]]:
    async with stage.open_cloud() as cloud:
        job = next(job for job in await list_first_page(cloud, "jobs") if job.name == name)
        return map_rows((await cloud.describe(job)).sections)


async def test_a_job_that_waits_says_where_it_stands_and_since_when() -> None:
    stage = Stage()
    stage.world.add_pool("shared")
    stage.world.add_job("first", status="WAITING", workers=2, began_s_ago=9000)
    stage.world.add_job("second", status="WAITING", workers=2, began_s_ago=7200)
    told = await fetch_details(stage, "second")
    assert told["Stages"]["Now"] == "scheduling 2h00m: queuing"
    assert told["Waiting"] == {
        "Place in the queue": "2",
        "Waits for": "2h00m",
        "Priority": "1",
        "Jobs": "2 of 500",
    }


async def test_a_recovered_job_names_the_fault_the_way_and_the_result() -> None:
    stage = Stage()
    job = stage.world.add_job("tough", workers=2, began_s_ago=7200)
    at = stage.world.now - 3_600_000
    job.versions[-1].recoveries = (
        SimRecovery(at, at + 90_000, "chip_fault", "job_reschedule", reason="HBM error"),
    )
    job.versions[-1].notify = ("JobFailed", "JobHanged")
    told = await fetch_details(stage, "tough")
    assert told["Runs"]["Run 1 recovery"] == (
        "chip fault on worker-0; job reschedule: success in 1m30s; HBM error"
    )
    assert told["Runs"]["Run 2"] == "restarted"
    assert "Stages of run 2" in told
    assert told["Notifications (SMN)"]["When it hangs"] == "yes"
    assert told["Notifications (SMN)"]["JobFailed"] == "The job has failed."
    async with stage.open_cloud() as cloud:
        (shown,) = await list_first_page(cloud, "jobs")
    assert (shown.get_number("recoveries"), shown.get_text("fault")) == (1, "chip fault")


async def test_a_fine_tuning_shows_its_progress_and_offers_its_losses() -> None:
    stage = Stage()
    stage.world.add_job("tuned", began_s_ago=3600).versions[-1].tuned = True
    told = await fetch_details(stage, "tuned")
    assert told["Fine-tuning"]["Progress"] == "6%"
    assert "Estimated remaining time" in told["Fine-tuning"]
    assert "Total steps" in told["Fine-tuning"]
    assert told["Notifications (SMN)"] == {"When it hangs": "no notification is stated"}
    assert float(told["Fine-tuning"]["Loss"]) > 1
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        labels = [series.label for series in (await cloud.fetch_metrics(job)).series]
    assert labels[:2] == ["train_loss", "val_loss"]
    assert "GPU" in labels


async def test_usage_is_shown_where_the_losses_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_evidence: JobEvidence, _job_id: str) -> tuple[MetricSeries, ...]:
        raise ServerFaultError("The cloud failed.", status=500)

    monkeypatch.setattr(JobEvidence, "fetch_series", fail)
    stage = Stage()
    stage.world.add_job("tuned", began_s_ago=3600).versions[-1].tuned = True
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        metrics = await cloud.fetch_metrics(job)
    assert "GPU" in [series.label for series in metrics.series]
    assert metrics.missing == ("Losses of the fine-tuning: The cloud failed.",)
    assert decode_metrics(encode_metrics(metrics)) == metrics
    lines = ["".join(text for text, _style in line) for line in render_metrics(metrics, 60)]
    assert lines[-1] == "  Losses of the fine-tuning: The cloud failed."


async def test_nothing_remains_of_a_fine_tuning_that_has_failed() -> None:
    stage = Stage()
    stage.world.add_job("tuned", status="FAILED", began_s_ago=3600).versions[-1].tuned = True
    told = await fetch_details(stage, "tuned")
    assert "Current step" in told["Fine-tuning"]
    assert not [label for label in told["Fine-tuning"] if "remaining" in label]


async def test_a_hang_is_in_the_row_the_stages_the_runs_and_the_events() -> None:
    stage = Stage(scale=1, incident=True)
    async with stage.open_cloud() as cloud:
        (job,) = [row for row in await list_first_page(cloud, "jobs") if row.name == "internlm-7b-pretrain"]
        events = [event for event in await cloud.fetch_events(job) if event.abnormal]
        series = [one for one in (await cloud.fetch_metrics(job)).series if one.label == "GPU"]
    told = await fetch_details(stage, job.name)
    fault = "job hanged on worker-1; proc restart: quota exceeded"
    assert job.get_text("open_fault").startswith(fault)
    assert job.get_number("open_fault_since") == (stage.world.now // 1000 - 12 * 60) * 1000
    trouble = evaluate(job, Evidence(stage.world.now))
    assert trouble is not None
    assert (trouble.what, trouble.since) == (TroubleKind.DEGRADED, job.get_number("open_fault_since"))
    assert trouble.why is not None
    assert trouble.why.text.startswith(fault)
    assert told["Stages of run 4"]["Now"].endswith("hang detected")
    assert told["Runs"]["Run 4 recovery"].startswith(fault)
    assert told["Runs"]["Run 3 recovery"].startswith("job hanged on worker-1; proc restart: success in 1m15s")
    assert told["Notifications (SMN)"]["When it hangs"] == "no"
    assert len(events) == 4
    assert all("may be suspended" in event.text for event in events)
    assert all(len(set(one.points[-20:])) == 1 for one in series)


OPEN_FAULTS: list[tuple[str | None, int | None, bool]] = [
    ("recovering", None, True),
    ("failed", 1, True),
    ("quotaExceeded", 1, True),
    ("terminated", 1, True),
    ("success", 1, False),
    ("downgrade", 1, False),
    ("napping", None, False),
    (None, None, False),
]


@pytest.mark.parametrize(("result", "ended", "is_open"), OPEN_FAULTS)
@pytest.mark.parametrize(("status", "may_be"), [("RUNNING", True), ("WAITING", False), ("FAILED", False)])
async def test_a_fault_is_open_while_the_job_lives_and_the_cloud_states_it(
    result: Any, ended: Any, is_open: bool, status: str, may_be: bool
) -> None:
    stage = Stage()
    job = stage.world.add_job("tough", workers=2, began_s_ago=7200, status=status)
    at = stage.world.now - 600_000
    job.versions[-1].recoveries = (
        SimRecovery(at, ended and at + 1000, "node_fault", "pod_reschedule", result),
    )
    async with stage.open_cloud() as cloud:
        (shown,) = await list_first_page(cloud, "jobs")
    assert bool(shown.get_text("open_fault")) == (is_open and may_be)


async def test_another_job_is_asked_for_fine_tuning_metrics_once() -> None:
    stage = Stage()
    stage.world.add_job("plain")
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        for _ in range(3):
            await cloud.describe(job)
            await cloud.fetch_metrics(job)
    assert [path.rpartition("/")[2] for _, path in stage.list_sent()].count("ft-metrics") == 1


AWKWARD: list[dict[str, Any]] = [
    {},
    {"running_records": None, "total_count": "x"},
    {"running_records": [None, {"record_order": "2", "stages": None}]},
    {"running_records": {"record_order": "1", "stages": {"name": None, "start_time": None}}},
    {"running_records": [{"stages": [{"name": "warming_up", "start_time": str(int(NOW - 60_000))}]}]},
    {"running_records": [{"stages": [{"name": "running", "start_time": "soon", "sub_stages": "?"}, 7]}]},
]


@pytest.mark.parametrize("answer", AWKWARD, ids=range(len(AWKWARD)))
def test_stages_are_read_from_any_answer(answer: dict[str, Any]) -> None:
    for section in build_stage_sections(StageRecords.model_validate(answer), NOW):
        assert all(label and isinstance(value, str) for label, value in section.rows)


def test_an_unknown_stage_is_shown_as_it_came() -> None:
    found = map_rows(build_stage_sections(StageRecords.model_validate(AWKWARD[4]), NOW))
    assert found["Stages"]["Now"] == "warming up 1m00s"
    assert found["Stages"]["warming up"] == f"{'█' * BAR_CELLS} 1m00s"


def test_the_newest_run_is_the_one_with_the_highest_number() -> None:
    stages = [{"name": "running", "start_time": "2025-09-15T07:02:30Z", "end_time": "2025-09-15T07:03:30Z"}]
    answer = {"running_records": [{"record_order": 2, "stages": stages}, {"record_order": 1, "stages": [{}]}]}
    assert (
        "running"
        in map_rows(build_stage_sections(StageRecords.model_validate(answer), NOW))["Stages of run 2"]
    )


@pytest.mark.parametrize(
    ("share", "bar"), [(0, ""), (0.001, "▏"), (0.5, "█" * 8), (1, "█" * 16), (9, "█" * 16)]
)
def test_a_bar_is_as_long_as_its_share(share: float, bar: str) -> None:
    assert make_bar(share) == bar.ljust(BAR_CELLS)


@pytest.mark.parametrize(
    "given",
    [
        [{"step": 1, "loss": "2.5"}, {"step": "2", "loss": 2}],
        [[1, 2.5], [2, 2]],
        {"1": 2.5, "2": "2"},
        '[{"step": 1, "loss": 2.5}, {"step": 2, "loss": 2}]',
        {"data": [{"step": 1, "loss": 2.5}, None, {"step": 2, "loss": 2}]},
    ],
)
def test_losses_are_read_in_every_likely_shape(given: Any) -> None:
    found = [point for point in read_points(given, value="loss") if point[1] is not None]
    assert found == [(1, 2.5), (2, 2)]


@pytest.mark.parametrize("given", [None, "", "n/a", 7, True, {"loss": "soon"}, [[]], [{}]])
def test_what_is_no_loss_gives_no_series(given: Any) -> None:
    reply = FtMetrics.model_validate({"loss": given, "data": {"metrics": [None, {"data": given}]}})
    assert [series.points for series in build_ft_series(reply)] in ([], [(7,)])
    build_progress_sections(reply)


def test_a_metric_with_groups_is_a_series_each() -> None:
    points = [{"step": 1, "layer": "a", "v": 1}, {"step": 1, "layer": "b", "v": 2}]
    metric = {"name_en": "norm", "type": "line", "group_by": ["layer"], "x_axis": "step", "data": points}
    found = build_ft_series(FtMetrics.model_validate({"data": {"metrics": [metric]}}))
    assert [(series.label, series.points) for series in found] == [("norm a", (1,)), ("norm b", (2,))]


def test_records_that_are_null_or_texts_are_read() -> None:
    status = {
        "phase": "Running",
        "running_records": [{"recover_records": [None, {"fault_scenario": None, "recover_start_at": "5"}]}],
    }
    job = V2Job.model_validate({"metadata": {"id": "j"}, "status": status, "spec": {"notification": None}})
    shown: Resource = map_job(job, Scope("p", clock=ManualClock(START)), build_empty_record())
    assert map_rows(build_job_sections(job, shown))["Runs"]["Run 1 recovery"] == "fault"


@pytest.mark.parametrize(("lang", "words"), [("zh", "等待资源池"), ("en", "queu")])
async def test_the_profile_chooses_the_language_of_stages_and_events(lang: str, words: str) -> None:
    stage = Stage()
    stage.world.add_job("first", status="WAITING", workers=2, began_s_ago=9000)
    opened = await open_cloud(
        stage.build_profile(lang=lang), clock=stage.clock, cache_dir=None, asgi_app=stage.app, retries=0
    )
    try:
        (job,) = await list_first_page(opened, "jobs")
        detail = await opened.describe(job)
        events = await opened.fetch_events(job)
    finally:
        await opened.aclose()
    (stages,) = (section for section in detail.sections if section.title == "Stages")
    assert words in str(stages.rows).casefold()
    assert any("训练作业" in event.text for event in events) is (lang == "zh")


async def test_the_quota_of_jobs_is_a_gauge() -> None:
    stage = Stage()
    stage.world.add_job("first", status="WAITING", began_s_ago=60)
    async with stage.open_cloud() as cloud:
        assert await cloud.fetch_quotas() == (Gauge("Jobs", 1, 500),)


async def test_every_event_of_a_profile_in_chinese_is_in_chinese() -> None:
    stage = Stage(scale=1, seed=1, incident=True)
    async with stage.open_cloud(lang="zh") as cloud:
        jobs = {job.name: job for job in await list_first_page(cloud, "jobs")}
        for name in ("internlm-7b-pretrain", "glm-6b-sft"):
            events = await cloud.fetch_events(jobs[name])
            assert any("I/O" in event.text or "资源不足" in event.text for event in events)
            assert [event.text for event in events if event.text.isascii()] == []
            assert any(event.abnormal for event in events)


def test_an_experiment_counts_its_jobs_in_words() -> None:
    rows = [{"metadata": {"id": "e"}, "statistic": {"job_count": count}} for count in (0, 1, None)]
    assert [one.note for one in _map_entries(CatalogEntries.model_validate({"items": rows}))] == [
        "0 jobs",
        "1 job",
        "",
    ]


@pytest.mark.parametrize(("lang", "words"), [("zh", "配额不足"), ("en", "no quota"), (None, "no quota")])
async def test_the_profile_chooses_the_language_of_errors(lang: str | None, words: str) -> None:
    async def refuse(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 400, "headers": []})
        both = {"error_code": "ModelArts.9999", "error_msg": "no quota", "zh_message": "配额不足"}
        await send({"type": "http.response.body", "body": json.dumps(both).encode()})

    stage = Stage()
    cloud = await open_cloud(
        stage.build_profile(lang=lang), clock=stage.clock, cache_dir=None, asgi_app=refuse, retries=0
    )
    try:
        with pytest.raises(CloudError) as refused:
            await list_first_page(cloud, "notebooks")
    finally:
        await cloud.aclose()
    assert refused.value.message == words
