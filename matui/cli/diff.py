"""``matui diff KIND A B``: what differs between two resources or two versions of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from matui.cli.completion_values import complete_kinds
from matui.cli.options import Options
from matui.cli.session import Session, open_session, run_async

if TYPE_CHECKING:
    from matui.live.compare.comparison import Comparison
    from matui.live.compare.gather import Gatherer


@click.command("diff", short_help="What differs between two resources or versions.")
@click.argument("kind", metavar="KIND", shell_complete=complete_kinds)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Format."
)
@click.pass_obj
def command(options: Options, kind: str, a: str, b: str | None, output: str) -> None:
    """Show what differs between two resources: settings, stages, first errors and series of their logs.

    A and B are ids or names, JOB/VERSION for a version; of a job its newest version is compared. Without B a
    job is compared with the last other version that succeeded. Equal settings are counted. The last 20,000
    lines of each log are read.
    """
    run_async(_diff(options, kind, a, b, output))


async def _diff(options: Options, kind_word: str, a: str, b: str | None, output: str) -> None:
    from matui.cli.output import print_line, terminal_width, to_json
    from matui.cli.resolve import find_one
    from matui.live.compare.gather import compare_sides
    from matui.resources.registry import find_kind

    kind = find_kind(kind_word)
    async with open_session(options) as session:
        gatherer = _build_gatherer(session)
        first = await find_one(session, kind, a)
        if b is None:
            first, second = await gatherer.find_pair(first)
        else:
            second = await find_one(session, kind, b)
        found = await compare_sides((gatherer, first), (gatherer, second))
    if output == "json":
        from matui.live.compare.export import format_comparison

        print_line(to_json(format_comparison(found), indent=2))
    else:
        for line in format_text(found, terminal_width() or 120):
            print_line(line)


def _build_gatherer(session: Session) -> Gatherer:
    from matui.cli.findings import new_signal_store
    from matui.live.compare.gather import Gatherer

    logs = session.settings.logs
    return Gatherer(
        session.cloud,
        clock=session.clock,
        store=new_signal_store(session.settings),
        new_times=logs.new_time_parser,
        rules=logs.compile_error_rules(),
    )


def format_text(found: Comparison, width: int) -> list[str]:
    """Return a comparison as lines: a table of what differs, then stages, errors and last values."""
    from matui.live.compare.text import comparison_rows

    rows = comparison_rows(found)
    name_cells = min(max(len(row.name) for row in rows), max(12, width // 3))
    cells = max(10, (width - name_cells - 4) // 2)
    lines: list[str] = []
    for row in rows:
        if row.is_title:
            lines += ["", row.name] if lines else [row.name]
        else:
            lines += row.lines(name_cells, cells)
    return lines
