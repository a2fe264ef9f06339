"""What a comparison reads: the records and the logs side by side, and each thing once."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import RefusedError, TimedOutError
from matui.base.log_lines.errors import DEFAULT_RULES
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import LogPage
from matui.live.compare.comparison import Comparison, build_rows
from matui.live.compare.gather import Gatherer, compare_sides
from matui.live.signals.store import SignalStore
from matui.resources.detail import Detail
from matui.resources.model import Phase, Resource
from tests.unit.live.why.logs import Logs

JOB = Resource("jobs", "1", "job", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p")
FAILED = replace(JOB, kind="versions", id="1/V0002", name="V0002")
GOOD = replace(FAILED, id="1/V0001", name="V0001", status="JOBSTAT_COMPLETED", phase=Phase.DONE)


class Cloud(Logs):
    """A cloud whose logs are answered once ``logs`` is set; counts its requests."""

    name, profile, kinds = "modelarts", "p", ("jobs",)

    def __init__(self) -> None:
        super().__init__({"worker-0": ["step 1", "ERROR: out of memory"]})
        self.logs = asyncio.Event()
        self.asked: list[str] = []
        self.error: TimedOutError | None = None

    async def fetch_versions(self, _job: Resource) -> tuple[Resource, ...]:
        self.asked.append("versions")
        return (FAILED, GOOD)

    async def describe(self, resource: Resource) -> Detail:
        self.asked.append(resource.id)
        if self.error is not None:
            raise self.error
        return Detail(resource, ())

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        await self.logs.wait()
        return await super().read_log_page(job, file, base=base, older=older, limit=limit)


def make_gatherer(cloud: Cloud) -> Gatherer:
    def new_times(_at: float | None) -> TimestampParser:
        return TimestampParser(0.0)

    return Gatherer(
        cloud,  # type: ignore[arg-type]
        clock=ManualClock(), store=SignalStore(new_times), new_times=new_times, rules=DEFAULT_RULES,
    )  # fmt: skip


@pytest.mark.asyncio
async def test_what_differs_comes_before_the_logs_have_been_read() -> None:
    cloud, published = Cloud(), list[Comparison]()
    reader = make_gatherer(cloud)
    own, good = await reader.find_pair(JOB)
    reading = asyncio.ensure_future(compare_sides((reader, own), (reader, good), published.append))
    for _ in range(20):
        await asyncio.sleep(0)
    assert [side.missing for side in (published[-1].a, published[-1].b)] == [("The log is being read.",)] * 2
    cloud.logs.set()
    found = await reading
    assert published[-1] == found
    assert found.a.error is not None
    assert found.a.missing == ()
    assert cloud.asked == ["versions", "1/V0002", "1/V0001"]


@pytest.mark.asyncio
async def test_the_first_error_of_a_failed_run_is_that_of_all_its_workers() -> None:
    cloud = Cloud()
    cloud.logs.set()
    cloud.files = {
        "worker-0": ["step 1 loss: 2.0", "step 2 loss: 1.9"],
        "worker-1": ["step 1 loss: 2.0", "RuntimeError: uncorrectable ECC error"],
    }
    found = await compare_sides((make_gatherer(cloud), FAILED), (make_gatherer(cloud), GOOD))
    assert found.a.error is not None
    assert (found.a.error.file, found.a.unread) == ("worker-1", 0)
    (row,) = [row for row in build_rows(found) if row.name == "in the log"]
    assert row.a == "worker-1:2: RuntimeError: uncorrectable ECC error"
    assert row.b == "none; not searched: 1 file"


@pytest.mark.asyncio
async def test_a_record_that_cannot_be_read_ends_the_reading_of_its_log() -> None:
    cloud = Cloud()
    cloud.error = TimedOutError("No answer.")
    reader = make_gatherer(cloud)
    with pytest.raises(TimedOutError):
        await compare_sides((reader, FAILED), (reader, GOOD))
    await asyncio.sleep(0)
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.asyncio
async def test_without_a_version_that_succeeded_there_is_nothing_to_compare_with() -> None:
    with pytest.raises(RefusedError):
        await make_gatherer(Cloud()).find_pair(replace(GOOD))


@pytest.mark.asyncio
async def test_the_newest_version_of_a_job_is_named_with_its_job() -> None:
    cloud = Cloud()
    cloud.logs.set()
    reader = make_gatherer(cloud)
    assert (await reader.read_side(JOB)).name == "job V0002"
    assert (await reader.read_side(FAILED)).name == "V0002"
