"""OpenSearch through our client, on a simulator that checks every signature and has the field's quirks."""

from __future__ import annotations

from typing import Any

import pytest

from matui.base.errors import (
    AuthenticationError,
    ConflictError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
)
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
from matui.live.poll.list_all import find_incompleteness, list_all
from matui.resources.detail import Instant
from matui.resources.model import Phase
from tests.contract.peers.rig import Rig, find_named, make_job, map_rows

JOBS = ListRequest("jobs")


@pytest.fixture
def rig() -> Rig:
    return Rig()


async def test_an_instance_shows_how_its_newest_training_goes(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    page = await cloud.list_page(JOBS)
    running = find_named(page.resources, "ctr_home_feed")
    assert (running.id, running.status, running.phase) == ("ctr/ctr_home_feed", "running", Phase.RUNNING)
    assert (running.cloud, running.profile, running.get_text("region")) == (
        "opensearch",
        "os",
        "cn-hangzhou",
    )
    assert (running.facts["version_count"], running.facts["version_id"]) == (3, "3")
    assert find_named(page.resources, "ctr_search").phase is Phase.FAILED
    assert find_named(page.resources, "ctr_search").get_text("error").startswith("no behaviour data")
    assert find_named(page.resources, "ctr_new").status == "untrained"
    assert find_named(page.resources, "pop_daily").phase is Phase.DONE
    assert page.newest_first
    assert page.total == len(page.resources) == 5


async def test_the_page_size_is_always_sent(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    rows = (await cloud.list_page(JOBS)).resources
    assert len(await cloud.fetch_versions(find_named(rows, "pop_daily"))) == 3
    lists = [query for _m, path, query in rig.world.requests if path.endswith(("/tasks", "/instances"))]
    assert lists
    assert all("pageSize=" in query for query in lists)


@pytest.mark.parametrize("quirks", [["camel"], ["double_escaped"], ["in_seconds"], ["camel", "in_seconds"]])
async def test_quirks_change_nothing_of_what_is_reported(rig: Rig, quirks: list[str]) -> None:
    async def told() -> list[object]:
        cloud = await rig.open_opensearch()
        rows = (await cloud.list_page(JOBS)).resources
        daily = await cloud.describe(find_named(rows, "pop_daily"))
        runs = await cloud.fetch_versions(daily.resource)
        return [
            [(r.id, r.status, (r.created_at or 0) // 1000, r.get_text("recall")) for r in (*rows, *runs)],
            map_rows(daily)["recall"],
            [(gauge.label, gauge.used) for gauge in (await cloud.fetch_metrics(runs[0])).gauges],
        ]

    plain = await told()
    for quirk in quirks:
        setattr(rig.opensearch, quirk, True)
    assert await told() == plain


async def test_a_training_is_read_by_its_generation(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    failed = await cloud.read("versions", "ctr/ctr_search/2")
    assert (failed.kind, failed.status, failed.phase) == ("versions", "failed", Phase.FAILED)
    assert (failed.get_text("job_name"), failed.duration_ms) == ("ctr_search", 900_000)
    told = map_rows(await cloud.describe(failed))
    assert told["1"] == "no behaviour data for the last 7 days"
    assert isinstance(told["Ended"], Instant)
    running = map_rows(await cloud.describe(make_job("ctr/ctr_home_feed/3", "opensearch", "versions")))
    assert "Ended" not in running
    assert running["Run"].startswith("trigger__")


async def test_an_instances_metrics_show_recall_over_its_trainings(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    metrics = await cloud.fetch_metrics(make_job("pop/pop_daily", "opensearch"))
    (recall,) = metrics.series
    runs = rig.opensearch.instances["pop", "pop_daily"].trainings
    assert recall.points == tuple(run.recall for run in runs)
    assert [gauge.label for gauge in metrics.gauges] == ["Progress", "recall"]
    assert (await cloud.fetch_metrics(make_job("ctr/ctr_new", "opensearch"))).gauges == ()


async def test_training_runs_to_its_end(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    new = find_named((await cloud.list_page(JOBS)).resources, "ctr_new")
    (started,) = await cloud.act("start", [new])
    assert started.error is None
    assert started.request_id
    assert find_named((await cloud.list_page(JOBS)).resources, "ctr_new").status == "running"
    (twice,) = await cloud.act("start", [new])
    assert isinstance(twice.error, ConflictError)
    assert twice.error.code == "Task.IsRunning"
    await rig.clock.advance(901)
    assert find_named((await cloud.list_page(JOBS)).resources, "ctr_new").status == "success"


async def test_there_is_no_stop_and_the_reason_is_said(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    for protocol in (Lists, Reads, Describes, Acts, ListsVersions, ReportsMetrics, ExplainsUnsupported):
        assert isinstance(cloud, protocol)
    for kind in ("jobs", "versions"):
        assert not cloud.offers(kind, "stop")
        assert cloud.explain_unsupported(kind, "stop") == "OpenSearch has no stop for a running task"
    (refused,) = await cloud.act("stop", [make_job("ctr/ctr_home_feed", "opensearch")])
    assert isinstance(refused.error, RefusedError)


async def test_trainings_and_instances_are_deleted(rig: Rig) -> None:
    cloud = await rig.open_opensearch()
    targets = [make_job(f"pop/pop_daily/{turn}", "opensearch", "versions") for turn in (1, 9)]
    done, missing = await cloud.act("delete", targets)
    assert done.error is None
    assert isinstance(missing.error, NotFoundError)
    assert [row.name for row in await cloud.fetch_versions(make_job("pop/pop_daily", "opensearch"))] == [
        "3",
        "2",
    ]
    gone, running = await cloud.act(
        "delete", [make_job("pop/pop_hourly", "opensearch"), make_job("ctr/ctr_home_feed", "opensearch")]
    )
    assert gone.error is None
    assert isinstance(running.error, ConflictError)
    with pytest.raises(NotFoundError):
        await cloud.read("jobs", "pop/pop_hourly")


@pytest.mark.parametrize("in_200", [False, True])
async def test_an_error_is_one_in_whatever_status_it_comes(rig: Rig, in_200: bool) -> None:
    rig.opensearch.errors_in_200 = in_200
    cloud = await rig.open_opensearch()
    with pytest.raises(NotFoundError) as missing:
        await cloud.read("jobs", "ctr/nobody")
    assert missing.value.code == "Instance.NotExist"
    assert len(missing.value.request_id) == 32
    with pytest.raises(NotFoundError):
        await cloud.read("jobs", "a-name-alone")


async def test_throttling_is_waited_out_in_milliseconds(rig: Rig) -> None:
    rig.opensearch.throttle_ms = [2500]
    cloud = await rig.open_opensearch()
    with pytest.raises(RateLimitedError) as limited:
        await cloud.read("jobs", "ctr/ctr_new")
    assert limited.value.retry_after_s == 2.5


async def test_temporary_keys_need_their_token(rig: Rig) -> None:
    ak, sk, token = rig.opensearch.issue_temporary()
    cloud = await rig.open_opensearch(ak=ak, sk=sk, security_token=token)
    assert (await cloud.list_page(JOBS)).resources
    with pytest.raises(AuthenticationError):
        await (await rig.open_opensearch(ak=ak, sk=sk)).list_page(JOBS)


async def test_wrong_keys_and_names_are_reported(rig: Rig) -> None:
    for fields, code in (
        ({"sk": "wrong"}, "SignatureDoesNotMatch"),
        ({"ak": "no"}, "InvalidAccessKeyId.NotFound"),
    ):
        with pytest.raises(AuthenticationError) as refused:
            await (await rig.open_opensearch(**fields)).list_page(JOBS)
        assert refused.value.code == code
    with pytest.raises(NotFoundError) as missing:
        await (await rig.open_opensearch(app="other")).list_page(JOBS)
    assert missing.value.code == "App.NotFound"


@pytest.mark.slow
async def test_more_instances_than_a_page_are_all_listed(rig: Rig) -> None:
    big = Rig(scale=45)
    cloud = await big.open_opensearch(requests_per_minute=10_000)
    page = await cloud.list_page(ListRequest("jobs", 0, 1000))
    assert len({row.id for row in page.resources}) == page.total == 45 * 5
    second = await cloud.list_page(ListRequest("jobs", 1, 100))
    assert [row.id for row in second.resources] == [row.id for row in page.resources[100:200]]


async def test_a_count_that_the_cloud_does_not_state_is_not_made_up(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = await rig.open_opensearch()
    asked = cloud.api.list_tasks

    async def uncounted(*args: Any, **more: Any) -> Any:
        listed, raw = await asked(*args, **more)
        return listed.model_copy(update={"total_count": None}), raw

    monkeypatch.setattr(cloud.api, "list_tasks", uncounted)
    rows = (await cloud.list_page(JOBS)).resources
    assert "version_count" not in find_named(rows, "ctr_home_feed").facts
    assert find_named(rows, "ctr_new").facts["version_count"] == 0


@pytest.mark.parametrize("faults", [1, 10])
async def test_instances_that_the_cloud_counts_and_does_not_list_are_stated(
    rig: Rig, faults: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = await rig.open_opensearch()
    asked, left = cloud.api.list_instances, faults

    async def cut(function: str, page: int) -> Any:
        nonlocal left
        listed, raw = await asked(function, page)
        if function != "ctr" or left == 0:
            return listed, raw
        left -= page == 1
        return listed.model_copy(update={"result": listed.result[:2] if page == 1 else []}), raw

    monkeypatch.setattr(cloud.api, "list_instances", cut)
    rows, total = await list_all(cloud, "jobs")
    assert (len(rows), total) == ((5, 5) if faults == 1 else (4, 5))
    assert (find_incompleteness("jobs", rows, total) is None) is (faults == 1)
