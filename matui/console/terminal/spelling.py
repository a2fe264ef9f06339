"""Text with letters that the terminal cannot show, spelled out as ``\\u4e2d``: names stay different."""

from __future__ import annotations

from typing import Any

from textual.app import App, RenderResult
from textual.content import Content, Span
from textual.widget import Widget
from textual.widgets import Static

from matui.console.terminal.app import DiffApp
from matui.console.terminal.filters import Charset, find_spelled_places, spell_out


def get_charset(app: App[Any]) -> Charset:
    """Return the characters that the terminal of an application can show."""
    return app.charset if isinstance(app, DiffApp) else Charset.UNICODE


def spell_content(content: Content, charset: Charset) -> Content:
    """Return content with the letters spelled out that the terminal cannot show; the styles stay."""
    plain = content.plain
    shown = spell_out(plain, charset)
    if shown == plain:
        return content
    places = find_spelled_places(plain, charset)
    spans = [
        Span(places[span.start], places[min(span.end, len(plain))], span.style) for span in content.spans
    ]
    return Content(shown, spans)


def spell_for(widget: Widget, content: Content) -> Content:
    """Return content as the terminal of a widget can show it."""
    return spell_content(content, get_charset(widget.app))


class SpelledStatic(Static):
    """Text of a dialog."""

    def render(self) -> RenderResult:
        """Return the text as the terminal can show it."""
        shown = super().render()
        return spell_for(self, shown) if isinstance(shown, Content) else shown
