"""``matui diff KIND A B``: what differs between two resources or two versions of a job."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from matui.base.errors import UsageError
from matui.cli.completion.candidates import complete_targets
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.options import Options, output_option
from matui.cli.output.streams import write_stderr
from matui.resources.kind import Kind
from matui.resources.registry import KINDS

if TYPE_CHECKING:
    from matui.live.compare.comparison import Comparison
    from matui.live.compare.gather import Gatherer

_REPORT_EVERY_S = 10.0


@click.command("diff")
@click.argument("words", metavar="KIND A [B]", nargs=-1, required=True, shell_complete=complete_targets)
@output_option("text", "json")
@click.pass_obj
def command(options: Options, words: tuple[str, ...], output: str) -> None:
    """Show what differs between two resources: settings, stages, first errors and series of their logs.

    A and B are ids or names, JOB/VERSION for a version; of a job its newest version is compared. Without B a
    job is compared with the last other version that succeeded. Equal settings are counted. The last 20,000
    lines of each log are read.
    """
    from matui.cli.context.resolve import parse_targets

    targets = parse_targets(words)
    kind_id, sides = next(iter(targets.items()))
    if len(targets) != 1 or len(sides) not in (1, 2):
        raise UsageError("This takes two resources of one kind.", remedy="Name them as: KIND A B")
    run_async(_print_diff(options, KINDS[kind_id], sides, output))


async def _print_diff(options: Options, kind: Kind, sides: Sequence[str], output: str) -> None:
    from matui.cli.context.resolve import find_one
    from matui.cli.output.streams import measure_terminal_width, print_line, to_json
    from matui.live.compare.gather import compare_sides

    async with open_session(options) as session:
        progress = _Progress()
        gatherer = _build_gatherer(session, progress.show)
        first = await find_one(session, kind, sides[0])
        if len(sides) == 1:
            first, second = await gatherer.find_pair(first)
        else:
            second = await find_one(session, kind, sides[1])
        try:
            found = await compare_sides((gatherer, first), (gatherer, second))
        finally:
            progress.clear()
    if output == "json":
        from matui.live.compare.comparison import serialize_comparison

        print_line(to_json(serialize_comparison(found), indent=2))
    else:
        for line in format_table(found, measure_terminal_width() or 120):
            print_line(line)


class _Progress:
    """Shows on stderr what is being read: in one line on a terminal, else every ten seconds."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._shown_at = time.monotonic()

    def show(self, words: str) -> None:
        """Show words in place of those before."""
        if self._is_terminal:
            write_stderr(f"\r{words}\x1b[K", end="")
        elif time.monotonic() - self._shown_at >= _REPORT_EVERY_S:
            self._shown_at = time.monotonic()
            write_stderr(f"matui: {words}")

    def clear(self) -> None:
        """Remove the line from a terminal."""
        if self._is_terminal:
            write_stderr("\r\x1b[K", end="")


def _build_gatherer(session: Session, progress: Callable[[str], None]) -> Gatherer:
    from matui.cli.signals.jobs import build_signal_store
    from matui.live.compare.gather import Gatherer

    logs = session.settings.logs
    return Gatherer(
        session.cloud,
        clock=session.clock,
        store=build_signal_store(session.settings),
        new_times=logs.build_time_parser,
        rules=logs.compile_error_rules(),
        progress=progress,
    )


def format_table(found: Comparison, width: int) -> list[str]:
    """Return a comparison as lines: a table of what differs, then stages, errors and last values."""
    from matui.live.compare.comparison import build_rows

    rows = build_rows(found)
    name_cells = min(max(len(row.name) for row in rows), max(12, width // 3))
    cells = max(10, (width - name_cells - 4) // 2)
    lines: list[str] = []
    for row in rows:
        if row.is_title:
            lines += ["", row.name] if lines else [row.name]
        else:
            lines += row.format_lines(name_cells, cells)
    return lines
