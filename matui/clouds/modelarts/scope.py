"""Whose records these are, and how any record becomes a Resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from matui.clock import Clock, SystemClock
from matui.resources.jobs import STATUS_NAMES
from matui.resources.jobs import STATUSES as JOB_STATUSES
from matui.resources.model import Phase, RawRecord, Resource
from matui.resources.phases import phase_of
from matui.text import clean

CLOUD = "modelarts"
UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Scope:
    """The profile's name and the workspace asked for, ``""`` when none was.

    ``clock`` turns a remaining time into the moment it ends.
    """

    profile: str
    workspace: str = ""
    clock: Clock = field(default_factory=SystemClock, compare=False, repr=False)

    def moment_in(self, seconds: float | None) -> int | None:
        """Return the moment so many seconds from now in ms since the epoch, None when unknown."""
        return None if seconds is None else int((self.clock.now() + seconds) * 1000)


def unreadable(kind: str, scope: Scope, position: int, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id; nothing can be done to it."""
    return Resource(
        kind=kind,
        id=f"?{position}",
        name="unreadable row",
        status="",
        phase=Phase.UNKNOWN,
        cloud=CLOUD,
        profile=scope.profile,
        facts={UNREADABLE: True},
        raw=raw,
    )


def is_stand_in(resource_id: str) -> bool:
    """Whether an id is that of such a stand-in."""
    return resource_id[:1] == "?" and resource_id[1:].isdecimal()


@lru_cache(maxsize=1024)
def job_status(code: str | int) -> tuple[str, Phase]:
    """Return the name and phase of a job's status: a number, the same as a text, or already a name.

    A code nobody knows keeps its text, phase ``unknown``.
    """
    text = str(code).strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        text = STATUS_NAMES.get(int(text), text)
    return clean(text), phase_of(text, JOB_STATUSES)


def told_id(asked: str, told: str | int) -> str:
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


def newest_first(resources: Sequence[Resource]) -> bool:
    """Whether the rows really are sorted by creation, newest first."""
    before: int | None = None
    for resource in resources:
        at = resource.created_at
        if at is None or (before is not None and at > before):
            return False
        before = at
    return True
