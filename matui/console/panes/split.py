"""The split body of the browse screen: the table, and at most one pane below or beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from textual import events
from textual.containers import Vertical
from textual.message import Message

if TYPE_CHECKING:
    from matui.console.panes.base import Pane
    from matui.live.poll.rows import Diff

BESIDE_FROM = 160  # columns from which the pane stands beside the table
_STEP = 2  # lines, or pairs of columns, that the border moves for a key
_LEAST_PANE = 5
_LEAST_TABLE = 3
_EMPTY_TABLE = 5  # lines that a table without rows needs for its header and the reason
_LEAST_WIDTH = 40
_AT_END = "The border can go no further."

Direction = Literal["below", "beside"]
DEFAULT_SHARES: dict[Direction, float] = {"below": 0.6, "beside": 0.55}


class Shares(NamedTuple):
    """The parts of the body, between 0 and 1, that the pane takes ``below`` and ``beside`` the table."""

    below: float = DEFAULT_SHARES["below"]
    beside: float = DEFAULT_SHARES["beside"]


def read_shares(kept: object) -> Shares:
    """Return the shares that an earlier run kept; the default for each that is no number between 0 and 1."""
    found = kept if isinstance(kept, dict) else {}
    good = {
        name: float(value)
        for name in Shares._fields
        if isinstance(value := found.get(name), int | float) and 0 < value < 1
    }
    return Shares(**good)


def compute_table_lines(height: int, share: float, rows: int) -> int:
    """Return the lines of a table of ``rows`` above a pane: no more than it has rows, in ``height`` lines."""
    most = height - max(_LEAST_PANE, round(height * share))
    return min(_count_wanted_lines(rows), max(most, _LEAST_TABLE), height)


def _count_wanted_lines(rows: int) -> int:
    return rows + 1 if rows else _EMPTY_TABLE


def compute_table_columns(width: int, share: float) -> int:
    """Return the columns of a table beside a pane, in ``width`` columns."""
    return min(max(width - round(width * share), _LEAST_WIDTH), width - _LEAST_WIDTH)


class SplitBody(Vertical):
    """Lays out the table and the pane; one of the two may fill it. The mouse drags the border."""

    class Resized(Message):
        """The user has moved the border."""

        def __init__(self, shares: Shares) -> None:
            super().__init__()
            self.shares = shares

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.shares = Shares()
        self._rows = 0
        self._before_drag: Shares | None = None

    @property
    def direction(self) -> Direction:
        """The position of the pane: beside the table on a wide terminal."""
        return "beside" if self.size.width >= BESIDE_FROM else "below"

    def zoom(self, part: Literal["table", "pane"]) -> None:
        """Fill the body with one part."""
        self.add_class(f"zoom-{part}")
        self.place_parts()

    def unzoom(self) -> bool:
        """Show both parts again; return whether one of them filled the body."""
        zoomed = self._is_zoomed
        self.remove_class("zoom-pane", "zoom-table")
        self.place_parts()
        return zoomed

    def fit_table(self, rows: int) -> None:
        """Limit the table to ``rows`` rows."""
        if rows != self._rows:
            self._rows = rows
            self.place_parts()

    def grow_pane(self, steps: int) -> str:
        """Move the border in favour of the pane, with a negative number in favour of the table.

        Return why it cannot be moved, or ``""``.
        """
        if self._is_zoomed:
            return "One part fills the screen: z shows both."
        size, before = self.size, self.shares
        if self.direction == "beside":
            pane = size.width - compute_table_columns(size.width, self.shares.beside)
            self._set_pane_columns(pane + 2 * _STEP * steps)
        else:
            lines = compute_table_lines(size.height, self.shares.below, self._rows)
            if not size.height or (steps < 0 and lines > self._rows > 0):
                return "All rows are shown."
            self._set_pane_lines(size.height - lines + _STEP * steps)
        if self.shares == before:
            return _AT_END
        self.post_message(self.Resized(self.shares))
        return ""

    def _set_pane_columns(self, columns: int) -> None:
        """Give the pane so many columns, as far as both parts keep the least width."""
        total = self.size.width
        self._share_out(beside=min(max(columns / total, _LEAST_WIDTH / total), 1 - _LEAST_WIDTH / total))

    def _set_pane_lines(self, lines: int) -> None:
        """Give the pane so many lines, as far as both parts keep the least height.

        What cannot be seen is not kept: a table takes no more lines than it has rows.
        """
        total = self.size.height
        shown = compute_table_lines(total, self.shares.below, self._rows)
        least = max(_LEAST_PANE, total - _count_wanted_lines(self._rows))
        share = min(max(lines, least), max(total - _LEAST_TABLE, _LEAST_PANE)) / total
        if compute_table_lines(total, share, self._rows) != shown:
            self._share_out(below=share)

    def _share_out(self, **shares: float) -> None:
        self.shares = self.shares._replace(**shares)
        self.place_parts()

    @property
    def _is_zoomed(self) -> bool:
        return self.has_class("zoom-pane") or self.has_class("zoom-table")

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Start to drag the border: it is the first line or column of the pane's host."""
        place = event.screen_offset
        under, region = self.screen.get_widget_at(place.x, place.y)
        if event.button != 1 or self._is_zoomed or not isinstance(under, PaneHost):
            return
        if place.x == region.x if self.direction == "beside" else place.y == region.y:
            self._before_drag = self.shares
            self.add_class("dragged")
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the border to the mouse while it is dragged.

        Terminals do not tell that a button was released outside of them: the next move has none then.
        """
        if self._before_drag is None:
            return
        if not event.button or self._is_zoomed or not self.children[1].has_class("open"):
            self.release_mouse()
            return
        if self.direction == "beside":
            self._set_pane_columns(self.region.right - event.screen_x)
        elif self.size.height:
            self._set_pane_lines(self.region.bottom - event.screen_y)

    def on_mouse_up(self) -> None:
        """Leave the border where it is."""
        self.release_mouse()

    def on_mouse_release(self) -> None:
        """End the drag, and announce where the border is now."""
        before, self._before_drag = self._before_drag, None
        self.remove_class("dragged")
        if before is not None and self.shares != before:
            self.post_message(self.Resized(self.shares))

    def on_resize(self, _event: events.Resize) -> None:
        """Lay out for the new size."""
        self.place_parts()

    def place_parts(self) -> None:
        """Set the sizes of table and pane."""
        if len(self.children) < 2:
            return
        table, host = self.children[0], self.children[1]
        both = host.has_class("open") and not self._is_zoomed
        beside = both and self.direction == "beside"
        self.set_class(beside, "beside")
        width: int | str = compute_table_columns(self.size.width, self.shares.beside) if beside else "100%"
        below = both and not beside
        height: int | str = (
            compute_table_lines(self.size.height, self.shares.below, self._rows) if below else "1fr"
        )
        table.styles.width, table.styles.height = width, height


class PaneHost(Vertical):
    """Holds the open pane; takes no room without one. Its border is dragged, and selects no text."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    PaneHost { display: none; }
    PaneHost.open { display: block; height: 1fr; border-top: solid $border-blurred; }
    PaneHost.open:focus-within { border-top: solid $accent; }
    .dragged PaneHost.open { border-top: solid $accent; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.pane: Pane | None = None

    async def show(self, pane: Pane) -> None:
        """Put ``pane`` in the place of the one that is open; not if another was opened meanwhile."""
        old, self.pane = self.pane, pane
        self._open(True)
        if old is not None and old.is_attached:
            await old.remove()
        if self.pane is pane:
            await self.mount(pane)

    def update_resource(self, diff: Diff) -> None:
        """Pass the newer state of its resource to the pane."""
        pane = self.pane
        for resource in diff.changed if pane is not None else ():
            if pane is not None and resource.key == pane.resource.key:
                pane.update_resource(resource)

    async def close(self) -> None:
        """Remove the pane; its place goes to the table."""
        old, self.pane = self.pane, None
        self._open(False)
        if old is not None and old.is_attached:
            await old.remove()

    def _open(self, is_open: bool) -> None:
        self.set_class(is_open, "open")
        if isinstance(self.parent, SplitBody):
            self.parent.place_parts()
