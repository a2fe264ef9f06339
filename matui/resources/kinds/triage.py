"""Triage: failed and degraded resources of every kind in one table."""

from __future__ import annotations

from matui.resources.columns import ID, NAME, OWNER, STATUS, WORKSPACE, age, number_key, text_key
from matui.resources.kind import Column, Kind
from matui.resources.model import Phase, Resource

TROUBLE = (Phase.FAILED, Phase.DEGRADED)


def is_in_trouble(resource: Resource) -> bool:
    """Return whether the resource is failed or degraded."""
    return resource.phase in TROUBLE


def trouble_since(resource: Resource) -> int | None:
    """Return the time of the last change of state in ms since the epoch, None where unknown.

    For a job it is the end. A listed job with several versions states the duration of the newest version and
    the creation of the first: its end is unknown unless the fact ``ended_at`` holds it.
    """
    ended_at = resource.number_fact("ended_at")
    if ended_at is not None:
        return int(ended_at)
    if resource.duration_ms is None or resource.created_at is None:
        return resource.updated_at
    if (resource.number_fact("version_count") or 1) > 1:
        return None
    return resource.created_at + resource.duration_ms


_KIND = Column(
    "kind",
    "KIND",
    lambda r, _now: r.kind,
    lambda r: text_key(r.kind),
    width=9,
    max_width=14,
    drop=2,
    role="muted",
)
_SINCE = Column(
    "since",
    "SINCE",
    lambda r, now: age(trouble_since(r), now),
    lambda r: number_key(-since if (since := trouble_since(r)) is not None else None),
    width=6,
    max_width=7,
    align="right",
    ticks=True,
)

TRIAGE = Kind(
    id="triage",
    singular="trouble",
    short=(),
    title="Triage",
    key="0",
    listed=False,
    columns=(_KIND, NAME, STATUS, _SINCE, OWNER, WORKSPACE, ID),
    default_sort="since",
    default_reverse=False,
    cadence_s=10,
    panes=("detail", "log", "events", "metrics", "versions", "updates", "nodes", "raw"),
)
