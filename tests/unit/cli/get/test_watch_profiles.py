"""``matui get --watch`` over several profiles."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, ServerFaultError, UnreachableError, UsageError
from matui.cli.get.query import SortOrder
from matui.cli.get.watch import _ChangeWriter
from matui.live.poll.freshness import Freshness
from matui.live.poll.poller import Snapshot, Update
from matui.live.poll.rows import Diff
from matui.resources.filters import parse_filter
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource
from tests.unit.cli.test_peer_clouds import served

__all__ = ["served"]


class Written:
    """A sink that keeps what it is told."""

    def __init__(self) -> None:
        self.lists: list[list[str]] = []
        self.lines: list[str] = []

    def write_all(self, rows, now_ms, total, *, came=None) -> None:
        self.lists.append([f"{row.profile}/{row.id}" for row in rows])

    def write_one(self, row, now_ms, *, gone) -> None:
        self.lines.append(f"{row.profile}/{row.id}{' gone' if gone else ''}")


class Watched:
    """A watch over profiles, fed by hand."""

    def __init__(self, *profiles: str) -> None:
        sessions = [
            SimpleNamespace(profile=SimpleNamespace(name=name), clock=ManualClock(), cloud=None)
            for name in profiles
        ]
        self.sink = Written()
        self.screen = _ChangeWriter(
            sessions, frozenset(), parse_filter(""), SortOrder.of(JOBS, "name"), self.sink
        )

    def tell(
        self, profile: str, *ids: str, error: MatuiError | None = None, gone: tuple[str, ...] = ()
    ) -> None:
        rows = {
            i: Resource("jobs", i, i, "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", profile) for i in ids
        }
        fresh = Freshness(fetched_at=None if error else 1.0, error=error)
        snapshot = Snapshot("jobs", rows, len(rows), error is None, fresh, 0, profile)
        lost = tuple(replace(next(iter(rows.values())), id=i) for i in gone)
        self.screen.take(Update(snapshot, Diff(added=tuple(rows.values()), removed=lost)))


def test_a_watch_writes_the_lists_together_and_then_each_change(capsys) -> None:
    watched = Watched("a", "b")
    watched.tell("a", "2")
    assert watched.sink.lists == []
    assert watched.screen.is_waiting
    watched.tell("b", "1", "3")
    assert watched.sink.lists == [["b/1", "a/2", "b/3"]]
    watched.tell("a", "2", "4", gone=("2",))
    assert watched.sink.lines == ["a/2 gone", "a/2", "a/4"]


def test_a_watch_waits_for_no_slow_or_failing_one(capsys) -> None:
    watched = Watched("a", "b", "slow")
    watched.tell("b", error=UnreachableError("No answer."))
    watched.tell("a", "1")
    watched.screen.write_lists()
    assert watched.sink.lists == [["a/1"]]
    watched.tell("slow", "9")
    watched.tell("b", "5")
    assert watched.sink.lines == ["slow/9", "b/5"]
    assert "b: The list is stale; trying again. No answer." in capsys.readouterr().err


def test_a_storm_of_failures_is_reported_once_a_profile_until_it_has_been_quiet(capsys) -> None:
    watched = Watched("a", "b")
    for turn in range(20):
        watched.tell("b", error=ServerFaultError("The cloud failed.", status=503, request_id=f"r{turn}"))
    watched.tell("b", "5")
    watched.tell("b", error=ServerFaultError("The cloud failed.", status=503, request_id="again"))
    assert capsys.readouterr().err.count("The cloud failed.") == 1
    watched.screen._clock.jump(301)
    watched.tell("b", error=ServerFaultError("The cloud failed.", status=503, request_id="later"))
    assert capsys.readouterr().err.count("The cloud failed.") == 1


def test_a_watch_of_which_every_profile_fails_ends_with_the_worst() -> None:
    watched = Watched("a", "b")
    watched.tell("a", error=UnreachableError("No answer."))
    with pytest.raises(UnreachableError):
        watched.tell("b", error=UsageError("none"))
