"""Switches in the environment: the names of those used in several places, and the words of their values."""

from __future__ import annotations

TRUE = frozenset(("1", "true", "yes", "on"))
FALSE = frozenset(("0", "false", "no", "off"))
STOCK_TERMINAL = "MATUI_STOCK_TERMINAL"
STARTUP_OFF = "MATUI_STARTUP_OFF"
