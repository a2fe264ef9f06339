"""Ranks what needs a person, applies acknowledgements, and turns items into rows of a table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from matui.live.triage.item import URGENCY, Acknowledgement, Evidence, TriageItem, TroubleKind, Why
from matui.live.triage.reasons import is_about_flavor, is_weak
from matui.live.triage.rules import evaluate, find_since, may_lack_flavor
from matui.live.triage.state_times import StateTimes
from matui.resources.kinds.triage import LISTS, WHY_PENDING
from matui.resources.model import Fact, Resource, ResourceKey
from matui.resources.times import SEEN_SINCE, TROUBLE_SINCE


def find_items(rows: Iterable[Resource], evidence: Evidence) -> list[TriageItem]:
    """Return an item for each row that needs a person, in the order of the rows."""
    evaluated = ((row, evaluate(row, evidence)) for row in rows)
    return [TriageItem(row, trouble) for row, trouble in evaluated if trouble is not None]


def rank(items: Iterable[TriageItem]) -> list[TriageItem]:
    """Return the items, the most urgent first and within that the newest; acknowledged ones last."""
    return sorted(items, key=lambda item: (*item.rank, item.resource.key))


def acknowledge(item: TriageItem, known: Mapping[ResourceKey, Acknowledgement]) -> TriageItem:
    """Return the item with its acknowledgement; ``known`` holds those that still apply, by resource."""
    return item._replace(acknowledged=known.get(item.resource.key))


def select_valid_acknowledgements(
    item: TriageItem, known: Mapping[ResourceKey, tuple[Acknowledgement, str]], times: StateTimes
) -> dict[ResourceKey, Acknowledgement]:
    """Return the acknowledgement of an item by its key, none where its state has changed since.

    ``known`` has the status that each was acknowledged in.
    """
    key = item.resource.key
    made = known.get(key)
    if made is None or made[1] != item.resource.status or times.has_entered_after(key, made[0].at):
        return {}
    return {key: made[0]}


def wants_reason(own: Why | None) -> bool:
    """Return whether a reason is to be fetched for what its own row states."""
    return own is None or own.source == "matui" or is_weak(own)


def mark_pending(item: TriageItem) -> TriageItem:
    """Return the item with the fact that a reason which explains more has not been asked for, if any may."""
    if item.resource.kind == LISTS.id or not wants_reason(item.trouble.why):
        return item
    facts = {**item.resource.facts, WHY_PENDING: True}
    return item._replace(resource=replace(item.resource, facts=facts))


def add_reason(item: TriageItem, why: Why | None) -> TriageItem:
    """Return the item with a reason that was fetched, unless its own row states one that explains more."""
    own = item.trouble.why
    if why is None or not wants_reason(own):
        return item
    if is_about_flavor(why) and may_lack_flavor(item.resource):
        return item._replace(trouble=item.trouble._replace(what=TroubleKind.SOLD_OUT, why=why, key="flavors"))
    both = Why(f"{own.text} · {why.text}", why.source) if own is not None and own.source == "matui" else why
    return item._replace(trouble=item.trouble._replace(why=both))


def to_row(item: TriageItem) -> Resource:
    """Return the resource with the facts that the columns of triage show."""
    trouble, seen = item.trouble, item.acknowledged
    why = trouble.why
    facts: dict[str, Fact] = {
        **item.resource.facts,
        "what": trouble.what.value,
        "urgency": URGENCY[trouble.what] + (len(URGENCY) if seen is not None else 0),
        "why": why.text if why is not None else "",
        "why_source": why.source if why is not None else "",
        "help": trouble.key,
    }
    if trouble.at_least:
        facts[SEEN_SINCE] = trouble.since
    elif (trouble.since, False) != find_since(item.resource):  # of a full pool, or an automatic stop
        facts[TROUBLE_SINCE] = trouble.since
        facts.pop(SEEN_SINCE, None)
    if seen is not None:
        facts |= {"ack_by": seen.by, "ack_at": seen.at, "ack_note": seen.note}
    return replace(item.resource, facts=facts)


class AcknowledgedStates:
    """The acknowledgement of each resource, with the status in which it was made."""

    def __init__(self) -> None:
        self._made: dict[ResourceKey, tuple[Acknowledgement, str]] = {}

    @property
    def keys(self) -> Collection[ResourceKey]:
        """What was acknowledged, in whatever state."""
        return self._made.keys()

    def load(self, known: Mapping[ResourceKey, tuple[Acknowledgement, str]]) -> set[ResourceKey]:
        """Take what is acknowledged, and nothing else; return the keys of what may have changed."""
        before, self._made = self._made, dict(known)
        return {*before, *known}

    def set(self, rows: Iterable[Resource], made: Acknowledgement | None) -> list[ResourceKey]:
        """Acknowledge rows in their current state, for None withdraw it; return their keys."""
        keys = []
        for row in rows:
            keys.append(row.key)
            self._made.pop(row.key, None)
            if made is not None:
                self._made[row.key] = (made, row.status)
        return keys

    def forget(self, keys: Iterable[ResourceKey]) -> None:
        """Drop what was acknowledged of resources that are gone."""
        for key in keys:
            self._made.pop(key, None)

    def iterate_profile(self, profile: str) -> Iterator[tuple[ResourceKey, tuple[Acknowledgement, str]]]:
        """Yield what is acknowledged of a profile."""
        return ((key, made) for key, made in self._made.items() if key[0] == profile)

    def apply(self, item: TriageItem, times: StateTimes) -> TriageItem:
        """Return the item as acknowledged, where its state has not changed since."""
        return acknowledge(item, select_valid_acknowledgements(item, self._made, times))
