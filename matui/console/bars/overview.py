"""The state of one kind, or of everything in trouble, for the bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from matui.base.text.formatting import pluralize
from matui.live.poll.freshness import Freshness, format_data_age
from matui.resources.kind import Kind
from matui.resources.kinds.triage import TRIAGE, TROUBLE
from matui.resources.model import Phase
from matui.resources.registry import KINDS

if TYPE_CHECKING:
    from matui.console.fleet import OpenProfiles
    from matui.console.session import ConsoleSession
    from matui.live.poll.poller import Snapshot


class Overview(NamedTuple):
    """The state of one kind: rows known, the cloud's own total, rows by phase, freshness, and completeness.

    ``total`` is None where the cloud does not report it; ``complete`` says whether every row has been read.

    ``whose`` is the profile whose freshness it is, ``""`` where there is only one. ``has_rows`` says whether
    any list has come. ``quiet`` is the text of triage without rows, else ``""``.
    """

    kind_id: str
    known: int
    total: int | None
    counts: Mapping[Phase, int]
    freshness: Freshness
    complete: bool
    whose: str = ""
    has_rows: bool = False
    quiet: str = ""

    @property
    def rows_read(self) -> int | None:
        """The rows known, None before any list has come: then 0 is no count."""
        return self.known if self.known or self.has_rows else None


def build_overview(fleet: OpenProfiles, kind: Kind) -> Overview:
    """Return the state of a kind in all profiles; for triage, of all kinds."""
    kinds = list_kinds(fleet) if kind.id == TRIAGE.id else [kind]
    snapshots = list(_iterate_snapshots(fleet, kinds))
    whose, freshness = _find_stalest(fleet, snapshots)
    complete = all(snapshot.complete for snapshot in snapshots)
    has_rows = any(snapshot.freshness.fetched_at is not None for snapshot in snapshots)
    if kind.id == TRIAGE.id:
        rows = fleet.triage.rows.values()
        quiet = "" if rows else _describe_quiet(snapshots, freshness, fleet.primary.clock.now())
        counts = Counter(row.phase for row in rows)
        return Overview(kind.id, len(rows), None, counts, freshness, complete, whose, has_rows, quiet)
    return Overview(
        kind_id=kind.id,
        known=sum(len(snapshot.rows) for snapshot in snapshots),
        total=_sum_totals(snapshots),
        counts=count_phases(fleet, kind.id),
        freshness=freshness,
        complete=complete,
        whose=whose,
        has_rows=has_rows,
    )


def count_phases(fleet: OpenProfiles, kind_id: str) -> Mapping[Phase, int]:
    """Return how many rows of a kind are in each phase."""
    if not fleet.is_multi:
        return fleet.primary.pollers.count_phases(kind_id)
    counts: Counter[Phase] = Counter()
    for member in fleet.find_with_kind(kind_id):
        counts.update(member.pollers.count_phases(kind_id))
    return counts


def get_workspace_name(session: ConsoleSession) -> str:
    """Return the name of the current workspace, or its id until the name is known."""
    workspace = session.pollers.workspace
    if not workspace or "workspaces" not in session.cloud.kinds:
        return workspace
    known = session.pollers.get_poller("workspaces").snapshot.rows.get(workspace)
    return known.name if known is not None else workspace


def list_kinds(fleet: OpenProfiles) -> list[Kind]:
    """Return the kinds of the open profiles, in the order of their keys."""
    known = fleet.kinds
    return [kind for kind in KINDS.values() if kind.id in known]


def count_troubles(fleet: OpenProfiles, kind_id: str) -> int:
    """Return how many rows of a kind are in trouble."""
    counts = count_phases(fleet, kind_id)
    return sum(counts.get(phase, 0) for phase in TROUBLE)


def _describe_quiet(snapshots: Sequence[Snapshot], freshness: Freshness, now: float) -> str:
    """Return what to say where nothing needs a person, or how far that is known."""
    count = sum(len(snapshot.rows) for snapshot in snapshots)
    resources = pluralize(count, "resource")
    unread = [snapshot.kind for snapshot in snapshots if snapshot.freshness.fetched_at is None]
    if unread:
        kinds = ", ".join(dict.fromkeys(unread))
        return f"nothing wrong in {resources} · not read yet: {kinds}"
    oldest = f"oldest data {format_data_age(freshness, now)}"
    if freshness.error is not None or not all(snapshot.complete for snapshot in snapshots):
        return f"nothing wrong in {resources} read so far · {oldest}"
    return f"all quiet · {resources} · {oldest}"


def _iterate_snapshots(fleet: OpenProfiles, kinds: Sequence[Kind]) -> Iterator[Snapshot]:
    for kind in kinds:
        for member in fleet.find_with_kind(kind.id):
            yield member.pollers.get_poller(kind.id).snapshot


def _sum_totals(snapshots: Sequence[Snapshot]) -> int | None:
    totals = [snapshot.total for snapshot in snapshots]
    known = [total for total in totals if total is not None]
    return sum(known) if known and len(known) == len(totals) else None


def _find_stalest(fleet: OpenProfiles, snapshots: Sequence[Snapshot]) -> tuple[str, Freshness]:
    """Return the worst freshness, with its profile: errors first, then the oldest."""
    found = [(snapshot.profile, snapshot.freshness) for snapshot in snapshots]
    found += [(name, Freshness(error=error)) for name, error in fleet.failed.items()]
    whose, freshness = min(
        found,
        key=lambda one: (one[1].error is None, one[1].fetched_at is not None, one[1].fetched_at or 0.0),
        default=("", Freshness()),
    )
    return whose if fleet.is_multi else "", freshness
