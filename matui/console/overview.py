"""How things stand with one kind, or with everything in trouble: what the bars say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from matui.console.session import ConsoleSession
from matui.live.freshness import Freshness
from matui.live.snapshot import Snapshot
from matui.resources.kind import Kind
from matui.resources.model import Phase
from matui.resources.registry import KINDS
from matui.resources.triage import TRIAGE, TROUBLE


@dataclass(frozen=True, slots=True)
class Overview:
    """Rows known, the cloud's own total (None: unsaid), rows by phase, freshness, and whether all is read."""

    known: int
    total: int | None
    counts: Mapping[Phase, int]
    freshness: Freshness
    complete: bool


def overview(session: ConsoleSession, kind: Kind) -> Overview:
    """Return how things stand with a kind; of triage, with all kinds together."""
    if kind.id == TRIAGE.id:
        return _triage(session)
    snapshot = session.watch.poller(kind.id).snapshot
    return Overview(
        known=len(snapshot.rows),
        total=snapshot.total,
        counts=session.watch.counts(kind.id),
        freshness=snapshot.freshness,
        complete=snapshot.complete,
    )


def workspace_name(session: ConsoleSession) -> str:
    """Return the name of the workspace everything is narrowed to, its id while that is all there is."""
    workspace = session.watch.workspace
    if not workspace or "workspaces" not in session.cloud.kinds:
        return workspace
    known = session.watch.poller("workspaces").snapshot.rows.get(workspace)
    return known.name if known is not None else workspace


def kinds_of(session: ConsoleSession) -> list[Kind]:
    """Return the kinds the cloud has, in the order of their keys."""
    return [kind for kind in KINDS.values() if kind.id in session.cloud.kinds]


def troubles(session: ConsoleSession, kind_id: str) -> int:
    """Return how many rows of a kind are in trouble."""
    counts = session.watch.counts(kind_id)
    return sum(counts.get(phase, 0) for phase in TROUBLE)


def _triage(session: ConsoleSession) -> Overview:
    snapshots = [session.watch.poller(kind.id).snapshot for kind in kinds_of(session)]
    counts: Counter[Phase] = Counter()
    for kind in kinds_of(session):
        of_kind = session.watch.counts(kind.id)
        counts.update({phase: of_kind.get(phase, 0) for phase in TROUBLE})
    known = sum(counts.values())
    complete = all(snapshot.complete for snapshot in snapshots)
    return Overview(known, known, counts, _stalest(snapshots), complete)


def _stalest(snapshots: list[Snapshot]) -> Freshness:
    """Return the freshness that promises least: one with an error before one that is only old."""
    return min(
        (snapshot.freshness for snapshot in snapshots),
        key=lambda f: (f.error is None, f.fetched_at is not None, f.fetched_at or 0.0),
    )
