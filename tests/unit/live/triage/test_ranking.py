"""The order of triage, and the facts of its rows."""

from __future__ import annotations

from matui.live.triage.item import Acknowledgement, Evidence, TriageItem, Trouble, TroubleKind, Why
from matui.live.triage.ranking import add_reason, find_items, rank, to_row
from matui.resources.filters import parse_filter
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase
from matui.resources.times import get_state_since
from tests.unit.live.triage.samples import NOW, compute_ago, make_row


def make_item(ident: str, what: TroubleKind, since: float | None = None, *, seen: bool = False) -> TriageItem:
    note = Acknowledgement("li", NOW, "known") if seen else None
    return TriageItem(make_row("x", Phase.FAILED, ident=ident), Trouble(what, since), note)


MIXED = [
    make_item("acknowledged", TroubleKind.FAILED, compute_ago(0), seen=True),
    make_item("stale", TroubleKind.STALE, compute_ago(1)),
    make_item("unknown", TroubleKind.FAILED),
    make_item("old", TroubleKind.FAILED, compute_ago(50)),
    make_item("stuck", TroubleKind.STUCK, compute_ago(1)),
    make_item("new", TroubleKind.FAILED, compute_ago(2)),
    make_item("degraded", TroubleKind.DEGRADED, compute_ago(1)),
]
ORDER = ["new", "old", "unknown", "degraded", "stuck", "stale", "acknowledged"]


def test_failures_come_first_the_newest_on_top_and_acknowledged_ones_last() -> None:
    assert [one.resource.id for one in rank(MIXED)] == ORDER


def test_the_table_has_the_same_order() -> None:
    what = TRIAGE.find_column("what")
    assert what is not None
    assert [one.id for one in sorted(map(to_row, MIXED), key=what.sort)] == ORDER


def test_a_row_keeps_the_facts_of_its_resource() -> None:
    shown = to_row(
        TriageItem(make_row("x", Phase.FAILED, flavor="v100"), Trouble(TroubleKind.FAILED, compute_ago(3)))
    )
    assert (shown.facts["flavor"], shown.facts["what"], shown.facts["help"]) == ("v100", "failed", "why")


def test_what_ends_soon_has_no_age_though_its_state_was_seen() -> None:
    runs = make_row("RUNNING", Phase.RUNNING, kind="notebooks", seen_since=compute_ago(5))
    since = TRIAGE.find_column("since")
    assert since is not None
    assert since.text(to_row(TriageItem(runs, Trouble(TroubleKind.ENDING))), NOW) == "–"


def test_trouble_that_is_not_the_state_has_its_own_age() -> None:
    since = TRIAGE.find_column("since")
    assert since is not None
    runs = make_row("RUNNING", Phase.RUNNING, state_since=compute_ago(120))
    ending = to_row(TriageItem(runs, Trouble(TroubleKind.ENDING)))
    stalled = to_row(TriageItem(runs, Trouble(TroubleKind.STUCK, compute_ago(3))))
    assert [since.text(one, NOW) for one in (ending, stalled)] == ["–", "3m"]
    assert [get_state_since(one) for one in (ending, stalled)] == [compute_ago(120), compute_ago(120)]
    assert [bool(parse_filter("since<1h").matches(one, NOW)) for one in (ending, stalled)] == [False, True]


def test_items_are_found_among_rows() -> None:
    rows = [make_row("x", Phase.FAILED, ident="1"), make_row("y", Phase.RUNNING, ident="2")]
    assert [one.resource.id for one in find_items(rows, Evidence(NOW))] == ["1"]


def test_a_fetched_reason_stands_behind_matui_s_own_and_never_replaces_the_cloud_s() -> None:
    resource = make_row("x", Phase.PENDING)
    own = TriageItem(resource, Trouble(TroubleKind.STUCK, why=Why("WAITING for 40m", "matui")))
    why = add_reason(own, Why("no node fits", "event")).trouble.why
    assert why == Why("WAITING for 40m · no node fits", "event")
    cloud = TriageItem(resource, Trouble(TroubleKind.FAILED, why=Why("disk full", "cloud")))
    assert add_reason(cloud, Why("other", "log")) is cloud
    assert add_reason(own, None) is own


def test_what_waits_for_a_flavor_that_its_details_name_becomes_sold_out() -> None:
    waits = Trouble(TroubleKind.STUCK, compute_ago(40), why=Why("INIT for 40m", "matui"))
    sold_out = Why("flavor gpu.v100 is sold out", "cloud")
    found = add_reason(TriageItem(make_row("JOBSTAT_INIT", Phase.PENDING), waits), sold_out).trouble
    assert (found.what, found.since, found.why) == (TroubleKind.SOLD_OUT, compute_ago(40), sold_out)
    ran = TriageItem(make_row("JOBSTAT_FAILED", Phase.FAILED), Trouble(TroubleKind.FAILED, compute_ago(40)))
    assert add_reason(ran, sold_out).trouble.what is TroubleKind.FAILED
