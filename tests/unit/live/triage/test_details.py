"""Details that were read of rows: kept for a minute, and no longer."""

from __future__ import annotations

from dataclasses import replace

from matui.base.clock import ManualClock
from matui.live.triage.state_times import ReadDetails
from matui.resources.detail import Detail
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "1", "train", "Failed", Phase.FAILED, "modelarts", "prod")


class Cloud:
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def describe(self, resource: Resource) -> Detail:
        self.asked.append(resource.id)
        return Detail(resource, ())


async def test_details_are_read_once_a_minute_while_the_state_is_the_same() -> None:
    clock, cloud = ManualClock(), Cloud()
    details = ReadDetails(clock)
    await details.describe(cloud, JOB)
    await clock.advance(59)
    await details.describe(cloud, JOB)
    assert cloud.asked == ["1"]
    assert details.find(replace(JOB, status="Running")) is None
    await clock.advance(1)
    assert details.find(JOB) is None


async def test_details_of_other_rows_are_dropped_after_a_minute() -> None:
    clock, cloud = ManualClock(), Cloud()
    details = ReadDetails(clock)
    for ident in ("1", "2", "3"):
        await details.describe(cloud, replace(JOB, id=ident))
        await clock.advance(25)
    assert [key[2] for key in details._kept] == ["1", "2", "3"]
    details.drop_old()
    assert [key[2] for key in details._kept] == ["2", "3"]
    await clock.advance(60)
    await details.describe(cloud, JOB)
    assert [key[2] for key in details._kept] == ["1"]
