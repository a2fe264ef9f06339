"""A widget painted line by line, which repaints only what has changed since, and its styles."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from matui.base.text.cells import wrap_cells
from matui.console.terminal.input_order import RunsOwnKeys
from matui.console.terminal.screen_state import iterate_runs

CellSpan = tuple[int, int]
_KEPT_STRIPS = 600
WHEEL_LINES = 3


class LineCanvas(RunsOwnKeys, can_focus=True):
    """Base of the table and the line panes.

    A subclass returns with ``build_faces`` what each line of the content shows, as hashable values, and with
    ``paint`` the looks of one. ``sync`` compares the faces with those painted last and refreshes the
    lines that differ. There are no scrollbars of Textual's: a thumb is part of the last cell of each line.
    """

    DEFAULT_CSS = """
    LineCanvas { width: 1fr; height: 1fr; background: $surface; color: $foreground; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._faces: list[Hashable] = []
        self._strips: dict[Hashable, Strip] = {}
        self._finished: dict[Hashable, Strip] = {}
        self._finish: Hashable = None
        self._fitted = Size(0, 0)
        self._placeholder = ""

    def text_select_all(self) -> None:
        """Do nothing: a double click opens a row, or selects a word."""

    @property
    def placeholder(self) -> str:
        """The text in the middle while there is nothing else to show: loading, empty, or an error."""
        return self._placeholder

    @placeholder.setter
    def placeholder(self, text: str) -> None:
        if text != self._placeholder:
            self._placeholder = text
            self.sync()

    @property
    def free_lines(self) -> int:
        """The lines at the lower edge in which nothing is painted."""
        lines = range(self.size.height)
        return next((n for n in lines if self.render_line(lines[-1 - n]).text.strip()), len(lines))

    def build_faces(self, height: int) -> list[Hashable]:
        """Return what each of ``height`` content lines is to show."""
        raise NotImplementedError

    def paint(self, face: Hashable, width: int) -> Strip:
        """Return the looks of a face, ``width`` cells wide."""
        raise NotImplementedError

    def find_damage(self, old: Hashable, new: Hashable) -> list[CellSpan] | None:  # noqa: ARG002 - for subclasses
        """Return the (x, width) spans in which two faces differ, or None for the whole line."""
        return None

    def fit(self) -> None:
        """Lay out for the present size where that is still due: the first size has no event.

        A hidden canvas has no size, and keeps its layout.
        """
        if self.size and self.size != self._fitted:
            self._fitted = self.size
            self._clear_styles()
            self.relayout()

    def sync(self) -> None:
        """Refresh the lines whose face has changed."""
        width, height = self.size
        faces = self.build_faces(height)
        painted, self._faces = self._faces, faces
        if len(painted) != height:
            self.refresh()
            return
        regions = [
            Region(x, y, span, 1)
            for y, (old, new) in enumerate(zip(painted, faces, strict=True))
            if old != new
            for x, span in self.find_damage(old, new) or ((0, width),)
        ]
        if regions:
            self.refresh(*regions)

    def repaint(self) -> None:
        """Forget all looks, and paint everything anew."""
        self._clear_styles()
        self.sync()

    def _clear_styles(self) -> None:
        self._strips.clear()
        self._finished.clear()
        self._faces = []

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines as Textual finishes them; the line of a face is kept, as rows mostly move."""
        if self.size != self._fitted:
            self.sync()
        finish = (crop.x, crop.width, self.opacity, self.background_colors, *self.get_line_filters())
        if finish != self._finish or len(self._finished) > _KEPT_STRIPS:
            self._finish = finish
            self._finished.clear()
        faces, finished = self._faces, self._finished
        new: dict[int, Strip] = {}
        missing = [y for y in crop.line_range if y >= len(faces) or faces[y] not in finished]
        for first, end in iterate_runs(missing):
            strips = super().render_lines(Region(crop.x, first, crop.width, end - first))
            new.update(zip(range(first, end), strips, strict=True))
        for y in missing:
            if y < len(faces):
                finished[faces[y]] = new[y]
        return [new[y] if y in new else finished[faces[y]] for y in crop.line_range]

    def render_line(self, y: int) -> Strip:
        if self.size != self._fitted:
            self.sync()
        if y >= len(self._faces):
            return Strip.blank(self.size.width, self.rich_style)
        face = self._faces[y]
        strip = self._strips.get(face)
        if strip is None:
            if len(self._strips) > _KEPT_STRIPS:
                self._strips.clear()
            strip = self._strips[face] = self.paint(face, self.size.width)
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()
        self._finished.clear()
        if self.is_attached and self.size:
            self.drop_styles()
            self.repaint()

    def drop_styles(self) -> None:
        """Drop the styles that a subclass has computed."""

    def scroll_lines(self, lines: int) -> None:
        """Move the view by some lines, down when positive."""

    def on_resize(self, _event: events.Resize) -> None:
        self.fit()
        self.sync()

    def relayout(self) -> None:
        """Lay out a subclass again."""

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_lines(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        event.prevent_default()
        self.scroll_lines(-WHEEL_LINES)


def compute_thumb_rows(top: int, page: int, total: int, height: int) -> range:
    """Return which of ``height`` lines carry the scrollbar's thumb; none when everything is in view."""
    if total <= page or height <= 0:
        return range(0)
    size = max(1, height * page // total)
    start = round((height - size) * min(1.0, top / max(1, total - page)))
    return range(start, start + size)


def merge_segments(segments: list[Segment]) -> list[Segment]:
    """Join neighbours of one style: each change of style costs bytes on the line."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].style == segment.style:
            joined[-1] = Segment(joined[-1].text + segment.text, segment.style)
        elif segment.text:
            joined.append(segment)
    return joined


@lru_cache(maxsize=32)
def build_placeholder(text: str, width: int, height: int) -> tuple[str, ...]:
    """Return the lines of a pane of that size in cells with ``text`` a little above its middle."""
    wrapped = [line for part in text.splitlines() for line in wrap_cells(part, max(10, width - 8)) or [""]]
    above = max(0, (height - len(wrapped)) // 2 - 2)
    return ("",) * above + tuple(wrapped)


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
