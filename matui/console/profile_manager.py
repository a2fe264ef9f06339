"""Supervises the open profiles: each has a worker, which retries after a failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from matui.base.backoff import Backoff, is_transient
from matui.base.errors import MatuiError
from matui.config.values import DEMO_PROFILES, NAMED_DEMO_PROFILES
from matui.console.changes.journals import Journals
from matui.console.fleet import OpenProfiles
from matui.console.notices import MORE_FINDINGS, GroupedNotices
from matui.console.session import SharedParts, build_session

if TYPE_CHECKING:
    import random
    from pathlib import Path

    from textual.worker import Worker

    from matui.config.settings import Settings
    from matui.console.notices import TerminalAnnouncer
    from matui.console.session import ConsoleOptions, ConsoleSession, Opener, OpenProfile
    from matui.live.poll.poller import Update
    from matui.live.recording.playback import Playback
    from matui.live.signals.store import SignalStore
    from matui.live.triage.item import Why
    from matui.resources.model import Resource
    from matui.signals.findings import Finding

_BACKOFF = Backoff(first_s=5.0, cap_s=60.0)


@dataclass(slots=True, eq=False)
class ProfileSlot:
    """A profile that is to be open; ``name`` is ``""`` for the default profile until it is known."""

    name: str
    is_demo: bool
    close: asyncio.Event = field(default_factory=asyncio.Event)
    retry: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    reported: str = ""


class AllFailedError(MatuiError):
    """No profile could be opened; ``errors`` are by profile."""

    def __init__(self, errors: dict[str, MatuiError]) -> None:
        each = " ".join(f"{name}: {error}" for name, error in errors.items())
        super().__init__(f"None of the profiles could be opened. {each}")
        self.exit_code = max(error.exit_code for error in errors.values())  # type: ignore[misc]


class ProfileDisplay(Protocol):
    """The methods that the manager of the profiles calls on the profiles shown."""

    async def add_profile(self, member: ConsoleSession) -> None:
        """Show one more profile beside those shown."""

    async def remove_profile(self, name: str, member: ConsoleSession | None) -> None:
        """Drop what is shown of a profile that has been closed."""

    def load_journals(self) -> None:
        """Load what the journals know for triage, in the background."""

    def drop_rows(self, name: str) -> None:
        """Drop the rows of a profile that could not be opened."""

    def show_fleet(self) -> None:
        """Update what shows the open profiles."""

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""

    def explain(self, resource: Resource, why: Why) -> None:
        """Show in triage why a resource failed."""

    def awaits_reasons(self) -> bool:
        """Return whether reasons of failures on the screen are being fetched."""


class ProfileHost(Protocol):
    """The methods that the manager of the profiles calls on the application."""

    @property
    def options(self) -> ConsoleOptions:
        """The options of the command line."""

    @property
    def playback(self) -> Playback | None:
        """The recording that is replayed, None for live profiles."""

    def get_state_dir(self) -> Path:
        """Return the folder of the audit."""

    def publish(self, update: Update) -> None:
        """Pass an update of a poller to every screen."""

    def show_warning(self, words: str) -> None:
        """Show a warning as a notification."""

    @property
    def announcer(self) -> TerminalAnnouncer:
        """The announcer of changes on the terminal."""

    async def show_profiles(self, fleet: OpenProfiles, session: ConsoleSession) -> None:
        """Show the first profile that is open, with the keys and the theme of its settings."""

    async def offer_demo(self, error: MatuiError) -> bool:
        """Show why no profile could be opened; return whether to open the demo instead of ending."""

    def show_error(self, words: str) -> None:
        """Show an error as a notification."""

    def start_worker(
        self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False
    ) -> Worker[None] | None:
        """Run ``work`` in a worker; an exclusive one replaces the others of its group. None at the end."""

    def cancel_workers(self, group: str) -> None:
        """Cancel the workers of a group."""


class ProfileManager:
    """Opens and closes profiles until those open are those wanted."""

    def __init__(
        self,
        host: ProfileHost,
        display: ProfileDisplay,
        opener: Opener,
        rng: random.Random,
        *,
        on_change: Callable[[str, frozenset[str]], None],
    ) -> None:
        self._on_change = on_change
        self._host = host
        self._display = display
        self._opener = opener
        self._rng = rng
        self._slots: dict[str, ProfileSlot] = {}
        self._closing: set[str] = set()
        self._attach_lock = asyncio.Lock()
        self._workspaces: dict[str, str] = {}
        self._unsettled: list[ConsoleSession] = []
        self._is_as_started = True
        self.journals = Journals(host)
        self._notices = GroupedNotices(
            host.show_warning, lambda words: host.announcer.end(words), MORE_FINDINGS
        )
        self._signals: SignalStore | None = None
        self.fleet = OpenProfiles(())

    def start(self, names: Sequence[str], *, demo: bool) -> None:
        """Open the profiles; those of the demo but the first are deferred until the first rows."""
        if demo:
            self.fleet.deferred = tuple(names[1:])
        self.open(names[:1] if demo else names, demo=demo)

    @property
    def is_as_started(self) -> bool:
        """Whether neither profiles nor a workspace have been switched since the start."""
        return self._is_as_started

    @property
    def has_deferred_work(self) -> bool:
        """Whether anything waits for the first answers."""
        return bool(self.fleet.deferred or self._unsettled)

    def on_first_rows(self, *, with_rows: bool) -> None:
        """Start what was deferred for the first rows: the rest of the demo, journals, unsettled actions."""
        self.journals.release()
        self._display.load_journals()
        unsettled, self._unsettled = self._unsettled, []
        for session in unsettled:
            if self._host.playback is not None:
                continue  # nothing was sent, and everything is recorded
            session.observers.start(  # raises for a wrong rule
                self._host.announcer, self._display, lambda: self.fleet.is_multi
            )
            self._host.start_worker(session.settle(), _settle_group(session.cloud.profile), exclusive=True)
            look = session.settings.logs.look_in_background
            session.signals.start(
                session.pollers, look=look, on_finding=partial(self._report_finding, session)
            )
        if with_rows and self.fleet.deferred:
            names, self.fleet.deferred = self.fleet.deferred, ()
            self.open(names, demo=True)
            self._display.show_fleet()

    def _report_finding(self, session: ConsoleSession, job: Resource, finding: Finding) -> None:
        """Keep a finding of a log in the journal, and show it."""
        line = None if finding.line is None else finding.line + 1
        session.journal.add_finding(job, finding.kind, finding.words, since=finding.since_ms, line=line)
        whose = self.fleet.build_prefix(job.profile)
        self._notices.add(f"{whose}{job.name}: {finding.words}", session.clock.monotonic())

    def open(self, names: Sequence[str], *, demo: bool = False) -> None:
        """Open these profiles beside those open already."""
        new = [name for name in names if name not in self._slots]
        self.fleet.set_order((*self.fleet.names, *new))
        for name in new:
            slot = ProfileSlot(name, demo or (name in NAMED_DEMO_PROFILES and not self._is_configured(name)))
            self._slots[name] = slot
            slot.worker = self._host.start_worker(self._supervise(slot), f"profile {name}")

    def _is_configured(self, name: str) -> bool:
        return bool(self.fleet.members) and name in self.fleet.primary.settings.profiles

    async def set_profiles(self, names: Sequence[str]) -> None:
        """Open just these profiles. Those open now are closed once one of ``names`` is open."""
        self._is_as_started = False
        wanted = dict.fromkeys(names)
        self._closing = set(self._slots) - set(wanted)
        self.open(tuple(wanted))
        self.fleet.set_order((*wanted, *(name for name in self.fleet.names if name in self._closing)))
        await self._close_unwanted()
        self._display.show_fleet()

    def retry(self) -> None:
        """Retry at once to open the profiles that failed."""
        for name in self.fleet.failed:
            self._slots[name].retry.set()

    def remember_workspace(self, profile: str, workspace: str) -> None:
        """Narrow a profile to this workspace whenever it is opened again."""
        self._is_as_started = False
        self._workspaces[profile] = workspace

    async def _supervise(self, slot: ProfileSlot) -> None:
        """Run a profile until it is closed; after a failure wait and retry."""
        failures = 0
        while self._slots.get(slot.name) is slot:
            try:
                async with self._opener(slot.name or None, demo=slot.is_demo) as opened:
                    await self._run(slot, opened)
                return
            except MatuiError as error:
                failures += 1
                await self._on_failure(slot, error)
                retried = is_transient(error)
                wait_s = _BACKOFF.wait_s(failures, self._rng, error) if retried else None
                await self._wait_for_retry(slot, wait_s)

    async def _run(self, slot: ProfileSlot, opened: OpenProfile) -> None:
        """Poll an opened profile until its slot is closed."""
        is_demo = slot.is_demo or self._host.options.demo
        shared = SharedParts(
            state_dir=self._host.get_state_dir(),
            publish=self._host.publish,
            changed=self._on_change,
            rng=self._rng,
            errors=self.fleet.errors,
            controls=self.fleet.controls,
            signals=self._build_signal_store,
        )
        journal = self.journals.open_journal(opened, is_demo=is_demo)
        session = build_session(opened, self._host.options, shared, journal, is_demo=is_demo)
        name = session.cloud.profile
        if name in self._workspaces:
            session.pollers.set_workspace(self._workspaces[name])
        try:
            async with self._attach_lock:
                await self._attach(slot, session)
            await slot.close.wait()
        finally:
            await session.signals.aclose()
            await session.observers.aclose()
            await session.pollers.aclose()

    def _build_signal_store(self, settings: Settings) -> SignalStore:
        """Return the store of signals, which all profiles share."""
        from matui.live.signals.store import build_store

        if self._signals is None:
            own = [(rule.name, rule.regex) for rule in settings.signals]
            self._signals = build_store(settings.logs.build_time_parser, own, settings.triage.silent_minutes)
        return self._signals

    async def _attach(self, slot: ProfileSlot, session: ConsoleSession) -> None:
        """Add a profile that has just been opened to those shown."""
        is_first = not self.fleet.members
        self.fleet.add(slot.name, session)
        del self._slots[slot.name]
        slot.name = session.cloud.profile
        self._slots[slot.name] = slot
        if is_first:
            await self._host.show_profiles(self.fleet, session)
            self._report_earlier_failures()
        else:
            await self._display.add_profile(session)
        self._unsettled.append(session)
        await self._close_unwanted()

    async def _close_unwanted(self) -> None:
        """Close the profiles that are not wanted any more, once a wanted one is open."""
        if any(member.cloud.profile not in self._closing for member in self.fleet.members):
            for name in tuple(self._closing):
                await self._close(name)
            self._closing.clear()

    async def _close(self, name: str) -> None:
        slot, is_opening = self._slots.pop(name, None), self.fleet.get_state(name) == "opening"
        member = self.fleet.remove(name)
        if slot is not None:
            slot.close.set()
            slot.retry.set()
            if is_opening and slot.worker is not None:
                slot.worker.cancel()
            self._host.cancel_workers(_settle_group(name))
            self._unsettled = [session for session in self._unsettled if session is not member]
        await self._display.remove_profile(name, member)

    async def _on_failure(self, slot: ProfileSlot, error: MatuiError) -> None:
        """Report a profile that could not be opened; without any other profile, end or open the demo."""
        self.fleet.failed[slot.name] = error
        if self.fleet.members:
            self._report(slot, error)
            await self._abandon_switch()
        elif not self.fleet.is_opening:
            failed = self.fleet.failed
            if await self._host.offer_demo(error if len(failed) == 1 else AllFailedError(failed)):
                del self._slots[slot.name]
                self.fleet.remove(slot.name)
                self.start(DEMO_PROFILES, demo=True)

    def _report_earlier_failures(self) -> None:
        """Report what failed before the first profile was open, and retry the transient failures."""
        for name, error in self.fleet.failed.items():
            self._report(self._slots[name], error)
            if is_transient(error):
                self._slots[name].retry.set()

    def _report(self, slot: ProfileSlot, error: MatuiError) -> None:
        about = f"opening profile {slot.name}"
        if not is_transient(error):
            self._display.drop_rows(slot.name)
        self.fleet.errors.record(about, error, self.fleet.primary.clock.now())
        if slot.reported != str(error):
            slot.reported = str(error)
            self._host.show_error(f"{slot.name}: {error}")
        self._display.show_bars()

    async def _abandon_switch(self) -> None:
        """Keep the profiles that are open when every profile that was to replace them has failed."""
        wanted = [name for name in self._slots if name not in self._closing]
        if self._closing and all(name in self.fleet.failed for name in wanted):
            self._closing.clear()
            for name in wanted:
                await self._close(name)

    async def _wait_for_retry(self, slot: ProfileSlot, seconds: float | None) -> None:
        """Wait for ``retry``, or for ``seconds``; None waits for ``retry`` alone."""
        if self._slots.get(slot.name) is not slot:
            return
        slot.retry.clear()
        waiting: set[asyncio.Future[object]] = {asyncio.ensure_future(slot.retry.wait())}
        if seconds is not None and self.fleet.members:
            waiting.add(asyncio.ensure_future(self.fleet.primary.clock.sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()


def _settle_group(profile: str) -> str:
    return f"settle {profile}"
