"""Cells written to a terminal with as few bytes as will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

_SGR = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")  # in the order of rich's bits
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "7": "27", "9": "29"}
_SAVE, _RESTORE = "\x1b7", "\x1b8"  # cursor and ink, which takes two bytes instead of forty
_WORTH_ERASING = 4  # blank cells at the end of a row
_WORTH_A_MOVE = 7  # unchanged cells that cost more to write again than to pass over


class Ink(NamedTuple):
    """A style as SGR parameters: attributes, foreground, background; ``""`` is the terminal's default."""

    attributes: str
    fore: str
    back: str
    link: str = ""


BLANK_INK = Ink("", "", "")
_DRAWN_ON_BLANKS = {"4", "7", "9", "21", "51", "52", "53"}

# A cell is its text, its ink and whether it is the second half of a wide character.
Cell: TypeAlias = tuple[str, Ink, bool]
Row: TypeAlias = list[Cell | None]  # None: nobody knows what the terminal shows there


class Inkwell(dict[str, Cell]):
    """The cells of one ink, each made once. A blank keeps of its ink only what can be seen."""

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        seen = ink.link or not _DRAWN_ON_BLANKS.isdisjoint(ink.attributes.split(";"))
        self[" "] = (" ", ink if seen else Ink("", "", ink.back), False)

    def __missing__(self, text: str) -> Cell:
        cell = self[text] = (text, self.ink, False)
        return cell


@lru_cache(maxsize=1024)
def inkwell(style: Style | None, system: ColorSystem) -> Inkwell:
    """Return the cells of a style on a terminal with that many colours."""
    return Inkwell(_ink_of(style, system))


def _ink_of(style: Style | None, system: ColorSystem) -> Ink:
    if style is None:
        return BLANK_INK
    bits = style._attributes & style._set_attributes  # noqa: SLF001 - rich has no other way to ask all at once
    attributes = ";".join(code for bit, code in enumerate(_SGR) if bits & (1 << bit))
    fore = ";".join(style.color.downgrade(system).get_ansi_codes()) if style.color else ""
    back = ";".join(style.bgcolor.downgrade(system).get_ansi_codes(False)) if style.bgcolor else ""
    return Ink(attributes, "" if fore == "39" else fore, "" if back == "49" else back, style.link or "")


def cells_of(segments: Iterable[Segment], system: ColorSystem) -> Row:
    """Return the cells of a line; combining characters share the cell of the one before."""
    cells: Row = []
    for text, style, control in segments:
        if control:
            continue
        well = inkwell(style, system)
        if text.isascii():
            cells += map(well.__getitem__, text)
        else:
            _add_wide(cells, text, well)
    return cells


def row_text(row: Row) -> str:
    """Return what a row says, whatever its colours; a cell nobody knows is a NUL."""
    return "".join(["\0" if cell is None else cell[0] for cell in row])


def _add_wide(cells: Row, text: str, well: Inkwell) -> None:
    for character in text:
        size = 1 if character.isascii() else get_character_cell_size(character)
        if size:
            cells.append(well[character])
            if size == 2:
                cells.append((character, well.ink, True))
        elif cells and (last := cells[-1]) is not None:
            _join(cells, last, character)


def _join(cells: Row, last: Cell, character: str) -> None:
    joined = last[0] + character
    if last[2] and len(cells) > 1:
        cells[-2] = (joined, last[1], False)
    cells[-1] = (joined, last[1], last[2])


class Mark(NamedTuple):
    """How far a pen had got, and the bytes written by then."""

    size: int
    pieces: int
    ink: Ink
    at: tuple[int, int] | None


class Pen:
    """Writes cells, remembering the cursor's place and the ink in force, which is none at the start.

    ``erases``: the terminal gives erased cells the background in force, so blank ends need not be written.
    ``kept``: the ink that the pen before left with the terminal, where it kept one (``keeps``).
    """

    def __init__(self, *, erases: bool = False, kept: Ink | None = None) -> None:
        self._out: list[str] = []
        self._erases = erases
        self._kept = kept
        self._ink: Ink = kept or BLANK_INK
        self._at: tuple[int, int] | None = None
        self._counted = (0, 0)
        self._region = ""  # what gives the whole screen back once rows were moved

    def size(self) -> int:
        """Return how many bytes have been written."""
        pieces, size = self._counted
        size += len("".join(self._out[pieces:]).encode("utf-8", "replace"))
        self._counted = (len(self._out), size)
        return size

    def mark(self) -> Mark:
        """Return how far it has got, for ``undo``."""
        return Mark(self.size(), len(self._out), self._ink, self._at)

    def undo(self, mark: Mark) -> None:
        """Take back what was written since."""
        del self._out[mark.pieces :]
        self._counted = (mark.pieces, mark.size)
        self._ink, self._at = mark.ink, mark.at

    def text(self) -> str:
        """Return all that was written, with the ink reset at its end; ``keeps`` is left with the terminal."""
        if not self._out:
            return ""
        kept = self.keeps
        start, end = (_RESTORE if self._kept else ""), (_SAVE if kept else "") + self._region
        if self._ink != BLANK_INK:
            self._use(BLANK_INK)
            end += self._out.pop()
        return start + "".join(self._out) + end

    @property
    def keeps(self) -> Ink | None:
        """The ink that the next pen need not ask for again."""
        if not self._out:
            return self._kept
        return self._ink if self._ink != BLANK_INK and not self._ink.link else None

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the rows ``top`` to ``bottom`` up by ``lines``, down when negative, leaving blank ones."""
        edge = bottom if lines > 0 else top
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r\x1b[{edge + 1}H")
        self._out.append(("\n" if lines > 0 else "\x1bM") * abs(lines))
        self._at = (0, edge)
        self._region = "\x1b[r"

    def write(self, x: int, y: int, cells: Sequence[Cell | None]) -> None:
        """Write cells from column ``x`` of row ``y`` on."""
        self._move(x, y)
        for cell in cells:
            if cell is not None and not cell[2]:
                if cell[1] is not self._ink:
                    self._use_for(cell)
                self._out.append(cell[0])
        self._at = (x + len(cells), y)

    def write_row(self, y: int, row: Row, start: int = 0) -> None:
        """Write a row to its end, its blank end by erasing it where that is possible."""
        last = row[-1]
        plain = last is not None and last[0] == " " and not last[1].attributes and not last[1].link
        body = len(row)
        while plain and self._erases and body > start and row[body - 1] == last:
            body -= 1
        if len(row) - body < _WORTH_ERASING:
            self.write(start, y, row[start:])
            return
        self.write(start, y, row[start:body])
        if last is not None and self._ink.back != last[1].back:
            self._use(last[1])
        self._out.append("\x1b[K")

    def update(self, y: int, old: Row, new: Row) -> None:
        """Write the cells of a row that differ from what the terminal shows."""
        if _unsure(old) or _unsure(new):
            self._at = None
            self.write_row(y, new)
            self._at = None
            return
        for start, end in _differences(old, new):
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

    def _use_for(self, cell: Cell) -> None:
        """Use a cell's ink; a blank can do with any of the same background."""
        text, ink, _half = cell
        plain_blank = text == " " and not ink.attributes and not ink.link
        if plain_blank and ink.back == self._ink.back and self._ink.attributes in ("", "1", "3", "1;3"):
            return
        self._use(ink)

    def _use(self, ink: Ink) -> None:
        now = self._ink
        if ink == now:
            return
        if ink.link != now.link:
            self._out.append(f"\x1b]8;;{ink.link}\x1b\\")
        self._out.append(_change(now, ink))
        self._ink = ink


@lru_cache(maxsize=2048)
def _change(now: Ink, ink: Ink) -> str:
    """Return the shortest sequence from one ink to another."""
    codes = [ink.fore or "39"] if ink.fore != now.fore else []
    codes += [ink.back or "49"] if ink.back != now.back else []
    had, has = (set(one.attributes.split(";")) - {""} for one in (now, ink))
    if had != has:
        off = {_OFF.get(code, "0") for code in had - has}
        if "0" in off or ("22" in off and not has.isdisjoint({"1", "2"})):
            codes = [code for code in ("0", ink.attributes, ink.fore, ink.back) if code]
        else:
            codes = [*sorted(off), *sorted(has - had), *codes]
    shortest = min(codes, ["0", *(code for code in ink[:3] if code)], key=lambda each: len(";".join(each)))
    return "\x1b[" + ("" if shortest == ["0"] else ";".join(shortest)) + "m" if codes else ""


def _unsure(row: Row) -> bool:
    """Whether a row holds joined characters, whose width terminals disagree on: it is written as a whole."""
    return len(row_text(row)) > len(row)


def _differences(old: Row, new: Row) -> list[tuple[int, int]]:
    """Return (start, end) of the cells to write, short unchanged stretches between them included."""
    spans: list[tuple[int, int]] = []
    for x, (was, cell) in enumerate(zip(old, new, strict=True)):
        if was is cell or was == cell:
            continue
        if spans and x - spans[-1][1] < _WORTH_A_MOVE:
            spans[-1] = (spans[-1][0], x + 1)
        else:
            spans.append((x, x + 1))
    return [_whole(start, end, new) for start, end in spans]


def _whole(start: int, end: int, row: Row) -> tuple[int, int]:
    """Widen a span so that it cuts no wide character in two."""
    first, after = row[start], row[end] if end < len(row) else None
    start -= 1 if first is not None and first[2] else 0
    end += 1 if after is not None and after[2] else 0
    return start, end
