"""A line pane of text that is given whole: each line spans of text with their styles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matui.base.log_lines.control import LineText, StyleSpan
from matui.base.text.sanitize import clean
from matui.console.lines.pane import LinePane

Spans = Sequence[tuple[str, str]]


class LineView(LinePane):
    """Shows lines, each of (text, style) spans; a style is a component class, ``""`` or without its prefix:
    ``label`` stands for ``line-pane--label``.
    """

    marks_cut = True

    def __init__(
        self,
        lines: Iterable[Spans] = (),
        *,
        wrap: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(wrap=wrap, id=id, classes=classes)
        self._lines = [_join_lines(line) for line in lines]

    @property
    def first(self) -> int:
        return 0

    @property
    def end(self) -> int:
        return len(self._lines)

    def get_line_text(self, number: int) -> LineText:
        return self._lines[number]

    def set_lines(self, lines: Iterable[Spans], *, home: bool = False) -> None:
        """Show other lines; the view stays where it is unless ``home``."""
        self._lines = [_join_lines(line) for line in lines]
        if home:
            self.window.top = (0, 0)
            self._layout.left = 0
        if self.matches.search_state.search is not None:
            self.search_again()
        self.settle()

    def search_again(self) -> None:
        """Look for the same pattern in other lines, without moving the view."""
        top = self.window.top
        self.matches.look_for(self.matches.search_state.text)
        self.window.top = top


def _join_lines(line: Spans) -> LineText:
    text, spans = "", list[StyleSpan]()
    for piece, style in line:
        shown = clean(piece)
        if style and shown:
            name = style if "--" in style else f"line-pane--{style}"
            spans.append((len(text), len(text) + len(shown), name))
        text += shown
    return LineText(text, tuple(spans))
