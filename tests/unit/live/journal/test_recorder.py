"""What the polls of a list see goes to the journal, and nothing that they do not see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import UnreachableError
from matui.live.journal import recorder
from matui.live.journal.journal import Journal
from matui.live.journal.recorder import ListRecorder
from matui.live.poll.loop import Timing
from matui.live.poll.poller import Poller
from matui.live.poll.rows import Diff
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource
from tests.unit.live.journal.readings import ACCOUNT
from tests.unit.live.poll.listed import FakeCloud, make_row

pytestmark = pytest.mark.asyncio


class Watched:
    """A poller over a fake cloud, and the journal that it writes to."""

    def __init__(self, file: Path, clock: ManualClock) -> None:
        self.cloud, self.clock = FakeCloud(), clock
        self.journal = Journal(file, clock=clock)
        self.journal.accounts.add("", lambda: ACCOUNT)
        self.poller = Poller(
            self.cloud,
            JOBS,
            timing=Timing(clock, Random(1), 5),
            publish=lambda _update: None,
            recorder=ListRecorder(self.journal, "jobs", ""),
        )

    def put(self, number: int, status: str, phase: Phase) -> None:
        self.cloud.put(replace(make_row(number), status=status, phase=phase))

    def read_steps(self) -> list[tuple[str, str | None, str | None]]:
        self.journal.flush()
        return [(each.id, each.before, each.after) for each in reversed(self.journal.reader.read_changes())]


@pytest.fixture
async def watched(tmp_path: Path) -> AsyncIterator[Watched]:
    made = Watched(tmp_path / "journal.db", ManualClock())
    yield made
    await made.poller.stop()
    made.journal.close()


async def test_a_change_an_arrival_and_a_deletion_are_recorded_once(watched: Watched) -> None:
    watched.cloud.put(*(make_row(n) for n in range(5)))
    watched.poller.start()
    await watched.clock.advance(20)
    assert watched.read_steps() == []
    watched.put(1, "JOBSTAT_FAILED", Phase.FAILED)
    await watched.clock.advance(10)
    watched.cloud.put(make_row(9))
    await watched.clock.advance(10)
    watched.cloud.drop(2)
    await watched.clock.advance(400)
    before = make_row(1).status
    assert watched.read_steps() == [
        ("j1", before, "JOBSTAT_FAILED"),
        ("j9", None, make_row(9).status),
        ("j2", before, None),
    ]


async def test_a_failed_poll_records_nothing(watched: Watched) -> None:
    watched.cloud.put(*(make_row(n) for n in range(5)))
    watched.poller.start()
    await watched.clock.advance(10)
    watched.cloud.failures += [UnreachableError("offline") for _ in range(99)]
    watched.cloud.drop(2)
    await watched.clock.advance(300)
    assert watched.read_steps() == []


@pytest.mark.slow
async def test_a_long_list_is_recorded_while_it_fills_without_inventing_arrivals(watched: Watched) -> None:
    watched.cloud.put(*(make_row(n) for n in range(2500)))
    watched.poller.start()
    await watched.clock.advance(300)
    watched.put(3, "JOBSTAT_FAILED", Phase.FAILED)
    watched.cloud.drop(2400)
    await watched.clock.advance(600)
    assert sorted(watched.read_steps()) == [
        ("j2400", make_row(1).status, None),
        ("j3", make_row(3).status, "JOBSTAT_FAILED"),
    ]


async def test_an_expected_status_is_recorded_only_once_the_cloud_reports_it(watched: Watched) -> None:
    watched.cloud.put(make_row(1))
    watched.poller.start()
    await watched.clock.advance(10)
    job: Resource = watched.poller.snapshot.rows["j1"]
    watched.put(1, "JOBSTAT_KILLED", Phase.STOPPED)
    watched.poller.expect(job, "JOBSTAT_KILLING")
    await watched.clock.advance(10)
    assert watched.read_steps() == [("j1", job.status, "JOBSTAT_KILLED")]
    assert [each.source for each in watched.journal.reader.read_changes()] == ["action"]


async def test_another_workspace_is_not_a_deletion(watched: Watched) -> None:
    watched.cloud.put(*(make_row(n) for n in range(5)))
    watched.poller.start()
    await watched.clock.advance(10)
    watched.poller.set_workspace("w")
    await watched.clock.advance(10)
    assert watched.read_steps() == []


async def test_the_rows_are_kept_for_the_next_start(watched: Watched) -> None:
    watched.cloud.put(*(make_row(n) for n in range(5)))
    watched.poller.start()
    await watched.clock.advance(10)
    watched.journal.flush()
    last = watched.journal.reader.read_last_rows("jobs", "")
    assert [(each.id, each.status) for each in last.rows] == [
        (each.id, each.status) for each in watched.poller.snapshot.rows.values()
    ]


async def test_while_the_cloud_counts_more_than_it_lists_no_end_of_deletions_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "_MOST_GONE", 3)
    journal, whole = Journal(None, clock=ManualClock()), list[frozenset[str]]()
    listed = ListRecorder(journal, "jobs", "", lambda _kind, ids: whole.append(ids))
    listed.note(Diff(added=(make_row(0),)))
    listed.commit({"j0": make_row(0)}, asked_at=0, workspace="", is_whole=True, pages=1)
    for number in range(1, 6):
        row = make_row(number)
        listed.note(Diff(added=(row,)))
        listed.commit({row.id: row}, asked_at=number, workspace="", is_whole=False, pages=1)
        listed.note(Diff(removed=(row,)))
    whole.clear()
    listed.commit({}, asked_at=9, workspace="", is_whole=True, pages=1)
    assert whole == [{"j3", "j4", "j5"}]
