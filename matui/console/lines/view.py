"""A line pane of text that is given whole; the commands and the search that every screen of lines has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from matui.base.log_lines.control import LineText, StyleSpan
from matui.base.text.sanitize import clean
from matui.console.lines.pane import LinePane

Spans = Sequence[tuple[str, str]]


class LineView(LinePane):
    """Shows lines, each of (text, style) spans; a style is a component class, ``""`` or without its prefix:
    ``label`` stands for ``line-pane--label``.
    """

    marks_cut = True

    def __init__(self, lines: Iterable[Spans] = (), *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(wrap=wrap, id=id)
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


class Searchable(Protocol):
    """A pane that shows what it is searched for."""

    search_text: str


def run_line_command(view: LinePane, command_id: str) -> str:
    """Run a command on a view of lines; return why it changed nothing that is shown, or ``""``."""
    if command_id in ("next_match", "previous_match"):
        before = view.matches.search_state.current
        view.matches.go_to_next() if command_id == "next_match" else view.matches.go_to_previous()
        is_same = before is not None and view.matches.search_state.current == before
        return explain_no_match(view) or ("No other line matches." if is_same else "")
    if command_id == "wrap":
        return _switch_wrap(view)
    if command_id == "top":
        view.action_top()
    elif command_id == "bottom":
        view.action_bottom()
    elif command_id == "half_page_down":
        view.action_half_page(1)
    elif command_id == "half_page_up":
        view.action_half_page(-1)
    return ""


def explain_no_match(view: LinePane, *, all_read: bool = True) -> str:
    """Return why there is no match to go to, or ``""``; ``all_read`` is whether every line was looked at."""
    search_state = view.matches.search_state
    if search_state.search is None:
        return "Nothing is searched for: / searches."
    if search_state.count:
        return ""
    return "No line matches so far." if view.matches.is_searching or not all_read else "No line matches."


def _switch_wrap(view: LinePane) -> str:
    if view.switch_wrap():
        return ""
    return f"Long lines are {'wrapped' if view.wrap else 'cut'}: none is in view."


def search_in(pane: Searchable, view: LinePane, text: str) -> tuple[str, bool]:
    """Search a view; returns how many lines match or what is wrong with the pattern, and whether it is."""
    pane.search_text = text
    wrong = view.matches.look_for(text)
    if wrong:
        return wrong, True
    return (describe_matches(view) if text else ""), False


def describe_matches(view: LinePane, *, all_read: bool = True) -> str:
    """Return the words for the matches found so far; with a + where not all lines have been looked at."""
    more = "+" if view.matches.is_searching or not all_read else ""
    search_state = view.matches.search_state
    place = f"{search_state.place}/" if search_state.place else ""
    return f"{place}{search_state.count:,}{more} match{'' if search_state.count == 1 else 'es'}"
