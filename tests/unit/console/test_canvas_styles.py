"""A style is looked up once a name until the cache is cleared."""

from __future__ import annotations

from rich.style import Style

from matui.console.lines.canvas import StyleCache


def test_each_name_is_looked_up_once() -> None:
    asked: list[str] = []

    def find(name: str) -> Style:
        asked.append(name)
        return Style(bold=True)

    cache = StyleCache(find)
    assert cache("a") is cache("a")
    assert asked == ["a"]
    cache.clear()
    cache("a")
    assert asked == ["a", "a"]
