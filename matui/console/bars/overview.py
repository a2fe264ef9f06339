"""The state of one kind, or of everything in trouble, for the bars."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
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
    from matui.live.poll.poller import Poller


class Overview(NamedTuple):
    """The state of one kind: rows known, the cloud's own total, rows by phase, freshness, and completeness.

    ``total`` is None where the cloud does not report it; ``complete`` says whether every row has been read.

    ``whose`` is the profile whose freshness it is, ``""`` where there is only one. ``has_rows`` says whether
    any list has come. ``quiet`` is the text of triage without rows, else ``""``.

    In triage, the ``acknowledged`` rows are counted in no phase.
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
    acknowledged: int = 0

    @property
    def rows_read(self) -> int | None:
        """The rows known, None before any list has come: then 0 is no count."""
        return self.known if self.known or self.has_rows else None


def build_overview(fleet: OpenProfiles, kind: Kind) -> Overview:
    """Return the state of a kind in all profiles; for triage, of all kinds."""
    kinds = list_kinds(fleet) if kind.id == TRIAGE.id else [kind]
    pollers = [
        member.pollers.get_poller(kind.id) for kind in kinds for member in fleet.find_with_kind(kind.id)
    ]
    whose, freshness = _find_stalest(fleet, pollers)
    complete = all(poller.complete for poller in pollers)
    has_rows = any(poller.fetched_at is not None for poller in pollers)
    if kind.id == TRIAGE.id:
        rows = fleet.triage.rows.values()
        quiet = "" if rows else _describe_quiet(pollers, freshness, fleet.primary.clock.now())
        seen = fleet.triage.list_acknowledged()
        counts = Counter(row.phase for row in rows)
        counts.subtract(row.phase for row in seen)
        return Overview(
            kind.id, len(rows), None, counts, freshness, complete, whose, has_rows, quiet, len(seen)
        )
    return Overview(
        kind_id=kind.id,
        known=sum(len(poller.rows) for poller in pollers),
        total=_sum_totals(pollers),
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
    known = session.pollers.get_poller("workspaces").rows.get(workspace)
    return known.name if known is not None else workspace


def list_kinds(fleet: OpenProfiles) -> list[Kind]:
    """Return the kinds of the open profiles, in the order of their keys."""
    known = fleet.kinds
    return [kind for kind in KINDS.values() if kind.id in known]


def count_troubles(fleet: OpenProfiles, kind_id: str) -> int:
    """Return how many rows of a kind are in trouble; what is acknowledged is not counted."""
    count = sum(member.pollers.count_rows_in(TROUBLE, kind_id) for member in fleet.find_with_kind(kind_id))
    seen = [row for row in fleet.triage.list_acknowledged() if row.kind == kind_id and row.phase in TROUBLE]
    return max(0, count - len(seen))


def _describe_quiet(pollers: Sequence[Poller], freshness: Freshness, now: float) -> str:
    """Return what to say where nothing needs a person, or how far that is known."""
    count = sum(len(poller.rows) for poller in pollers)
    resources = pluralize(count, "resource")
    unread = [poller.kind.id for poller in pollers if poller.fetched_at is None]
    if unread:
        kinds = ", ".join(dict.fromkeys(unread))
        return f"nothing wrong in {resources} · not read yet: {kinds}"
    oldest = f"oldest data {format_data_age(freshness, now)}"
    if freshness.error is not None or not all(poller.complete for poller in pollers):
        return f"nothing wrong in {resources} read so far · {oldest}"
    return f"all quiet · {resources} · {oldest}"


def _sum_totals(pollers: Sequence[Poller]) -> int | None:
    totals = [poller.total for poller in pollers]
    known = [total for total in totals if total is not None]
    return sum(known) if known and len(known) == len(totals) else None


def _find_stalest(fleet: OpenProfiles, pollers: Sequence[Poller]) -> tuple[str, Freshness]:
    """Return the worst freshness, with its profile: errors first, then the oldest."""
    stalest = min(pollers, key=_rank_freshness, default=None)
    if fleet.failed and (stalest is None or stalest.error is None or stalest.fetched_at is not None):
        whose, error = next(iter(fleet.failed.items()))
        return whose if fleet.is_multi else "", Freshness(error=error)
    if stalest is None:
        return "", Freshness()
    return stalest.profile if fleet.is_multi else "", stalest.freshness


def _rank_freshness(poller: Poller) -> tuple[bool, float]:
    """Return what orders pollers: those with errors first, then those never read, then the oldest."""
    at = poller.fetched_at
    return poller.error is None, -inf if at is None else at
