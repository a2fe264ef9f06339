"""``matui get KIND``: list resources, once or with --watch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import click

from matui.base.errors import SeveralProfilesError, UsageError
from matui.cli.completion.candidates import complete_columns, complete_targets
from matui.cli.completion.filters import complete_filter_option
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.get.output import OUTPUTS, build_sink
from matui.cli.get.query import ListQuery, SortOrder, parse_listed
from matui.cli.options import (
    Options,
    decode_text,
    output_option,
    parse_filter_option,
    refuse_secrets_in,
    show_secrets_option,
)
from matui.cli.output.streams import note
from matui.resources.kind import Kind
from matui.resources.kinds.jobs import VERSIONS
from matui.resources.kinds.triage import SEVERAL_KINDS
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.config.settings import Profile

_CLOUD = "the cloud"


@click.command("get")
@click.argument("words", metavar="KIND [ID]...", nargs=-1, required=True, shell_complete=complete_targets)
@output_option(*OUTPUTS)
@click.option(
    "--filter",
    "expression",
    default="",
    metavar="EXPR",
    callback=decode_text,
    shell_complete=complete_filter_option,
    help="Such as: 'train status:failed age<2h'.",
)
@click.option(
    "--sort",
    metavar="COL",
    shell_complete=complete_columns,
    help="A column; with a - before it, the other way round.",
)
@click.option("--watch", is_flag=True, help="Go on with a line for each change, until ctrl+c.")
@click.option("--no-headers", is_flag=True, help="Leave out the titles of a table; other formats have none.")
@show_secrets_option
@click.option("--versions", is_flag=True, help="Show the versions of one job, as a graph of parent versions.")
@click.pass_obj
def command(
    options: Options,
    words: tuple[str, ...],
    output: str,
    expression: str,
    sort: str | None,
    watch: bool,
    no_headers: bool,
    show_secrets: bool,
    versions: bool,
) -> int:
    """List the resources of a kind, or those of the given ids or names.

    KIND may also be triage (what needs a person, with the reason) or all.

    A filter's words are fuzzy on name and id; fields are status:, phase:, owner:, age<, duration> and any
    column; ! negates, /regex/ searches; all terms must hold.
    """
    refuse_secrets_in(output, show_secrets)
    kind, ids = parse_listed(words)
    chosen = parse_filter_option(expression, "" if versions or kind.id in SEVERAL_KINDS else kind.id)
    if versions:
        if kind.id != "jobs" or len(ids) != 1 or watch:
            raise UsageError("--versions is for one job.", remedy="Example: matui get jobs JOB --versions")
        order = SortOrder.of(VERSIONS, sort)
        query = ListQuery(VERSIONS, ids, output, chosen, order, not no_headers, show_secrets)
        run_async(_show_versions(options, kind, query, with_graph=sort is None and not chosen))
        return 0
    query = ListQuery(kind, ids, output, chosen, SortOrder.of(kind, sort), not no_headers, show_secrets)
    if watch and output in ("json", "yaml"):
        raise UsageError(
            f"--watch never ends, so it cannot write one {output} document.", remedy="Use -o jsonl."
        )
    if query.has_several_kinds and (watch or ids):
        raise UsageError(
            f"get {kind.id} takes neither IDs nor --watch.", remedy="Name one kind, such as: matui get jobs"
        )
    try:
        return run_async(_get(options, query, watch=watch))
    except SeveralProfilesError as several:
        names = several.names
    from matui.cli.get.many import get_from_all

    return run_async(get_from_all(options, names, query, watch=watch))


async def _get(options: Options, query: ListQuery, *, watch: bool) -> int:
    if watch:
        from matui.cli.get.watch import watch_changes

        async with open_session(options) as session:
            sink = build_sink(query, [session])
            await watch_changes([session], query.kind, query.ids, query.filter, query.order, sink)
        return 0
    from matui.cli.get.fetching import DEFAULT_READ_TIMEOUT_S, TimeLimit, WaitNotice, fetch

    limit, notice = TimeLimit(DEFAULT_READ_TIMEOUT_S), WaitNotice(query.kind)

    def use(profile: Profile) -> None:
        limit.use(profile)
        notice.sign_in(_CLOUD, profile)

    async with AsyncExitStack() as opened:
        async with notice.report_while(), limit.apply():
            notice.start(_CLOUD)
            session = await opened.enter_async_context(open_session(options, use, notes_waits=False))
            notice.finish(_CLOUD)
            notice.start(session.profile.name)
            fetched = await fetch(session, query, limit=limit, notice=notice)
        if fetched.found is None or fetched.rows:
            _show(session, fetched.rows, fetched.total, query)
        if fetched.found is not None:
            fetched.found.raise_missing()
    for error in fetched.errors:
        note(str(error))
    return max((error.exit_code for error in fetched.errors), default=0)


async def _show_versions(options: Options, jobs: Kind, query: ListQuery, *, with_graph: bool) -> None:
    from matui.base.errors import RefusedError
    from matui.cli.context.resolve import find_one
    from matui.clouds.protocols import ListsVersions, require
    from matui.live.capabilities import explain_missing_pane
    from matui.resources.version_graph import add_graph

    async with open_session(options) as session:
        job = await find_one(session, jobs, query.ids[0])
        reason = explain_missing_pane(session.cloud, jobs, "versions")
        if reason is not None:
            raise RefusedError(f"{reason[:1].upper()}{reason[1:]}.")
        listed = await require(session.cloud, ListsVersions).fetch_versions(job)
        _show(session, add_graph(listed) if with_graph else listed, len(listed), query)


def _show(session: Session, rows: Sequence[Resource], total: int | None, query: ListQuery) -> None:
    now_ms = session.clock.now() * 1000
    shown = query.select(rows, now_ms, [session])
    known = total if total is not None else len(rows)
    build_sink(query, [session]).write_all(shown, now_ms, known, came=len(rows))
