"""The session of a command: one profile, its cloud open, and the settings in force."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from matui.base.backoff import Backoff, is_transient
from matui.base.calls.slow_calls import report_slow_calls
from matui.base.errors import BadAnswerError, RateLimitedError
from matui.cli.options import Options
from matui.cli.process import startup

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.cli.context.demo import Demo
    from matui.cli.context.journal_opening import CommandJournal
    from matui.clouds.protocols import Cloud
    from matui.config.settings import Profile, Settings
    from matui.live.actions.policy import Policy

T = TypeVar("T")
_UNREADABLE_TRIES = 4
_UNREADABLE_BACKOFF = Backoff(first_s=0.5, cap_s=4.0)
# The console's pollers retry on their next turn; a headless command does not get one.
HEADLESS_RETRIES = 5
_THROTTLED_S = 30.0
CONSOLE_RETRIES = 2


class Session(NamedTuple):
    """An open connection to one profile's cloud. ``workspace`` is ``""`` when none was chosen."""

    cloud: Cloud
    profile: Profile
    settings: Settings
    clock: Clock
    workspace: str = ""
    read_only: bool = False
    demo: bool = False
    journal: CommandJournal | None = None

    @property
    def cloud_clock(self) -> Clock:
        """The clock of the cloud, by which the times that it states are compared with now."""
        from matui.clouds.protocols import build_cloud_clock

        return build_cloud_clock(self.cloud, self.clock)

    @property
    def policy(self) -> Policy:
        """The actions that the profile allows."""
        from matui.live.actions.policy import Policy

        return Policy(read_only=self.read_only, **self.profile.guard.dump_plain())


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; ctrl+c cancels it and raises KeyboardInterrupt after its clean-up.

    SIGTERM and SIGHUP cancel it too and raise SystemExit.
    """
    from matui.cli.process.exit_signals import run_until_signal

    return run_until_signal(work)


async def retry_unreadable(session: Session, ask: Callable[[], Awaitable[T]]) -> T:
    """Return what ``ask`` returns; repeat it a few times while the answer cannot be read.

    This is for JSON of another form than the API's: where the body is no JSON the HTTP client has repeated
    the request. Never use it for an action.
    """
    failures = 0
    while True:
        try:
            return await ask()
        except BadAnswerError as error:
            failures += 1
            if error.tries > 1 or failures >= _UNREADABLE_TRIES or not is_transient(error):
                raise
            await session.clock.sleep(_UNREADABLE_BACKOFF.wait_s(failures, random.Random(), error))  # noqa: S311


async def wait_out_throttling(session: Session, find: Callable[[], Awaitable[T]]) -> T:
    """Return what ``find`` returns; where the cloud takes no more requests, wait as long as it asks for.

    This is for commands that wait anyway. Without Retry-After they try again after half a minute.
    """
    from matui.cli.context.warnings import RepeatedErrors

    errors = RepeatedErrors(session.clock)
    while True:
        try:
            return await find()
        except RateLimitedError as error:
            errors.report("Still waiting.", error)
            await session.clock.sleep(error.retry_after_s or _THROTTLED_S)


@asynccontextmanager
async def open_session(
    options: Options, on_profile: Callable[[Profile], None] | None = None, *, notes_waits: bool = True
) -> AsyncIterator[Session]:
    """Open the cloud chosen by the options, the environment and the config file, and close it at the end.

    ``on_profile`` is called with the profile before any request. Reads that fail transiently are retried. A
    wrong clock is reported on stderr, and what a slow request waits for; without ``notes_waits`` only a cloud
    that takes no more requests. Raises ConfigError where no usable profile is configured.
    """
    from matui.cli.context.journal_opening import keep_journal
    from matui.cli.context.warnings import note_wait, warn_about_clock

    opened = open_quietly(options, retries=HEADLESS_RETRIES, on_profile=on_profile)
    with report_slow_calls(note_wait, only_throttled=not notes_waits):
        async with opened as session, warn_about_clock(session.cloud):
            _warn_about_region(session.profile)
            kept = keep_journal(
                session.cloud, session.profile, session.settings.journal, session.clock, demo=session.demo
            )
            async with kept as journal:
                yield session._replace(journal=journal)


def _warn_about_region(profile: Profile) -> None:
    from matui.cli.output.streams import note
    from matui.config.regions import describe_unknown_region

    if warning := describe_unknown_region(profile):
        note(warning)


@asynccontextmanager
async def open_quietly(
    options: Options,
    *,
    retries: int,
    demo: Demo | None = None,
    on_profile: Callable[[Profile], None] | None = None,
) -> AsyncIterator[Session]:
    """Open a session without writing to stderr: for the console, which owns the terminal.

    ``demo`` is a simulator that is already running.
    """
    session = await (
        _open_demo_session(options, demo)
        if options.demo
        else _open_configured_session(options, retries, on_profile)
    )
    startup.finish_start()
    try:
        yield session
    finally:
        await session.cloud.aclose()


async def _open_configured_session(
    options: Options, retries: int, on_profile: Callable[[Profile], None] | None = None
) -> Session:
    import os

    from matui.base.clock import SystemClock
    from matui.cli.context.settings import read_settings
    from matui.clouds.factory import open_cloud
    from matui.config.paths import make_cache_dir
    from matui.config.profiles import choose_profile

    settings = read_settings(options)
    profile = choose_profile(settings, options.profile, os.environ, every=options.all_profiles)
    if on_profile is not None:
        on_profile(profile)
    clock = SystemClock()
    cloud = await open_cloud(profile, clock=clock, cache_dir=make_cache_dir(), retries=retries)
    return _build_session(options, cloud, profile, settings, clock)


async def _open_demo_session(options: Options, running: Demo | None = None) -> Session:
    from matui.base.errors import SeveralProfilesError
    from matui.cli.context.demo import Demo, parse_demo_profiles
    from matui.cli.context.settings import read_demo_settings
    from matui.clouds.factory import open_cloud

    settings = read_demo_settings(options)
    names = parse_demo_profiles(options.profile, every=options.all_profiles)
    if len(names) > 1:
        raise SeveralProfilesError(names)
    demo = running or Demo()
    profile = demo.build_profile(names[0])
    cloud = await open_cloud(profile, clock=demo.clock, cache_dir=None, asgi_app=demo.app)
    return _build_session(options, cloud, profile, settings, demo.clock)


def _build_session(
    options: Options, cloud: Cloud, profile: Profile, settings: Settings, clock: Clock
) -> Session:
    workspace = options.workspace if options.workspace is not None else profile.workspace_id
    read_only = options.read_only or bool(profile.read_only)
    return Session(cloud, profile, settings, clock, workspace or "", read_only, options.demo)
