"""Writes the prepared texts of ``matui --help``, for ``python -m tests.guide``."""

from __future__ import annotations

from pathlib import Path

from matui.cli import prepared_help
from matui.cli.group import cli

FOLDER = Path(prepared_help.__file__).parent


def format_by_click(width: int) -> str:
    """Return the help that click writes for a terminal of ``width`` columns."""
    with cli.make_context("matui", [], resilient_parsing=True, terminal_width=width - 2) as ctx:
        return cli.get_help(ctx) + "\n"


def write_all() -> None:
    """Write the text of each width."""
    for width in prepared_help.WIDTHS:
        (FOLDER / f"{width}.txt").write_text(format_by_click(width), "ascii")
