"""A cloud with one resource, read from a capsule and shown offline, and the reason of its failure."""

# ruff: noqa: ARG002  the arguments are those of the protocols

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from matui.base.clock import SystemClock
from matui.base.errors import MatuiError, NotFoundError
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import ListRequest, LogPage, Page
from matui.live.capsules import PROFILE_PREFIX
from matui.live.capsules.archive import REMEDY_DAMAGED, StoredCapsule
from matui.live.capsules.collect import DETAIL, EVENTS, METRICS, RESOURCE
from matui.live.offline_cloud import OfflineCloud, build_page_of_lines
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.item import Why
from matui.resources.codec import decode_detail, decode_events, decode_metrics, decode_resource
from matui.resources.detail import Detail, Event, Metrics
from matui.resources.model import Resource

NewParser = Callable[[float | None], TimestampParser]
"""Returns a parser of the times in a log whose job began at some ms since the epoch."""
FindWhy = Callable[[StoredCapsule], Why | None]
"""Returns the reason in a capsule; it reads the disk."""
_HELD = ("detail", "log", "events", "metrics", "raw")
_LEFT_OUT = ("versions", "updates", "nodes")


def explain_capsule(
    capsule: StoredCapsule,
    rules: ErrorRules = DEFAULT_RULES,
    new_parser: NewParser = TimestampParser,
) -> Why | None:
    """Return the reason in the events, details or log of a capsule, None for none. It reads the disk.

    Call it in a thread that runs no event loop.
    """
    try:
        return asyncio.run(_explain(CapsuleCloud(capsule), rules, new_parser))
    except MatuiError:
        return None


async def _explain(cloud: CapsuleCloud, rules: ErrorRules, new_parser: NewParser) -> Why | None:
    (resource,) = (await cloud.list_page(ListRequest(cloud.kinds[0]))).resources
    return await fetch_why(
        cloud,
        resource,
        clock=SystemClock(),
        new_parser=lambda: new_parser(resource.created_at),
        rules=rules,
    )


class CapsuleCloud(OfflineCloud):
    """Answers from a capsule; nothing can be done to its resource."""

    NO_ACTIONS = "This is a capsule: nothing can be done to it."
    NO_BYTES = "A capsule has no log by bytes."

    def __init__(self, capsule: StoredCapsule) -> None:
        manifest = capsule.manifest
        self.name = manifest.cloud
        self.profile = f"{PROFILE_PREFIX}{manifest.id}"
        self.region = manifest.region
        self.project_id = ""
        self.saved_at = manifest.saved_at
        self.kinds = (manifest.kind,)
        self._capsule = capsule
        self._lines: dict[str, list[str]] = {}
        resource = capsule.decode(RESOURCE, decode_resource)
        if resource is None:
            raise MatuiError(
                f"The capsule {manifest.id} names no resource.",
                remedy=REMEDY_DAMAGED,
            )
        self._resource = replace(resource, profile=self.profile, workspace="")

    async def list_page(self, request: ListRequest) -> Page:
        """Return the resource of the capsule."""
        rows = (self._resource,) if request.kind == self._resource.kind and request.number == 0 else ()
        return Page(rows, 1)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return the resource of the capsule. Raises NotFoundError for any other."""
        if (kind, resource_id) != (self._resource.kind, self._resource.id):
            raise NotFoundError(
                f"The capsule holds no {kind} {resource_id}.",
                remedy=f"It holds {self._resource.kind} {self._resource.id}.",
            )
        return self._resource

    async def describe(self, resource: Resource) -> Detail:
        """Return the detail that was saved."""
        detail = self._capsule.decode(DETAIL, decode_detail)
        return (detail or Detail(resource, ()))._replace(resource=self._resource)

    async def fetch_events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the events that were saved."""
        return self._capsule.decode(EVENTS, decode_events) or ()

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        """Return the metrics that were saved."""
        return self._capsule.decode(METRICS, decode_metrics) or Metrics()

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files that were saved."""
        return tuple(log.name for log in self._capsule.manifest.logs)

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after the line number ``base``, or before it when ``older``."""
        return build_page_of_lines(self._get_log(file), base=base, older=older, limit=limit)

    def _get_log(self, file: str) -> list[str]:
        if file not in self._lines:
            entry = next((log.entry for log in self._capsule.manifest.logs if log.name == file), "")
            if not entry:
                raise NotFoundError(
                    f"The capsule has no log {file}.",
                    remedy=f"It has: {', '.join(log.name for log in self._capsule.manifest.logs) or 'none'}.",
                )
            text = self._capsule.read(entry).decode("utf-8", "surrogateescape")
            self._lines[file] = text.split("\n")[:-1]
        return self._lines[file]

    def explain_unsupported(self, kind: str, action: str) -> str | None:
        """Return why a kind or pane is not held, and that nothing can be changed."""
        if action in _HELD and kind in self.kinds:
            return self._capsule.manifest.missing.get(action)
        if kind not in self.kinds or action in _LEFT_OUT:
            return f"the capsule holds no {action or kind}"
        return "this is a capsule: nothing can be changed" if action else None
