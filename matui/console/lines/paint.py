"""Paints a row of a line pane, with search matches and the selection, and cuts lines into rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from rich.cells import get_character_cell_size
from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from matui.base.log_lines.control import StyleSpan
from matui.base.log_lines.sgr import Colour, TextStyle
from matui.base.text.cells import fit, measure_width
from matui.console.lines.canvas import merge_segments

THUMB_SIGN = "▐"
RULE = "─"
StyleOf = Callable[[str], Style]
Label: TypeAlias = tuple[tuple[str, str], ...]  # texts and their styles
MAP_SIGN = "▌"
_MAP_STYLES = ("", "line-pane--map-some", "line-pane--map-many")


class LineFace(NamedTuple):
    """The content of a row: characters ``start`` on of line ``number``, with spans counted from ``start``."""

    number: int
    start: int
    text: str
    pad: int = 0
    spans: tuple[StyleSpan, ...] = ()
    base: str = ""
    rule: bool = False
    hits: tuple[StyleSpan, ...] = ()
    selected: tuple[int, int] | None = None
    label: Label = ()
    thumb: bool = False
    density: int = 0


def clip_spans(spans: Sequence[StyleSpan], start: int, end: int) -> tuple[StyleSpan, ...]:
    """Return the parts of spans between two characters, counted from the first."""
    if not spans:
        return ()
    return tuple(
        (max(low, start) - start, min(high, end) - start, look)
        for low, high, look in spans
        if low < end and high > start
    )


def paint_line(face: LineFace, width: int, style_of: StyleOf) -> Strip:
    """Paint a row over the whole width; its last cell is the map's and the thumb's."""
    base = style_of(face.base)
    segments = [Segment(text, style_of(style)) for text, style in face.label]
    body = width - 1 - sum(len(text) for text, _ in face.label)
    if face.rule:
        segments.append(Segment(_draw_rule(face.text, body), base))
    else:
        segments.append(Segment(" " * face.pad, base))
        segments += _add_offsets(_merge_layers(face, base, style_of), face)
    strip = Strip(merge_segments(segments)).adjust_cell_length(width - 1, base)
    return Strip([*strip, _build_last_cell(face, style_of)], width)


def _build_last_cell(face: LineFace, style_of: StyleOf) -> Segment:
    """Return the cell whose left half is the map of errors and whose right half is the thumb."""
    thumb = style_of("line-pane--thumb")
    if not face.density:
        return Segment(THUMB_SIGN, thumb) if face.thumb else Segment(" ", style_of(""))
    style = style_of(_MAP_STYLES[face.density])
    return Segment(MAP_SIGN, style + Style(bgcolor=thumb.color) if face.thumb else style)


def _draw_rule(text: str, width: int) -> str:
    shown = f"{RULE * 2} {text} " if text else ""
    return (
        fit(shown, width) if measure_width(shown) >= width else shown + RULE * (width - measure_width(shown))
    )


def _merge_layers(face: LineFace, base: Style, style_of: StyleOf) -> list[Segment]:
    selection: tuple[StyleSpan, ...] = ()
    if face.selected is not None:
        selection = ((*face.selected, "screen--selection"),)
    layers = (face.spans, face.hits, selection)
    cuts = {0, len(face.text)}
    for low, high, _look in (span for layer in layers for span in layer):
        cuts |= {low, high}
    ordered = sorted(cut for cut in cuts if 0 <= cut <= len(face.text))
    return [
        Segment(face.text[low:high], _compute_style(low, layers, base, style_of))
        for low, high in pairwise(ordered)
    ]


def _compute_style(at: int, layers: Iterable[tuple[StyleSpan, ...]], base: Style, style_of: StyleOf) -> Style:
    style = base
    for layer in layers:
        for low, high, look in layer:
            if low <= at < high:
                style = style + (look_style(look) if isinstance(look, TextStyle) else style_of(look))
    return style


def _add_offsets(segments: list[Segment], face: LineFace) -> Iterable[Segment]:
    """Give each segment its place in the text, for the mouse's selection."""
    at = face.start
    for text, style, _control in merge_segments(segments):
        meta = Style.from_meta({"offset": (at, face.number)})
        yield Segment(text, style + meta if style else meta)
        at += len(text)


@lru_cache(maxsize=1024)
def look_style(look: TextStyle) -> Style:
    """Return the style that SGR asked for."""
    return Style(
        color=_convert_colour(look.fore),
        bgcolor=_convert_colour(look.back),
        bold=look.bold or None,
        dim=look.dim or None,
        italic=look.italic or None,
        underline=look.underline or None,
        reverse=look.reverse or None,
    )


def _convert_colour(colour: Colour) -> Color | None:
    if colour is None:
        return None
    return Color.from_ansi(colour) if isinstance(colour, int) else Color.from_rgb(*colour)


@lru_cache(maxsize=1024)
def find_row_starts(text: str, width: int) -> tuple[int, ...]:
    """Return where each wrapped row begins, in characters; no character is cut in two."""
    if width <= 0 or len(text) <= width // 2:
        return (0,)
    if measure_width(text) == len(text):
        return tuple(range(0, max(1, len(text)), width))
    starts, cells = [0], 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if cells + size > width and cells:
            starts.append(index)
            cells = 0
        cells += size
    return tuple(starts)


@lru_cache(maxsize=1024)
def slice_cells(text: str, left: int, width: int) -> tuple[int, int, int]:
    """Return (start, end, pad): the characters within ``width`` cells from cell ``left``.

    ``pad`` is the number of blank cells before them, where a wide character is cut at the left edge.
    """
    if text.isascii():
        return min(left, len(text)), min(left + width, len(text)), 0
    start, pad, cells, index = -1, 0, 0, 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if start < 0 and cells >= left and size:
            start, pad = index, cells - left
        if cells + size > left + width:
            return max(start, 0), index, pad
        cells += size
    return (start, len(text), pad) if start >= 0 else (len(text), len(text), 0)
