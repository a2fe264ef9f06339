"""Run the full-screen console."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from matui.cli.context.session import CONSOLE_RETRIES, Session, open_quietly
from matui.cli.options import Options
from matui.cli.process import startup
from matui.live.capsules import PROFILE_PREFIX

if TYPE_CHECKING:
    from matui.cli.context.demo import Demo
    from matui.console.session import Names, Opener

_CONFIGURED = ("matui.config.loading", "matui.config.profiles")
_DEMO = ("matui.cli.context.demo", "matui.sim.app", "matui.sim.world.build")


def open_console(options: Options) -> int:
    """Run the console until the user leaves it and return the exit status."""
    from matui.console.start import run_console

    if options.replay is not None:
        from matui.cli.console.recording import replay_console

        return replay_console(options, options.replay)
    if options.record is not None:
        from matui.cli.console.recording import record_console

        def build(observe: Callable[[Session], Session]) -> tuple[Opener, Names]:
            observed = _ProfileOpener(options, observe)
            return observed.open, observed.list_names

        return record_console(options, options.record, build)
    startup.load_console_now()
    opener = _ProfileOpener(options)
    return run_console(options, opener.open, opener.list_names)


class _ProfileOpener:
    """Opens profiles for one run of the console; the demo profiles share one simulator.

    ``observe`` may put something around the cloud of a session.
    """

    def __init__(self, options: Options, observe: Callable[[Session], Session] | None = None) -> None:
        self._options = options
        self._observe = observe or (lambda session: session)
        self._demo: Demo | None = None

    def open(self, profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        """Open a profile by name; None for the default one.

        A demo that was not asked for, but offered where the config file is wrong, does not read that file.
        """
        config = self._options.config if self._options.demo or not demo else None
        options = self._options._replace(profile=profile, demo=demo, all_profiles=False, config=config)
        return self._open_session(options)

    @asynccontextmanager
    async def _open_session(self, options: Options) -> AsyncIterator[Session]:
        if (options.profile or "").startswith(PROFILE_PREFIX):
            from matui.cli.capsule import open_capsule_session

            of_capsule = options._replace(demo=self._options.demo)
            yield await asyncio.to_thread(open_capsule_session, of_capsule, options.profile or "")
            return
        # Imports run in a thread, so that keys still work.
        await asyncio.to_thread(_import_modules, _DEMO if options.demo else _CONFIGURED, options.screen)
        async with open_quietly(
            options, retries=CONSOLE_RETRIES, demo=self._start_simulator() if options.demo else None
        ) as session:
            yield self._observe(session)

    def _start_simulator(self) -> Demo:
        from matui.cli.context.demo import Demo

        self._demo = self._demo or Demo()
        return self._demo

    async def list_names(self) -> tuple[str, ...]:
        """Return the requested profiles, ``""`` for the default one."""
        await startup.load_console()
        options = self._options
        if options.demo and (options.profile is None or options.all_profiles):
            from matui.config.values import DEMO_PROFILES

            return DEMO_PROFILES
        if options.profile is not None and "," not in options.profile and not options.all_profiles:
            return (options.profile,)
        return await asyncio.to_thread(_list_requested_names, options)


def _list_requested_names(options: Options) -> tuple[str, ...]:
    import os

    if options.demo:
        from matui.cli.context.demo import parse_demo_profiles

        return parse_demo_profiles(options.profile)
    from matui.cli.context.settings import read_settings
    from matui.config.profiles import list_profile_names

    settings = read_settings(options)
    return list_profile_names(settings, options.profile, os.environ, every=options.all_profiles) or ("",)


def _import_modules(modules: tuple[str, ...], screen: str | None) -> None:
    for module in modules:
        import_module(module)
    from matui.clouds.factory import load_modules
    from matui.console.browse_view import DEFAULT_KIND
    from matui.console.first_rows import find_first_kind

    load_modules(find_first_kind(screen) or DEFAULT_KIND)
