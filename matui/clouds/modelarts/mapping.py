"""The scope a record was listed in, and how rows become resources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar

from matui.base.clock import Clock, SystemClock
from matui.base.text.sanitize import clean
from matui.clouds.rows import Provenance, build_unreadable_row
from matui.resources.kinds.jobs import STATUS_NAMES
from matui.resources.kinds.jobs import STATUSES as JOB_STATUSES
from matui.resources.model import Phase, RawPage, RawRecord, Resource, get_phase

CLOUD = "modelarts"

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Scope(Provenance):
    """The profile's name and the workspace asked for, ``""`` when none was.

    ``clock`` turns a remaining time into the moment it ends. ``everyone``: what belongs to other users is
    listed too, where the cloud keeps that apart. ``language`` of the cloud's messages is ``en``
    or ``zh``.
    """

    cloud: str = field(default=CLOUD, init=False)
    workspace: str = ""
    clock: Clock = field(default_factory=SystemClock, compare=False, repr=False)
    everyone: bool = False
    language: str = "en"

    def compute_moment(self, seconds: float | None) -> int | None:
        """Return the moment so many seconds from now in ms since the epoch, None when unknown."""
        return None if seconds is None else int((self.clock.now() + seconds) * 1000)


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
        if row is not None and (made := make(row, scope, RawRecord(raw, _build_path(at)))).id
        else build_unreadable(kind, scope, start + at, RawRecord(raw, _build_path(at)))
        for at, row in enumerate(rows)
    )


@lru_cache(maxsize=1024)
def _build_path(position: int) -> tuple[int]:
    """Return the path of a row of an answer; the pages of a list share them."""
    return (position,)


def build_unreadable(kind: str, scope: Scope, position: int, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id."""
    return build_unreadable_row(kind, position, CLOUD, scope.profile, raw)


@lru_cache(maxsize=1024)
def parse_job_status(code: str | int) -> tuple[str, Phase]:
    """Return the name and phase of a job's status: a number, the same as a text, or already a name.

    An unknown code keeps its text, phase ``unknown``.
    """
    text = str(code).strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        text = STATUS_NAMES.get(int(text), text)
    return clean(text), get_phase(text, JOB_STATUSES)
