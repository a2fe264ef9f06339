"""Collects what a capsule holds of one resource: side by side, each part or the reason why it is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from random import Random
from typing import Any, NamedTuple, TypeAlias

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.redaction.blocks import mask_key_lines
from matui.base.redaction.known import get_known_secrets, hide_in_bytes
from matui.base.redaction.masking import hide_in_text, mask_secrets
from matui.base.text.formatting import pluralize
from matui.clouds.protocols import (
    Cloud,
    Describes,
    ExplainsUnsupported,
    ReportsEvents,
    ReportsMetrics,
    TailsLogs,
)
from matui.live.capsules.log_capture import FileCapture, LogCapture, WaitTurn, wait_for_nothing
from matui.live.capsules.manifest import LogPart, Manifest
from matui.resources.codec import encode_detail, encode_events, encode_metrics, encode_resource
from matui.resources.model import Resource

RESOURCE, DETAIL, EVENTS, METRICS = "resource.json", "detail.json", "events.json", "metrics.json"
_NOT_READ = "older lines were not read yet when this was saved"
CapsuleEntries: TypeAlias = dict[str, bytes]
Save: TypeAlias = Callable[[Manifest, CapsuleEntries], Awaitable[None]]


def make_capsule_id(resource: Resource, saved_at: int) -> str:
    """Return the id of a capsule: its time in UTC, the kind, and a digest of the resource."""
    moment = datetime.fromtimestamp(saved_at / 1000, UTC).strftime("%Y%m%dT%H%M%S")
    key = "\0".join(resource.key)
    digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=4)
    return f"{moment}-{resource.kind}-{digest.hexdigest()}"


async def collect_capsule(
    cloud: Cloud,
    resource: Resource,
    clock: Clock,
    rng: Random,
    *,
    limit_bytes: int,
    save: Save | None = None,
    wait_turn: WaitTurn = wait_for_nothing,
) -> tuple[Manifest, CapsuleEntries]:
    """Return the manifest and the entries of a capsule. What cannot be read is named in the manifest.

    ``save`` is called with what there is once the ends of all logs have been read, where older lines remain
    to be read; ``wait_turn`` is awaited before each page of them. The resource may be deleted, or the console
    end, before that.
    """
    errors: list[str] = []

    async def part(name: str, answer: Awaitable[Any], encode: Callable[[Any], Any]) -> tuple[str, Any]:
        try:
            return name, encode(await answer)
        except MatuiError as error:
            errors.append(f"{name}: {error}")
            return name, None

    capture: LogCapture | None = None
    if resource.kind in ("jobs", "versions") and isinstance(cloud, TailsLogs):
        capture = LogCapture(
            cloud, resource, clock, rng, budget=cloud.get_budget, limit_bytes=limit_bytes, wait_turn=wait_turn
        )

    async def newest() -> None:
        try:
            if capture is not None:
                await capture.read_newest()
        except MatuiError as error:
            errors.append(f"logs: {error}")

    missing = _find_missing(cloud, resource.kind)
    found, _ = await asyncio.gather(
        asyncio.gather(*(part(*asked) for asked in _request_parts(cloud, resource, missing))),
        newest(),
    )
    draft = _Draft(cloud, resource, int(clock.now() * 1000), dict(found), errors, missing)
    files = capture.files if capture is not None else []
    if capture is not None and not capture.is_done:
        if save is not None:
            await save(*await asyncio.to_thread(draft.build, files, _NOT_READ))
        await capture.read_older()
    return await asyncio.to_thread(draft.build, files)


class _Draft(NamedTuple):
    """The records read of a resource beside its logs; ``found`` is by entry, None for what is missing."""

    cloud: Cloud
    resource: Resource
    saved_at: int
    found: Mapping[str, Any]
    errors: Sequence[str]
    missing: dict[str, str]

    def build(self, files: Sequence[FileCapture], unread: str = "") -> tuple[Manifest, CapsuleEntries]:
        """Return manifest and entries; ``unread`` says why files that could be read further are not whole."""
        resource, withheld, cut = self.resource, list[str](), list(self.errors)
        entries = {RESOURCE: _dump(encode_resource(resource, raw=True))}
        entries |= {name: _dump(value) for name, value in self.found.items() if value is not None}
        log_parts = []
        for number, file in enumerate(files):
            lines, why = file.lines, file.cut or ("" if file.is_done else unread)
            text, hidden = redact_lines(lines)
            entry = f"logs/{number:03d}.log"
            entries[entry] = text
            log_parts.append(LogPart(hide_in_text(file.name), entry, len(lines), len(text), why))
            cut += [f"log {file.name}: {why}"] if why else []
            cut += [f"log {file.name}: {gap}" for gap in file.gaps]
            withheld += [f"log {file.name}: secrets in {pluralize(hidden, 'line')}"] if hidden else []
        manifest = Manifest(
            make_capsule_id(resource, self.saved_at), self.saved_at, resource.profile, resource.cloud,
            self.cloud.region, resource.kind, resource.id, hide_in_text(resource.name), resource.status,
            tuple(log_parts), tuple(map(hide_in_text, cut)), tuple(map(hide_in_text, withheld)), self.missing,
        )  # fmt: skip
        return manifest, entries


def _find_missing(cloud: Cloud, kind: str) -> dict[str, str]:
    """Return why the cloud keeps no events or metrics of a kind, by pane."""
    if not isinstance(cloud, ExplainsUnsupported):
        return {}
    reasons = {pane: cloud.explain_unsupported(kind, pane) for pane in ("events", "metrics")}
    return {pane: reason for pane, reason in reasons.items() if reason}


def _request_parts(
    cloud: Cloud, resource: Resource, missing: Container[str]
) -> Iterator[tuple[str, Awaitable[Any], Callable[[Any], Any]]]:
    """Yield each part that the cloud offers: its entry, what is read, and how it becomes JSON values."""
    if isinstance(cloud, Describes):
        yield DETAIL, cloud.describe(resource), encode_detail
    if isinstance(cloud, ReportsEvents) and "events" not in missing:
        yield EVENTS, cloud.fetch_events(resource), encode_events
    if isinstance(cloud, ReportsMetrics) and "metrics" not in missing:
        yield METRICS, cloud.fetch_metrics(resource), encode_metrics


def _dump(value: Any) -> bytes:
    data = json.dumps(mask_secrets(value), ensure_ascii=False, separators=(",", ":"), default=str)
    return hide_in_bytes(data.encode("utf-8", "backslashreplace"), get_known_secrets())


def redact_lines(lines: list[str]) -> tuple[bytes, int]:
    """Return lines as UTF-8 with secrets masked, and how many lines were changed."""
    secrets, hidden, parts = get_known_secrets(), 0, []
    for line, shown in zip(lines, mask_key_lines(lines), strict=True):
        data = line.encode("utf-8", "surrogatepass")
        safe = hide_in_bytes(mask_secrets(shown).encode("utf-8", "surrogatepass"), secrets)
        hidden += safe != data
        parts.append(safe)
    return b"\n".join(parts) + (b"\n" if parts else b""), hidden
