"""A cloud with one resource, read from a capsule: the console shows it like a live one, offline."""

# ruff: noqa: ARG002  the arguments are those of the protocols

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matui.base.errors import MatuiError, NotFoundError, RefusedError
from matui.clouds.protocols import NO_REQUESTS, ActionResult, BudgetState, LogBytes, LogPage, Page, PageAsk
from matui.live.capsules import PROFILE_PREFIX
from matui.live.capsules.archive import StoredCapsule
from matui.live.capsules.collect import DETAIL, EVENTS, METRICS, RESOURCE
from matui.resources.codec import decode_detail, decode_events, decode_metrics, decode_resource
from matui.resources.detail import Detail, Event, Metrics
from matui.resources.model import Resource

_HELD = ("", "detail", "log", "events", "metrics", "raw")


class CapsuleCloud:
    """Answers from a capsule; nothing can be done to its resource."""

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
            raise MatuiError(f"The capsule {manifest.id} names no resource.")
        self._resource = replace(resource, profile=self.profile, workspace="")

    def budget(self) -> BudgetState:
        """Return an unused budget: nothing is requested."""
        return NO_REQUESTS

    async def aclose(self) -> None:
        """Do nothing."""

    async def list_page(self, ask: PageAsk) -> Page:
        """Return the resource of the capsule."""
        rows = (self._resource,) if ask.kind == self._resource.kind and ask.number == 0 else ()
        return Page(rows, 1)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return the resource of the capsule. Raises NotFoundError for any other."""
        if (kind, resource_id) != (self._resource.kind, self._resource.id):
            raise NotFoundError(f"The capsule holds no {kind} {resource_id}.")
        return self._resource

    async def describe(self, resource: Resource) -> Detail:
        """Return the detail that was saved."""
        detail = self._capsule.decode(DETAIL, decode_detail)
        return replace(detail or Detail(resource, ()), resource=self._resource)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the events that were saved."""
        return self._capsule.decode(EVENTS, decode_events) or ()

    async def metrics(self, resource: Resource) -> Metrics:
        """Return the metrics that were saved."""
        return self._capsule.decode(METRICS, decode_metrics) or Metrics()

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files that were saved."""
        return tuple(log.name for log in self._capsule.manifest.logs)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after the line number ``base``, or before it when ``older``."""
        lines = self._log(file)
        if not base:
            begin = 0 if older else max(0, len(lines) - limit)
            return _page(lines, begin, min(len(lines), begin + limit))
        at = int(base) if base.isascii() and base.isdigit() else 0
        if older:
            return _page(lines, max(0, at - 1 - limit), max(0, at - 1))
        return _page(lines, at, min(len(lines), at + limit), base=base)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Raise RefusedError: a capsule is read by lines."""
        raise RefusedError("A capsule has no log by bytes.")

    def _log(self, file: str) -> list[str]:
        if file not in self._lines:
            entry = next((log.entry for log in self._capsule.manifest.logs if log.name == file), "")
            if not entry:
                raise NotFoundError(f"The capsule has no log {file}.")
            text = self._capsule.read(entry).decode("utf-8", "surrogateescape")
            self._lines[file] = text.split("\n")[:-1]
        return self._lines[file]

    def offers(self, kind: str, action: str) -> bool:
        """Return False: nothing can be done."""
        return False

    def batches(self, kind: str, action: str) -> bool:
        """Return False."""
        return False

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Raise RefusedError."""
        raise RefusedError("This is a capsule: nothing can be done to it.")

    def why_not(self, kind: str, action: str) -> str | None:
        """Return why there are no actions, forms and versions; None for what a capsule holds."""
        return None if action in _HELD else "a capsule is a record"


def _page(lines: list[str], begin: int, end: int, *, base: str = "") -> LogPage:
    """Return lines ``begin`` to ``end``; the cursor of a line is its number from 1."""
    if begin >= end:
        return LogPage("", base, base, 0)
    return LogPage("\n".join(lines[begin:end]) + "\n", str(begin + 1), str(end), end - begin)
