"""Keeps libraries from importing at start-up what matui never uses."""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from typing import Any

MAIN_OF_HTTPX = "httpx._main"


def spare_imports(modules: MutableMapping[str, Any] = sys.modules) -> None:
    """Let httpx leave out its own command line.

    httpx imports its command line, and with it pygments, wherever click is installed, and does without
    where that cannot be imported: None in its place says so.
    """
    modules.setdefault(MAIN_OF_HTTPX, None)
