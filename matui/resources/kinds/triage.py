"""Triage: what needs a person, of every kind, in one table."""

from __future__ import annotations

from matui.resources.columns import (
    ID,
    KIND,
    NAME,
    OWNER,
    PHASE_SYMBOLS,
    STATUS,
    WORKSPACE,
    build_number_key,
    build_text_column,
    build_text_key,
    format_age_at,
)
from matui.resources.kind import Column, Kind, SortKey
from matui.resources.model import Phase, Resource
from matui.resources.times import SEEN_SINCE, TROUBLE_SINCE, find_earliest_since, get_trouble_since

TROUBLE = (Phase.FAILED, Phase.DEGRADED)
WHY_SOUGHT = "why_sought"
"""The fact that nothing states a reason: it was asked for."""
WHY_PENDING = "why_pending"
"""The fact that a reason which may explain more than the one shown has not been asked for yet."""
_LEAST_SHOWN_MS = 60_000.0
_MOST_CELLS = 7  # of SINCE
_SYMBOLS = {
    **{phase.value: PHASE_SYMBOLS[phase] for phase in TROUBLE},
    "stuck": PHASE_SYMBOLS[Phase.PENDING],
    "silent": "…",
    "ending": "◔",
    "full": "■",
    "sold out": "∅",
    "no access": "⊘",
    "stale": "?",
}
_HELP = build_text_column(
    "help", "KEY", lambda r: r.get_text("help_key"), width=3, max_width=3, drop=3, sparse=True
)._replace(may_get=lambda _row: True)
_STATUS = STATUS._replace(drop=15)
# What stands in triage for a list or a quota of a profile.
LISTS = Kind(
    id="lists",
    singular="list",
    short=(),
    title="Lists",
    listed=False,
    columns=(NAME, STATUS),
    panes=("why",),
)


def is_in_trouble(resource: Resource) -> bool:
    """Return whether the resource is failed or degraded."""
    return resource.phase in TROUBLE


def build_since_key(resource: Resource) -> int | None:
    """Return the time that orders rows: when the trouble began, else the earliest that it may have."""
    since = get_trouble_since(resource)
    return since if since is not None or TROUBLE_SINCE in resource.facts else find_earliest_since(resource)


def _format_age(resource: Resource, now: float) -> str:
    """Return the age of the state: ``≥`` where it may have begun before it was seen, ``≤`` where later.

    A job may have waited before it ran: until its details are read its end is only bounded. ``5m–9d`` where
    nothing but the creation, 9 days ago, bounds a state that has been seen for 5 minutes.
    """
    since = get_trouble_since(resource)
    if since is not None:
        return format_age_at(since, now)
    if TROUBLE_SINCE in resource.facts:
        return "–"
    earliest, seen = find_earliest_since(resource), resource.get_number(SEEN_SINCE)
    if seen is not None and now - seen >= _LEAST_SHOWN_MS and earliest in (None, resource.created_at):
        both = "" if earliest is None else f"{format_age_at(seen, now)}–{format_age_at(earliest, now)}"
        return both if 0 < len(both) <= _MOST_CELLS else f"≥{format_age_at(seen, now)}"
    return "–" if earliest is None or earliest > now else f"≤{format_age_at(earliest, now)}"


def _format_what(resource: Resource, _now: float) -> str:
    what = resource.get_text("what") or resource.phase.value
    symbol = "✓" if resource.get_text("ack_by") else _SYMBOLS.get(what, PHASE_SYMBOLS[resource.phase])
    return f"{symbol} {what}"


def _build_urgency_key(resource: Resource) -> SortKey:
    """Return the key of the ranking: urgency, and within it the newest first."""
    urgency = resource.get_number("urgency")
    if urgency is None:  # of an earlier run, not judged yet
        urgency = 0.0 if resource.phase is Phase.FAILED else 1.0
        urgency += len(_SYMBOLS) if resource.get_text("ack_by") else 0
    return (int(urgency), -(build_since_key(resource) or 0.0))


def _format_why(resource: Resource, _now: float) -> str:
    by, note = resource.get_text("ack_by"), resource.get_text("ack_note")
    if by:
        return f"{note} (acknowledged by {by})" if note else f"acknowledged by {by}"
    return resource.get_text("why") or ("no reason found" if resource.facts.get(WHY_SOUGHT) else "–")


_WHAT = Column("what", "WHAT", _format_what, _build_urgency_key, width=10, max_width=11, role="phase")
_SINCE = Column(
    "since",
    "SINCE",
    _format_age,
    lambda r: build_number_key(-since if (since := build_since_key(r)) is not None else None),
    width=6,
    max_width=_MOST_CELLS,
    drop=1,
    align="right",
    ticks=True,
)
_WHY = Column(
    "why",
    "WHY",
    _format_why,
    lambda r: build_text_key(_format_why(r, 0)),
    width=30,
    max_width=200,
    drop=2,
    role="prose",
)

TRIAGE = Kind(
    id="triage",
    singular="trouble",
    short=(),
    title="Triage",
    key="0",
    listed=False,
    columns=(KIND, NAME._replace(cut_for=2), _WHAT, _SINCE, _WHY, _HELP, _STATUS, OWNER, WORKSPACE, ID),
    default_sort="what",
    panes=("detail", "log", "events", "metrics", "versions", "updates", "nodes", "raw"),
)

# Of ``all``: every row, in trouble or not.
ALL_COLUMNS: tuple[Column, ...] = (KIND, NAME, STATUS, _SINCE, OWNER, WORKSPACE, ID)
ALL = TRIAGE._replace(
    id="all",
    singular="resource",
    title="All kinds",
    key="",
    columns=ALL_COLUMNS,
    default_sort="since",
)
SEVERAL_KINDS = {kind.id: kind for kind in (TRIAGE, ALL)}
"""The lists of several kinds: what needs a person, and everything."""
