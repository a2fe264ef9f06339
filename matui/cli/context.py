"""The global options of every command, and the sessions that they open."""

from __future__ import annotations

from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from matui.cli import startup

if TYPE_CHECKING:
    from matui.base.clock import Clock
    from matui.cli.demo import Demo
    from matui.clouds.protocols import Cloud
    from matui.config.settings import Profile, Settings
    from matui.live.actions.policy import Policy

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Options:
    """The global options as typed; None where the user said nothing."""

    profile: str | None = None
    config: Path | None = None
    workspace: str | None = None
    screen: str | None = None
    read_only: bool = False
    theme: str | None = None
    debug: bool = False
    demo: bool = False
    all_profiles: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """An open connection to one profile's cloud. ``workspace`` is ``""`` when none was chosen."""

    cloud: Cloud
    profile: Profile
    settings: Settings
    clock: Clock
    workspace: str = ""
    read_only: bool = False

    @property
    def policy(self) -> Policy:
        """What the profile lets be done."""
        from matui.live.actions.policy import Policy

        return Policy(read_only=self.read_only, **self.profile.guard.plain())


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; ctrl+c cancels it, lets it clean up and raises KeyboardInterrupt."""

    import asyncio

    return asyncio.run(work)


# A script has nobody to try again for it; the console's pollers come back by themselves.
HEADLESS_RETRIES = 5
CONSOLE_RETRIES = 2


@asynccontextmanager
async def open_session(options: Options) -> AsyncIterator[Session]:
    """Open the cloud that the options, the environment and the config file choose, and close it at the end.

    Reads that fail in a way that passes are sent again a few times. A wrong clock is noted.
    Raises ConfigError where nothing usable is configured.
    """

    from matui.cli.clock_warning import clock_noted

    async with open_quietly(options, retries=HEADLESS_RETRIES) as session, clock_noted(session.cloud):
        yield session


@asynccontextmanager
async def open_quietly(options: Options, *, retries: int, demo: Demo | None = None) -> AsyncIterator[Session]:
    """Do the same without a word on stderr: for the console, which has the terminal.

    ``demo`` is the simulator that is running already.
    """
    session = await (_demo_session(options, demo) if options.demo else _configured_session(options, retries))
    startup.end_of_start()
    try:
        yield session
    finally:
        await session.cloud.aclose()


async def _configured_session(options: Options, retries: int) -> Session:
    import os

    from matui.base.clock import SystemClock
    from matui.clouds.factory import open_cloud
    from matui.config.loading import load_settings
    from matui.config.paths import cache_dir
    from matui.config.profiles import choose_profile
    from matui.resources.registry import KIND_KEYS

    settings = load_settings(options.config, os.environ, KIND_KEYS)
    profile = choose_profile(settings, options.profile, os.environ, every=options.all_profiles)
    clock = SystemClock()
    cloud = await open_cloud(profile, clock=clock, cache_dir=cache_dir(), retries=retries)
    return _session(options, cloud, profile, settings, clock)


async def _demo_session(options: Options, running: Demo | None = None) -> Session:
    from matui.base.errors import SeveralProfilesError
    from matui.cli.demo import Demo, demo_names
    from matui.clouds.factory import open_cloud
    from matui.config.settings import Settings

    names = demo_names(options.profile, every=options.all_profiles)
    if len(names) > 1:
        raise SeveralProfilesError(names)
    demo = running or Demo()
    profile = demo.profile(names[0])
    cloud = await open_cloud(profile, clock=demo.clock, cache_dir=None, asgi_app=demo.app)
    return _session(options, cloud, profile, Settings(), demo.clock)


def _session(options: Options, cloud: Cloud, profile: Profile, settings: Settings, clock: Clock) -> Session:
    workspace = options.workspace if options.workspace is not None else profile.workspace_id
    read_only = options.read_only or bool(profile.read_only)
    return Session(cloud, profile, settings, clock, workspace or "", read_only)
