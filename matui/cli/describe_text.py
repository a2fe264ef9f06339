"""Format the details of a resource as text: local times, labels aligned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matui.base.cells import cell_width
from matui.base.formatting import format_age, format_duration, format_local_time
from matui.base.sanitize import clean
from matui.cli.table import Table
from matui.resources.columns import PHASE_SYMBOLS, time_left
from matui.resources.detail import Detail, Event, Instant
from matui.resources.model import Resource
from matui.resources.registry import kind_by_id


def format_text(detail: Detail, versions: Sequence[Resource], events: Sequence[Event], now_ms: float) -> str:
    """Return everything as lines; times are local with their zone."""
    blocks = [_format_block("", _summary(detail.resource, now_ms), now_ms)]
    blocks += [_format_block(section.title, section.rows, now_ms) for section in detail.sections]
    if versions:
        table = Table.fitted(kind_by_id(versions[0].kind), versions, now_ms, wide=True, room=None)
        lines = [table.header(), *(table.row(version, now_ms) for version in versions)]
        blocks.append("\n".join(["Versions", *(f"  {line}" for line in lines)]))
    if events:
        blocks.append("\n".join(["Events", *(_format_event(event) for event in events)]))
    return "\n\n".join(block for block in blocks if block)


def _summary(resource: Resource, now_ms: float) -> list[tuple[str, str | Instant]]:
    duration = resource.duration_ms
    age = (
        f"{format_age((now_ms - resource.created_at) / 1000)} ago" if resource.created_at is not None else ""
    )
    rows: list[tuple[str, str | Instant]] = [
        ("Name", resource.name),
        ("ID", resource.id),
        ("Kind", resource.kind),
        ("Status", f"{PHASE_SYMBOLS[resource.phase]} {resource.status} ({resource.phase.value})"),
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
    width = max((cell_width(label) for label, _value in cells), default=0)
    indent = "  " if title else ""
    lines = [
        f"{indent}{label}{' ' * (width - cell_width(label))}  {value}".rstrip() for label, value in cells
    ]
    return "\n".join([clean(title), *lines] if title else lines)


def _format_value(value: str | Instant, now_ms: float) -> str:
    if not isinstance(value, Instant):
        return clean(value)
    left = time_left(value.ms, now_ms) if value.counts_down else "–"
    return format_local_time(value.ms) if left == "–" else f"{format_local_time(value.ms)} (in {left})"


def _format_event(event: Event) -> str:
    mark = "!" if event.abnormal else " "
    source = f"{clean(event.source)}: " if event.source else ""
    return f"{mark} {format_local_time(event.at)}  {source}{clean(event.text)}"
