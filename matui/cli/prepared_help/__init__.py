"""The text of ``matui --help`` as click writes it, for the two usual widths of terminals.

It is printed without importing click. ``python -m tests.guide`` writes the files anew; a test
compares them with what click writes.
"""

from __future__ import annotations

import os
import sys

WIDTHS = (80, 100)  # columns; a terminal of more than 100 has the text of 100


def find_width() -> int:
    """Return the columns of the terminal as click takes them: COLUMNS, the terminal's, or else 80."""
    columns = os.environ.get("COLUMNS", "0")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        size = os.get_terminal_size(sys.__stdout__.fileno() if sys.__stdout__ else -1)
    except (ValueError, OSError):  # closed, or no terminal
        return WIDTHS[0]
    return size.columns or WIDTHS[0]


def read_help(width: int) -> str | None:
    """Return the help for a terminal of ``width`` columns, None where it is not prepared."""
    width = min(width, WIDTHS[-1])
    if width not in WIDTHS:
        return None
    file = f"{os.path.dirname(__file__)}/{width}.txt"  # noqa: PTH120  pathlib takes longer than all of this
    try:
        with open(file, encoding="ascii") as text:  # noqa: PTH123
            return text.read()
    except OSError:
        return None
