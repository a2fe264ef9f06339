"""The key of the prompt on the screens that have no prompt of their own."""

from __future__ import annotations

from textual.binding import Binding

from matui.config.keymap import DEFAULT_KEYS

PROMPT_KEY = Binding(DEFAULT_KEYS["command"], "app.open_prompt", "command", show=False, id="command")
