"""``matui get KIND``: list resources, once or with --watch."""

from __future__ import annotations

from collections.abc import Sequence

import click

from matui.base.errors import SeveralProfilesError, UsageError
from matui.cli.get.order import Order
from matui.cli.get.output import OUTPUTS, Sink, build_sink
from matui.cli.options import Options
from matui.cli.session import Session, open_session, run_async
from matui.resources.filters import Filter, parse_filter
from matui.resources.kind import Kind
from matui.resources.model import Resource
from matui.resources.registry import find_kind


@click.command("get", short_help="List resources; --watch follows their changes.")
@click.argument("kind_name", metavar="KIND")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option(
    "-o", "--output", type=click.Choice(OUTPUTS), default="table", show_default=True, help="Format."
)
@click.option(
    "--filter", "expression", default="", metavar="EXPR", help="Such as: 'train status:failed age<2h'."
)
@click.option("--sort", metavar="COL", help="A column; with a - before it, the other way round.")
@click.option("--watch", is_flag=True, help="Go on with a line for each change, until ctrl+c.")
@click.option("--versions", is_flag=True, help="Show the versions of one job, as a graph of parent versions.")
@click.pass_obj
def command(
    options: Options,
    kind_name: str,
    ids: tuple[str, ...],
    output: str,
    expression: str,
    sort: str | None,
    watch: bool,
    versions: bool,
) -> int:
    """List the resources of a kind, or those of the given ids or names.

    A filter's words are fuzzy on name and id; fields are status:, phase:, owner:, age<, duration> and any
    column; ! negates, /regex/ searches; all terms must hold.
    """
    kind = find_kind(kind_name)
    chosen = parse_filter_option(expression)
    if versions:
        if kind.id != "jobs" or len(ids) != 1 or watch:
            raise UsageError("--versions is for one job.", remedy="Example: matui get jobs JOB --versions")
        run_async(_show_versions(options, kind, ids[0], output, chosen, sort))
        return 0
    order = Order.of(kind, sort)
    if watch and output in ("json", "yaml"):
        raise UsageError(
            f"--watch never ends, so it cannot write one {output} document.", remedy="Use -o jsonl."
        )
    try:
        run_async(_get(options, kind, ids, output, chosen, order, watch))
    except SeveralProfilesError as several:
        from matui.cli.get.many import ListQuery, get_from_all

        wish = ListQuery(kind, ids, output, chosen, order)
        return run_async(get_from_all(options, several.names, wish, watch=watch))
    return 0


def parse_filter_option(expression: str) -> Filter:
    """Parse the value of --filter. Raises UsageError for wrong terms."""
    chosen = parse_filter(expression)
    if chosen.errors:
        raise UsageError(f"The filter is wrong: {'; '.join(chosen.errors)}.")
    return chosen


async def _get(
    options: Options,
    kind: Kind,
    ids: Sequence[str],
    output: str,
    chosen: Filter,
    order: Order,
    watch: bool,
) -> None:
    async with open_session(options) as session:
        sink = build_sink(output, [session], kind)
        if watch:
            from matui.cli.get.watch import watch_changes

            await watch_changes([session], kind, ids, chosen, order, sink)
        elif ids:
            await _show_named(session, kind, ids, chosen, order, sink)
        else:
            await _show_all(session, kind, chosen, order, sink)


async def _show_all(session: Session, kind: Kind, chosen: Filter, order: Order, sink: Sink) -> None:
    from matui.cli.resolve import require_lister
    from matui.live.poll.list_all import list_all

    rows, total = await list_all(require_lister(session, kind), kind.id, workspace=session.workspace)
    _show(session, rows, total, chosen, order, sink)


async def _show_named(
    session: Session, kind: Kind, ids: Sequence[str], chosen: Filter, order: Order, sink: Sink
) -> None:
    from matui.cli.resolve import find

    found = await find(session, kind, ids)
    if found.resources:
        _show(session, found.resources, len(found.resources), chosen, order, sink)
    found.raise_missing()


async def _show_versions(
    options: Options, kind: Kind, ident: str, output: str, chosen: Filter, sort: str | None
) -> None:
    from matui.base.errors import RefusedError
    from matui.cli.resolve import find_one
    from matui.clouds.protocols import ListsVersions, require
    from matui.live.capabilities import explain_missing_pane
    from matui.resources.kinds.jobs import VERSIONS
    from matui.resources.version_graph import add_graph

    order = Order.of(VERSIONS, sort)
    async with open_session(options) as session:
        job = await find_one(session, kind, ident)
        reason = explain_missing_pane(session.cloud, kind, "versions")
        if reason is not None:
            raise RefusedError(f"{reason[:1].upper()}{reason[1:]}.")
        listed = await require(session.cloud, ListsVersions).versions(job)
        rows = add_graph(listed) if sort is None and not chosen else listed
        _show(session, rows, len(rows), chosen, order, build_sink(output, [session], VERSIONS))


def _show(
    session: Session,
    rows: Sequence[Resource],
    total: int | None,
    chosen: Filter,
    order: Order,
    sink: Sink,
) -> None:
    now_ms = session.clock.now() * 1000
    shown = order.apply(chosen.select(rows, now_ms))
    sink.all(shown, now_ms, total if total is not None else len(rows))
