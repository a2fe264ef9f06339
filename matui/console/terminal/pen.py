"""Writes cells to a terminal with as few bytes as possible."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, TypeAlias

from rich.cells import get_character_cell_size, split_graphemes
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

_SGR = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")  # in the order of rich's bits
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # cursor and SGR state: two bytes instead of forty
_MIN_ERASED = 4  # blank cells at the end of a row
_text_of_cell = itemgetter(0)
_FLAG_LETTER = "[\U0001f1e6-\U0001f1ff]"
_EMOJI_PARTS = re.compile(
    f"[\u200d\ufe0f]|{_FLAG_LETTER}"
)  # sequences whose width is not that of their characters
_MIN_SKIPPED = 7  # unchanged cells that cost more to write again than a cursor move
_DRAWN_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}


class SgrState(NamedTuple):
    """A style as SGR parameters: attributes, foreground, background; ``""`` is the terminal's default."""

    attributes: str
    fore: str
    back: str
    link: str = ""


DEFAULT_SGR = SgrState("", "", "")

# A cell is its text, its style and whether it is the second half of a wide character.
Cell: TypeAlias = tuple[str, SgrState, bool]
CellRow: TypeAlias = list[Cell | None]  # None: unknown


class StyleCells(dict[str, Cell]):
    """The cells of one style, each created once. A blank keeps only the visible part of the style."""

    def __init__(self, sgr: SgrState) -> None:
        super().__init__()
        self.sgr = sgr
        visible = sgr.link or not _DRAWN_ON_BLANKS.isdisjoint(sgr.attributes.split(";"))
        self[" "] = (" ", sgr if visible else SgrState("", "", sgr.back), False)

    def __missing__(self, text: str) -> Cell:
        cell = self[text] = (text, self.sgr, False)
        return cell


@lru_cache(maxsize=1024)
def build_style_cells(style: Style | None, system: ColorSystem) -> StyleCells:
    """Return the cells of a style on a terminal with that many colours."""
    return StyleCells(_build_sgr(style, system))


def _build_sgr(style: Style | None, system: ColorSystem) -> SgrState:
    if style is None:
        return DEFAULT_SGR
    bits = style._attributes & style._set_attributes  # noqa: SLF001 - rich has no other way to ask all at once
    attributes = ";".join(code for bit, code in enumerate(_SGR) if bits & (1 << bit))
    fore = ";".join(style.color.downgrade(system).get_ansi_codes()) if style.color else ""
    back = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False)) if style.bgcolor else ""
    return SgrState(attributes, "" if fore == "39" else fore, "" if back == "49" else back, style.link or "")


def build_cells(segments: Iterable[Segment], system: ColorSystem) -> CellRow:
    """Return the cells of a line; combining characters share the cell of the one before."""
    cells: CellRow = []
    for text, style, control in segments:
        if control:
            continue
        styled = build_style_cells(style, system)
        if text.isascii():
            cells += map(styled.__getitem__, text)
        else:
            _add_wide(cells, text, styled)
    return cells


def join_row(row: CellRow) -> str:
    """Return the text of a row, without its styles; an unknown cell is a NUL."""
    try:
        return "".join(map(_text_of_cell, row))  # type: ignore[arg-type]
    except TypeError:
        return "".join(["\0" if cell is None else cell[0] for cell in row])


def _add_wide(cells: CellRow, text: str, styled: StyleCells) -> None:
    for piece, size in (
        _iterate_graphemes(text)
        if _EMOJI_PARTS.search(text)
        else zip(text, map(_measure_width, text), strict=True)
    ):
        if size:
            cells.append(styled[piece])
            if size == 2:
                cells.append((piece, styled.sgr, True))
        elif cells and (last := cells[-1]) is not None:
            _join(cells, last, piece)


def _measure_width(character: str) -> int:
    return 1 if character.isascii() else get_character_cell_size(character)


def _iterate_graphemes(text: str) -> Iterable[tuple[str, int]]:
    """Yield the characters as a user sees them, with their width in cells; a flag is one of two."""
    flag = False
    for start, end, size in split_graphemes(text)[0]:
        piece = text[start:end]
        if flag:
            flag = False
            yield text[start - 1 : end], 2
        elif re.fullmatch(_FLAG_LETTER * 2, text[start : start + 2]):
            flag = True
        else:
            yield piece, size


def _join(cells: CellRow, last: Cell, character: str) -> None:
    joined = last[0] + character
    if last[2] and len(cells) > 1:
        cells[-2] = (joined, last[1], False)
    cells[-1] = (joined, last[1], last[2])


class OutputMark(NamedTuple):
    """A position in the output, for ``CellWriter.undo``; ``size`` in bytes."""

    size: int
    pieces: int
    sgr: SgrState
    at: tuple[int, int] | None


class CellWriter:
    """Writes cells, tracking the cursor's position and the SGR state, which is the default at the start.

    ``erases``: the terminal gives erased cells the current background, so blank ends need not be written.
    ``saved``: the SGR state that the writer before saved in the terminal (its ``saved``), if any.
    """

    def __init__(self, *, erases: bool = False, saved: SgrState | None = None) -> None:
        self._out: list[str] = []
        self._erases = erases
        self._saved = saved
        self._sgr: SgrState = saved or DEFAULT_SGR
        self._at: tuple[int, int] | None = None
        self._measured = (0, 0)
        self._region = ""  # resets the scroll region once rows were moved

    def count_bytes(self) -> int:
        """Return how many bytes have been written."""
        pieces, size = self._measured
        size += len("".join(self._out[pieces:]).encode("utf-8", "replace"))
        self._measured = (len(self._out), size)
        return size

    def mark(self) -> OutputMark:
        """Return the present position in the output."""
        return OutputMark(self.count_bytes(), len(self._out), self._sgr, self._at)

    def undo(self, mark: OutputMark) -> None:
        """Remove what was written since ``mark``."""
        del self._out[mark.pieces :]
        self._measured = (mark.pieces, mark.size)
        self._sgr, self._at = mark.sgr, mark.at

    def get_text(self) -> str:
        """Return all that was written, with the SGR state reset at its end and ``saved`` saved."""
        if not self._out:
            return ""
        saved = self.saved
        start, end = (_RESTORE if self._saved else ""), (_SAVE if saved else "") + self._region
        if self._sgr != DEFAULT_SGR:
            self._set_sgr(DEFAULT_SGR)
            end += self._out.pop()
        return start + "".join(self._out) + end

    @property
    def saved(self) -> SgrState | None:
        """The SGR state saved in the terminal, which the next writer can restore."""
        if not self._out:
            return self._saved
        return self._sgr if self._sgr != DEFAULT_SGR and not self._sgr.link else None

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the rows ``top`` to ``bottom`` up by ``lines``, down when negative, leaving blank ones."""
        edge = bottom if lines > 0 else top
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{edge + 1}H")
        self._out.append(("\n" if lines > 0 else "\x1bM") * abs(lines))
        self._at = (0, edge)
        self._region = "\x1b[r"

    def write(self, x: int, y: int, cells: Sequence[Cell | None], room: int = 0) -> None:
        """Write cells from column ``x`` of row ``y`` on; ``room`` is how many the row has from there."""
        self._move(x, y)
        for column, cell in enumerate(cells):
            if cell is not None and not cell[2]:
                if cell[1] is not self._sgr:
                    self._set_sgr_for(cell)
                if len(cell[0]) == 1:
                    self._out.append(cell[0])
                else:
                    following = cells[column + 1] if column + 1 < len(cells) else None
                    size = 2 if following is not None and following[2] else 1
                    self._write_joined(cell[0], size, x + column, (room or len(cells)) - column)
        self._at = (x + len(cells), y)

    def _write_joined(self, text: str, size: int, x: int, room: int) -> None:
        """Write a cell of several characters so that the next one is in its column on every terminal."""
        drawn, most = _measure_drawn_widths(text)
        if drawn == most == size:
            self._out.append(text)
            return
        if drawn < size:
            self._out.append(f"{' ' * size}\x1b[{size}D")
        self._out.append((text if most <= room else text[0]) + f"\x1b[{x + size + 1}G")

    def write_row(self, y: int, row: CellRow, start: int = 0) -> None:
        """Write a row to its end, its blank end by erasing it where that is possible."""
        last = row[-1]
        plain = last is not None and last[0] == " " and not last[1].attributes and not last[1].link
        body = len(row)
        while plain and self._erases and body > start and row[body - 1] == last:
            body -= 1
        if len(row) - body < _MIN_ERASED:
            self.write(start, y, row[start:])
            return
        self.write(start, y, row[start:body], len(row) - start)
        if last is not None and self._sgr.back != last[1].back:
            self._set_sgr(last[1])
        self._out.append("\x1b[K")

    def update(self, y: int, old: CellRow, new: CellRow) -> None:
        """Write the cells of a row that differ from what the terminal shows."""
        if _has_joined_cells(old) or _has_joined_cells(new):
            self._at = None
            self.write_row(y, new)
            self._at = None
            return
        for start, end in _find_differences(old, new):
            if end == len(new):
                self.write_row(y, new, start)
            else:
                self.write(start, y, new[start:end])

    def _move(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and x > self._at[0]:
            self._out.append(f"\x1b[{x - self._at[0]}C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H" if x else f"\x1b[{y + 1}H")

    def _set_sgr_for(self, cell: Cell) -> None:
        """Set a cell's style; for a blank any style of the same background is enough."""
        text, sgr, _half = cell
        plain_blank = text == " " and not sgr.attributes and not sgr.link
        if plain_blank and sgr.back == self._sgr.back and self._sgr.attributes in ("", "1", "3", "1;3"):
            return
        self._set_sgr(sgr)

    def _set_sgr(self, sgr: SgrState) -> None:
        now = self._sgr
        if sgr == now:
            return
        if sgr.link != now.link:
            self._out.append(f"\x1b]8;;{sgr.link}\x1b\\")
        self._out.append(_change(now, sgr))
        self._sgr = sgr


@lru_cache(maxsize=2048)
def _change(now: SgrState, sgr: SgrState) -> str:
    """Return the shortest sequence from one SGR state to another."""
    codes = [sgr.fore or "39"] if sgr.fore != now.fore else []
    codes += [sgr.back or "49"] if sgr.back != now.back else []
    had, has = (set(one.attributes.split(";")) - {""} for one in (now, sgr))
    if had != has:
        off = {_OFF.get(code, "0") for code in had - has}
        if "0" in off or ("22" in off and not has.isdisjoint({"1", "2"})):
            codes = [code for code in ("0", sgr.attributes, sgr.fore, sgr.back) if code]
        else:
            codes = [*sorted(off), *sorted(has - had), *codes]
    shortest = min(codes, ["0", *(code for code in sgr[:3] if code)], key=lambda each: len(";".join(each)))
    return "\x1b[" + ("" if shortest == ["0"] else ";".join(shortest)) + "m" if codes else ""


@lru_cache(maxsize=1024)
def _measure_drawn_widths(text: str) -> tuple[int, int]:
    """Return the least and the most cells that terminals give to joined characters."""
    first, others = text[0], text[1:]
    spacing = sum(unicodedata.category(other) not in ("Mn", "Me") for other in others)
    return _measure_width(first), _measure_width(first) + 2 * spacing + ("\ufe0f" in text)


def _has_joined_cells(row: CellRow) -> bool:
    """Whether a row holds joined characters, whose width terminals disagree on: it is written as a whole."""
    return len(join_row(row)) > len(row)


def _find_differences(old: CellRow, new: CellRow) -> list[tuple[int, int]]:
    """Return (start, end) of the cells to write, short unchanged stretches between them included."""
    spans: list[tuple[int, int]] = []
    for x, (was, cell) in enumerate(zip(old, new, strict=True)):
        if was is cell or was == cell:
            continue
        if spans and x - spans[-1][1] < _MIN_SKIPPED:
            spans[-1] = (spans[-1][0], x + 1)
        else:
            spans.append((x, x + 1))
    return [_widen_to_characters(start, end, new) for start, end in spans]


def _widen_to_characters(start: int, end: int, row: CellRow) -> tuple[int, int]:
    """Widen a span so that it cuts no wide character in two."""
    first, after = row[start], row[end] if end < len(row) else None
    start -= 1 if first is not None and first[2] else 0
    end += 1 if after is not None and after[2] else 0
    return start, end
