"""Renders the guide's Markdown as plain text of a given width.

The guide uses headings, paragraphs, lists, tables, fenced code, comments and pictures on lines of their own;
nothing else is recognised. Comments and pictures are left out.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from matui.base.text.cells import measure_width

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
_CODE_OR_BOLD = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_CELL_EDGE = re.compile(r"(?<!\\)\|")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]+\)\s*$")
_ITEM = re.compile(r" *(?:[-*]|\d+\.) +")
_WIDE_END = re.compile(r"[\u2e80-\uffef]$")
# A wide character with the punctuation after it, or a word.
_WRAP_UNIT = re.compile(
    r"[\u2e80-\uffef][，。、；：！？）”]* *|[^\s\u2e80-\uffef]+[，。、；：！？）”]* *|\s+"
)
_GAP = "  "
_NOTHING = "–"
_LEAST_BESIDE = 60  # cells of the widest column, below which it stands below the others
_LEAST_WIDTH = 8  # cells to which a column of a table is narrowed at most


def render_text(markdown: str, width: int, *, record_of: str = "") -> str:
    """Return the text of ``markdown``, its paragraphs and tables fitted to ``width`` cells.

    Where the widest column of a table would be narrow it wraps. In a table with the column ``record_of`` it
    stands on lines of its own below the others, and that column first.
    """
    lines: list[str] = []
    for kind, block in _iterate_blocks(markdown):
        match kind:
            case "heading":
                lines += _render_heading(block[0], width)
            case "code":
                lines += ["    " + line for line in textwrap.dedent("\n".join(block)).splitlines()]
            case "table":
                lines += _render_table(block, width, record_of)
            case "text":
                lines += _render_text(block, width)
            case _:
                lines += [""] if lines and lines[-1] else []
    return "\n".join(lines).strip("\n") + "\n"


def _iterate_blocks(markdown: str) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of lines that belong together, each with its kind."""
    in_code = False

    def kind_of(line: str) -> str:
        nonlocal in_code
        text = line.lstrip()
        if text.startswith("```"):
            in_code = not in_code
            return "fence"
        if in_code:
            return "code"
        if text.startswith("#"):
            return "heading"
        if text.startswith("|"):
            return "table"
        is_shown = text and not text.startswith("<!--") and not _PICTURE.match(text)
        return "text" if is_shown else "gap"

    for kind, lines in groupby(markdown.splitlines(), kind_of):
        yield kind, list(lines)


def _render_heading(line: str, width: int) -> list[str]:
    marks, _, marked = line.partition(" ")
    text = _strip_markdown(marked)
    lines = _wrap(text.upper() if marks == "#" else text, width)
    return [*lines, ("=" if marks == "#" else "-") * max(map(measure_width, lines))]


def _render_text(block: Sequence[str], width: int) -> list[str]:
    """Wrap paragraphs and list items; a list item hangs under its own text."""
    paragraphs: list[str] = []
    for line in block:
        if _ITEM.match(line) or not paragraphs:
            paragraphs.append(line)
        else:
            gap = "" if _WIDE_END.search(paragraphs[-1]) else " "
            paragraphs[-1] += gap + line.strip()
    lines: list[str] = []
    for paragraph in paragraphs:
        item = _ITEM.match(paragraph)
        hang = " " * (len(item[0]) if item else len(paragraph) - len(paragraph.lstrip()))
        text = _CODE_OR_BOLD.sub(_remove_bold, _LINK.sub(r"\1", paragraph.strip()))
        lines += _wrap(text, max(width - len(hang), _LEAST_WIDTH), hang)
    return lines


def _wrap(text: str, width: int, hang: str = "") -> list[str]:
    """Return ``text`` in lines of at most ``width`` cells after the indent; wide characters may be parted."""
    width = max(1, width)
    if text.isascii():
        return textwrap.wrap(text, width + len(hang), subsequent_indent=hang, break_on_hyphens=False) or [""]
    lines: list[str] = []
    line = ""
    for part in _WRAP_UNIT.findall(text):
        if line and measure_width(line + part.rstrip()) > width + (len(hang) if lines else 0):
            lines.append(line.rstrip())
            line = hang
        line += part if line.strip() else part.lstrip()
    return [*lines, line.rstrip()]


def _remove_bold(match: re.Match[str]) -> str:
    """Keep code in its marks: without them ``a`` as a key and as a word are the same."""
    return match[2] or match[0]


def _strip_markdown(text: str) -> str:
    """Return inline Markdown as text: links by their words, code and bold without their marks."""
    without_links = _LINK.sub(r"\1", text)
    return _CODE_OR_BOLD.sub(lambda match: match[1] or match[2], without_links).replace("\\|", "|")


def _render_table(block: Sequence[str], width: int, record_of: str) -> list[str]:
    """Align the columns; where they do not fit, the widest ones wrap, or stand below the others."""
    rows = [
        [_strip_markdown(cell.strip()) for cell in _CELL_EDGE.split(line.strip())[1:-1]] for line in block
    ]
    head, body = rows[0], rows[2:]
    kept = head.index(record_of) if record_of in head else -1
    below = _find_columns_below(rows[:1] + body, width, kept) if kept >= 0 else []
    beside = sorted(set(range(len(head))) - set(below), key=lambda at: (bool(below) and at != kept, at))
    head, *body = [[row[at] if at < len(row) else "" for at in beside] for row in (head, *body)]
    shown = [head, *body] if any(head) else body
    widths = _fit_widths(shown, width)
    lines = [line for row in body for line in _render_row(row, widths)]
    if below:
        lines = [
            line
            for row, whole in zip(body, rows[2:], strict=True)
            for line in (*_render_row(row, widths), *_render_below(rows[0], whole, below, width))
        ]
    if any(head):
        lines = [*_render_row(head, widths), _GAP.join("-" * size for size in widths), *lines]
    return lines


def _find_columns_below(rows: Sequence[Sequence[str]], width: int, kept: int) -> list[int]:
    """Return the columns that stand below the others, the widest first; ``kept`` is not one of them."""
    widths = _measure_natural_widths(rows)
    below: list[int] = []
    while len(widths) - len(below) > 1:
        beside = {at: size for at, size in enumerate(widths) if at not in below}
        room = width - len(_GAP) * (len(beside) - 1) - sum(beside.values())
        widest = max(beside.keys() - {kept}, key=lambda at: beside[at])
        if room >= 0 or (not below and room + beside[widest] >= _LEAST_BESIDE):
            break
        below.append(widest)
    return below


def _render_below(head: Sequence[str], row: Sequence[str], below: Sequence[int], width: int) -> list[str]:
    lines: list[str] = []
    for at in below:
        label = f"{head[at]}: " if at != below[0] else ""
        text = row[at] if at < len(row) else ""
        if text and text != _NOTHING:
            lines += [_GAP + line for line in _wrap(f"{label}{text}", width - len(_GAP))]
    return lines


def _measure_natural_widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(measure_width, column)) for column in zip_longest(*rows, fillvalue="")]


def _fit_widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    widths = _measure_natural_widths(rows)
    while sum(widths) + len(_GAP) * (len(widths) - 1) > width and max(widths) > _LEAST_WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _render_row(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [_wrap(cell, size) for cell, size in zip(row, widths, strict=False)]
    return [
        _GAP.join(
            part + " " * (size - measure_width(part)) for part, size in zip(parts, widths, strict=False)
        ).rstrip()
        for parts in zip_longest(*cells, fillvalue="")
    ]
