"""Announces changes by the rules: each once, many at a time as one message, none in quiet hours.

The command of a rule runs without a shell, the event on stdin, bounded in time, its output thrown away.
"""

from __future__ import annotations

import asyncio
import json
import math
import os
import signal
import sys
import time
from asyncio.subprocess import Process
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from matui.base.clock import Clock
from matui.base.redaction.known import drop_secrets
from matui.base.signal_names import find_signal_name
from matui.base.text.sanitize import clean
from matui.live.journal.change import Account, Change
from matui.live.journal.change_views import serialize_change
from matui.live.notify.rules import NotificationRule, NotifyBy, build_row, describe_change
from matui.live.notify.watches import Watches
from matui.live.transitions_feed import Claim, TransitionFeed
from matui.resources.model import Resource

_TIMEOUT_S = 20.0
_GRACE_S = 1  # after the time-out until the supervisor's own, which holds where this process was killed
_START_S = 2.0  # a command whose start takes longer is given up
_SUPERVISOR = Path(__file__).with_name("supervise.py")
GROUP_WAIT_S = 1.0
GROUP_INTERVAL_S = 10.0
CLOSING_S = 1.0
_MOST_SINGLE = 3
_MOST_QUEUED = 10_000
_COMMANDS_AT_ONCE = 4
_WATCH = NotificationRule()


async def run_notify_command(command: Sequence[str], event: bytes, *, timeout_s: float = _TIMEOUT_S) -> str:
    """Run a command with ``event`` on stdin; return what went wrong in one sentence, or ``""``.

    Its environment lacks the variables that hold a secret of the configuration. One that does not end
    is killed with its process group: what has a session of its own goes on. Where this is cancelled, or this
    process ends, the command goes on to the same limit.
    """
    starting = asyncio.ensure_future(_start(command, event, math.ceil(timeout_s) + _GRACE_S))
    try:
        async with asyncio.timeout(timeout_s):
            process, answer = await asyncio.shield(starting)
            answer += await process.stdout.read() if process.stdout is not None else b""
            await process.wait()
    except OSError as error:
        if isinstance(error, TimeoutError):
            await _end(starting, signal.SIGTERM)
            return f"The notification command {command[0]} was stopped after {timeout_s:g} s."
        return f"The notification command {command[0]} cannot be started: {_describe_error(error)}."
    except ValueError as error:
        return f"The notification command {command[0]} cannot be started: {_describe_error(error)}."
    except asyncio.CancelledError:
        await _end(starting, signal.SIGKILL)
        raise
    return _explain(command[0], answer.decode("ascii", "replace").split())


async def _start(command: Sequence[str], event: bytes, limit_s: int) -> tuple[Process, bytes]:
    """Start a command and write the event; return the supervisor and the first line of its answer."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_SUPERVISOR), str(limit_s), *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=drop_secrets(os.environ),
        start_new_session=True,
    )
    if process.stdin is not None:
        process.stdin.write(event)
        process.stdin.close()
    return process, await process.stdout.readline() if process.stdout is not None else b""


async def _end(starting: asyncio.Task[tuple[Process, bytes]], number: signal.Signals) -> None:
    """End a supervisor: SIGTERM ends the command with it, SIGKILL leaves the command to its own limit."""
    with suppress(OSError, ValueError):
        async with asyncio.timeout(_START_S):
            supervisor, _answer = await starting
        if supervisor.returncode is None:
            supervisor.send_signal(number)
            await supervisor.wait()


def _explain(program: str, answer: Sequence[str]) -> str:
    """Return what the supervisor's answer says went wrong."""
    match [word for word in answer if word != "started"]:
        case ["exit", "0"]:
            return ""
        case ["exit", status] if status.startswith("-"):
            return f"The notification command {program} was ended by {find_signal_name(-int(status))}."
        case ["exit", status]:
            return f"The notification command {program} failed with exit code {status}."
        case ["error", number]:
            return f"The notification command {program} cannot be started: {os.strerror(int(number))}."
        case _:
            return f"The notification command {program} was killed."


def _describe_error(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


class Announcer(Protocol):
    """How the terminal announces: each method is called on the event loop."""

    def ring(self) -> None:
        """Ring the bell."""

    def notify_terminal(self, title: str, words: str) -> None:
        """Request a desktop notification from the terminal."""

    def flash(self, words: str) -> None:
        """Show a line in the console until it is seen."""

    def warn(self, words: str) -> None:
        """Say what went wrong."""


class _Event(NamedTuple):
    change: Change
    rule: NotificationRule
    is_watch: bool


class Notifier:
    """Announces the changes of one profile.

    Up to three changes within ``GROUP_WAIT_S`` are announced singly. More are gathered for
    ``GROUP_INTERVAL_S``, and so is what follows an announcement: a storm takes several polls. More than
    three are one message with their count. One that several rules cover is announced once by each means.
    Commands run beside that, four at a time: one that hangs delays no announcement. ``names_profile`` returns
    whether a message names the profile.
    """

    def __init__(
        self,
        feed: TransitionFeed,
        rules: Sequence[NotificationRule],
        watches: Watches,
        clock: Clock,
        announcer: Announcer,
        *,
        account: Callable[[], Account],
        find_row: Callable[[str, str], Resource | None],
        local_minute: Callable[[float], int] | None = None,
        names_profile: Callable[[], bool] = lambda: False,
    ) -> None:
        self._feed = feed
        self._rules = rules
        self._watches = watches
        self._clock = clock
        self._announcer = announcer
        self._account = account
        self._find_row = find_row
        self._local_minute = local_minute or compute_minute_of_day
        self._names_profile = names_profile
        self._queued: list[_Event] = []
        self._dropped = 0
        self._gathering: asyncio.Task[None] | None = None
        self._next_at = -math.inf  # the monotonic time before which nothing is announced
        self._tasks: set[asyncio.Task[None]] = set()
        self._slots = asyncio.Semaphore(_COMMANDS_AT_ONCE)

    def start(self) -> None:
        """Listen to changes from now on, and announce the ends that were seen while no console ran."""
        self._feed.add_listener(self._on_change)
        self._keep(self._announce_missed_ends())

    async def aclose(self) -> None:
        """Announce what is gathered, and stop within some second; commands go on to their time limit."""
        if self._gathering is not None:
            self._gathering.cancel()
            await asyncio.gather(self._gathering, return_exceptions=True)
        if self._queued:
            self._keep(self._announce_queued())
        for _ in range(_MOST_QUEUED):
            self._slots.release()  # all that wait start now
        loop = asyncio.get_running_loop()
        until = loop.time() + CLOSING_S
        while self._tasks and (left := until - loop.time()) > 0:
            await asyncio.wait(tuple(self._tasks), timeout=left, return_when=asyncio.FIRST_COMPLETED)
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _announce_missed_ends(self) -> None:
        for (kind, ident), since in self._watches.map_times(self._account()).items():
            changes = await self._feed.list_changes_since(kind, ident, since) if since else ()
            ended = next(filter(_has_ended, changes), None)
            if ended is not None:
                self._queue([_Event(ended, _WATCH, True)])

    def _on_change(self, change: Change) -> None:
        events = list(self._build_events(change))
        if len(self._queued) >= _MOST_QUEUED:
            self._dropped += bool(events)
        elif events:
            self._queue(events)

    def _queue(self, events: list[_Event]) -> None:
        self._queued += events
        if self._gathering is None or self._gathering.done():
            self._gathering = asyncio.ensure_future(self._gather())

    def _build_events(self, change: Change) -> list[_Event]:
        row = self._find_row(change.kind, change.id) or build_row(change, self._account().cloud)
        now_ms = self._clock.now() * 1000
        events = [_Event(change, rule, False) for rule in self._rules if rule.covers(change, row, now_ms)]
        if _has_ended(change) and self._watches.has(self._account(), change.kind, change.id):
            events.append(_Event(change, _WATCH, True))
        return events

    async def _gather(self) -> None:
        while self._queued:
            await self._wait_for_group()
            await self._feed.wait_for_focused()
            await asyncio.shield(self._keep(self._announce_queued()))

    async def _announce_queued(self) -> None:
        events, self._queued = self._queued, []
        dropped, self._dropped = self._dropped, 0
        if dropped:
            self._announcer.warn(f"{dropped} changes are not announced: more than {_MOST_QUEUED:,} waited.")
        self._next_at = self._clock.monotonic() + GROUP_INTERVAL_S
        won = await self._feed.claim({self._claim(event) for event in events})
        for event in events:
            if event.is_watch:
                self._watches.discard(self._account(), event.change.kind, event.change.id)
        self._announce(
            [event for event in events if self._claim(event) in won and not self._is_quiet(event.rule)]
        )

    async def _wait_for_group(self) -> None:
        """Wait until what is queued is to be announced; see the class."""
        began = self._clock.monotonic()
        await self._clock.sleep(max(GROUP_WAIT_S, self._next_at - began))
        if len({event.change.number for event in self._queued}) > _MOST_SINGLE:
            await self._clock.sleep(began + GROUP_INTERVAL_S - self._clock.monotonic())

    def _claim(self, event: _Event) -> Claim:
        purpose = "notify" if event.is_watch else f"notify-rule-{self._rules.index(event.rule)}"
        return purpose, event.change.number

    def _is_quiet(self, rule: NotificationRule) -> bool:
        return rule.quiet is not None and rule.quiet.covers(self._local_minute(self._clock.now()))

    def _announce(self, events: list[_Event]) -> None:
        for rule in dict.fromkeys(event.rule for event in events if event.rule.command):
            self._keep(self._run(rule.command, [event.change for event in events if event.rule is rule]))
        for words in self._build_messages(_select_changes("flash", events)):
            self._announcer.flash(words)
        for words in self._build_messages(_select_changes("terminal", events)):
            self._announcer.notify_terminal("matui", words)
        if _select_changes("bell", events):
            self._announcer.ring()

    def _build_messages(self, changes: list[Change]) -> list[str]:
        profile = f"{self._feed.profile}: " if self._names_profile() else ""
        if len(changes) <= _MOST_SINGLE:
            return [clean(f"{profile}{describe_change(change)}") for change in changes]
        return [clean(f"{profile}{len(changes)} changes, the last one {describe_change(changes[-1])}")]

    def _keep(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work`` beside everything else, until it ends or the notifier stops."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, command: tuple[str, ...], changes: list[Change]) -> None:
        """Run the command once for up to three changes each, or once for the newest with the count."""
        events = changes if len(changes) <= _MOST_SINGLE else changes[-1:]
        for change in events:
            event = serialize_change(change) | {"count": len(changes) if events is not changes else 1}
            data = json.dumps(event, ensure_ascii=False).encode("utf-8", "replace")
            async with self._slots:
                problem = await run_notify_command(command, data)
            if problem:
                self._announcer.warn(problem)


def _has_ended(change: Change) -> bool:
    return change.after is None or (change.after_phase is not None and change.after_phase.ended)


def _select_changes(by: NotifyBy, events: list[_Event]) -> list[Change]:
    """Return the changes that are announced by a means, each once."""
    found = {
        event.change.number: event.change
        for event in events
        if by in event.rule.by and not event.rule.command
    }
    return list(found.values())


def compute_minute_of_day(now_s: float) -> int:
    """Return the minute of the day in the time zone of this machine."""
    local = time.localtime(now_s)
    return local.tm_hour * 60 + local.tm_min
