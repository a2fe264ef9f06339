"""Builds the help screen from the commands and what stands in their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matui.console.commands import COMMANDS
from matui.console.screens.help import HelpEntry, HelpScreen
from matui.resources.registry import KINDS

_KEY_WORDS = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "space": "space",
}
_KIND_COMMANDS = {
    "notebooks",
    "jobs",
    "services",
    "workspaces",
    "visualizations",
    "models",
    "pools",
    "configs",
}


def key_words(keys: str) -> str:
    """Return keys as people read them: ``enter,d`` is ``enter d``, ``colon`` is ``:``."""
    return " ".join(_KEY_WORDS.get(key, key) for key in keys.split(","))


def help_screen(keys: Mapping[str, str], why_not: Callable[[str], str]) -> HelpScreen:
    """Return the help for here and now; ``keys`` are as people read them."""
    shown = [command for command in COMMANDS if command.id not in _KIND_COMMANDS or command.id in KINDS]
    entries = [HelpEntry(keys[c.id], c.title, c.group, why_not(c.id)) for c in shown]
    return HelpScreen("Keys", entries)
