"""Rows of an earlier run stay until their list is answered, and what differs then is known."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from matui.console.commands.availability import acknowledge_reason
from matui.live.journal.change import Account, Change, StoredAcknowledgement, StoredReason
from matui.live.journal.warm import WarmRows, explain_earlier
from matui.live.poll.rows import Diff
from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource, explain_unconfirmed, is_unconfirmed, mark_unconfirmed
from matui.resources.times import get_state_since
from tests.unit.live.journal.readings import T0, make_job
from tests.unit.live.triage.samples import make_row

NOW = 1_700_000_000_000
FAILED = make_row("START_FAILED", Phase.FAILED, kind="notebooks")


def make_warm(*rows: Resource) -> WarmRows:
    return WarmRows([mark_unconfirmed(row, T0) for row in rows])


def make_failed(row: Resource) -> Resource:
    return replace(row, status="JOBSTAT_FAILED", phase=Phase.FAILED)


def test_the_first_answer_replaces_the_rows_of_its_list_alone() -> None:
    known = make_warm(make_job("1"), make_job("2"), make_job("3", profile="lab"))
    shown, differing = known.take_answers([make_failed(make_job("1")), make_job("4", created_at=T0 + 1)])
    assert [(row.id, is_unconfirmed(row)) for row in shown] == [("1", False), ("4", False), ("3", True)]
    assert differing == {("prod", "jobs", "1"), ("prod", "jobs", "4")}
    assert known.is_awaited("lab", "jobs")


def test_a_later_answer_changes_what_is_left_and_removes_what_is_gone() -> None:
    known = make_warm(make_job("1"), make_job("2", profile="lab"), make_job("3", profile="lab"))
    known.take_answers([make_job("1")])
    came = make_failed(make_job("2", profile="lab"))
    diff, differing = known.settle("lab", "jobs", {"2": came}, Diff(added=(came,)))
    assert (diff.added, diff.changed, [row.id for row in diff.removed]) == ((), (came,), ["3"])
    assert differing == {came.key}
    assert not known
    assert known.settle("lab", "jobs", {}, Diff()) == (Diff(), frozenset())


def test_in_triage_whatever_was_not_in_trouble_before_differs() -> None:
    known = WarmRows([mark_unconfirmed(make_failed(make_job("1")), T0)], in_trouble=True)
    _, differing = known.take_answers([make_failed(make_job("1")), make_failed(make_job("2"))])
    assert differing == {("prod", "jobs", "2")}


def test_in_triage_what_is_listed_for_its_time_differs_only_where_it_is_new() -> None:
    known = WarmRows([mark_unconfirmed(make_failed(make_job("1")), T0)], in_trouble=True)
    stuck, new = make_job("3", "JOBSTAT_INIT"), make_job("4", "JOBSTAT_INIT", created_at=T0 + 1)
    _, differing = known.take_answers([make_failed(make_job("1")), stuck, new])
    assert differing == {("prod", "jobs", "4")}


def test_nothing_is_done_to_an_unconfirmed_row() -> None:
    assert explain_unconfirmed(make_job("1")) is None
    reason = explain_unconfirmed(mark_unconfirmed(make_job("1"), T0))
    assert reason is not None
    assert reason.endswith("and the cloud has not answered yet")


def test_a_row_of_an_earlier_run_is_acknowledged_only_once_the_cloud_has_answered() -> None:
    def reason(row: Resource) -> str:
        triage = SimpleNamespace(rows={})
        selection = SimpleNamespace(get_many=lambda: [row])
        return acknowledge_reason(
            cast("Any", SimpleNamespace(selection=selection, fleet=SimpleNamespace(triage=triage)))
        )

    assert reason(make_job("1")) == "it is not in triage"
    assert reason(mark_unconfirmed(make_job("1"), T0)).endswith("and the cloud has not answered yet")


def change(after: str | None, *, reason: str = "no node has room") -> Change:
    return Change(
        1, Account("modelarts"), NOW - 1000, NOW - 3000, FAILED.profile, FAILED.kind, FAILED.id, FAILED.name,
        "", "", "STARTING", after, Phase.PENDING, Phase.FAILED, reason,
    )  # fmt: skip


def test_the_journal_says_since_when_and_why() -> None:
    shown = explain_earlier(FAILED, change("START_FAILED"))
    assert get_state_since(shown) == NOW - 3000
    assert (shown.get_text("why"), shown.get_text("why_source")) == ("no node has room", "cloud")


def test_a_change_to_another_state_says_nothing_of_this_one() -> None:
    shown = explain_earlier(FAILED, change("STOPPED"))
    assert (get_state_since(shown), shown.get_text("why")) == (None, "")


@pytest.mark.parametrize(
    ("status", "shown"), [("START_FAILED", ("CUDA out of memory", "log")), ("STOPPED", ("", ""))]
)
def test_the_reason_that_was_found_is_shown_while_the_state_is_the_same(
    status: str, shown: tuple[str, str]
) -> None:
    found = StoredReason(
        Account("modelarts"), FAILED.kind, FAILED.id, status, "CUDA out of memory", NOW, "log"
    )
    row = explain_earlier(FAILED, None, found)
    assert (row.get_text("why"), row.get_text("why_source")) == shown


@pytest.mark.parametrize(
    ("status", "at", "by"),
    [("START_FAILED", NOW, "li"), ("STOPPED", NOW, ""), ("START_FAILED", NOW - 2000, "")],
)
def test_an_acknowledgement_holds_until_the_state_has_changed(status: str, at: int, by: str) -> None:
    made = StoredAcknowledgement(
        Account("modelarts"), FAILED.kind, FAILED.id, "failed", status, "li", "known", at
    )
    assert explain_earlier(FAILED, change("START_FAILED"), made=made).get_text("ack_by") == by


def test_a_filter_on_what_is_wrong_finds_a_row_of_an_earlier_run() -> None:
    shown = explain_earlier(FAILED, change("START_FAILED"))
    assert parse_filter("what:failed since<1h").select([shown], NOW) == [shown]


def test_the_reason_of_the_row_itself_comes_first() -> None:
    stated = make_row("START_FAILED", Phase.FAILED, kind="notebooks", failure="ModelArts.6333")
    shown = explain_earlier(stated, None)
    assert "6333" in shown.get_text("why")
