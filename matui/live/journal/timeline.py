"""The history of one resource: its changes between the events of its cloud. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from matui.base.sanitize import clean
from matui.live.journal.change import Change
from matui.resources.columns import short_status
from matui.resources.detail import Event
from matui.resources.model import Phase

SOURCE = "journal"
_TROUBLE = (Phase.FAILED, Phase.DEGRADED)


def merge_timeline(events: Sequence[Event], changes: Iterable[Change]) -> tuple[Event, ...]:
    """Return the events of the cloud in their order, and between them the changes by their time."""
    times = accumulate((event.at or 0 for event in events), max)
    dated = [(at, 0, event) for at, event in zip(times, events, strict=True)]
    dated += [(_time_of(change), 1, format_as_event(change)) for change in changes]
    return tuple(event for _, _, event in sorted(dated, key=lambda each: each[:2]))


def format_as_event(change: Change) -> Event:
    """Return a change as an event; ``seen:`` marks one whose time its cloud does not state."""
    seen = "" if change.happened_at is not None else "seen: "
    before = short_status(change.before) if change.before is not None else "new"
    after = short_status(change.after) if change.after is not None else "gone"
    code = change.code if change.code not in change.reason else ""
    why = ", ".join(part for part in (change.reason, code) if part)
    by = ", after an action from here" if change.source == "action" else ""
    text = f"{seen}{before} → {after}{by}{f': {why}' if why else ''}"
    return Event(_time_of(change), clean(text), change.after_phase in _TROUBLE, SOURCE)


def _time_of(change: Change) -> int:
    """Return the time by the clock of the cloud, which its events have, or when the change was seen."""
    return change.happened_at if change.happened_at is not None else change.seen_at
