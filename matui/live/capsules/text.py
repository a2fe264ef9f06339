"""Capsules as rows of a table, as text and as JSON documents. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

from matui.base.errors import NotFoundError
from matui.base.log_lines.control import render_plain_text
from matui.base.text.cells import cut, fit
from matui.base.text.formatting import add_zone_to_title, format_bytes, format_local_time, pluralize
from matui.base.text.sanitize import clean
from matui.clouds.protocols import Cloud
from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.capsules.collect import DETAIL, EVENTS, METRICS, RESOURCE
from matui.live.capsules.manifest import LogPart, Manifest
from matui.resources.codec import decode_detail, decode_events
from matui.resources.columns import shorten_status
from matui.resources.detail import Detail, Instant
from matui.resources.model import Fact, Phase, Resource

_LOG_END = 10  # lines of each log
_EVENTS_END = 20
_MOMENT_CELLS = 23  # 2020-07-16 08:22:29 UTC


def format_capsules(capsules: Sequence[StoredCapsule], width: int | None) -> Iterator[str]:
    """Yield the table of capsules, each line cut to ``width`` cells if given."""
    ids = max(len(one.manifest.id) for one in capsules)
    header = f"{'ID':<{ids}}  {add_zone_to_title('SAVED', 19):<19}  {'KIND':<9}  {'SIZE':>9}  NAME"
    yield header if width is None else cut(header, width)
    for one in capsules:
        manifest = one.manifest
        saved = format_local_time(manifest.saved_at)[:19]
        note = "  incomplete" if manifest.cut else ""
        line = (
            f"{manifest.id:<{ids}}  {saved}  {fit(manifest.kind, 9)}  {format_bytes(one.size):>9}"
            f"  {manifest.name} ({shorten_status(manifest.status)}, {manifest.profile}){note}"
        )
        yield line if width is None else cut(line, width)


def serialize_capsule(capsule: StoredCapsule) -> dict[str, Any]:
    """Return the document of ``matui capsule show -o json``; a part that the capsule lacks is null."""
    parts = {"resource": RESOURCE, "detail": DETAIL, "events": EVENTS, "metrics": METRICS}
    manifest = capsule.manifest
    return manifest.as_json(capsule.size) | {
        "logs": [
            {"name": log.name, "lines": log.lines, "bytes": log.bytes, "cut": log.cut or None}
            for log in manifest.logs
        ],
        **{name: capsule.read_json(entry) for name, entry in parts.items()},
    }


def find_log(manifest: Manifest, name: str) -> LogPart:
    """Return a log file of a capsule by its name. Raises NotFoundError with the names there are."""
    for log in manifest.logs:
        if log.name == name:
            return log
    names = ", ".join(log.name for log in manifest.logs) or "none"
    raise NotFoundError(f"The capsule has no log {name!r}.", remedy=f"It has: {names}.")


def show_lines(capsule: StoredCapsule, width: int | None) -> Iterator[str]:
    """Yield a capsule as text."""
    for line in _format_capsule(capsule):
        yield line if width is None else cut(line, width)


def _format_capsule(capsule: StoredCapsule) -> Iterator[str]:
    manifest = capsule.manifest
    status = shorten_status(manifest.status)
    yield f"{manifest.kind} {manifest.name} ({clean(manifest.resource_id)}): {status}"
    region = f", {manifest.region}" if manifest.region else ""
    yield f"saved {format_local_time(manifest.saved_at)}, profile {manifest.profile}{region}"
    yield from (f"cut: {one}" for one in manifest.cut)
    yield from (f"withheld: {one}" for one in manifest.withheld)
    yield from _format_detail(capsule.decode(DETAIL, decode_detail))
    events = capsule.decode(EVENTS, decode_events) or ()
    if events:
        yield ""
        yield "Events"
    for event in events[-_EVENTS_END:]:
        moment = f"{format_local_time(event.at):<{_MOMENT_CELLS}}"
        yield f"  {moment}  {'!' if event.abnormal else ' '} {clean(event.text)}"
    for log in manifest.logs:
        yield ""
        note = f", cut: {log.cut}" if log.cut else ""
        yield f"Log {clean(log.name)}: {pluralize(log.lines, 'line')}{note}; the last ones:"
        lines = capsule.read(log.entry).decode("utf-8", "replace").split("\n")[:-1]
        yield from (f"  {render_plain_text(line)}" for line in lines[-_LOG_END:])


def _format_detail(detail: Detail | None) -> Iterator[str]:
    for section in detail.sections if detail is not None else ():
        yield ""
        yield clean(section.title)
        for label, value in section.rows:
            shown = format_local_time(value.ms) if isinstance(value, Instant) else clean(value)
            yield f"  {fit(clean(label), 20)}  {shown}"


def build_row(capsule: StoredCapsule) -> Resource:
    """Return a capsule as a row."""
    manifest = capsule.manifest
    facts: dict[str, Fact] = {
        "of": manifest.kind,
        "resource_id": manifest.resource_id,
        "bytes": capsule.size,
        "lines": sum(log.lines for log in manifest.logs) if manifest.logs else None,
        "cut": manifest.cut[0] if manifest.cut else "",
        "withheld": manifest.withheld[0] if manifest.withheld else "",
    }
    return Resource(
        kind="capsules",
        id=manifest.id,
        name=manifest.name,
        status=manifest.status,
        phase=Phase.FAILED,
        cloud=manifest.cloud,
        profile=manifest.profile,
        created_at=manifest.saved_at,
        facts={name: value for name, value in facts.items() if value not in ("", None)},
    )


def describe_capsule(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the status bar says of an opened capsule; ``zone`` None is the machine's."""
    return f"capsule saved {_format_time_saved(cloud, zone)} · offline · live profiles are not polled"


def describe_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    """Return what the title of a pane says of the age of what a capsule holds: ``saved 03:12``."""
    return f"saved {_format_time_saved(cloud, zone)[11:16]}"


def _format_time_saved(cloud: Cloud, zone: tzinfo | None) -> str:
    saved_at = cloud.saved_at if isinstance(cloud, CapsuleCloud) else None
    return format_local_time(saved_at, zone)[:19]
