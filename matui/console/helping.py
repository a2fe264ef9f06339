"""Builds the help screen from the commands and what stands in their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matui.console.commands import COMMANDS, key_of
from matui.console.screens.help import HelpEntry, HelpScreen
from matui.resources.registry import KINDS

_KIND_COMMANDS = {
    "notebooks",
    "jobs",
    "services",
    "workspaces",
    "visualizations",
    "models",
    "pools",
    "configs",
    "devservers",
}


def help_screen(keys: Mapping[str, str], why_not: Callable[[str], str]) -> HelpScreen:
    """Return the help for here and now; ``keys`` are as people read them."""
    shown = [command for command in COMMANDS if command.id not in _KIND_COMMANDS or command.id in KINDS]
    entries = [HelpEntry(key_of(c, keys), c.title, c.group, why_not(c.id)) for c in shown]
    return HelpScreen("Keys", entries)
