"""One line of text that goes to the terminal only when it has changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style
from textual.widget import Widget

from matui.console.terminal.spelling import spell_for


def make_clickable(content: Content, command_id: str, argument: str = "") -> Content:
    """Return the content so that a click on it runs a command on the screen that shows it."""
    return content.stylize(Style.from_meta({"@click": f"screen.click({command_id!r}, {argument!r})"}))


def make_pressable(content: Content, key: str, start: int = 0, end: int | None = None) -> Content:
    """Return the content so that a click on it, or on a part of it, presses a key by its name in Textual."""
    return content.stylize(Style.from_meta({"@click": f"app.simulate_key({key!r})"}), start, end)


def append_hints(title: Content, hints: Sequence[str], width: int) -> Content:
    """Return a title and the hints that fit into ``width`` cells after it; the last one goes last."""
    *others, last = hints
    for count in range(len(others), -1, -1):
        shown = Content.assemble(title, (f"   {' · '.join([*others[:count], last])}", "$text-muted"))
        if shown.cell_length <= width:
            break
    return shown


class TextBar(Widget):
    """A bar of one line. Setting the same content again costs nothing on the line."""

    DEFAULT_CSS = "TextBar { height: 1; width: 1fr; }"
    auto_links = False  # a click needs no underline
    is_bar = True  # written before the rows of other widgets, but for those of the focused one

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content = Content("")

    def text_select_all(self) -> None:
        """Do nothing: a second click on a key or a tab selects no text."""

    @property
    def content(self) -> Content:
        """The content of the bar."""
        return self._content

    def show(self, content: Content) -> None:
        """Show ``content``; no repaint when nothing differs."""
        if content.plain == self._content.plain and content.spans == self._content.spans:
            return
        grew = self._content.cell_length != content.cell_length
        self._content = content
        self.refresh(layout=grew and self.styles.width is not None and self.styles.width.is_auto)

    def render(self) -> Content:
        """Return the line, cut with an ellipsis where it does not fit."""
        content, width = spell_for(self, self._content), self.styles.width
        if width is not None and width.is_auto:
            return content
        return content.truncate(self.size.width, ellipsis=True)
