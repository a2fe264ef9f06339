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
    """Return the time of the last known change in ms since the epoch; for a job, its end."""
    if resource.created_at is not None and resource.duration_ms is not None:
        return resource.created_at + resource.duration_ms
    return resource.updated_at if resource.updated_at is not None else resource.created_at


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
