"""Hands over to the full-screen console, with a way to open profiles."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from matui.cli.context import CONSOLE_RETRIES, Options, Session, open_session


def open_console(options: Options) -> int:
    """Run the console until the user leaves it and return the exit status."""
    from matui.console.start import run_console

    def opener(profile: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return open_session(replace(options, profile=profile, demo=demo), retries=CONSOLE_RETRIES)

    return run_console(options, opener)
