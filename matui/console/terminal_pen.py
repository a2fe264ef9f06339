"""Cells written to a terminal with as few bytes as will do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

_SGR = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53")  # in the order of rich's bits
_WORTH_A_MOVE = 7  # unchanged cells that cost more to write again than to pass over


class Ink(NamedTuple):
    """A style as SGR parameters: attributes, foreground, background; ``""`` is the terminal's default."""

    attributes: str
    fore: str
    back: str
    link: str = ""


class Cell(NamedTuple):
    """One cell; the second cell of a wide character has ``half`` set and the same text."""

    text: str
    ink: Ink
    half: bool = False


BLANK_INK = Ink("", "", "")
Row = list[Cell | None]  # None: nobody knows what the terminal shows there


@lru_cache(maxsize=8192)
def ink_of(style: Style | None, system: ColorSystem) -> Ink:
    """Return a style's ink on a terminal with that many colours."""
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
        ink = ink_of(style, system)
        if text.isascii():
            cells += [Cell(character, ink) for character in text]
        else:
            _add_wide(cells, text, ink)
    return cells


def _add_wide(cells: Row, text: str, ink: Ink) -> None:
    for character in text:
        size = get_character_cell_size(character)
        if size == 0 and cells and (last := cells[-1]) is not None:
            _join(cells, last, character)
        elif size:
            cells.append(Cell(character, ink))
            if size == 2:
                cells.append(Cell(character, ink, half=True))


def _join(cells: Row, last: Cell, character: str) -> None:
    joined = last.text + character
    if last.half and len(cells) > 1:
        cells[-2] = Cell(joined, last.ink)
    cells[-1] = Cell(joined, last.ink, last.half)


class Pen:
    """Writes cells, remembering the cursor's place and the ink in force."""

    def __init__(self) -> None:
        self._out: list[str] = ["\x1b[0m"]
        self._ink: Ink = BLANK_INK
        self._at: tuple[int, int] | None = None

    def text(self) -> str:
        """Return all that was written, with the ink reset at its end."""
        if self._ink != BLANK_INK:
            self._use(BLANK_INK)
        return "".join(self._out) if len(self._out) > 1 else ""

    def scroll(self, top: int, bottom: int, lines: int) -> None:
        """Move the rows ``top`` to ``bottom`` up by ``lines``, down when negative, leaving blank ones."""
        self._use(BLANK_INK)
        self._out.append(f"\x1b[{top + 1};{bottom + 1}r")
        if lines > 0:
            self._out.append(f"\x1b[{bottom + 1};1H" + "\n" * lines)
        else:
            self._out.append(f"\x1b[{top + 1};1H" + "\x1bM" * -lines)
        self._out.append("\x1b[r")
        self._at = None

    def write(self, x: int, y: int, cells: Sequence[Cell | None]) -> None:
        """Write cells from column ``x`` of row ``y`` on."""
        self._move(x, y)
        for cell in cells:
            if cell is not None and not cell.half:
                self._use(cell.ink)
                self._out.append(cell.text)
        self._at = (x + len(cells), y)

    def update(self, y: int, old: Row, new: Row) -> None:
        """Write the cells of a row that differ from what the terminal shows."""
        if _unsure(old) or _unsure(new):
            self._at = None
            self.write(0, y, new)
            self._at = None
            return
        for start, end in _differences(old, new):
            self.write(start, y, new[start:end])

    def _move(self, x: int, y: int) -> None:
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and x > self._at[0]:
            self._out.append(f"\x1b[{x - self._at[0]}C")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")

    def _use(self, ink: Ink) -> None:
        now = self._ink
        if ink == now:
            return
        if ink.link != now.link:
            self._out.append(f"\x1b]8;;{ink.link}\x1b\\")
        if ink.attributes != now.attributes:
            codes = [code for code in ("0", ink.attributes, ink.fore, ink.back) if code]
        else:
            codes = [ink.fore or "39"] if ink.fore != now.fore else []
            codes += [ink.back or "49"] if ink.back != now.back else []
        if codes:
            self._out.append("\x1b[" + ";".join(codes) + "m")
        self._ink = ink


def _unsure(row: Row) -> bool:
    """Whether a row holds joined characters, whose width terminals disagree on: it is written as a whole."""
    return any(cell is not None and len(cell.text) > 1 for cell in row)


def _differences(old: Row, new: Row) -> list[tuple[int, int]]:
    """Return (start, end) of the cells to write, short unchanged stretches between them included."""
    spans: list[tuple[int, int]] = []
    for x, (was, cell) in enumerate(zip(old, new, strict=True)):
        if was == cell:
            continue
        if spans and x - spans[-1][1] < _WORTH_A_MOVE:
            spans[-1] = (spans[-1][0], x + 1)
        else:
            spans.append((x, x + 1))
    return [_whole(start, end, new) for start, end in spans]


def _whole(start: int, end: int, row: Row) -> tuple[int, int]:
    """Widen a span so that it cuts no wide character in two."""
    first, after = row[start], row[end] if end < len(row) else None
    start -= 1 if first is not None and first.half else 0
    end += 1 if after is not None and after.half else 0
    return start, end
