"""Paints the lines of the resource table; its keys, and its styles under themes that are not matui's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.strip import Strip

from matui.base.text.cells import fit
from matui.config.values import PALETTE
from matui.console.lines.canvas import merge_segments
from matui.console.table.row_order import TableRow
from matui.resources.columns import PHASE_SYMBOLS
from matui.resources.model import Phase
from matui.resources.table_layout import GAP, Slot

if TYPE_CHECKING:
    from matui.console.lines.paint import StyleOf

GUTTER = 2
THUMB = 2
CURSOR_SIGN, MARK_SIGN, EXPECTED_SIGN, THUMB_SIGN, NEWS_SIGN = "›", "✓", "◌", "▐", "•"
ASCENDING, DESCENDING = "▲", "▼"

OF_PROFILE = "profile "  # before the name of a profile, whose colour is the style
PHASE_CLASSES = {phase: f"resource-table--phase-{phase.value}" for phase in Phase}
TABLE_CLASSES = {
    "resource-table--header",
    "resource-table--header-sorted",
    "resource-table--name",
    "resource-table--muted",
    "resource-table--cursor",
    "resource-table--cursor-blurred",
    "resource-table--mark",
    "resource-table--thumb",
    "resource-table--placeholder",
    *(f"resource-table--profile-{colour}" for colour in PALETTE),
    *PHASE_CLASSES.values(),
}


# A phase's colour can be read on the background of each theme, but not on that of each cursor.
_UNDER_CURSOR = Style(reverse=True, bold=True)
TABLE_BINDINGS: list[BindingType] = [
    Binding("down,j", "move(1)", "Down", show=False),
    Binding("up,k", "move(-1)", "Up", show=False),
    Binding("shift+up", "mark_range(-1)", "Mark upwards", show=False),
    Binding("pagedown,ctrl+f", "page(1)", "Page down", show=False),
    Binding("pageup,ctrl+b", "page(-1)", "Page up", show=False),
    Binding("home,g", "top", "Top", show=False),
    Binding("end,G", "bottom", "Bottom", show=False),
    Binding("right", "columns(1)", "Columns to the right", show=False),
    Binding("left", "columns(-1)", "Columns to the left", show=False),
    Binding("enter", "open", "Open", show=False),
]
TABLE_CSS = """
    ResourceTable {
        & > .resource-table--header { background: $panel; color: $muted; text-style: bold; }
        & > .resource-table--header-sorted { background: $panel; color: $accent; text-style: bold; }
        & > .resource-table--name { text-style: bold; }
        & > .resource-table--muted { color: $muted; }
        & > .resource-table--cursor { background: $cursor; color: $cursor-text; text-style: bold; }
        & > .resource-table--cursor-blurred { background: $cursor-blurred; color: $foreground; }
        & > .resource-table--mark { color: $mark; text-style: bold; }
        & > .resource-table--thumb { color: $border-blurred; }
        & > .resource-table--placeholder { color: $muted; }
        & > .resource-table--phase-running { color: $phase-running; }
        & > .resource-table--phase-pending { color: $phase-pending; }
        & > .resource-table--phase-done { color: $phase-done; }
        & > .resource-table--phase-stopped { color: $phase-stopped; }
        & > .resource-table--phase-degraded { color: $phase-degraded; }
        & > .resource-table--phase-failed { color: $phase-failed; text-style: bold; }
        & > .resource-table--phase-unknown { color: $phase-unknown; }
        & > .resource-table--profile-cyan { color: $profile-cyan; }
        & > .resource-table--profile-magenta { color: $profile-magenta; }
        & > .resource-table--profile-green { color: $profile-green; }
        & > .resource-table--profile-yellow { color: $profile-yellow; }
        & > .resource-table--profile-blue { color: $profile-blue; }
        & > .resource-table--profile-red { color: $profile-red; }
    }
    """


class RowFace(NamedTuple):
    """The content of a row: the cells' texts, already cut to their columns."""

    row: TableRow
    layout: int
    texts: tuple[str, ...]
    phase: Phase
    cursor: str  # "", "cursor" or "cursor-blurred"
    marked: bool
    expected: bool
    thumb: bool
    unconfirmed: bool = False
    news: bool = False


class HeaderFace(NamedTuple):
    """The content of the header; ``layout`` counts how often the columns were placed anew."""

    layout: int
    sorted_by: str
    reverse: bool


class TextFace(NamedTuple):
    """A line without a row: blank, or a line of the placeholder."""

    text: str = ""
    thumb: bool = False


def cut_texts(texts: Sequence[str], slots: Sequence[Slot], indices: Sequence[int]) -> tuple[str, ...]:
    """Cut each text to its column; ``indices`` says where in ``texts`` each column's is."""
    return tuple(
        fit(texts[index], slot.width, right=slot.column.align == "right")
        for slot, index in zip(slots, indices, strict=True)
    )


def mark_expected(text: str) -> str:
    """Return a status with the symbol of a state that no poll has confirmed yet."""
    if text[:1] in PHASE_SYMBOLS.values():
        return EXPECTED_SIGN + text[1:]
    return text


def paint_row(face: RowFace, slots: Sequence[Slot], width: int, style_of: StyleOf) -> Strip:
    """Paint a row over the whole width."""
    italic = Style(italic=True) if face.expected else Style()
    base = style_of(f"resource-table--{face.cursor}" if face.cursor else "") + italic
    mark = style_of("resource-table--mark") if face.marked and not face.cursor else base
    sign = CURSOR_SIGN if face.cursor else " "
    if face.news and not face.marked:
        segments = [Segment(sign, base), Segment(NEWS_SIGN, style_of("resource-table--mark"))]
    else:
        segments = [Segment(sign + (MARK_SIGN if face.marked else " "), mark)]
    for index, (slot, text) in enumerate(zip(slots, face.texts, strict=True)):
        style = style_of(_choose_role_class(slot.column.role, face)) + italic
        if face.cursor:
            style = style + _UNDER_CURSOR if slot.column.role == "phase" else base
        segments += [Segment(" " * (GAP if index else 0), base), Segment(text, style)]
    return _finish(segments, width, base, style_of, thumb=face.thumb)


def paint_header(face: HeaderFace, slots: Sequence[Slot], width: int, style_of: StyleOf) -> Strip:
    """Paint the titles, with an arrow at the sorted one."""
    base = style_of("resource-table--header")
    segments = [Segment(" " * GUTTER, base)]
    for index, slot in enumerate(slots):
        is_sorted = slot.column.id == face.sorted_by
        arrow = (DESCENDING if face.reverse else ASCENDING) if is_sorted else ""
        right = slot.column.align == "right"
        style = style_of("resource-table--header-sorted") if is_sorted else base
        title = slot.column.format_heading(slot.width - len(arrow))
        segments += [
            Segment(" " * (GAP if index else 0), base),
            Segment(fit(title + arrow, slot.width, right=right), style),
        ]
    return _finish(segments, width, base, style_of, thumb=False)


def paint_text(face: TextFace, width: int, style_of: StyleOf) -> Strip:
    """Paint a line without a row, its text centred."""
    base = style_of("resource-table--placeholder") if face.text else style_of("")
    text = fit(face.text, width - 4).rstrip()
    left = (width - len(text)) // 2
    return _finish([Segment(" " * left + text, base)], width, base, style_of, thumb=face.thumb)


def get_colour_class(colour: str) -> str:
    """Return the component class of a colour of the palette; any other colour as it is."""
    return f"resource-table--profile-{colour}" if colour in PALETTE else colour


def _choose_role_class(role: str, face: RowFace) -> str:
    if face.unconfirmed:
        return "resource-table--muted"
    if role == "phase":
        return PHASE_CLASSES[face.phase]
    if role == "name":
        return "resource-table--mark" if face.marked else "resource-table--name"
    if role == "profile":
        return f"{OF_PROFILE}{face.row.resource.profile}"
    return "resource-table--muted" if role == "muted" else ""


def _finish(segments: list[Segment], width: int, base: Style, style_of: StyleOf, *, thumb: bool) -> Strip:
    body = Strip(merge_segments(segments)).adjust_cell_length(width - 1, base)
    end = Segment(THUMB_SIGN, style_of("resource-table--thumb")) if thumb else Segment(" ", base)
    return Strip(merge_segments([*body, end]), width)
