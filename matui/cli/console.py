"""Hands over to the full-screen console, with a way to open profiles."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from importlib import import_module

from matui.cli.context import CONSOLE_RETRIES, Options, Session, open_quietly

_CONFIGURED = ("matui.config.load", "matui.config.profiles")
_DEMO = ("matui.cli.demo", "matui.sim.app", "matui.sim.world")


def open_console(options: Options) -> int:
    """Run the console until the user leaves it and return the exit status."""
    from matui.console.start import run_console

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return _opened(replace(options, profile=profile, demo=demo))

    return run_console(options, opener)


@asynccontextmanager
async def _opened(options: Options) -> AsyncIterator[Session]:
    """Open a profile; what has to be imported for it is imported in a thread, so that keys go on working."""
    await asyncio.to_thread(_load, _DEMO if options.demo else _CONFIGURED, options.screen or "jobs")
    async with open_quietly(options, retries=CONSOLE_RETRIES) as session:
        yield session


def _load(modules: tuple[str, ...], kind: str) -> None:
    for module in modules:
        import_module(module)
    from matui.clouds.factory import load_modules

    load_modules(kind)
