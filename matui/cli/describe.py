"""``matui describe KIND ID``: everything known about one resource."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from typing import Any, TypeVar

import click

from matui.base.calls.gather import gather_two
from matui.base.calls.shared_reads import share_reads
from matui.base.errors import MatuiError
from matui.base.text.cells import measure_width
from matui.base.text.formatting import format_age, format_duration, format_iso_utc, format_local_time
from matui.base.text.sanitize import clean
from matui.cli.completion.candidates import complete_targets
from matui.cli.context.session import Session, open_session, retry_unreadable, run_async
from matui.cli.options import Options, output_option, refuse_secrets_in, show_secrets_option
from matui.cli.output.streams import note, print_line, to_json, to_yaml
from matui.cli.output.table import Table
from matui.clouds.protocols import Describes, ListsVersions, ReportsEvents, ReportsUpdates
from matui.live.actions.guard import list_offered_actions
from matui.live.capabilities import explain_missing_pane
from matui.resources.columns import PHASE_SYMBOLS, format_time_left
from matui.resources.detail import Detail, Event, Instant, Section
from matui.resources.export import format_resource
from matui.resources.kind import Action, PaneName
from matui.resources.model import Resource
from matui.resources.registry import get_kind
from matui.resources.version_graph import add_graph
from matui.resources.why import find_why

T = TypeVar("T")


def format_detail(
    detail: Detail, versions: Sequence[Resource], events: Sequence[Event], now_ms: float
) -> str:
    """Return everything as lines; times are local with their zone."""
    blocks = [_format_block("", _build_summary(detail.resource, now_ms), now_ms)]
    blocks += [_format_block(section.title, section.rows, now_ms) for section in detail.sections]
    if versions:
        table = Table.fit_rows(get_kind(versions[0].kind), versions, now_ms, wide=True, room=None)
        lines = [table.format_header(), *(table.format_row(version, now_ms) for version in versions)]
        blocks.append("\n".join(["Versions", *(f"  {line}" for line in lines)]))
    if events:
        blocks.append("\n".join(["Events", *(_format_event(event) for event in events)]))
    return "\n\n".join(block for block in blocks if block)


def _build_summary(resource: Resource, now_ms: float) -> list[tuple[str, str | Instant]]:
    duration = resource.duration_ms
    age = (
        f"{format_age((now_ms - resource.created_at) / 1000)} ago" if resource.created_at is not None else ""
    )
    rows: list[tuple[str, str | Instant]] = [
        ("Name", resource.name),
        ("ID", resource.id),
        ("Kind", resource.kind),
        (
            "Status",
            " ".join(
                filter(None, (PHASE_SYMBOLS[resource.phase], resource.status, f"({resource.phase.value})"))
            ),
        ),
        ("Workspace", resource.workspace),
        ("Owner", resource.owner),
        ("Created", f"{format_local_time(resource.created_at)} ({age})" if age else ""),
        ("Updated", Instant(resource.updated_at) if resource.updated_at is not None else ""),
        ("Duration", format_duration(duration / 1000) if duration is not None else ""),
        ("Profile", resource.profile),
    ]
    return [(label, value) for label, value in rows if value]


def _format_block(title: str, rows: Iterable[tuple[str, str | Instant]], now_ms: float) -> str:
    cells = [(clean(label), _format_value(value, now_ms)) for label, value in rows]
    width = max((measure_width(label) for label, _value in cells), default=0)
    indent = "  " if title else ""
    lines = [
        f"{indent}{label}{' ' * (width - measure_width(label))}  {value}".rstrip() for label, value in cells
    ]
    return "\n".join([clean(title), *lines] if title else lines)


def _format_value(value: str | Instant, now_ms: float) -> str:
    if not isinstance(value, Instant):
        return clean(value)
    left = format_time_left(value.ms, now_ms) if value.counts_down else "–"
    return format_local_time(value.ms) if left == "–" else f"{format_local_time(value.ms)} (in {left})"


def _format_event(event: Event) -> str:
    mark = "!" if event.abnormal else " "
    source = f"{clean(event.source)}: " if event.source else ""
    return f"{mark} {format_local_time(event.at)}  {source}{clean(event.text)}"


@click.command("describe")
@click.argument("words", metavar="KIND ID", nargs=-1, required=True, shell_complete=complete_targets)
@output_option("text", "json", "yaml")
@show_secrets_option
@click.pass_obj
def command(options: Options, words: tuple[str, ...], output: str, show_secrets: bool) -> None:
    """Show everything known about one resource: its details, versions and events.

    ID may be a name that only one has; a job's version is JOB/VERSION.
    """
    from matui.cli.context.resolve import parse_target

    refuse_secrets_in(output, show_secrets)
    kind, ident = parse_target(words)
    run_async(_describe(options, kind.id, ident, output, show_secrets=show_secrets))


async def _describe(options: Options, kind_id: str, ident: str, output: str, *, show_secrets: bool) -> None:
    from matui.cli.context.resolve import find_one

    async with open_session(options) as session:
        resource = await find_one(session, get_kind(kind_id), ident)
        with share_reads():
            (detail, versions), (events, updates) = await gather_two(
                gather_two(_fetch_detail(session, resource), _fetch_versions(session, resource)),
                gather_two(_fetch_events(session, resource), _fetch_updates(session, resource)),
            )
        why = find_why(detail.resource, detail.sections, events)
        if why is not None:
            detail = detail._replace(sections=(why, *detail.sections))
        now_ms = session.cloud_clock.now() * 1000
    if output == "text":
        shown = detail._replace(sections=(*detail.sections, *updates))
        print_line(format_detail(shown, add_graph(versions), events, now_ms))
        return
    tree = _build_tree(session, detail, versions, events, show_secrets=show_secrets)
    if "updates" in get_kind(resource.kind).panes:
        tree["updates"] = [_serialize_section(section) for section in updates]
    print_line(to_yaml(tree) if output == "yaml" else to_json(tree, indent=2))


async def _fetch_detail(session: Session, resource: Resource) -> Detail:
    cloud = session.cloud
    if not isinstance(cloud, Describes):
        return Detail(resource, ())
    return await retry_unreadable(session, lambda: cloud.describe(resource))


async def _fetch_versions(session: Session, resource: Resource) -> tuple[Resource, ...]:
    cloud = session.cloud
    if not isinstance(cloud, ListsVersions) or _is_missing(session, resource, "versions"):
        return ()
    return await _read_or_note("versions", cloud.fetch_versions(resource))


async def _fetch_events(session: Session, resource: Resource) -> tuple[Event, ...]:
    cloud = session.cloud
    if not isinstance(cloud, ReportsEvents) or _is_missing(session, resource, "events"):
        return ()
    return await _read_or_note("events", cloud.fetch_events(resource))


async def _fetch_updates(session: Session, resource: Resource) -> tuple[Section, ...]:
    cloud = session.cloud
    if not isinstance(cloud, ReportsUpdates) or _is_missing(session, resource, "updates"):
        return ()
    return await _read_or_note("update history", cloud.fetch_updates(resource))


async def _read_or_note(what: str, read: Awaitable[tuple[T, ...]]) -> tuple[T, ...]:
    """Return what is read, nothing where that fails: stderr says why."""
    try:
        return await read
    except MatuiError as error:
        note(f"The {what} could not be read. {error}")
        return ()


def _is_missing(session: Session, resource: Resource, pane: PaneName) -> bool:
    return explain_missing_pane(session.cloud, get_kind(resource.kind), pane) is not None


def _build_tree(
    session: Session,
    detail: Detail,
    versions: tuple[Resource, ...],
    events: tuple[Event, ...],
    *,
    show_secrets: bool,
) -> dict[str, Any]:
    resource = detail.resource
    tree = format_resource(resource, _list_offered(session, resource), show_secrets=show_secrets)
    tree["sections"] = [_serialize_section(section) for section in detail.sections]
    panes = get_kind(resource.kind).panes
    if "versions" in panes:
        tree["versions"] = [
            format_resource(one, _list_offered(session, one), show_secrets=show_secrets) for one in versions
        ]
    if "events" in panes:
        tree["events"] = [event.as_json() for event in events]
    return tree


def _list_offered(session: Session, resource: Resource) -> tuple[Action, ...]:
    if session.policy.explain_denial_for(session.cloud.profile, resource) is not None:
        return ()
    return list_offered_actions(session.cloud, get_kind(resource.kind), policy=session.policy)


def _serialize_section(section: Section) -> dict[str, Any]:
    rows = [{"label": label, "value": _serialize_value(value)} for label, value in section.rows]
    return {"title": section.title, "rows": rows}


def _serialize_value(value: str | Instant) -> str | None:
    return format_iso_utc(value.ms) if isinstance(value, Instant) else value
