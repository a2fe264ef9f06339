"""What a wait waits for, and when it waits in vain.

``matui wait KIND ID --for PHASE|STATUS``: returns when it holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module

import click

from matui.base.durations import parse_duration
from matui.base.errors import (
    MatuiError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    TimedOutError,
    UnreachableError,
    UsageError,
)
from matui.base.sanitize import clean
from matui.cli.context import Options, Session, open_session, run_async
from matui.cli.get.watch import Complaints
from matui.cli.output import say
from matui.clouds.protocols import Reads
from matui.live.actions.target_text import format_subject
from matui.resources.columns import short_status
from matui.resources.kind import Kind
from matui.resources.model import Phase, Resource
from matui.resources.registry import find_kind, kind_by_id

_GONE = ("deleted", "gone")
# What ended of these kinds never begins again by itself or by an action.
_FINAL = ("jobs", "versions")


@dataclass(frozen=True, slots=True)
class Goal:
    """A phase or status, casefolded; ``is_gone`` when its absence is what is waited for."""

    word: str
    is_gone: bool

    @classmethod
    def of(cls, kind: Kind, typed: str) -> Goal:
        """Return the goal. Raises UsageError for a word that is neither a phase nor like a status."""
        word = typed.strip().casefold()
        phases = [phase.value for phase in Phase]
        statuses = {short_status(status).casefold() for status in _statuses(kind)}
        known = {*phases, *statuses, *_GONE}
        if (
            word not in known
            and f"jobstat_{word}" not in known
            and word.removeprefix("jobstat_") not in known
        ):
            near = get_close_matches(word, known, n=1)
            if near or not typed.isupper():
                hint = f" Did you mean {near[0]}?" if near else ""
                raise UsageError(
                    f"{kind.title} have no phase or status {typed!r}.{hint}",
                    remedy=f"Phases: {' '.join(phases)}; or a status, or deleted.",
                )
        return cls(word, word in _GONE)

    def holds(self, resource: Resource) -> bool:
        """Whether the resource is there."""
        status = resource.status.casefold()
        return self.word in (resource.phase.value, status, short_status(resource.status).casefold())


class Journey:
    """Remembers whether a resource has moved while it was waited for."""

    def __init__(self, goal: Goal) -> None:
        self._goal = goal
        self._has_moved = False

    def why_never(self, resource: Resource) -> str:
        """Return why the goal can no longer be reached from here, ``""`` when it may be."""
        if not resource.phase.ended:
            self._has_moved = True
            return ""
        if self._goal.is_gone or not (resource.kind in _FINAL or self._has_moved):
            return ""
        return f"it is {short_status(resource.status)}"


def _statuses(kind: Kind) -> Mapping[str, Phase]:
    module = import_module(f"matui.resources.kinds.{kind.id}")
    table: Mapping[str, Phase] = getattr(module, "EVERY_STATUS", None) or getattr(module, "STATUSES", {})
    return table


_SLOWEST_S = 5.0
_FASTEST_S = 1.0
_LAST_READ_S = 1.0  # that the read at the deadline may still take


@click.command("wait", short_help="Return when a resource has reached a phase or status.")
@click.argument("kind_name", metavar="KIND")
@click.argument("ident", metavar="ID")
@click.option(
    "--for", "goal", required=True, metavar="PHASE|STATUS", help="Such as done, running, STOPPED or deleted."
)
@click.option(
    "--timeout", default="1h", show_default=True, metavar="TIME", help="Such as 90s, 15m, 1h30m or 2d."
)
@click.pass_obj
def command(options: Options, kind_name: str, ident: str, goal: str, timeout: str) -> None:
    """Return once a resource has reached a phase or a status; "deleted" also means that it is gone.

    Exits 1 as soon as it can no longer come true, 4 when the time is up.
    """
    kind = find_kind(kind_name)
    run_async(_wait(options, kind, ident, Goal.of(kind, goal), _seconds(timeout), timeout))


def _seconds(timeout: str) -> float:
    try:
        return parse_duration(timeout)
    except ValueError as wrong:
        raise UsageError(f"--timeout: {wrong}.") from None


async def _wait(options: Options, kind: Kind, ident: str, goal: Goal, seconds: float, typed: str) -> None:
    from matui.cli.resolve import find_one

    async with open_session(options) as session:
        deadline = session.clock.monotonic() + seconds
        try:
            async with asyncio.timeout(seconds):
                resource = await find_one(session, kind, ident)
        except TimeoutError:
            raise TimedOutError(f"The cloud did not tell of {clean(ident)} within {typed}.") from None
        except NotFoundError:
            if goal.is_gone:
                say(f"{kind.singular} {clean(ident)}: it does not exist")
                return
            raise
        await _until(session, resource, goal, deadline, typed)


async def _until(session: Session, resource: Resource, goal: Goal, deadline: float, typed: str) -> None:
    """Read until the goal holds. Raises RefusedError when it never will, TimedOutError at the deadline."""
    journey = Journey(goal)
    now: Resource | None = resource
    complaints = Complaints(session.clock)
    while True:
        if now is None or goal.holds(now):
            status = "gone" if now is None else short_status(now.status)
            say(f"{clean(format_subject(resource))}: {clean(status)}")
            return
        resource = now
        never = journey.why_never(resource)
        if never:
            raise RefusedError(f"{format_subject(resource)} will not become {goal.word}: {never}.")
        left = deadline - session.clock.monotonic()
        if left <= 0:
            state = short_status(resource.status)
            raise TimedOutError(
                f"{format_subject(resource)} was not {goal.word} within {typed}: it is {state}."
            )
        await session.clock.sleep(min(left, _cadence(session, resource)))
        left = deadline - session.clock.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(left, _LAST_READ_S)):
                now = await _read_again(session, resource, goal, complaints)


async def _read_again(
    session: Session, resource: Resource, goal: Goal, complaints: Complaints
) -> Resource | None:
    """Return the resource as it is now, None when it went and that is the goal; trouble is told once."""
    if not isinstance(session.cloud, Reads):
        raise RefusedError(f"{session.cloud.name} cannot read one resource.")
    try:
        return await session.cloud.read(resource.kind, resource.id)
    except NotFoundError as error:
        if goal.is_gone:
            return None
        raise _vanished(resource, goal) from error
    except (UnreachableError, RateLimitedError, ServerFaultError) as error:
        complaints.tell("Still waiting.", error)
        return resource


def _vanished(resource: Resource, goal: Goal) -> MatuiError:
    return RefusedError(f"{format_subject(resource)} will not become {goal.word}: it no longer exists.")


def _cadence(session: Session, resource: Resource) -> float:
    """Return the seconds to the next read: fewer while the resource is on its way."""
    kind = kind_by_id(resource.kind)
    usual = min(session.profile.cadence(session.settings).get(kind.id, kind.cadence_s), _SLOWEST_S)
    return max(_FASTEST_S, usual / 3) if resource.phase is Phase.PENDING else usual
