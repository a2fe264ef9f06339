"""What every cloud makes of the rows of an answer: ids, statuses, facts, and rows that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matui.errors import RefusedError
from matui.resources.model import Fact, Phase, RawRecord, Resource
from matui.resources.phases import phase_of
from matui.text import clean

_UNREADABLE = "unreadable"
_WHY_NOTHING = (
    "The cloud's record could not be read, so it cannot be asked for and nothing can be done to it."
)


def stand_in(kind: str, position: int, cloud: str, profile: str, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id; nothing can be done to it."""
    return Resource(
        kind=kind,
        id=f"?{position}",
        name="unreadable row",
        status="",
        phase=Phase.UNKNOWN,
        cloud=cloud,
        profile=profile,
        facts={_UNREADABLE: True},
        raw=raw,
    )


def refuse_unreadable(resource: Resource) -> None:
    """Raise RefusedError for a stand-in of a row that could not be read."""
    if resource.facts.get(_UNREADABLE):
        raise RefusedError(_WHY_NOTHING)


def refuse_stand_in(resource_id: str) -> None:
    """Raise RefusedError for the id of such a stand-in."""
    if resource_id[:1] == "?" and resource_id[1:].isdecimal():
        raise RefusedError(_WHY_NOTHING)


def matching_id(asked: str, told: str | int) -> str:
    """Return the id an answer is about: the one asked for when both are the same number or text.

    An answer about something else keeps its own id, so that nobody acts on the wrong thing.
    """
    text = str(told)
    if text in ("", asked):
        return asked
    both_numbers = len(text) < 30 and len(asked) < 30 and text.isdecimal() and asked.isdecimal()
    return asked if both_numbers and int(text) == int(asked) else text


def word_status(status: str, words: Mapping[str, Phase]) -> tuple[str, Phase]:
    """Return a status word and its phase by a kind's table; an unknown word is kept as it came."""
    return clean(status), phase_of(status, words)


def facts_of(given: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that say something."""
    return {name: value for name, value in given.items() if value is not None and value != ""}


def newest_first(resources: Sequence[Resource]) -> bool:
    """Whether the rows really are sorted by creation, newest first."""
    before: int | None = None
    for resource in resources:
        at = resource.created_at
        if at is None or (before is not None and at > before):
            return False
        before = at
    return True
