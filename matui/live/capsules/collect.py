"""Collects what a capsule holds of one resource: side by side, each part or the reason why it is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random
from typing import Any

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.redaction import hide_in_bytes, known_secrets, mask_secrets
from matui.clouds.protocols import (
    Cloud,
    Describes,
    ReportsEvents,
    ReportsMetrics,
    TailsLogs,
)
from matui.live.capsules.log_capture import FileCapture, LogCapture
from matui.live.capsules.manifest import LogPart, Manifest
from matui.resources.codec import encode_detail, encode_events, encode_metrics, encode_resource
from matui.resources.model import Resource

RESOURCE, DETAIL, EVENTS, METRICS = "resource.json", "detail.json", "events.json", "metrics.json"


def make_capsule_id(resource: Resource, saved_at: int) -> str:
    """Return the id of a capsule: its time in UTC, the kind, and a digest of the resource."""
    moment = datetime.fromtimestamp(saved_at / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    key = "\0".join(resource.key)
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4)
    return f"{moment}-{resource.kind}-{digest.hexdigest()}"


async def collect_capsule(
    cloud: Cloud, resource: Resource, clock: Clock, rng: Random, *, limit_bytes: int
) -> tuple[Manifest, dict[str, bytes]]:
    """Return the manifest and the entries of a capsule. What cannot be read is named in the manifest."""
    cut: list[str] = []
    withheld: list[str] = []

    async def part(name: str, read: Callable[[], Awaitable[Any]] | None) -> tuple[str, Any]:
        if read is None:
            return name, None
        try:
            return name, await read()
        except MatuiError as error:
            cut.append(f"{name}: {error}")
            return name, None

    async def logs() -> list[FileCapture]:
        if resource.kind not in ("jobs", "versions") or not isinstance(cloud, TailsLogs):
            return []
        capture = LogCapture(cloud, resource, clock, rng, budget=cloud.budget, limit_bytes=limit_bytes)
        try:
            return await capture.run()
        except MatuiError as error:
            cut.append(f"logs: {error}")
            return capture.files

    found, files = await asyncio.gather(
        asyncio.gather(*(part(name, read) for name, read in _parts(cloud, resource).items())), logs()
    )
    entries = {RESOURCE: _dump(encode_resource(resource, raw=True))}
    entries |= {name: _dump(value) for name, value in found if value is not None}
    log_parts = []
    for number, file in enumerate(files):
        text, hidden = redact_lines(file.lines)
        entry = f"logs/{number:03d}.log"
        entries[entry] = text
        log_parts.append(LogPart(file.name, entry, len(file.lines), len(text), file.cut))
        cut += [f"log {file.name}: {file.cut}"] if file.cut else []
        cut += [f"log {file.name}: {gap}" for gap in file.gaps]
        withheld += [f"log {file.name}: secrets in {hidden} lines"] if hidden else []
    saved_at = int(clock.now() * 1000)
    manifest = Manifest(
        make_capsule_id(resource, saved_at), saved_at, resource.profile, resource.cloud, cloud.region,
        resource.kind, resource.id, resource.name, resource.status,
        tuple(log_parts), tuple(cut), tuple(withheld),
    )  # fmt: skip
    return manifest, entries


def _parts(cloud: Cloud, resource: Resource) -> dict[str, Callable[[], Awaitable[Any]]]:
    """Return how to read each part that the cloud offers, as JSON values."""
    parts: dict[str, Callable[[], Awaitable[Any]]] = {}
    if isinstance(cloud, Describes):
        describes = cloud

        async def detail() -> Any:
            return encode_detail(await describes.describe(resource))

        parts[DETAIL] = detail
    if isinstance(cloud, ReportsEvents):
        reports = cloud

        async def events() -> Any:
            return encode_events(await reports.events(resource))

        parts[EVENTS] = events
    if isinstance(cloud, ReportsMetrics):
        measures = cloud

        async def metrics() -> Any:
            return encode_metrics(await measures.metrics(resource))

        parts[METRICS] = metrics
    return parts


def _dump(value: Any) -> bytes:
    data = json.dumps(mask_secrets(value), ensure_ascii=False, separators=(",", ":"), default=str)
    return hide_in_bytes(data.encode("utf-8", "backslashreplace"), known_secrets())


def redact_lines(lines: list[str]) -> tuple[bytes, int]:
    """Return lines as UTF-8 with secrets masked, and how many lines were changed."""
    secrets, hidden, parts = known_secrets(), 0, []
    for line in lines:
        data = line.encode("utf-8", "surrogatepass")
        safe = hide_in_bytes(mask_secrets(line).encode("utf-8", "surrogatepass"), secrets)
        hidden += safe != data
        parts.append(safe)
    return b"\n".join(parts) + (b"\n" if parts else b""), hidden
