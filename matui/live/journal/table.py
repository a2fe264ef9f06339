"""Rows of the table of changes: the changes, and the stretches that were not watched. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from matui.base.formatting import format_duration
from matui.base.sanitize import clean
from matui.live.journal.change import Change, Span
from matui.live.journal.spans import unwatched
from matui.resources.columns import short_status
from matui.resources.kinds.changes import NUMBER
from matui.resources.model import Phase, Resource
from matui.resources.times import STATE_SINCE

GONE = "gone"
_SHORTEST_GAP_MS = 180_000
_MOST_GAPS = 500


def build_row(change: Change, profile: str = "") -> Resource:
    """Return a change as a row of the kind of its resource; ``profile`` is the name it is open by."""
    after = short_status(change.after) if change.after is not None else GONE
    phase = change.after_phase or (Phase.STOPPED if change.after is None else Phase.UNKNOWN)
    before = short_status(change.before) if change.before is not None else ""
    return Resource(
        kind=change.kind,
        id=str(change.number),
        name=clean(change.name),
        status=clean(after),
        phase=phase,
        cloud=change.account.cloud,
        profile=profile or change.profile,
        workspace=clean(change.workspace),
        owner=clean(change.owner),
        created_at=change.seen_at,
        facts={
            NUMBER: change.number,
            STATE_SINCE: change.seen_at,
            "happened_at": change.dated_at,
            "before": clean(before),
            "from": f"{clean(before)} {change.before_phase or ''}".strip(),
            "to": f"{clean(after)} {change.after_phase or ''}".strip(),
            "reason": clean(change.reason),
            "code": clean(change.code),
            "source": change.source,
            "resource_id": change.id,
        },
    )


def build_gaps(watched: Iterable[Span], since: int, until: int) -> list[Resource]:
    """Return the stretches of three minutes and more between two moments that no span covers, as rows."""
    gaps = [gap for gap in unwatched(watched, since, until) if gap.end - gap.start >= _SHORTEST_GAP_MS]
    return [_build_gap(gap) for gap in gaps[-_MOST_GAPS:]]


def _build_gap(gap: Span) -> Resource:
    return Resource(
        kind="unwatched",
        id=f"unwatched-{gap.start}",
        name="not watched",
        status=f"for {format_duration((gap.end - gap.start) / 1000)}",
        phase=Phase.UNKNOWN,
        cloud="",
        profile="",
        created_at=gap.end,
        facts={NUMBER: -1, "happened_at": gap.start, STATE_SINCE: gap.end},
    )
