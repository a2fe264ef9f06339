"""The one reader of the control sequences in a log line: its last state as plain text, and its colours.

A line is read as a terminal would show it: carriage returns, backspaces, erasures and cursor movements within
the line take effect; colours (SGR) become spans; hyperlinks keep their text. Titles, modes, keypad, movements
to other lines and erasures of the screen are dropped. Any other control character is made visible.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import NamedTuple, TypeAlias

from matui.base.log_lines.sgr import PLAIN, RESET, TextStyle, apply_sgr, format_sgr
from matui.base.text.cells import measure_width
from matui.base.text.sanitize import clean

_LEAST_ZEROS = 0.4  # of the characters of UTF-16 whose text is English
_WIDE_MARKS = ("ÿþ", "þÿ", "\ufffd\ufffd")  # its byte order marks
MOST_CHARACTERS = 20_000  # of one line that are shown and searched
TAB = 8
_BYTE_ORDER_MARK = "\ufeff"  # of a file's first line: no part of its text
_MOST_MOVED = 40_000  # characters of a line with cursor movements that are read, from the end
_MOST_COLUMNS = 2_000  # that a sequence can move the cursor by

# Each with ESC or its 8-bit form (ECMA-48, 5.3 to 5.6; ECMA-35 for the character sets).
_STRING_END = r"(?:\x07|\x1b\\|\x9c)"
_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)(?P<parameters>[0-?]*)[ -/]*(?P<csi>[@-~])"
    r"|\x1bPtmux;(?:[^\x1b]|\x1b\x1b)*\x1b\\|\x1bk[^\x1b]*\x1b\\"  # passed through tmux; the title of screen
    r"|\x1b\](?:R|P[0-9A-Fa-f]{7})|\x1b(?=\x1b)"  # the palette of Linux; a sequence cut by the next
    rf"|(?:\x1b\]|\x9d)[^\x07\x1b\x80-\x9f]*{_STRING_END}"
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x80-\x9f]*(?:\x1b\\|\x9c)"
    r"|\x1b(?P<set>[(-/])(?P<charset>[0-~])"
    r"|\x1b[ #%][0-~]"
    r"|\x1b(?P<escape>[78])"
    r"|\x1b[=>DEHMNOZc]"
    r"|[\x0e\x0f]"
    r"|(?P<back>\x08+)"
)
_MOVES = re.compile(r"\x08|(?:\x1b\[|\x9b)[0-?]*[@CDGJKPX`asu]|\x1b(?:[78]|\(0)")
_KEEPS = re.compile(r"(?:\x1b\[|\x9b)[\d;]*[@PXCGau`]|\x1b8")  # edits of the text before, and moves over it
_ERASES = re.compile(r"(?:\x1b\[|\x9b)[\d;]*[JK]")
_LINE_START = "\x1b[G"
_LINE_DRAWING = str.maketrans("`afgjklmnopqrstuvwxyz{|}~", "◆▒°±┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·")

StyleSpan: TypeAlias = tuple[int, int, TextStyle | str]


class LineText(NamedTuple):
    """A line that is safe to show.

    ``spans`` are (start, end, style) in characters, a style being SGR's or the name of one; ``base`` names
    the style of the rest; ``rule`` draws the text on a line across the pane.
    """

    text: str
    spans: tuple[StyleSpan, ...] = ()
    base: str = ""
    rule: bool = False


def parse_line(raw: str, *, whole: bool = False) -> LineText:
    """Return the last state of a line as plain text with the spans of its colours.

    Unless ``whole``, tabs are expanded to stops of eight cells and the text is cut after ``MOST_CHARACTERS``.
    """
    if raw.isprintable() and (whole or len(raw) <= MOST_CHARACTERS):
        return LineText(raw)
    state, hidden = _find_last_state(_drop_zeros(raw)).removeprefix(_BYTE_ORDER_MARK), 0
    if _MOVES.search(state):
        line = _parse_moves(state[-_MOST_MOVED:], keep_tabs=whole)
        hidden = len(line.text) - MOST_CHARACTERS
        if hidden > 0 and not whole:
            line = LineText(line.text[:MOST_CHARACTERS], _cut_spans(line.spans))
    elif whole:
        line = _parse_runs(state, keep_tabs=True)
    else:
        line = _parse_runs(state[:MOST_CHARACTERS], keep_tabs=False)
        hidden = len(state) - MOST_CHARACTERS
    if hidden > 0 and not whole:
        return line._replace(text=f"{line.text} … {hidden:,} more characters")
    return line


def render_plain_text(raw: str, *, whole: bool = False) -> str:
    """Return the last state of a line as plain text, as :func:`parse_line` does."""
    if raw.isprintable() and (whole or len(raw) <= MOST_CHARACTERS):
        return raw
    return parse_line(raw, whole=whole).text


def render_coloured_text(raw: str) -> str:
    """Return the whole last state of a line for a terminal: colours as SGR, each reset at its end."""
    line = parse_line(raw, whole=True)
    if not line.spans:
        return line.text
    pieces, at = [], 0
    for start, end, style in line.spans:
        sgr = format_sgr(style) if isinstance(style, TextStyle) else ""
        pieces += [line.text[at:start], sgr, line.text[start:end], RESET if sgr else ""]
        at = end
    return "".join(pieces) + line.text[at:]


def _drop_zeros(raw: str) -> str:
    """Return a line of UTF-16 that was read as one byte a character without the zero beside each."""
    if raw.count("\0") < _LEAST_ZEROS * len(raw) or "\0\0" in raw or not raw:
        return raw
    text = raw.replace("\0", "")
    return text[2:] if text.startswith(_WIDE_MARKS) else text


def _find_last_state(raw: str) -> str:
    """Return the part of a line that was redrawn last after a carriage return, with what it leaves."""
    if "\r" not in raw:
        return raw
    state: list[str] = []
    for part in reversed(raw.split("\r")):
        if part:
            state.append(part)
            if not _KEEPS.search(part) and (_ERASES.search(part) or _SEQUENCE.sub("", part)):
                break
    return _LINE_START.join(reversed(state))


def _parse_runs(raw: str, *, keep_tabs: bool) -> LineText:
    """Parse a line in which no sequence moves the cursor."""
    pieces: list[str] = []
    spans: list[StyleSpan] = []
    style, at, column, length = PLAIN, 0, 0, 0
    for match in [*_SEQUENCE.finditer(raw), None]:
        piece = _make_visible_from(
            raw[at : match.start() if match else len(raw)], column, keep_tabs=keep_tabs
        )
        if piece:
            pieces.append(piece)
            column += measure_width(piece)
            if spans and spans[-1][1:] == (length, style):
                spans[-1] = (spans[-1][0], length + len(piece), style)
            elif style != PLAIN:
                spans.append((length, length + len(piece), style))
            length += len(piece)
        if match is not None:
            at = match.end()
            style = _apply_sgr(match, style)
    return LineText("".join(pieces), tuple(spans))


def _make_visible_from(text: str, column: int, *, keep_tabs: bool) -> str:
    if "\t" not in text:
        return clean(text)
    if keep_tabs:
        return "\t".join(map(clean, text.split("\t")))
    pieces: list[str] = []
    for index, part in enumerate(text.split("\t")):
        if index:
            pieces.append(" " * (TAB - column % TAB))
            column += len(pieces[-1])
        pieces.append(clean(part))
        column += measure_width(pieces[-1])
    return "".join(pieces)


def _apply_sgr(match: re.Match[str], style: TextStyle) -> TextStyle:
    parameters = match["parameters"]
    if match["csi"] != "m" or (parameters and parameters[0] in "<=>?"):
        return style
    return apply_sgr(parameters, style)


def _cut_spans(spans: tuple[StyleSpan, ...]) -> tuple[StyleSpan, ...]:
    return tuple((start, min(end, MOST_CHARACTERS), s) for start, end, s in spans if start < MOST_CHARACTERS)


def _parse_moves(raw: str, *, keep_tabs: bool) -> LineText:
    """Parse a line in which sequences move the cursor or erase."""
    cells, style, at, drawing = _CellRow(), PLAIN, 0, False
    for match in [*_SEQUENCE.finditer(raw), None]:
        piece = raw[at : match.start() if match else len(raw)]
        if piece:
            shown = _make_visible_from(piece, cells.column, keep_tabs=keep_tabs)
            cells.write(shown.translate(_LINE_DRAWING) if drawing else shown, style)
        if match is None:
            break
        at = match.end()
        style = _apply_sgr(match, style)
        if match["set"] == "(":
            drawing = match["charset"] == "0"
        cells.apply(match)
    return cells.to_line()


class _CellRow:
    """The cells of one terminal line with a cursor; a wide character takes its cell and an empty one."""

    def __init__(self) -> None:
        self.column = 0
        self._cells: list[tuple[str, TextStyle]] = []
        self._saved = 0
        self._erased = False

    def write(self, text: str, style: TextStyle) -> None:
        """Write text at the cursor over what is there."""
        new: list[tuple[str, TextStyle]] = []
        for character in text:
            width = 1 if character.isascii() else measure_width(character)
            if width == 0 and new:
                new[-1] = (new[-1][0] + character, style)
                continue
            new += [(character, style), *[("", style)] * (width - 1)]
        self._pad(self.column)
        end = self.column + len(new)
        self._erased |= self.column < len(self._cells)
        for cut, half in ((end, end), (self.column, self.column - 1)):
            if new and cut < len(self._cells) and not self._cells[cut][0]:
                self._cells[half] = (" ", PLAIN)
        self._cells[self.column : end] = new
        self.column = end

    def apply(self, match: re.Match[str]) -> None:
        """Carry out a sequence that moves the cursor or erases."""
        if match["back"]:
            self.column = max(0, self.column - len(match["back"]))
        elif match["escape"]:
            (self.save if match["escape"] == "7" else self.restore)()
        elif match["csi"] and match["parameters"][:1] not in ("<", "=", ">", "?"):
            first = match["parameters"].partition(";")[0]
            number = min(int(first), _MOST_COLUMNS) if first.isdecimal() and len(first) < 9 else None
            action = _CSI_ACTIONS.get(match["csi"])
            if action is not None:
                action(self, number)

    def to_line(self) -> LineText:
        """Return the text with its styles; blanks that an overwriting left at the end are dropped."""
        cells = self._cells
        if self._erased:
            while cells and cells[-1][0] == " ":
                cells.pop()
        pieces: list[str] = []
        spans: list[StyleSpan] = []
        length = 0
        for style, run in groupby((cell for cell in cells if cell[0]), key=lambda cell: cell[1]):
            piece = "".join(character for character, _ in run)
            pieces.append(piece)
            if style != PLAIN:
                spans.append((length, length + len(piece), style))
            length += len(piece)
        return LineText("".join(pieces), tuple(spans))

    def _pad(self, column: int) -> None:
        if len(self._cells) < column:
            self._cells += [(" ", PLAIN)] * (column - len(self._cells))

    def save(self) -> None:
        """Remember the column."""
        self._saved = self.column

    def restore(self) -> None:
        """Return to the remembered column."""
        self.column = self._saved

    def move(self, by: int) -> None:
        """Move the cursor by columns."""
        self.column = max(0, self.column + by)

    def move_to(self, column: int) -> None:
        """Move the cursor to a column, from 0."""
        self.column = max(0, column)

    def erase(self, mode: int) -> None:
        """Erase to the end of the line (0), to its beginning (1), or all of it (2, 3)."""
        self._erased |= self.column < len(self._cells) or mode != 0
        if mode == 0:
            del self._cells[self.column :]
        elif mode == 1:
            self._pad(self.column + 1)
            self._cells[: self.column + 1] = [(" ", PLAIN)] * (self.column + 1)
        else:
            self._cells.clear()
            self.column = 0

    def erase_characters(self, count: int) -> None:
        """Replace characters from the cursor on by blanks."""
        end = min(len(self._cells), self.column + count)
        if end > self.column:
            self._erased = True
            self._cells[self.column : end] = [(" ", PLAIN)] * (end - self.column)

    def delete_characters(self, count: int) -> None:
        """Delete characters from the cursor on; the rest moves left."""
        self._erased = True
        del self._cells[self.column : self.column + count]

    def insert_blanks(self, count: int) -> None:
        """Insert blanks at the cursor; the rest moves right."""
        if self.column < len(self._cells):
            self._cells[self.column : self.column] = [(" ", PLAIN)] * count


_CsiAction: TypeAlias = Callable[[_CellRow, int | None], None]

# By final character (ECMA-48, 8.3); a missing number counts as 1, for erasures as 0.
_CSI_ACTIONS: Mapping[str, _CsiAction] = {
    "@": lambda row, n: row.insert_blanks(n or 1),
    "C": lambda row, n: row.move(n or 1),
    "a": lambda row, n: row.move(n or 1),
    "D": lambda row, n: row.move(-(n or 1)),
    "G": lambda row, n: row.move_to((n or 1) - 1),
    "`": lambda row, n: row.move_to((n or 1) - 1),
    "J": lambda row, n: None if n else row.erase(0),
    "K": lambda row, n: row.erase(n or 0),
    "P": lambda row, n: row.delete_characters(n or 1),
    "X": lambda row, n: row.erase_characters(n or 1),
    "s": lambda row, _n: row.save(),
    "u": lambda row, _n: row.restore(),
}
