"""Runs the keys that the focused widget binds itself, without their way through the widgets above it."""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.widget import Widget


class RunsOwnKeys(Widget):
    """A widget that handles keys by its bindings alone: none of them needs to reach its ``on_key``.

    Textual sends every key through the queues of the focused widget and of all widgets above it. The
    application then looks for a binding, and begins with those of the focused widget.
    """


async def run_own_key(app: App[Any], key: str) -> bool:
    """Run the action that the focused widget binds to a key; return whether it has handled the key.

    The key is left to Textual where something above the widget has a priority binding, and where the widget
    has messages that came before it.
    """
    widget = app.focused
    if not isinstance(widget, RunsOwnKeys) or widget.message_queue_size or not app.app_focus:
        return False
    (_widget, own), *above = app.screen._binding_chain  # noqa: SLF001 - with what the user's keymap changes
    if any(binding.priority for _node, map_ in above for binding in map_.key_to_bindings.get(key, ())):
        return False
    for binding in own.key_to_bindings.get(key, ()):
        if await app.run_action(binding.action, widget):
            return True
    return False
