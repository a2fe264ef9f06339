"""Measures that shorten the start; none of them changes behaviour.

Each measure has a name. ``MATUI_STARTUP_OFF`` switches measures off by name, separated by commas, to compare
times and to look for faults. Gains are millions of instructions (``valgrind --tool=cachegrind``, with
and without the measure) on Python 3.11 against ``matui sim`` on loopback; 4 of them take about 1 ms:

======== ========================================================= ================================
gc       collect garbage rarely until the first request            131 (get)
httpx    do not import httpx's own command line, with pygments     130 (get)
help     print the prepared text of ``matui --help``               223 (--help)
defer    import the console's data layer after its first paint     167 (first paint)
======== ========================================================= ================================
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

SWITCH = "MATUI_STARTUP_OFF"
HTTPX_COMMAND_LINE = "httpx._main"
_STARTING = 500_000  # allocations between two collections
_WORKING = 50_000
_DEFERRED = (
    "matui.console.profile_manager",
    "matui.console.bars.header",
    "matui.console.bars.overview",
    "matui.console.bars.tabs",
    "matui.console.session",
    "matui.console.table.widget",
    "matui.console.triage.home",
    "matui.live.actions.executor",
    "matui.live.poll.poller_set",
    "matui.resources.registry",
)


def is_on(measure: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a measure is not switched off."""
    return measure not in environ.get(SWITCH, "").split(",")


def start_process() -> None:
    """Prepare the process; call before importing anything else."""
    if is_on("gc"):
        # Imports allocate much and leave little garbage; the default threshold scans it all again and again.
        gc.set_threshold(_STARTING, 20, 50)
    if is_on("httpx"):
        skip_httpx_command_line()


def skip_httpx_command_line(modules: dict[str, ModuleType] = sys.modules) -> None:
    """Keep httpx from importing its command line, as where click is not installed: None stops an import."""
    modules.setdefault(HTTPX_COMMAND_LINE, None)  # type: ignore[arg-type]


def end_of_start() -> None:
    """Restore normal garbage collection, without the objects that the start has allocated.

    Does nothing where ``start_process`` has not deferred it.
    """
    if gc.get_threshold()[0] == _STARTING:
        gc.freeze()
        gc.set_threshold(_WORKING, 20, 50)


async def load_console() -> None:
    """Import the modules needed after the first paint, in a thread, so that keys still work."""
    import asyncio

    await asyncio.to_thread(_load_deferred)


def load_console_now() -> None:
    """Import them before the first paint, where ``defer`` is switched off."""
    if not is_on("defer"):
        _load_deferred()


def _load_deferred() -> None:
    for module in _DEFERRED:
        import_module(module)
