"""The scope a record was listed in, and how rows become resources."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypedDict, TypeVar, Unpack

from matui.base.clock import Clock, SystemClock
from matui.base.sanitize import clean
from matui.clouds.rows import drop_empty, unreadable_row
from matui.resources.kinds.jobs import STATUS_NAMES
from matui.resources.kinds.jobs import STATUSES as JOB_STATUSES
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource, phase_of

CLOUD = "modelarts"

R = TypeVar("R")


class StatedFields(TypedDict, total=False):
    """What a record may state of a resource; units and defaults as in ``Resource``."""

    workspace: str
    owner: str
    created_at: int | None
    updated_at: int | None
    duration_ms: int | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class Scope:
    """The profile's name and the workspace asked for, ``""`` when none was.

    ``clock`` turns a remaining time into the moment it ends. ``everyone``: what belongs to other users is
    listed too, where the cloud keeps that apart. ``language`` of the cloud's messages is ``en``
    or ``zh``.
    """

    profile: str
    workspace: str = ""
    clock: Clock = field(default_factory=SystemClock, compare=False, repr=False)
    everyone: bool = False
    language: str = "en"

    def moment_in(self, seconds: float | None) -> int | None:
        """Return the moment so many seconds from now in ms since the epoch, None when unknown."""
        return None if seconds is None else int((self.clock.now() + seconds) * 1000)

    def resource(
        self, kind: str, resource_id: str, name: str, state: tuple[str, Phase], raw: RawRecord,
        **stated: Unpack[StatedFields],
    ) -> Resource:  # fmt: skip
        """Return a resource of this profile: of no name, it is named by its id; facts without a value go."""
        stated["facts"] = drop_empty(stated.get("facts", {}))
        name = clean(name) or clean(resource_id)
        return Resource(kind, resource_id, name, *state, CLOUD, self.profile, raw=raw, **stated)


def build_resources(
    kind: str,
    rows: Sequence[R | None],
    make: Callable[[R, Scope, RawRecord], Resource],
    scope: Scope,
    raw: RawPage,
    start: int = 0,
) -> tuple[Resource, ...]:
    """Map rows, the first of which is the list's ``start``-th; one without an id gets a stand-in."""
    return tuple(
        made
        if row is not None and (made := make(row, scope, RawRecord(raw, (at,)))).id
        else build_unreadable(kind, scope, start + at, RawRecord(raw, (at,)))
        for at, row in enumerate(rows)
    )


def build_unreadable(kind: str, scope: Scope, position: int, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id."""
    return unreadable_row(kind, position, CLOUD, scope.profile, raw)


@lru_cache(maxsize=1024)
def parse_job_status(code: str | int) -> tuple[str, Phase]:
    """Return the name and phase of a job's status: a number, the same as a text, or already a name.

    An unknown code keeps its text, phase ``unknown``.
    """
    text = str(code).strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        text = STATUS_NAMES.get(int(text), text)
    return clean(text), phase_of(text, JOB_STATUSES)
