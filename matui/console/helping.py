"""Builds the help screen from the commands and the reasons why some do nothing now."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matui.console.commands import all_commands, key_of
from matui.console.screens.help import HelpEntry, HelpScreen


def help_screen(keys: Mapping[str, str], why_not: Callable[[str], str]) -> HelpScreen:
    """Return the help for here and now; ``keys`` are as people read them."""
    entries = [
        HelpEntry(key_of(command, keys), command.title, command.group, why_not(command.id))
        for command in all_commands()
    ]
    return HelpScreen("Keys", entries)
