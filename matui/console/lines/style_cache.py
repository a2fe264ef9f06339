"""Rich styles by the name of their component class, kept until the styles of the widget change."""

from __future__ import annotations

from collections.abc import Callable

from rich.style import Style


class StyleCache:
    """Calls ``find`` once a name."""

    def __init__(self, find: Callable[[str], Style]) -> None:
        self._find = find
        self._by_name: dict[str, Style] = {}

    def __call__(self, name: str) -> Style:
        """Return the style of a name."""
        style = self._by_name.get(name)
        if style is None:
            style = self._by_name[name] = self._find(name)
        return style

    def clear(self) -> None:
        """Forget every style: the theme or the widget's own styles have changed."""
        self._by_name.clear()
