"""What a poll costs the screen: with many profiles, one without news changes nothing."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.table.filtered_table import FilteredTable
from matui.console.table.kind_tables import KindTables
from matui.console.table.row_feed import RowFeed
from matui.console.table.widget import ResourceTable
from matui.live.poll.freshness import Freshness
from matui.live.poll.poller import Snapshot, Update
from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS

ROW = Resource("jobs", "1", "one", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")


class Tables:
    """Tables that keep what they were given."""

    in_triage = True
    kind = None

    def __init__(self, *, settled: bool) -> None:
        self.settled = settled
        self.given: list[tuple[Update, Any]] = []

    def is_settled(self, _kind_id: str) -> bool:
        return self.settled

    def update_rows(self, update: Update, now: Any, _every_row: Any = None) -> None:
        self.given.append((update, now))


def update(diff: Diff) -> Update:
    return Update(Snapshot("jobs", {"1": ROW}, 1, True, Freshness(fetched_at=9.0), 0, "p"), diff)


@pytest.mark.parametrize(
    ("settled", "diff", "news"),
    [(True, Diff(), False), (True, Diff(changed=(ROW,)), True), (False, Diff(), True)],
)
def test_a_poll_without_a_change_is_news_until_the_tables_are_settled(
    settled: bool, diff: Diff, news: bool
) -> None:
    assert RowFeed(Tables(settled=settled)).has_news(update(diff)) is news  # type: ignore[arg-type]


def test_a_change_of_one_of_many_profiles_is_shown_without_counting_all_of_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("matui.console.bars.overview.build_overview")
    tables = Tables(settled=True)
    fleet = SimpleNamespace(
        find_by_name=lambda _name: SimpleNamespace(cloud=SimpleNamespace(clock_offset_s=3600.0)),
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 10_000.0),
        is_crowded=True,
    )
    assert RowFeed(tables).apply(fleet, update(Diff(changed=(ROW,)))) is None  # type: ignore[arg-type]
    assert [now for _update, now in tables.given] == [None]
    assert fleet.triage.evidence.get_cloud_now_ms(ROW.profile) - fleet.triage.evidence.now_ms == 3_600_000.0


def test_an_update_that_overtakes_the_first_filling_of_a_table_does_not_lose_rows_of_others() -> None:
    kind, other = KINDS["jobs"], replace(ROW, id="2", profile="q")
    tables = KindTables()
    table = ResourceTable(kind)
    tables._views[kind.id] = FilteredTable(table, kind, lambda: 0.0)
    known = SimpleNamespace(
        find_by_name=lambda _name: None,
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 10_000.0),
        is_crowded=False,
        list_rows=lambda _kind: [ROW, other],
    )
    feed = RowFeed(tables)
    now = SimpleNamespace(has_rows=True, freshness=Freshness(fetched_at=9.0))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("matui.console.bars.overview.build_overview", lambda *_: now)
        feed.apply(known, update(Diff(added=(ROW,))))  # type: ignore[arg-type]
    assert {row.profile for row in table.rows.resources} == {"p", "q"}


@pytest.mark.parametrize("in_triage", [True, False])
@pytest.mark.parametrize("awaited", [("jobs",), ("jobs", "notebooks"), ()])
def test_an_update_counts_each_kind_once(
    monkeypatch: pytest.MonkeyPatch, awaited: tuple[str, ...], in_triage: bool
) -> None:
    """The update that ended a jump in time counted triage twice, beside its own kind."""
    counted: list[str] = []

    def count(_fleet: Any, kind: Any) -> Any:
        counted.append(kind.id)
        return SimpleNamespace(kind_id=kind.id, has_rows=True, freshness=Freshness(fetched_at=9.0))

    monkeypatch.setattr("matui.console.bars.overview.build_overview", count)
    fleet = SimpleNamespace(
        find_by_name=lambda _name: None,
        triage=TriageBoard(),
        primary=SimpleNamespace(get_now_ms=lambda: 10_000.0),
        is_crowded=False,
        list_rows=lambda _kind: [ROW],
        iterate_polled_lists=lambda: [update(Diff()).snapshot._replace(kind=kind) for kind in awaited],
    )
    tables = KindTables()
    if in_triage:
        monkeypatch.setattr(KindTables, "in_triage", True)
        monkeypatch.setattr(KindTables, "kind", TRIAGE)
    feed = RowFeed(tables)
    feed.restart(fleet)  # type: ignore[arg-type]
    shown = feed.apply(fleet, update(Diff(added=(ROW,))))  # type: ignore[arg-type]
    assert len(counted) == len(set(counted))
    assert shown is not None
    assert shown.kind_id == ("triage" if in_triage else "jobs")
