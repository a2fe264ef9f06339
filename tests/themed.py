"""An application without matui's console, for its widgets alone: their styles use variables of its themes."""

from __future__ import annotations

from textual.app import App, ReturnType

from matui.console.themes import load_default


class ThemedApp(App[ReturnType]):
    """Defines the variables of matui's default theme."""

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return the variables of that theme."""
        return load_default().variables
