"""Opens profiles side by side, each in a worker of its own, keeps them open and tries again what failed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matui.base.backoff import Backoff, is_transient
from matui.config.demo_names import DEMO_PROFILES
from matui.console.fleet import OpenProfiles
from matui.console.session import build_session
from matui.errors import MatuiError

if TYPE_CHECKING:
    import random

    from textual.worker import Worker

    from matui.console.app import MatuiApp
    from matui.console.session import ConsoleSession, Opener, OpenProfile

_BACKOFF = Backoff(first_s=5.0, cap_s=60.0)


@dataclass(slots=True, eq=False)
class Berth:
    """A profile that is to be open: ``name`` is ``""`` for the one that nobody has named."""

    name: str
    is_demo: bool
    leave: asyncio.Event = field(default_factory=asyncio.Event)
    again: asyncio.Event = field(default_factory=asyncio.Event)
    worker: Worker[None] | None = None
    told: str = ""


class AllFailedError(MatuiError):
    """No profile could be opened; ``errors`` are by profile."""

    def __init__(self, errors: dict[str, MatuiError]) -> None:
        each = " ".join(f"{name}: {error}" for name, error in errors.items())
        super().__init__(f"None of the profiles could be opened. {each}")
        self.exit_code = max(error.exit_code for error in errors.values())  # type: ignore[misc]


class FleetKeeper:
    """Brings the profiles that are open in line with those that are wanted."""

    def __init__(self, app: MatuiApp, opener: Opener, rng: random.Random) -> None:
        self._app = app
        self._opener = opener
        self._rng = rng
        self._berths: dict[str, Berth] = {}
        self._leaving: set[str] = set()
        self._boarding = asyncio.Lock()
        self._workspaces: dict[str, str] = {}
        self._after_first_rows: tuple[str, ...] = ()
        self._unsettled: list[ConsoleSession] = []
        self.fleet = OpenProfiles(())

    def start(self, names: Sequence[str], *, demo: bool) -> None:
        """Open the profiles; those of the demo but the first once there is something to look at."""
        if demo:
            self._after_first_rows = tuple(names[1:])
        self.open(names[:1] if demo else names, demo=demo)

    @property
    def puts_off(self) -> bool:
        """Whether anything waits for the first answers."""
        return bool(self._after_first_rows or self._unsettled)

    def answered(self, *, with_rows: bool) -> None:
        """Do what was put off for the sake of the first rows: the rest of the demo, and open questions."""
        unsettled, self._unsettled = self._unsettled, []
        for session in unsettled:
            group = f"settle {session.cloud.profile}"
            self._app.run_worker(session.settle(), group=group, exclusive=True)
        if with_rows and self._after_first_rows:
            names, self._after_first_rows = self._after_first_rows, ()
            self.open(names, demo=True)
            self._app.browse.show_fleet()

    def open(self, names: Sequence[str], *, demo: bool = False) -> None:
        """Open these profiles beside what is open already."""
        new = [name for name in names if name not in self._berths]
        self.fleet.order((*self.fleet.names, *new))
        for name in new:
            berth = Berth(name, demo or (name in DEMO_PROFILES and not self._is_configured(name)))
            self._berths[name] = berth
            berth.worker = self._app.run_worker(self._keep(berth), group=f"profile {name}")

    def _is_configured(self, name: str) -> bool:
        return bool(self.fleet.members) and name in self.fleet.primary.settings.profiles

    async def want(self, names: Sequence[str]) -> None:
        """Have just these profiles open. What is open goes only once one of them is."""
        wanted = dict.fromkeys(names)
        self._leaving = set(self._berths) - set(wanted)
        self.open(tuple(wanted))
        self.fleet.order((*wanted, *(name for name in self.fleet.names if name in self._leaving)))
        await self._let_leave()
        self._app.browse.show_fleet()

    def retry(self) -> None:
        """Try again at once to open what could not be opened."""
        for name in self.fleet.failed:
            self._berths[name].again.set()

    def remember_workspace(self, profile: str, workspace: str) -> None:
        """Narrow a profile to this workspace whenever it is opened again."""
        self._workspaces[profile] = workspace

    async def _keep(self, berth: Berth) -> None:
        failures = 0
        while self._berths.get(berth.name) is berth:
            try:
                async with self._opener(berth.name or None, demo=berth.is_demo) as opened:
                    await self._stay(berth, opened)
                return
            except MatuiError as error:
                failures += 1
                await self._failed(berth, error)
                retried = is_transient(error)
                await self._wait(berth, _BACKOFF.wait_s(failures, self._rng, error) if retried else None)

    async def _stay(self, berth: Berth, opened: OpenProfile) -> None:
        session = build_session(
            opened,
            self._app.options,
            state_dir=self._app.state_dir(),
            publish=self._app.published,
            rng=self._rng,
            errors=self.fleet.errors,
        )
        name = session.cloud.profile
        if name in self._workspaces:
            session.watch.set_workspace(self._workspaces[name])
        try:
            async with self._boarding:
                await self._board(berth, session)
            await berth.leave.wait()
        finally:
            await session.watch.aclose()

    async def _board(self, berth: Berth, session: ConsoleSession) -> None:
        """Take a profile in that has just been opened."""
        is_first = not self.fleet.members
        self.fleet.add(berth.name, session)
        del self._berths[berth.name]
        berth.name = session.cloud.profile
        self._berths[berth.name] = berth
        if is_first:
            await self._app.begin(self.fleet, session)
            self._tell_earlier_failures()
        else:
            await self._app.browse.join(session)
        self._unsettled.append(session)
        await self._let_leave()

    async def _let_leave(self) -> None:
        """Close what is not wanted any more, as soon as something that is wanted is open."""
        if any(member.cloud.profile not in self._leaving for member in self.fleet.members):
            for name in tuple(self._leaving):
                await self._close(name)
            self._leaving.clear()

    async def _close(self, name: str) -> None:
        berth, is_opening = self._berths.pop(name, None), self.fleet.state_of(name) == "opening"
        member = self.fleet.remove(name)
        if berth is not None:
            berth.leave.set()
            berth.again.set()
            if is_opening and berth.worker is not None:
                berth.worker.cancel()
            self._app.workers.cancel_group(self._app, f"settle {name}")
            self._unsettled = [session for session in self._unsettled if session is not member]
        await self._app.browse.part(name, member)

    async def _failed(self, berth: Berth, error: MatuiError) -> None:
        """Show that a profile could not be opened; with nothing else to look at, that is the end."""
        self.fleet.failed[berth.name] = error
        if self.fleet.members:
            self._tell(berth, error)
            await self._give_up_switching()
        elif not self.fleet.is_opening:
            failed = self.fleet.failed
            if await self._app.wants_demo(error if len(failed) == 1 else AllFailedError(failed)):
                del self._berths[berth.name]
                self.fleet.remove(berth.name)
                self.start(DEMO_PROFILES, demo=True)

    def _tell_earlier_failures(self) -> None:
        """Tell what failed before there was anything to look at, and try again what may have passed."""
        for name, error in self.fleet.failed.items():
            self._tell(self._berths[name], error)
            if is_transient(error):
                self._berths[name].again.set()

    def _tell(self, berth: Berth, error: MatuiError) -> None:
        about = f"opening profile {berth.name}"
        self.fleet.errors.note(about, error, self.fleet.primary.clock.now())
        if berth.told != str(error):
            berth.told = str(error)
            words = f"{berth.name}: {error}"
            self._app.notify(words, severity="error", timeout=15, markup=False)
        self._app.browse.show_bars()

    async def _give_up_switching(self) -> None:
        """Stay with what is open when nothing of what it was to be left for could be opened."""
        wanted = [name for name in self._berths if name not in self._leaving]
        if self._leaving and all(name in self.fleet.failed for name in wanted):
            self._leaving.clear()
            for name in wanted:
                await self._close(name)

    async def _wait(self, berth: Berth, seconds: float | None) -> None:
        """Wait until it is to be tried again: when asked to, or after ``seconds``."""
        if self._berths.get(berth.name) is not berth:
            return
        berth.again.clear()
        waiting: set[asyncio.Future[object]] = {asyncio.ensure_future(berth.again.wait())}
        if seconds is not None and self.fleet.members:
            waiting.add(asyncio.ensure_future(self.fleet.primary.clock.sleep(seconds)))
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
