"""A read-only pane of numbered lines: scrolling, wrapping, searching, selecting."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from matui.base.log_lines.control import LineText
from matui.console.widgets.line_canvas import LineCanvas, thumb_rows
from matui.console.widgets.line_finding import Finding
from matui.console.widgets.line_paint import Label, LineFace, clip_spans, paint_line
from matui.console.widgets.line_rows import row_starts, slice_cells
from matui.console.widgets.line_search import LineSearch
from matui.console.widgets.line_select import KeySelection, selected_text
from matui.console.widgets.line_window import LineWindow, Place
from matui.console.widgets.placeholder import placeholder_lines
from matui.resources.model import Phase

_SLICE_S = 0.005  # of searching between two turns of the event loop
_BRIEF_S = 0.0015  # of what nobody waits for
_BREAK_S = 0.25  # after the reader has moved, before that goes on
_SIDEWAYS = 16


class LinePane(LineCanvas):
    """Base of the log and of the text panes. A subclass gives ``first``, ``end`` and ``line_text``."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "line-pane--number",
        "line-pane--thumb",
        "line-pane--search",
        "line-pane--search-current",
        "line-pane--placeholder",
        "line-pane--muted",
        "line-pane--label",
        "line-pane--title",
        "line-pane--good",
        "line-pane--warning",
        "line-pane--error",
        "line-pane--map-some",
        "line-pane--map-many",
        *(f"line-pane--{phase.value}" for phase in Phase),
    }
    DEFAULT_CSS = """
    LinePane {
        & > .line-pane--number { color: $text-muted; }
        & > .line-pane--thumb { color: $panel; }
        & > .line-pane--search { background: $warning; color: $background; }
        & > .line-pane--search-current { background: $accent; color: $background; text-style: bold; }
        & > .line-pane--placeholder { color: $text-muted; }
        & > .line-pane--muted { color: $text-muted; }
        & > .line-pane--label { color: $text-muted; }
        & > .line-pane--title { color: $accent; text-style: bold; }
        & > .line-pane--good { color: $success; }
        & > .line-pane--warning { color: $warning; }
        & > .line-pane--error { color: $error; }
        & > .line-pane--map-some { color: $warning; }
        & > .line-pane--map-many { color: $error; }
        & > .line-pane--failed { color: $error; }
        & > .line-pane--degraded { color: $warning; }
        & > .line-pane--running { color: $success; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_rows(1)", "Down", show=False),
        Binding("up,k", "scroll_rows(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f", "scroll_pages(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "scroll_pages(-1)", "Page up", show=False),
        Binding("home,g", "top", "Top", show=False),
        Binding("end,G", "bottom", "Bottom", show=False),
        Binding("right", "sideways(1)", "Right", show=False),
        Binding("left", "sideways(-1)", "Left", show=False),
    ]

    class SearchChanged(Message, namespace="line_pane"):
        """More matches are known, or another is current."""

        def __init__(self, pane: LinePane) -> None:
            super().__init__()
            self.pane = pane

        @property
        def control(self) -> LinePane:
            """The pane, for ``@on`` with a selector."""
            return self.pane

    def __init__(self, *, wrap: bool = False, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.window = LineWindow(self)
        self._wrap = wrap
        self._left = 0
        self.finding, self._moved_at = Finding(), 0.0
        self.selecting = KeySelection(self)
        self._scanning = False
        self._placeholder = ""
        self._styles_by_class: dict[str, Style] = {}

    # What it shows

    @property
    def first(self) -> int:
        """The number of the first line."""
        raise NotImplementedError

    @property
    def end(self) -> int:
        """The number after the last line's."""
        raise NotImplementedError

    def line_text(self, number: int) -> LineText:
        """Return a line ready to be shown."""
        raise NotImplementedError

    def plain_line(self, number: int) -> str:
        """Return what searching and copying sees of a line."""
        return self.line_text(number).text

    def plain_lines(self, begin: int, end: int) -> Sequence[str]:
        """Return what searching sees of the lines ``begin`` to ``end`` (exclusive)."""
        return [self.plain_line(number) for number in range(begin, end)]

    def line_label(self, _number: int) -> Label:
        """Return what stands in front of a line as (text, style)s, equally wide for all."""
        return ()

    def rows(self, number: int) -> int:
        """Return how many rows a line takes."""
        return len(self._starts(number)) if self._wrap else 1

    @property
    def placeholder(self) -> str:
        """What is said in the middle while there are no lines."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        if text != self._placeholder:
            self._placeholder = text
            self.sync()

    @property
    def wrap(self) -> bool:
        """Whether long lines are wrapped."""
        return self._wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._wrap, self._left = wrap, 0
        self.window.top = (self.window.top[0], 0)
        self.settle()

    # Moving

    def action_scroll_rows(self, rows: int) -> None:
        self.scroll_lines(rows)

    def action_scroll_pages(self, pages: int) -> None:
        self.scroll_lines(pages * max(1, self.window.page - 1))

    def scroll_lines(self, lines: int) -> None:
        self._moved_at = time.perf_counter()
        if self.selecting.active:
            self.selecting.move(lines)
        else:
            self.window.scroll(lines)
            self.moved()

    def action_top(self) -> None:
        self._go(self.first - self.end, (self.first, 0))

    def action_bottom(self) -> None:
        self._go(self.end - self.first, self.window.bottom())

    def _go(self, lines: int, top: Place) -> None:
        if self.selecting.active:
            self.selecting.move(lines)
        else:
            self.window.top = top
            self.moved()

    def action_sideways(self, steps: int) -> None:
        if not self._wrap:
            longest = max((len(self.line_text(number).text) for number, _ in self.window.places()), default=0)
            self._left = max(0, min(self._left + steps * _SIDEWAYS, longest - _SIDEWAYS))
            self.sync()

    def moved(self) -> None:
        """Paint the view after the reader moved it."""
        self.sync()

    def settle(self) -> None:
        """Paint the view after the lines changed, within those there are."""
        self.window.settle()
        self.sync()

    def resized(self) -> None:
        self.window.page = max(1, self.size.height)
        self.window.settle()

    # Searching

    @property
    def match_count(self) -> int:
        """How many lines match, as far as they have been looked at."""
        return self.finding.count

    @property
    def match_position(self) -> int:
        """The current match's place among all, from 1; 0 without one."""
        return self.finding.place

    @property
    def searching(self) -> bool:
        """Whether lines are still to be looked at."""
        return any(not search.complete(self.first, self.end) for search in self.scans())

    def search(self, pattern: str) -> str:
        """Look for a regular expression, ``""`` to stop; returns what is wrong with it, or ``""``."""
        wrong = self.finding.look_for(pattern)
        if wrong:
            return wrong
        self.finding.begin(self.plain_lines, self.window.top[0])
        self.scan()
        if self.finding.search is not None:
            self._to_match(self.finding.search.after(self.window.top[0] - 1))
        self.post_message(self.SearchChanged(self))
        self.sync()
        return ""

    def next_match(self) -> None:
        """Go to the next match, after the last to the first."""
        if self.finding.search is not None:
            self._to_match(self.finding.search.after(self._from_here()))

    def previous_match(self) -> None:
        """Go to the match before, before the first to the last."""
        if self.finding.search is not None:
            self._to_match(self.finding.search.before(self._from_here()))

    def _from_here(self) -> int:
        return self.window.top[0] if self.finding.current is None else self.finding.current

    def _to_match(self, number: int | None) -> None:
        if number is None:
            return
        self.finding.current = number
        self.show_line(number)
        self.post_message(self.SearchChanged(self))

    def show_line(self, number: int) -> None:
        """Bring a line into view."""
        self.window.show(number)
        self.moved()

    def scans(self) -> list[LineSearch]:
        """Return the searches that are under way."""
        return [self.finding.search] if self.finding.search else []

    def scan(self) -> None:
        """Search for a moment, and go on in another turn of the event loop."""
        until = time.perf_counter() + (_SLICE_S if self.awaited else _BRIEF_S)
        before = self.finding.count
        more = self.look_further(lambda: time.perf_counter() > until)
        if self.finding.count != before:
            self.post_message(self.SearchChanged(self))
        if more and not self._scanning and self.is_attached:
            self._scanning = True
            moves = time.perf_counter() - self._moved_at < _BREAK_S
            self.set_timer(_BREAK_S if moves and not self.awaited else 0.001, self._go_on)

    @property
    def awaited(self) -> bool:
        """Whether the reader has asked for what is still looked for."""
        return self.finding.search is not None and not self.finding.search.complete(self.first, self.end)

    def look_further(self, spent: Callable[[], bool]) -> bool:
        """Let each search go on until ``spent``; whether lines are left."""
        return sum(search.step(self.first, self.end, spent) for search in self.scans()) > 0

    def _go_on(self) -> None:
        self._scanning = False
        self.scan()
        search = self.finding.search
        if search is not None and self.finding.current is None and search.matches:
            self._to_match(search.after(self.window.top[0] - 1))
        if not self.searching:
            self.post_message(self.SearchChanged(self))

    # Selecting

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selected_text(self, selection)

    def selection_updated(self, _selection: Selection | None) -> None:
        self.sync()

    def show_selection(self, selection: Selection | None) -> None:
        """Select lines, or nothing."""
        self.screen.selections = {self: selection} if selection is not None else {}

    # Painting

    def face(self, y: int) -> Hashable:
        return self._faces_in_view[y] if y < len(self._faces_in_view) else LineFace(0, 0, "")

    def sync(self) -> None:
        if not self.size or not self.is_attached:
            return
        self.fit()
        if self.first >= self.end:
            texts = placeholder_lines(self._placeholder, *self.size)
            self._faces_in_view = [self._said(text) for text in texts]
        else:
            selection = self.text_selection
            thumb, density = self._thumb(), self._map() or [0] * self.size.height
            self._faces_in_view = [
                self._face_of(place, selection, thumb=y in thumb, density=density[y])
                for y, place in enumerate(self.window.places())
            ]
        super().sync()

    def paint(self, face: Hashable, width: int) -> Strip:
        assert isinstance(face, LineFace)  # noqa: S101 - the only faces made here
        return paint_line(face, width, self._style_of)

    def styles_changed(self) -> None:
        self._styles_by_class.clear()

    def _thumb(self) -> range:
        height = self.size.height
        return thumb_rows(self.window.top[0] - self.first, height, self.end - self.first, height)

    def _said(self, text: str) -> LineFace:
        pad = max(0, (self.size.width - len(text)) // 2)
        return LineFace(0, 0, text, pad, base="line-pane--placeholder" if text else "")

    def _map(self) -> list[int]:
        """Return for each row what the map beside the thumb shows there; nothing for no map."""
        return []

    def _face_of(
        self, place: Place, selection: Selection | None, *, thumb: bool, density: int = 0
    ) -> LineFace:
        number, sub = place
        line = self.line_text(number)
        label = self.line_label(number)
        start, end, pad = self._part(line.text, number, sub, self._room(label))
        hits = self.finding.spans(line.text, current=number == self.finding.current)
        return LineFace(
            number,
            start,
            line.text[start:end],
            pad,
            clip_spans(line.spans, start, end),
            line.base,
            line.rule,
            clip_spans(hits, start, end),
            _selected(selection, number, start, end),
            label if not sub else tuple((" " * len(text), style) for text, style in label),
            thumb,
            density,
        )

    def _room(self, label: Label) -> int:
        return max(1, self.size.width - 1 - sum(len(text) for text, _ in label))

    def _part(self, text: str, number: int, sub: int, room: int) -> tuple[int, int, int]:
        if not self._wrap:
            return slice_cells(text, self._left, room)
        starts = self._starts(number)
        start = starts[min(sub, len(starts) - 1)]
        return start, starts[sub + 1] if sub + 1 < len(starts) else len(text), 0

    def _starts(self, number: int) -> tuple[int, ...]:
        return row_starts(self.line_text(number).text, self._room(self.line_label(number)))

    def _style_of(self, name: str) -> Style:
        style = self._styles_by_class.get(name)
        if style is None:
            if name == "screen--selection":
                style = self.screen.get_component_rich_style(name)
            else:
                style = self.get_component_rich_style(name) if name else self.rich_style
            self._styles_by_class[name] = style
        return style


def _selected(selection: Selection | None, number: int, start: int, end: int) -> tuple[int, int] | None:
    span = selection.get_span(number) if selection is not None else None
    if span is None:
        return None
    low, high = span[0], end if span[1] == -1 else min(span[1], end)
    return (max(low, start) - start, high - start) if high > max(low, start) else None
