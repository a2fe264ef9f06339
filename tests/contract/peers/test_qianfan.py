"""Qianfan through our client, on a simulator that checks every signature and has the field's quirks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from matui.base.errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
)
from matui.clouds.http.messages import Answer
from matui.clouds.protocols import (
    Acts,
    Describes,
    ExplainsUnsupported,
    ListRequest,
    Lists,
    ListsVersions,
    Reads,
    ReportsMetrics,
)
from matui.resources.detail import Instant
from matui.resources.kinds.jobs import JOBS as JOBS_KIND
from matui.resources.model import Phase
from tests.contract.peers.rig import Rig, find_named, make_job, map_rows

JOBS = ListRequest("jobs")


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_a_job_shows_the_state_of_its_newest_task(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    page = await cloud.list_page(JOBS)
    running = find_named(page.resources, "intent-router-sft")
    assert (running.status, running.phase) == ("Running", Phase.RUNNING)
    assert (running.cloud, running.profile, running.kind) == ("qianfan", "qf", "jobs")
    assert running.facts["version_count"] == 2
    assert 0 < (running.get_number("progress") or 0) < 100
    assert find_named(page.resources, "contract-qa").phase is Phase.FAILED
    assert find_named(page.resources, "客服质检-lora").phase is Phase.DONE
    assert find_named(page.resources, "answer-ranking-dpo").phase is Phase.PENDING
    assert find_named(page.resources, "draft-without-a-task").phase is Phase.STOPPED
    assert page.total == len(page.resources) == 8
    assert page.newest_first


async def test_the_raw_record_is_the_clouds_own(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    for row in (await cloud.list_page(JOBS)).resources:
        raw = row.raw.parse_value()
        own = raw["jobId"] if "jobId" in raw else "{taskId}/{id}".format(**raw["result"])
        assert own == row.id


@pytest.mark.parametrize("quirk", ["bare", "newest_last"])
async def test_quirks_change_nothing_of_what_is_reported(rig: Rig, quirk: str) -> None:
    plain = {row.id: row.status for row in (await (await rig.open_qianfan()).list_page(JOBS)).resources}
    setattr(rig.qianfan, quirk, True)
    cloud = await rig.open_qianfan()
    assert {row.id: row.status for row in (await cloud.list_page(JOBS)).resources} == plain


async def test_a_status_in_no_table_is_unknown(rig: Rig) -> None:
    rig.qianfan.nameless = True
    cloud = await rig.open_qianfan()
    row = find_named((await cloud.list_page(JOBS)).resources, "contract-qa")
    assert (row.status, row.phase) == ("", Phase.UNKNOWN)


async def test_a_task_moves_on_by_itself(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    await cloud.list_page(JOBS)
    await rig.clock.advance(120)
    assert find_named((await cloud.list_page(JOBS)).resources, "answer-ranking-dpo").status == "Running"
    await rig.clock.advance(3600)
    assert find_named((await cloud.list_page(JOBS)).resources, "answer-ranking-dpo").status == "Done"


async def test_a_poll_asks_only_for_the_tasks_that_move(rig: Rig) -> None:
    cloud = await rig.open_qianfan(v1_jobs=[])
    await cloud.list_page(JOBS)
    assert rig.count_asked("DescribeFineTuningTasks") == 6
    await rig.clock.advance(5)
    await cloud.list_page(JOBS)
    assert rig.count_asked("DescribeFineTuningTasks") == 10  # eight that move and two at rest
    assert rig.count_asked("DescribeFineTuningJobs") == 2


@pytest.mark.slow
async def test_pages_of_any_size_hold_every_job_once(rig: Rig) -> None:
    big = Rig(scale=40)
    cloud = await big.open_qianfan(requests_per_minute=10_000)
    seen: list[str] = []
    number = 0
    while rows := (await cloud.list_page(ListRequest("jobs", number, 70))).resources:
        seen += [row.id for row in rows]
        number += 1
    assert len(seen) == len(set(seen)) == 40 * 6 + 2
    whole = await cloud.list_page(ListRequest("jobs", 0, 1000))
    assert {row.id for row in whole.resources} == set(seen)
    assert whole.total == len(seen)


async def test_a_finished_task_shows_its_scores_and_checkpoints(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    row = find_named((await cloud.list_page(JOBS)).resources, "客服质检-lora")
    metrics = await cloud.fetch_metrics(row)
    gauges = {gauge.label: gauge for gauge in metrics.gauges}
    assert set(gauges) == {"BLEU-4", "ROUGE-1", "ROUGE-2", "ROUGE-L"}
    assert all(0 < (gauge.used or 0) < 100 and gauge.unit == "%" for gauge in gauges.values())
    loss, perplexity = metrics.series
    assert (loss.label, perplexity.label, len(loss.points)) == ("Training loss", "Perplexity", 10)


async def test_a_running_task_has_no_end_and_a_progress(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    row = find_named((await cloud.list_page(JOBS)).resources, "intent-router-sft")
    told = map_rows(await cloud.describe(row))
    assert "Finished" not in told
    assert told["Progress"].endswith("%")
    assert told["VisualDL"].startswith("https://console.bce.baidu.com/")
    done = map_rows(await cloud.describe(find_named((await cloud.list_page(JOBS)).resources, "contract-qa")))
    assert isinstance(done["Finished"], Instant)


async def test_a_jobs_tasks_are_its_versions_newest_first(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    row = find_named((await cloud.list_page(JOBS)).resources, "answer-ranking-dpo")
    versions = await cloud.fetch_versions(row)
    assert [version.status for version in versions] == ["Waiting", "Stopped", "Done"]
    assert [version.duration_ms is None for version in versions] == [True, False, False]
    assert all(version.id.startswith(f"{row.id}/task-") for version in versions)
    again = await cloud.read("jobs", versions[1].id)
    assert (again.kind, again.id, again.status) == ("versions", versions[1].id, "Stopped")
    assert map_rows(await cloud.describe(again))["Job ID"] == row.id


async def test_a_v1_run_is_reported_in_beijings_time(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    running = await cloud.read("jobs", "7263/4612")
    assert (running.status, running.phase) == ("RUNNING", Phase.RUNNING)
    assert running.created_at == rig.qianfan.v1_runs[7263, 4612].timeline.steps[0][0]
    raw = running.raw.parse_value()["result"]
    assert raw["finishtime"] == "0000-00-00 00:00:00"
    sent = datetime.fromisoformat(raw["startTime"]).replace(tzinfo=UTC).timestamp() * 1000
    assert sent - (running.created_at or 0) == 8 * 3_600_000
    assert "Finished" not in map_rows(await cloud.describe(running))
    done = map_rows(await cloud.describe(make_job("7263/4498", "qianfan")))
    assert (done["Status"], done["Progress"]) == ("FINISH", "99%")
    assert isinstance(done["Finished"], Instant)
    assert [gauge.label for gauge in (await cloud.fetch_metrics(running)).gauges] == ["Progress"]
    assert await cloud.fetch_versions(running) == ()


async def test_a_v1_run_the_cloud_does_not_know_keeps_a_row_that_says_so(rig: Rig) -> None:
    cloud = await rig.open_qianfan(v1_jobs=[[1, 2]])
    row = next(row for row in (await cloud.list_page(JOBS)).resources if row.id == "1/2")
    assert row.phase is Phase.UNKNOWN
    assert "500001" in row.get_text("description")


async def test_tasks_jobs_and_v1_runs_are_stopped(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    rows = (await cloud.list_page(JOBS)).resources
    running = find_named(rows, "intent-router-sft")
    waiting = (await cloud.fetch_versions(find_named(rows, "answer-ranking-dpo")))[0]
    old = await cloud.read("jobs", "7263/4612")
    for target in (running, waiting, old):
        (acted,) = await cloud.act("stop", [target])
        assert acted.error is None
        assert acted.request_id
        assert (await cloud.read(target.kind, target.id)).phase is Phase.STOPPED
    (again,) = await cloud.act("stop", [running])
    assert isinstance(again.error, ConflictError)


async def test_deleting_is_reported_and_one_failure_keeps_no_other_from_it(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    rows = (await cloud.list_page(JOBS)).resources
    running, failed = find_named(rows, "intent-router-sft"), find_named(rows, "contract-qa")
    old = await cloud.read("jobs", "7263/4612")
    refused, done, unable = await cloud.act("delete", [running, failed, old])
    assert isinstance(refused.error, ConflictError)
    assert done.error is None
    assert isinstance(unable.error, RefusedError)
    assert "no call that deletes" in str(unable.error)
    with pytest.raises(NotFoundError):
        await cloud.read("jobs", failed.id)
    assert failed.id not in {row.id for row in (await cloud.list_page(JOBS)).resources}


async def test_a_job_is_read_without_a_list_before(rig: Rig) -> None:
    for made in rig.qianfan.jobs.values():
        cloud = await rig.open_qianfan()
        assert (await cloud.read("jobs", made.id)).name == made.name
    cloud = await rig.open_qianfan()
    for unknown in ("job-0", "a name", "?3"):
        with pytest.raises((NotFoundError, RefusedError)):
            await cloud.read("jobs", unknown)


async def test_errors_in_a_good_status_are_errors(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    rig.qianfan.failing = [18]
    with pytest.raises(RateLimitedError) as limited:
        await cloud.read("jobs", "7263/4612")
    assert (limited.value.code, limited.value.status) == ("18", 200)
    with pytest.raises(CloudError, match="param invalid") as unknown:
        await cloud.read("jobs", "1/1")
    assert unknown.value.code == "500001"


async def test_what_passes_is_asked_again_without_a_word(rig: Rig) -> None:
    from matui.clouds.factory import open_cloud

    rig.qianfan.failing = [500000]
    cloud = await open_cloud(rig.build_qianfan_profile(), clock=Hasty(rig), cache_dir=None, asgi_app=rig.app)
    assert isinstance(cloud, Reads)
    assert (await cloud.read("jobs", "7263/4612")).status == "RUNNING"


class Hasty:
    """The rig's clock, whose sleeps are over at once."""

    def __init__(self, rig: Rig) -> None:
        self._clock = rig.clock

    def now(self) -> float:
        return self._clock.now()

    def monotonic(self) -> float:
        return self._clock.monotonic()

    async def sleep(self, seconds: float) -> None:
        self._clock.jump(seconds)


async def test_temporary_keys_need_their_token(rig: Rig) -> None:
    ak, sk, token = rig.qianfan.issue_temporary()
    cloud = await rig.open_qianfan(ak=ak, sk=sk, security_token=token)
    assert (await cloud.list_page(JOBS)).resources
    for wrong in ({"security_token": "other"}, {}):
        with pytest.raises(AuthenticationError):
            await (await rig.open_qianfan(ak=ak, sk=sk, **wrong)).list_page(JOBS)


async def test_a_wrong_key_is_reported_with_code_and_request_id(rig: Rig) -> None:
    for fields, code in (({"sk": "wrong"}, "SignatureDoesNotMatch"), ({"ak": "no"}, "InvalidAccessKeyId")):
        with pytest.raises(AuthenticationError) as refused:
            await (await rig.open_qianfan(**fields)).list_page(JOBS)
        assert refused.value.code == code
        assert len(refused.value.request_id) == 32


async def test_what_it_offers_and_why_not(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    for protocol in (Lists, Reads, Describes, Acts, ListsVersions, ReportsMetrics, ExplainsUnsupported):
        assert isinstance(cloud, protocol)
    assert cloud.offers("jobs", "stop")
    assert cloud.offers("versions", "delete")
    assert not cloud.offers("jobs", "start")
    assert "new task" in (cloud.explain_unsupported("jobs", "start") or "")
    (refused,) = await cloud.act("start", [make_job("job-1", "qianfan")])
    assert isinstance(refused.error, RefusedError)


async def test_trouble_with_the_old_interface_hides_no_job_of_the_new_one(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = await rig.open_qianfan()
    working = cloud.api.get_v1_job

    async def failing(_task: int, _job: int) -> None:
        raise ServerFaultError("The cloud failed.", status=503)

    monkeypatch.setattr(cloud.api, "get_v1_job", failing)
    rows = (await cloud.list_page(JOBS)).resources
    assert find_named(rows, "intent-router-sft").status == "Running"
    old = next(row for row in rows if row.id == "7263/4612")
    assert (old.phase, old.facts["description"]) == (Phase.UNKNOWN, "The cloud failed. (HTTP 503)")
    monkeypatch.setattr(cloud.api, "get_v1_job", working)
    await rig.clock.advance(150)
    assert next(r for r in (await cloud.list_page(JOBS)).resources if r.id == old.id).status == "RUNNING"
    monkeypatch.setattr(cloud.api, "get_v1_job", failing)
    await rig.clock.advance(150)
    assert next(r for r in (await cloud.list_page(JOBS)).resources if r.id == old.id).status == "RUNNING"


async def test_credentials_refused_are_reported_for_the_old_interface_too(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = await rig.open_qianfan()

    async def refusing(_task: int, _job: int) -> None:
        raise AuthenticationError("The cloud did not accept the credentials.", status=401)

    monkeypatch.setattr(cloud.api, "get_v1_job", refusing)
    with pytest.raises(AuthenticationError):
        await cloud.list_page(JOBS)


async def test_a_brief_page_reads_sixty_new_jobs_and_the_rest_with_the_next(rig: Rig) -> None:
    for at in range(90):
        rig.qianfan.add_job(f"many-{at}", "Done", now=rig.now)
    cloud = await rig.open_qianfan(v1_jobs=[])
    brief = ListRequest("jobs", brief=True)
    page = await cloud.list_page(brief)
    assert len(page.resources) == page.total == 96
    assert rig.count_asked("DescribeFineTuningTasks") == 60
    assert sum(row.status == "" for row in page.resources) == 36
    assert all(row.status for row in (await cloud.list_page(brief)).resources)
    again = await rig.open_qianfan(v1_jobs=[])
    assert all(row.status for row in (await again.list_page(JOBS)).resources)


async def test_what_a_v1_run_cannot_do_is_said_before_anything_is_sent(rig: Rig) -> None:
    cloud = await rig.open_qianfan()
    old = await cloud.read("jobs", "7263/4612")
    action = JOBS_KIND.find_action("delete")
    assert action is not None
    assert action.why_not(old) == "Qianfan's V1 interface has no call that deletes a run"
    listed = (await cloud.list_page(JOBS)).resources
    assert action.why_not(find_named(listed, "intent-router-sft")) is None
    stop = JOBS_KIND.find_action("stop")
    assert stop is not None
    assert stop.why_not(find_named(listed, "draft-without-a-task")) == "nothing of it has run"
    assert stop.expect_status(find_named(listed, "intent-router-sft")) == ""


SAMPLE = b"""{
    "log_id":"123",
    "result":
    {
        "id":1,
        "description":"desc",
        "taskId":1,
        "taskName":"test",
        "version":1,
        // incremental training
        "jobRunType":1,
        "increConfig": {
            "taskId":362,
            "jobId":1264
        },
        "trainType":"ernieBotLite-v200",
        "trainMode":"SFT",
        "peftType":"ALL",
        "trainStatus":"FINISH",
        "startTime":"2023-05-05 00:00:00",
        "finishtime":"2023-05-05 01:00:00",
        "runTime":3600,
        "trainTime":1800,
        "progress":99,
        "vdlLink":"https://console.bce.baidu.com/qianfan/visualdl/index?displayToken=eyJ9"
    }
}"""


async def test_the_documents_own_sample_is_read_comment_and_all(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = await rig.open_qianfan()

    async def sampled(_call: Any) -> Answer:
        return Answer(200, SAMPLE, "r", "u")

    monkeypatch.setattr(cloud.api.http, "send", sampled)
    told = map_rows(await cloud.describe(make_job("1/1", "qianfan")))
    assert (told["Status"], told["Goes on from"], told["Trains"]) == (
        "FINISH", "task 362, job 1264", "incremental"
    )  # fmt: skip
    assert told["Finished"] == Instant(int(datetime(2023, 5, 4, 17, tzinfo=UTC).timestamp() * 1000))
    assert str(told["VisualDL"]).startswith("https://console.bce.baidu.com/")
