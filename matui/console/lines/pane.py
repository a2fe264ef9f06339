"""A read-only pane of numbered lines: scrolling, wrapping, searching, selecting."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection
from textual.strip import Strip

from matui.base.log_lines.control import LineText, StyleSpan
from matui.config.keymap import DEFAULT_KEYS
from matui.console.lines.canvas import LineCanvas, StyleCache, build_placeholder, compute_thumb_rows
from matui.console.lines.layout import LineLayout
from matui.console.lines.paint import Label, LineFace, paint_line
from matui.console.lines.search import LineSearch
from matui.console.lines.search_runner import SearchRunner
from matui.console.lines.window import (
    KeySelection,
    LineWindow,
    RowPlace,
    read_selected_text,
    select_line,
    select_word,
)
from matui.console.terminal.spelling import get_charset
from matui.resources.model import Phase

_HALF_DOWN, _HALF_UP = DEFAULT_KEYS["half_page_down"], DEFAULT_KEYS["half_page_up"]


class LinePane(LineCanvas):
    """Base of the log and of the text panes. A subclass gives ``first``, ``end`` and ``get_line_text``."""

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
        & > .line-pane--number { color: $muted; }
        & > .line-pane--thumb { color: $border-blurred; }
        & > .line-pane--search { background: $search; color: $search-text; }
        & > .line-pane--search-current {
            background: $cursor;
            color: $cursor-text;
            text-style: bold underline;
        }
        & > .line-pane--placeholder { color: $muted; }
        & > .line-pane--muted { color: $muted; }
        & > .line-pane--label { color: $muted; }
        & > .line-pane--title { color: $accent; text-style: bold; }
        & > .line-pane--good { color: $ok; }
        & > .line-pane--warning { color: $log-warning; }
        & > .line-pane--error { color: $log-error; }
        & > .line-pane--map-some { color: $warning; }
        & > .line-pane--map-many { color: $error; }
        & > .line-pane--running { color: $phase-running; }
        & > .line-pane--pending { color: $phase-pending; }
        & > .line-pane--done { color: $phase-done; }
        & > .line-pane--stopped { color: $phase-stopped; }
        & > .line-pane--degraded { color: $phase-degraded; }
        & > .line-pane--failed { color: $phase-failed; text-style: bold; }
        & > .line-pane--unknown { color: $phase-unknown; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "scroll_rows(1)", "Down", show=False),
        Binding("up,k", "scroll_rows(-1)", "Up", show=False),
        Binding("pagedown,ctrl+f,space", "scroll_pages(1)", "Page down", show=False),
        Binding("pageup,ctrl+b", "scroll_pages(-1)", "Page up", show=False),
        Binding(_HALF_DOWN, "half_page(1)", "Half a page down", id="half_page_down", show=False),
        Binding(_HALF_UP, "half_page(-1)", "Half a page up", id="half_page_up", show=False),
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

    marks_cut: ClassVar[bool] = False  # whether an unwrapped line ends with … where it is cut

    def __init__(self, *, wrap: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self.window = LineWindow(self)
        self.matches = SearchRunner(self)
        self.selecting = KeySelection(self)
        self._layout = LineLayout(self, lambda: self._fitted.width, wrap=wrap, marks_cut=self.marks_cut)
        self._styles_by_name = StyleCache(self._find_style)

    # What it shows

    @property
    def first(self) -> int:
        """The number of the first line."""
        raise NotImplementedError

    @property
    def end(self) -> int:
        """The number after the last line's."""
        raise NotImplementedError

    def get_line_text(self, number: int) -> LineText:
        """Return a line ready to be shown."""
        raise NotImplementedError

    def read_plain_line(self, number: int) -> str:
        """Return what searching and copying sees of a line."""
        return self.get_line_text(number).text

    def get_copied_text(self, number: int) -> str:
        """Return what is copied of a whole line."""
        return self.get_line_text(number).text

    def read_plain_lines(self, begin: int, end: int) -> Sequence[str]:
        """Return what searching sees of the lines ``begin`` to ``end`` (exclusive)."""
        return [self.read_plain_line(number) for number in range(begin, end)]

    def get_line_label(self, _number: int) -> Label:
        """Return what stands in front of a line as (text, style)s, equally wide for all."""
        return ()

    def count_rows(self, number: int) -> int:
        """Return how many rows a line takes."""
        return self._layout.count_rows(number)

    @property
    def wrap(self) -> bool:
        """Whether long lines are wrapped."""
        return self._layout.wrap

    @wrap.setter
    def wrap(self, wrap: bool) -> None:
        self._layout.wrap, self._layout.left = wrap, 0
        self.window.top = (self.window.top[0], 0)
        self.settle()

    def switch_wrap(self) -> bool:
        """Wrap long lines, or stop it; return whether what is shown has changed."""
        before = self._faces_in_view
        self.wrap = not self.wrap
        return self._faces_in_view != before

    # Moving

    def action_scroll_rows(self, rows: int) -> None:
        self.scroll_lines(rows)

    def action_scroll_pages(self, pages: int) -> None:
        self.scroll_lines(pages * max(1, self.window.page - 1))

    def action_half_page(self, pages: int) -> None:
        """Move half the height of the view, as ctrl+d and ctrl+u do in less."""
        self.scroll_lines(pages * max(1, self.window.page // 2))

    def scroll_lines(self, lines: int) -> None:
        self.matches.note_move()
        if self.selecting.active:
            self.selecting.move(lines)
        else:
            self.window.scroll(lines)
            self.follow_reader()

    def action_top(self) -> None:
        self._go(self.first - self.end, (self.first, 0))

    def action_bottom(self) -> None:
        self._go(self.end - self.first, self.window.find_bottom())

    def _go(self, lines: int, top: RowPlace) -> None:
        if self.selecting.active:
            self.selecting.move(lines)
        else:
            self.window.top = top
            self.follow_reader()

    def action_sideways(self, steps: int) -> None:
        if not self._layout.wrap:
            self._layout.scroll_sideways(steps, [number for number, _ in self.window.list_places()])
            self.sync()

    def follow_reader(self) -> None:
        """Paint the view after the reader moved it."""
        self.sync()

    def settle(self) -> None:
        """Paint the view after the lines changed, within those there are."""
        self.window.settle()
        self.sync()

    def relayout(self) -> None:
        self._layout.charset = get_charset(self.app)
        self.window.page = max(1, self.size.height)
        self.window.settle()

    # Searching

    @property
    def filter_pending(self) -> bool:
        """Whether a filter has not yet looked at every line."""
        return False

    def step_filter(self, _spent: Callable[[], bool], /) -> bool:
        """Filter more lines until ``spent``; return whether lines are left."""
        return False

    def list_other_searches(self) -> Sequence[LineSearch]:
        """Return the searches that run beside the reader's."""
        return ()

    def restart_search(self) -> None:
        """Announce that more matches are known, or that another is current."""
        self.post_message(self.SearchChanged(self))

    def show_line(self, number: int) -> None:
        """Bring a line into view."""
        self.window.show(number)
        self.follow_reader()

    # Selecting

    def on_click(self, event: events.Click) -> None:
        """Select the word at a double click, its line at a third one."""
        widget, place = self.screen.get_widget_and_offset_at(event.screen_x, event.screen_y)
        if event.chain > 1 and widget is self and place is not None:
            self.show_selection(select_word(self, place) if event.chain == 2 else select_line(place))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return read_selected_text(self, self._layout.read_selection(selection))

    def selection_updated(self, _selection: Selection | None) -> None:
        self.sync()

    def show_selection(self, selection: Selection | None) -> None:
        """Select lines, or nothing."""
        self.screen.selections = {self: selection} if selection is not None else {}

    # Painting

    def build_faces(self, height: int) -> list[Hashable]:
        missing = height - len(self._faces_in_view)
        return [*self._faces_in_view[:height], *[LineFace(0, 0, "")] * missing]

    def sync(self) -> None:
        if not self.size or not self.is_attached:
            return
        self.fit()
        if self.first >= self.end:
            texts = build_placeholder(self._placeholder, *self.size)
            self._faces_in_view = [self._layout.build_centred(text) for text in texts]
        else:
            selection = self.text_selection
            thumb, density = self._find_thumb(), self._map() or [0] * self.size.height
            self._faces_in_view = [
                self._layout.build_face(
                    place, self._find_hits, selection, thumb=y in thumb, density=density[y]
                )
                for y, place in enumerate(self.window.list_places())
            ]
        super().sync()

    def paint(self, face: Hashable, width: int) -> Strip:
        assert isinstance(face, LineFace)  # noqa: S101 - the only faces made here
        return paint_line(face, width, self._styles_by_name)

    def drop_styles(self) -> None:
        self._styles_by_name.clear()

    def _find_thumb(self) -> range:
        height = self.size.height
        return compute_thumb_rows(self.window.top[0] - self.first, height, self.end - self.first, height)

    def _map(self) -> list[int]:
        """Return for each row what the map beside the thumb shows there; nothing for no map."""
        return []

    def _find_hits(self, number: int, text: str) -> tuple[StyleSpan, ...]:
        search_state = self.matches.search_state
        return search_state.find_spans(text, current=number == search_state.current)

    def _find_style(self, name: str) -> Style:
        if name == "screen--selection":
            return self.screen.get_component_rich_style(name)
        return self.get_component_rich_style(name) if name else self.rich_style
