"""What the events of a cloud state of a resource is in the journal, also where no poll has seen it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.live.journal.change import Change, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.resources.detail import Event
from matui.resources.kinds.services import STATUSES
from matui.resources.model import Resource, get_phase
from tests.unit.live.journal.readings import ACCOUNT, T0


def make_service(status: str) -> Resource:
    return Resource("services", "s", "asr", status, get_phase(status, STATUSES), "modelarts", "prod")


def make_event(at_s: float, text: str, status: str = "") -> Event:
    return Event(T0 + int(at_s * 1000), text, status=status)


STORY = (
    make_event(-500, "start model success", "running"),
    make_event(20, "stop service", "stopped"),
    make_event(30, "start to deploy service", "deploying"),
    make_event(40, "pulling model image"),
    make_event(70, "start model success", "running"),
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    made = Journal(tmp_path / "journal.db", clock=ManualClock(T0 / 1000 + 1000))
    made.accounts.add("prod", lambda: ACCOUNT)
    yield made
    made.close()
    assert not made.problem


def poll(journal: Journal, at_s: float, status: str) -> None:
    row = make_service(status)
    scope = ListScope(ACCOUNT, "prod", "services")
    journal.record(Reading(scope, T0 + int(at_s * 1000), (row,), (), True, frozenset({row.id})))


def read_changes(journal: Journal) -> list[Change]:
    journal.flush()
    return sorted(journal.reader.read_changes(), key=lambda each: each.happened_at or each.seen_at)


def test_what_happened_between_two_polls_is_known_from_the_events(journal: Journal) -> None:
    poll(journal, 0, "running")
    poll(journal, 100, "running")
    for _twice in range(2):
        journal.record_events(make_service("running"), STORY)
    found = read_changes(journal)
    assert [(each.before, each.after, each.source) for each in found] == [
        ("running", "stopped", "event"),
        ("stopped", "deploying", "event"),
        ("deploying", "running", "event"),
    ]
    assert [each.happened_at for each in found] == [T0 + 20_000, T0 + 30_000, T0 + 70_000]
    assert {each.seen_at for each in found} == {T0 + 1_000_000}


def test_a_change_that_a_poll_has_seen_gets_the_time_of_its_event(journal: Journal) -> None:
    poll(journal, 0, "running")
    poll(journal, 25, "stopped")
    poll(journal, 60, "deploying")
    poll(journal, 100, "running")
    journal.record_events(make_service("running"), STORY)
    found = read_changes(journal)
    assert [(each.after, each.source) for each in found] == [
        ("stopped", "poll"), ("deploying", "poll"), ("running", "poll")
    ]  # fmt: skip
    assert [each.happened_at for each in found] == [T0 + 20_000, T0 + 30_000, T0 + 70_000]


def test_events_before_the_list_was_watched_are_no_changes(journal: Journal) -> None:
    journal.record_events(make_service("running"), STORY)
    assert read_changes(journal) == []
    poll(journal, 90, "running")
    journal.record_events(make_service("running"), STORY)
    assert read_changes(journal) == []
