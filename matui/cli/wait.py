"""``matui wait KIND ID… --for PHASE|STATUS``: return when it holds for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import click

from matui.base.errors import (
    BadAnswerError,
    MatuiError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    ServerFaultError,
    TimedOutError,
    UnreachableError,
    UsageError,
)
from matui.base.text.formatting import parse_duration
from matui.base.text.sanitize import clean
from matui.cli.completion.candidates import complete_goals, complete_targets
from matui.cli.context.journal import record_row
from matui.cli.context.session import Session, open_session, run_async, wait_out_throttling
from matui.cli.context.warnings import RepeatedErrors
from matui.cli.options import Options
from matui.cli.output.streams import print_line
from matui.clouds.protocols import Reads, name_cloud
from matui.live.actions.target_text import format_subject
from matui.resources.columns import shorten_status
from matui.resources.kind import Kind
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS, get_kind
from matui.resources.state_words import ENDED, GONE, PHASES, find_wrong_word

# Resources of these kinds never leave an end state.
_FINAL = ("jobs", "versions")
_SLOWEST_S = 5.0
_FASTEST_S = 1.0
_LAST_READ_S = 1.0  # allowed for the read at the deadline


class Goal(NamedTuple):
    """Phases and statuses, casefolded, of which one has to hold; ``is_gone`` if one is the absence."""

    words: tuple[str, ...]

    @property
    def is_gone(self) -> bool:
        """Whether the goal is reached when the resource no longer exists."""
        return not set(GONE).isdisjoint(self.words)

    def __str__(self) -> str:
        return " or ".join(self.words)

    @classmethod
    def of(cls, kind: Kind, typed: str) -> Goal:
        """Return the goal of ``WORD[,WORD…]``. Raises UsageError for a word that is no phase or status."""
        words = tuple(word.strip() for word in typed.split(",") if word.strip())
        if not words:
            raise UsageError("--for is empty.", remedy="Example: --for done,failed")
        _check_words(kind, words)
        return cls(tuple(word.casefold() for word in words))

    def holds(self, resource: Resource) -> bool:
        """Whether the resource has reached the goal."""
        status = resource.status.casefold()
        holding = {resource.phase.value, status, shorten_status(resource.status).casefold()}
        if resource.phase.ended:
            holding.add(ENDED)
        return not holding.isdisjoint(self.words)


def _check_words(kind: Kind, words: tuple[str, ...]) -> None:
    """Raise UsageError for a word that is neither a phase nor like a status."""
    wrong = find_wrong_word((kind,), words)
    if wrong is not None:
        hint = f" Did you mean {wrong.near}?" if wrong.near else ""
        raise UsageError(
            f"{kind.title} {kind.verb} no phase or status {wrong.word!r}.{hint}",
            remedy=f"Phases: {' '.join(PHASES)}; or ended, a status, or deleted.",
        )


class WaitProgress:
    """Tracks whether a resource has left its end state while it was waited for."""

    def __init__(self, goal: Goal) -> None:
        self._goal = goal
        self._has_moved = False

    def explain_unreachable(self, resource: Resource) -> str:
        """Return the reason that the goal can no longer be reached, ``""`` while it can."""
        if not resource.phase.ended:
            self._has_moved = True
            return ""
        if self._goal.is_gone or not (resource.kind in _FINAL or self._has_moved):
            return ""
        return f"it is {_get_state(resource)}"


@click.command("wait")
@click.argument("words", metavar="KIND ID...", nargs=-1, required=True, shell_complete=complete_targets)
@click.option(
    "--for",
    "goal",
    required=True,
    metavar="PHASE|STATUS[,...]",
    shell_complete=complete_goals,
    help="Such as done, running, STOPPED, deleted, ended, or several of them: done,failed.",
)
@click.option(
    "--timeout", default="1h", show_default=True, metavar="TIME", help="Such as 90s, 15m, 1h30m or 2d."
)
@click.pass_obj
def command(options: Options, words: tuple[str, ...], goal: str, timeout: str) -> None:
    """Return once every resource has reached one of the phases or statuses.

    "ended" is done, stopped or failed; "deleted" also means that it is gone. Exits 1 as soon as it can no
    longer come true for one of them, 4 when the time is up.
    """
    from matui.cli.context.resolve import parse_targets

    targets = {KINDS[kind_id]: ids for kind_id, ids in parse_targets(words).items()}
    if not all(targets.values()):
        raise UsageError("An ID is missing.", remedy="Example: matui wait job 10 --for done")
    goals = {kind.id: Goal.of(kind, goal) for kind in targets}
    seconds = _parse_timeout(timeout)
    typed = timeout.strip()
    run_async(
        _wait_for_all(options, targets, goals, seconds, f"{typed} s" if typed[-1:].isdigit() else typed)
    )


def _parse_timeout(timeout: str) -> float:
    try:
        return parse_duration(timeout)
    except ValueError as wrong:
        raise UsageError(f"--timeout: {wrong}.") from None


async def _wait_for_all(
    options: Options,
    targets: Mapping[Kind, Sequence[str]],
    goals: Mapping[str, Goal],
    seconds: float,
    typed: str,
) -> None:
    """Wait for every target concurrently. Raises the first error."""
    async with open_session(options) as session:
        waits = [
            asyncio.ensure_future(wait_for(session, kind, word, goals[kind.id], seconds, typed))
            for kind, words in targets.items()
            for word in dict.fromkeys(words)
        ]
        try:
            await asyncio.gather(*waits)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)


async def wait_for(session: Session, kind: Kind, ident: str, goal: Goal, seconds: float, typed: str) -> None:
    """Wait ``seconds`` for one resource; ``typed`` is that time in the errors.

    Raises RefusedError when the goal can no longer be reached, TimedOutError at the deadline.
    """
    from matui.cli.context.resolve import find_one

    deadline = session.clock.monotonic() + seconds
    try:
        async with asyncio.timeout(seconds or None):  # 0 checks once
            resource = await wait_out_throttling(session, lambda: find_one(session, kind, ident))
    except TimeoutError:
        raise TimedOutError(
            f"The cloud did not answer about {clean(ident)} within {typed}.",
            remedy="Give a longer --timeout, or check the profile with: matui doctor",
        ) from None
    except NotFoundError:
        if goal.is_gone:
            print_line(f"{kind.singular} {clean(ident)}: it does not exist")
            return
        raise
    await _wait_until(session, resource, goal, deadline, typed)


async def _wait_until(session: Session, resource: Resource, goal: Goal, deadline: float, typed: str) -> None:
    """Read until the goal holds. Raises RefusedError when it never will, TimedOutError at the deadline."""
    journey = WaitProgress(goal)
    now: Resource | None = resource
    errors = RepeatedErrors(session.clock)
    while True:
        if now is None or goal.holds(now):
            status = "gone" if now is None else _get_state(now)
            print_line(f"{clean(format_subject(resource))}: {clean(status)}")
            return
        resource = now
        never = journey.explain_unreachable(resource)
        if never:
            raise RefusedError(
                f"{format_subject(resource)} will not become {goal}: {never}.",
                remedy=f"See more with: matui why {resource.kind} {resource.id}",
            )
        left = deadline - session.clock.monotonic()
        if left <= 0:
            state = _get_state(resource)
            raise TimedOutError(
                f"{format_subject(resource)} was not {goal} within {typed}: it is {state}.",
                remedy=f"Give a longer --timeout, or see more with: matui why {resource.kind} {resource.id}",
            )
        await session.clock.sleep(min(left, _choose_cadence(session, resource)))
        left = deadline - session.clock.monotonic()
        with suppress(TimeoutError):
            async with asyncio.timeout(max(left, _LAST_READ_S)):
                now = await _read_again(session, resource, goal, errors)


def _get_state(resource: Resource) -> str:
    """Return the status; the phase for a kind without statuses, such as configs."""
    return shorten_status(resource.status) or resource.phase.value


async def _read_again(
    session: Session, resource: Resource, goal: Goal, errors: RepeatedErrors
) -> Resource | None:
    """Return the resource as read now, None when it is gone and that is the goal."""
    if not isinstance(session.cloud, Reads):
        raise RefusedError(
            f"{name_cloud(session.cloud)} cannot read one resource.",
            remedy=f"Use: matui get {resource.kind} --watch",
        )
    asked_at = session.clock.now()
    try:
        now = await session.cloud.read(resource.kind, resource.id)
    except NotFoundError as error:
        record_row(session, resource.kind, resource.id, None, asked_at)
        if goal.is_gone:
            return None
        raise _build_gone_error(resource, goal) from error
    except (UnreachableError, RateLimitedError, ServerFaultError, BadAnswerError) as error:
        errors.report("Still waiting.", error)
        return resource
    record_row(session, resource.kind, resource.id, now, asked_at)
    return now


def _build_gone_error(resource: Resource, goal: Goal) -> MatuiError:
    return RefusedError(
        f"{format_subject(resource)} will not become {goal}: it no longer exists.",
        remedy=f"See what became of it with: matui changes {resource.kind} {resource.id}",
    )


def _choose_cadence(session: Session, resource: Resource) -> float:
    """Return the seconds to the next read: fewer while the resource is pending."""
    kind = get_kind(resource.kind)
    usual = min(session.profile.build_cadence(session.settings).get(kind.id, kind.cadence_s), _SLOWEST_S)
    return max(_FASTEST_S, usual / 3) if resource.phase is Phase.PENDING else usual
