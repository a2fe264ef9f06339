"""The order of the items of triage."""

from __future__ import annotations

from matui.live.triage.item import URGENCY, Acknowledgement, TriageItem, Trouble, TroubleKind
from matui.resources.model import Phase, Resource

ROW = Resource("jobs", "1", "train", "FAILED", Phase.FAILED, "modelarts", "prod")


def make_item(what: TroubleKind, since: float | None = None, **fields: bool) -> TriageItem:
    return TriageItem(ROW, Trouble(what, since, **fields))


def test_failures_are_the_most_urgent() -> None:
    assert min(URGENCY, key=URGENCY.__getitem__) is TroubleKind.FAILED
    assert make_item(TroubleKind.FAILED).rank < make_item(TroubleKind.STALE, 9.0).rank


def test_the_newest_is_first_and_unknown_times_are_last() -> None:
    newest, older, unknown = (
        make_item(TroubleKind.FAILED, 9.0),
        make_item(TroubleKind.FAILED, 5.0),
        make_item(TroubleKind.FAILED),
    )
    at_least = make_item(TroubleKind.FAILED, 99.0, at_least=True)
    assert newest.rank < older.rank < unknown.rank == at_least.rank


def test_what_is_acknowledged_is_last() -> None:
    seen = TriageItem(ROW, Trouble(TroubleKind.FAILED, 9.0), Acknowledgement("li", 10.0))
    assert make_item(TroubleKind.STALE).rank < seen.rank
