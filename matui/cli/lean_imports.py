"""Keeps libraries from importing at start-up what matui never uses."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from types import ModuleType
from typing import Any

MAIN_OF_HTTPX = "httpx._main"
PLUGINS_OF_PYDANTIC = "pydantic.plugin._loader"


def spare_imports(modules: MutableMapping[str, Any] = sys.modules) -> None:
    """Let httpx leave out its own command line, and pydantic its search of every package for plugins.

    httpx imports its command line, and with it pygments, wherever click is installed, and does without
    where that cannot be imported: None in its place says so. pydantic's search reads the metadata of
    everything installed when the first model is made; what stands in its place has found none. Together
    they are a sixth of the time of ``matui get``.
    """
    modules.setdefault(MAIN_OF_HTTPX, None)
    if "pydantic" not in modules:
        loader = ModuleType(PLUGINS_OF_PYDANTIC)
        loader.__dict__["get_plugins"] = tuple
        modules.setdefault(PLUGINS_OF_PYDANTIC, loader)
