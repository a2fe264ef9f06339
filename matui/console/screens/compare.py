"""The comparison of two resources: what differs, and the curves of both logs over each other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.base.errors import MatuiError
from matui.base.text.cells import fit, measure_width, wrap_cells
from matui.console.bars.prompt import PROMPT_KEY
from matui.console.bars.text_bar import TextBar
from matui.console.curves.chart import ChartSize, compute_plot_width, render_chart
from matui.console.curves.shown_series import ChartControls
from matui.console.curves.sources import build_track_since_start
from matui.console.curves.tracks import XAxis
from matui.console.curves.view import CurveView, lacks_braille
from matui.console.lines.view import LineView, Spans
from matui.console.panes.rendering import render_error
from matui.console.terminal.screen import DiffScreen
from matui.live.compare.comparison import Comparison, ComparisonRow, build_rows

_USUAL = "loss"
_LEAST_CHART = 8
_CHART_SHARE = 0.45
_NAME_SHARE = 0.3


ReadComparison: TypeAlias = Callable[
    [Callable[[str], None], Callable[[Comparison], None]], Awaitable[Comparison]
]
_HINTS = ("tab to the rows or the curves · esc goes back", "tab other part · esc back", "esc back")
_HINTS_WITHOUT_CURVES = ("esc goes back", "esc back")


class CompareScreen(DiffScreen[None]):
    """Reads both resources with ``read`` and shows what differs as it comes; ``esc`` goes back."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape,q", "close", "go back"),
        Binding("tab", "next_part", "the rows, the curves"),
        Binding("pagedown", "page(1)", "page down"),
        Binding("pageup", "page(-1)", "page up"),
        PROMPT_KEY,
    ]
    DEFAULT_CSS = """
    CompareScreen {
        & > CurveView { display: none; border-top: solid $panel; }
        & > CurveView.open { display: block; }
    }
    """

    def __init__(self, title: str, read: ReadComparison) -> None:
        super().__init__()
        self._title = title
        self._read = read
        self._bar = TextBar(classes="pane-title")
        self._rows_view = LineView()
        self._curves = CurveView()
        self._controls = ChartControls(is_shared=True)
        self._axis: XAxis = "step"
        self._series = ""
        self._words = ""
        self._found: Comparison | None = None
        self._failure: MatuiError | None = None
        self._is_ascii = lacks_braille()

    def compose(self) -> ComposeResult:
        """Lay out the title above what differs, and the curves below."""
        yield self._bar
        yield self._rows_view
        yield self._curves

    def on_mount(self) -> None:
        """Read both sides."""
        self._rows_view.placeholder = "reading both …"
        self._rows_view.focus()
        self._show_title("")
        self.run_worker(self._load(), group="compare", exclusive=True)

    async def _load(self) -> None:
        try:
            self._show(await self._read(self._show_title, self._show))
        except MatuiError as error:
            self._failure = error
        names = self._found.series_names if self._found is not None else ()
        self._series = _USUAL if _USUAL in names else next(iter(names), "")
        self._choose_series()
        self._show_title("")
        self._lay_out()
        if self._series:
            self._curves.focus()

    def _show(self, found: Comparison) -> None:
        """Show what has come."""
        self._found = found
        self._title = f"{found.a.name} and {found.b.name}"
        self._show_title("")
        self._lay_out()

    def _show_title(self, words: str) -> None:
        """Show what is compared, and what is being read, else the keys that fit beside it."""
        self._words = words
        room = self.size.width - measure_width(self._title) - len(" compare  ") - 3
        hints = _HINTS if self._series else _HINTS_WITHOUT_CURVES
        keys = next((hint for hint in hints if len(hint) <= room), "")
        self._bar.show(
            Content.assemble(
                (" compare ", "bold $cursor-text on $cursor"),
                (f" {self._title} ", "bold"),
                (f"  {words or keys}", "$text-muted"),
            )
        )

    # The curves

    def _choose_series(self) -> None:
        """Draw the selected series of both logs over each other."""
        if self._found is None or not self._series:
            return
        sides = (("a", self._found.a), ("b", self._found.b))
        tracks = [
            build_track_since_start(side.log, self._series, self._axis, f"{letter} {side.name}")
            for letter, side in sides
            if side.log is not None
        ]
        self._controls.tracks = [track for track in tracks if track is not None]
        keys = tuple(track.key for track in self._controls.tracks)
        self._controls.state = self._controls.state._replace(
            axis=self._axis, shown=keys, selected=next(iter(keys), None)
        )

    def _step_series(self, step: int) -> None:
        names = self._found.series_names if self._found is not None else ()
        if self._series in names:
            self._series = names[(names.index(self._series) + step) % len(names)]
            self._controls.state = self._controls.state._replace(window=None, cursor=None)
            self._choose_series()

    @on(CurveView.CurveKey)
    def _on_curve_key(self, event: CurveView.CurveKey) -> None:
        event.stop()
        if event.command_id in ("curve_previous", "curve_next"):
            self._step_series(-1 if event.command_id == "curve_previous" else 1)
        elif event.command_id == "curve_axis":
            self._axis = "since" if self._axis == "step" else "step"
            self._controls.state = self._controls.state._replace(window=None, cursor=None)
            self._choose_series()
        else:
            self._controls.run(event.command_id, compute_plot_width(self.size.width - 2))
        self._show_curves()

    def _show_curves(self) -> None:
        chart = self._controls.build_chart()
        self._curves.has_curves = bool(self._series)
        if not self._series:
            return
        names = self._found.series_names if self._found is not None else ()
        head = render_curves_head(self._series, names, self.size.width - 2, is_ascii=self._is_ascii)
        body: list[Spans] = [((f"  The logs have no {self._axis} for {self._series}.", "muted"),)]
        if chart is not None:
            body = render_chart(
                chart, ChartSize(self.size.width - 2, self._count_curve_lines() - 1, None, self._is_ascii)
            )
        self._curves.set_lines([head, *body])

    def _count_curve_lines(self) -> int:
        """Return the lines of the curves, before they are laid out too."""
        return max(_LEAST_CHART, int(self.size.height * _CHART_SHARE)) - 1

    # The rows

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self._show_title(self._words)
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(40, self.size.width - 1)
        if self._failure is not None:
            self._rows_view.set_lines(render_error(self._failure, width))
            return
        if self._found is None:
            return
        self._curves.set_class(bool(self._series), "open")
        self._curves.styles.height = self._count_curve_lines() + 1  # with its border
        self._rows_view.styles.height = "1fr"
        self._rows_view.set_lines(render_rows(build_rows(self._found), width))
        self.call_after_refresh(self._show_curves)

    def action_page(self, pages: int) -> None:
        """Scroll the rows, wherever the focus is."""
        self._rows_view.action_scroll_pages(pages)

    def action_next_part(self) -> None:
        """Focus the rows, or the curves."""
        if self._series:
            (self._rows_view if self._curves.has_focus else self._curves).focus()


def render_curves_head(series: str, names: Sequence[str], width: int, *, is_ascii: bool) -> Spans:
    """Return the line above the curves: the series drawn, and those keys that do something and fit."""
    place = f" {series} {names.index(series) + 1}/{len(names)}"
    other = ("up, down: other series; " if is_ascii else "↑ ↓ other series · ") if len(names) > 1 else ""
    key = "x: " if is_ascii else "x "
    hints = (f"  {other}{key}step or time since the start", f"  {other}{key}step or time", "")
    room = width - measure_width(place)
    return ((place, "title"), (next(hint for hint in hints if measure_width(hint) <= max(0, room)), "muted"))


def render_rows(rows: list[ComparisonRow], width: int) -> list[Spans]:
    """Return the rows as lines of at most ``width`` cells; what differs is marked."""
    name_cells = min(max(len(row.name) for row in rows if not row.is_title), int(width * _NAME_SHARE))
    cells = max(8, (width - name_cells - 6) // 2)
    lines: list[Spans] = []
    for before, row in pairwise([None, *rows]):
        if row is None:
            continue
        if row.is_title:
            lines += [()] if before is not None else []
            lines.append(((row.name, "title"),))
        else:
            lines += _wrap_cells(row, name_cells, cells)
    return lines


def _wrap_cells(row: ComparisonRow, name_cells: int, cells: int) -> list[Spans]:
    columns = [
        wrap_cells(row.name, name_cells) or [""],
        wrap_cells(row.a, cells) or [""],
        wrap_cells(row.b, cells) or [""],
    ]
    count = max(map(len, columns))
    padded = [column + [""] * (count - len(column)) for column in columns]
    style = "warning" if row.differs else ""
    return [
        (
            ("≠ " if row.differs and not number else "  ", "warning"),
            (f"{fit(name, name_cells)}  ", "label"),
            (f"{fit(a, cells)}  ", style),
            (b, style),
        )
        for number, (name, a, b) in enumerate(zip(*padded, strict=True))
    ]
