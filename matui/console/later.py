"""What the console needs once its frame is painted: imported in a thread, so that keys go on working."""

from __future__ import annotations

import asyncio
import sys
from importlib import import_module

_MODULES = (
    "matui.console.fleet_keeper",
    "matui.console.header",
    "matui.console.overview",
    "matui.console.session",
    "matui.console.widgets.resource_table",
    "matui.live.executor",
    "matui.live.troubles",
    "matui.live.watch",
    "matui.resources.registry",
)


async def load_later() -> None:
    """Import what is still missing, without keeping the event loop from keys and paints."""
    if any(module not in sys.modules for module in _MODULES):
        await asyncio.to_thread(_load)


def _load() -> None:
    for module in _MODULES:
        import_module(module)
