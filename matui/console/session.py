"""One open profile with its pollers, executor and audit trail."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from matui.base.clock import Clock
from matui.console.observers import Observers

if TYPE_CHECKING:
    from pathlib import Path

    from matui.clouds.protocols import Cloud
    from matui.config.settings import Profile, Settings
    from matui.live.actions.executor import Executor
    from matui.live.actions.policy import Policy
    from matui.live.audit.trail import Audit
    from matui.live.error_log import ErrorLog
    from matui.live.forms.service import FormService
    from matui.live.journal.change import Account
    from matui.live.journal.journal import Journal
    from matui.live.poll.loop_controls import LoopControls
    from matui.live.poll.poller import Update
    from matui.live.poll.poller_set import PollerSet
    from matui.live.signals.jobs import JobSignals
    from matui.live.signals.store import SignalStore
    from matui.resources.kind import Action
    from matui.resources.model import Resource


_PANE_PACE = 1.2  # with the table in a busy project and every other kind, some 36 requests a minute, not 40
# Returns the names of the profiles to open; ``""`` stands for the default profile.
Names: TypeAlias = Callable[[], Awaitable[tuple[str, ...]]]


class ConsoleOptions(Protocol):
    """The command line's global options, as the console needs them."""

    @property
    def config(self) -> Path | None: ...
    @property
    def profile(self) -> str | None: ...
    @property
    def all_profiles(self) -> bool: ...
    @property
    def workspace(self) -> str | None: ...
    @property
    def screen(self) -> str | None: ...
    @property
    def read_only(self) -> bool: ...
    @property
    def theme(self) -> str | None: ...
    @property
    def demo(self) -> bool: ...


class OpenProfile(Protocol):
    """A profile that the command line has opened: its cloud, settings and clock."""

    @property
    def cloud(self) -> Cloud: ...
    @property
    def profile(self) -> Profile: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...


class Opener(Protocol):
    """Opens a profile by name; None opens the default one, ``demo`` the built-in simulator."""

    def __call__(
        self, profile: str | None, *, demo: bool = False
    ) -> AbstractAsyncContextManager[OpenProfile]: ...


class ConsoleSession(NamedTuple):
    """One open profile: its cloud, its pollers, and the executor of its actions."""

    cloud: Cloud
    profile: Profile
    settings: Settings
    clock: Clock
    pollers: PollerSet
    executor: Executor
    rng: random.Random
    cadence: Mapping[str, float]
    read_only: bool
    state_dir: Path
    audit: Audit
    policy: Policy
    errors: ErrorLog
    journal: Journal
    signals: JobSignals
    observers: Observers
    is_demo: bool

    @property
    def form_service(self) -> FormService:
        """The forms of the cloud, whose changes are polled for at once."""
        from matui.live.forms.service import FormService

        def on_change(kind: str) -> None:
            self.pollers.trigger("jobs" if kind == "versions" else kind)

        return FormService(
            self.cloud, clock=self.clock, audit=self.audit, policy=self.policy, changed=on_change
        )

    def get_now_ms(self) -> float:
        """Return the time in ms since the epoch."""
        return self.clock.now() * 1000

    @property
    def cloud_clock(self) -> Clock:
        """The clock of the cloud, by which the times that it states are compared with now."""
        from matui.clouds.protocols import build_cloud_clock

        return build_cloud_clock(self.cloud, self.clock)

    def get_cloud_now_ms(self) -> float:
        """Return the time by the clock of the cloud in ms since the epoch."""
        return self.cloud_clock.now() * 1000

    def get_cadence(self, what: str) -> float:
        """Return the seconds between polls of a kind, or of ``logs``."""
        from matui.resources.registry import get_kind

        return self.cadence[what] if what in self.cadence else get_kind(what).cadence_s

    def get_pane_cadence(self, kind: str) -> float:
        """Return the seconds between polls for a pane about one of a kind, beside those of its table."""
        return _PANE_PACE * self.get_cadence(kind)

    async def settle(self) -> None:
        """Read what became of the actions that earlier runs left unknown."""
        self.executor.reconciler.load_unknown(self.cloud)
        await self.look_again(looks=1)

    async def look_again(self, *, looks: int) -> None:
        """Read up to ``looks`` times, a minute apart, the outcome of actions that is still unknown."""
        from matui.live.actions.reconcile import UNCHANGED_S
        from matui.live.forms.reconcile import FormReconciler

        forms, reconciler = FormReconciler(self.cloud, self.audit, clock=self.clock), self.executor.reconciler
        for look in range(looks):
            if look:
                await self.clock.sleep(UNCHANGED_S)
            await reconciler.reread(self.cloud)
            if not await forms.reread() and not reconciler.pending:
                return


class SharedParts(NamedTuple):
    """The parts that all profiles of a console share.

    ``publish`` takes each update of a poller, ``changed`` the kind and the ids that a poll saw change;
    ``controls`` pause and slow all loops; ``signals`` returns the store of signals.
    """

    state_dir: Path
    publish: Callable[[Update], None]
    changed: Callable[[str, frozenset[str]], None]
    rng: random.Random
    errors: ErrorLog
    controls: LoopControls
    signals: Callable[[Settings], SignalStore]


def build_session(
    opened: OpenProfile, options: ConsoleOptions, shared: SharedParts, journal: Journal, *, is_demo: bool
) -> ConsoleSession:
    """Put pollers, executor and audit trail around an open profile; nothing is polled yet.

    What the polls see change goes to ``journal``. With ``is_demo`` actions go to the demo's audit.
    """
    from matui.clouds.protocols import build_cloud_clock, compute_clock_correction_ms
    from matui.live.actions.executor import Executor
    from matui.live.actions.policy import Policy
    from matui.live.audit.trail import Audit
    from matui.live.journal.recorder import ListRecorder
    from matui.live.notify.watches import Watches
    from matui.live.poll.poller_set import PollerSet
    from matui.live.signals.jobs import JobSignals
    from matui.live.transitions_feed import TransitionFeed

    profile, cloud, clock, settings = opened.profile, opened.cloud, opened.clock, opened.settings
    account = _build_account_getter(opened)
    journal.accounts.add(cloud.profile, account, lambda: compute_clock_correction_ms(cloud))
    policy = Policy(read_only=profile.read_only or options.read_only, **profile.guard.dump_plain())
    audit = Audit(shared.state_dir / "demo" if is_demo else shared.state_dir, clock=clock)
    cloud_time = build_cloud_clock(cloud, clock)
    signals = JobSignals(lambda: shared.signals(settings), cloud, cloud_time)
    feed = TransitionFeed(
        journal, cloud.profile, clock, is_focused=lambda: not shared.controls.blurred, cloud_clock=cloud_time
    )

    def on_update(update: Update) -> None:
        executor.reconciler.observe_update(update)
        snapshot = update.snapshot
        read_at = snapshot.freshness.fetched_at
        feed.note(snapshot.kind, update.diff, is_whole=snapshot.complete, read_at=read_at)
        _record_rows(cloud, update)
        shared.publish(update)

    def on_action(resource: Resource, action: Action, sent_at: float | None) -> None:
        pollers.expect(resource, action.expect_status(resource), sent_at)

    cadence, folder = profile.build_cadence(settings), audit.file.parent
    executor = Executor(cloud, clock=clock, audit=audit, policy=policy, acted=on_action)
    pollers = PollerSet(
        cloud,
        clock=clock,
        rng=shared.rng,
        cadence=cadence,
        publish=on_update,
        workspace=options.workspace or profile.workspace_id or "",
        parent=shared.controls,
        recorder_of=lambda kind: ListRecorder(journal, kind, cloud.profile, shared.changed),
        enrich=signals.enrich,
    )
    observers = Observers(
        feed, cloud, pollers, settings, clock, shared.rng, folder / "capsules", account,
        Watches(folder / "watches.json"),
    )  # fmt: skip
    return ConsoleSession(
        cloud=cloud, profile=profile, settings=settings, clock=clock, pollers=pollers, executor=executor,
        rng=shared.rng, cadence=cadence, read_only=policy.read_only, state_dir=shared.state_dir,
        audit=audit, policy=policy, errors=shared.errors, journal=journal, signals=signals,
        observers=observers, is_demo=is_demo,
    )  # fmt: skip


def _build_account_getter(opened: OpenProfile) -> Callable[[], Account]:
    """Return what returns the account of the profile, whose project may become known later."""
    from matui.clouds.factory import get_journal_endpoint
    from matui.live.journal.change import Account

    profile, cloud = opened.profile, opened.cloud
    endpoint = get_journal_endpoint(profile, cloud)
    return lambda: Account(cloud.name, endpoint, cloud.project_id or profile.app or "", cloud.region)


def _record_rows(cloud: Cloud, update: Update) -> None:
    """Pass the rows that have changed to a cloud that is recorded."""
    from matui.live.triage.item import KeepsRows

    if isinstance(cloud, KeepsRows) and update.diff:
        cloud.note_rows(update.snapshot.kind, tuple(update.snapshot.rows.values()))
