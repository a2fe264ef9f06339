"""``matui catalog flavors|engines|algorithms|specs``: the choices for a new job or service."""

from __future__ import annotations

import click

from matui.cli.completion.candidates import complete_catalogs
from matui.cli.context.session import open_session, run_async
from matui.cli.options import Options, output_option
from matui.cli.output.streams import measure_terminal_width, note, print_line, to_json
from matui.clouds.protocols import ListsCatalog, require
from matui.resources.kind import Kind
from matui.resources.kinds.configs import AVAILABLE, CATALOGS, find_catalog
from matui.resources.model import Resource


@click.command("catalog")
@click.argument("name", metavar="|".join(CATALOGS), shell_complete=complete_catalogs)
@output_option("table", "json")
@click.pass_obj
def command(options: Options, name: str, output: str) -> None:
    """List the choices for a training job or service, with those that are sold out.

    flavors and engines are those of training jobs, algorithms the built-in ones, specs what services can be
    deployed on. The ID is what a request needs.
    """
    run_async(_print_catalog(options, find_catalog(name), output))


async def _print_catalog(options: Options, kind: Kind, output: str) -> None:
    async with open_session(options) as session:
        rows = await require(session.cloud, ListsCatalog).fetch_choices(kind.id)
        profile, now_ms = session.profile.name, session.clock.now() * 1000
    if output == "json":
        items = [_serialize_item(row) for row in rows]
        print_line(to_json({"catalog": kind.id, "profile": profile, "items": items}, indent=2))
    elif rows:
        _show_table(kind, rows, now_ms)
    else:
        note(f"There are no {kind.id}.")


def _show_table(kind: Kind, rows: tuple[Resource, ...], now_ms: float) -> None:
    from matui.cli.output.table import Table

    table = Table.fit_rows(kind, rows, now_ms, wide=False, room=measure_terminal_width())
    print_line("\n".join([table.format_header(), *(table.format_row(row, now_ms) for row in rows)]))


def _serialize_item(row: Resource) -> dict[str, object]:
    available = row.status == AVAILABLE
    return {
        "id": row.id,
        "name": row.name,
        "note": row.get_text("note"),
        "available": available,
        "why_not": "" if available else row.status,
    }
