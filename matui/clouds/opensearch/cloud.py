"""OpenSearch as a cloud: function instances as jobs, their trainings as versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from matui.base.clock import Clock
from matui.base.errors import NotFoundError
from matui.clouds.detail_cache import DetailCache
from matui.clouds.opensearch.api import ListProgress, OpenSearchApi, join_id, split_id
from matui.clouds.opensearch.mapping import (
    CLOUD,
    OpenSearchScope,
    build_instance_sections,
    build_task_sections,
    map_job,
    map_task,
    map_task_metrics,
)
from matui.clouds.opensearch.models import InstanceRow, Training
from matui.clouds.peer_cloud import PeerCloud
from matui.clouds.protocols import ListRequest, Page
from matui.clouds.rows import (
    ActOnResource,
    Unsupported,
    build_unreadable_row,
    is_newest_first,
    refuse_unreadable,
    refuse_unreadable_id,
)
from matui.clouds.wire_types import to_whole
from matui.resources.detail import Detail, Metrics
from matui.resources.kinds.jobs import OPENSEARCH_STATUSES
from matui.resources.model import RawRecord, Resource, get_phase

_MOST_PAGES = 100
_NO_STOP = "OpenSearch has no stop for a running task"
_NO_LOGS = "OpenSearch's API gives no logs; the detail of a training has its errors"
_NO_FORM = "OpenSearch's instances are configured in its console, not by matui"
_NO_RERUN = "OpenSearch trains an instance with the settings it has: start the job"


@dataclass(frozen=True, slots=True)
class TrainingSummary:
    """The newest training of an instance, and how many there are; None where the cloud does not say."""

    newest: Training | None
    count: int | None


def _has_ended(trained: TrainingSummary | None) -> bool:
    newest = trained.newest if trained is not None else None
    return newest is None or get_phase(newest.status, OPENSEARCH_STATUSES).ended


class OpenSearchCloud(PeerCloud):
    """One profile's app group; ``functions`` are the names of its functions, such as ``ctr``."""

    name = CLOUD
    title = "OpenSearch"
    offered = frozenset({("jobs", "start"), ("jobs", "delete"), ("versions", "delete")})
    unsupported: ClassVar[Unsupported] = {
        **dict.fromkeys((("jobs", "stop"), ("versions", "stop")), _NO_STOP),
        ("jobs", "save-image"): "OpenSearch's API saves no images",
        ("versions", "start"): "OpenSearch trains an instance, not a training that was: start the job",
        **dict.fromkeys((("jobs", "log"), ("versions", "log")), _NO_LOGS),
        ("jobs", "events"): "OpenSearch's API has no events",
        **dict.fromkeys((("jobs", "edit"), ("jobs", "create")), _NO_FORM),
        **dict.fromkeys((("jobs", "rerun"), ("versions", "edit"), ("versions", "rerun")), _NO_RERUN),
    }

    def __init__(
        self, api: OpenSearchApi, *, profile: str, region: str, functions: Sequence[str], clock: Clock
    ) -> None:
        super().__init__(api.http, profile=profile, region=region, clock=clock)
        self.api = api
        self._functions = tuple(dict.fromkeys(functions))
        self._latest: DetailCache[TrainingSummary] = DetailCache(self._fetch_summary, _has_ended, clock)

    async def list_page(self, request: ListRequest) -> Page:
        """Return one page of instances of all functions, newest first."""
        self._refuse_kind(request.kind)
        found: list[tuple[str, InstanceRow, RawRecord]] = []
        broken: list[Resource] = []
        missing = 0
        for function in self._functions:
            missing += await self._add_instances(function, found, broken)
        keys = [join_id(function, str(row.instance_name)) for function, row, _raw in found]
        known = await self._latest.get_many(keys, brief=request.brief)
        jobs = [self._map_job(*entry, known.get(key)) for key, entry in zip(keys, found, strict=True)]
        rows = (*sorted(jobs, key=lambda job: -(job.created_at or 0)), *broken)
        page = rows[request.number * request.size : (request.number + 1) * request.size]
        stated = len(rows) + missing if missing else None
        return Page(page, len(rows), is_newest_first(page), stated)

    async def _add_instances(
        self, function: str, found: list[tuple[str, InstanceRow, RawRecord]], broken: list[Resource]
    ) -> int:
        """Add the instances of a function; return how many more of them the cloud states at least."""
        progress = ListProgress()
        for page in range(1, _MOST_PAGES + 1):
            listed, raw = await self.api.list_instances(function, page)
            for at, row in enumerate(listed.result):
                place = RawRecord(raw, (at,))
                if row is None or row.instance_name == "":
                    progress.unreadable += 1
                    broken.append(build_unreadable_row("jobs", len(broken), CLOUD, self.profile, place))
                elif progress.is_new(str(row.instance_name)):
                    found.append((function, row, place))
            if progress.ends_with(len(listed.result), listed.total_count):
                return progress.missing
        return max(1, progress.missing)

    def _map_job(
        self, function: str, row: InstanceRow, raw: RawRecord, trained: TrainingSummary | None
    ) -> Resource:
        newest, count = (trained.newest, trained.count) if trained is not None else (None, None)
        return map_job(row, newest, count, function, self._build_scope(), raw)

    async def _fetch_summary(self, key: str) -> TrainingSummary:
        function, instance = split_id(key, 2)
        listed, _raw = await self.api.list_tasks(function, instance, size=1)
        rows = [row for row in listed.result if row is not None]
        return TrainingSummary(rows[0] if rows else None, to_whole(listed.total_count) if rows else 0)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return an instance by ``FUNCTION/INSTANCE``, a training by ``FUNCTION/INSTANCE/GENERATION``."""
        self._refuse_kind(kind)
        refuse_unreadable_id(resource_id)
        if kind == "versions" or resource_id.count("/") == 2:
            return (await self._fetch_task(resource_id))[0]
        return (await self._fetch_instance(resource_id))[0]

    async def _fetch_instance(self, resource_id: str) -> tuple[Resource, InstanceRow, TrainingSummary]:
        function, instance = split_id(resource_id, 2)
        reply, raw = await self.api.get_instance(function, instance)
        row = reply.result
        if row.instance_name == "":
            raise NotFoundError(
                "The instance does not exist.",
                status=200,
                remedy="See those there are with: matui get jobs -o wide",
            )
        trained = await self._fetch_summary(resource_id)
        self._latest.put(resource_id, trained)
        return self._map_job(function, row, raw, trained), row, trained

    async def _fetch_task(self, resource_id: str) -> tuple[Resource, Training]:
        function, instance, generation = split_id(resource_id, 3)
        reply, raw = await self.api.get_task(function, instance, generation)
        if not (reply.result.generation != "" or reply.result.status or reply.result.run_id):
            raise NotFoundError(
                "The training does not exist.",
                status=200,
                remedy="See those there are with the versions of its job.",
            )
        made = self._map_version(reply.result, function, instance, raw, asked=generation)
        return made, reply.result

    def _map_version(
        self, task: Training, function: str, instance: str, raw: RawRecord, asked: str = ""
    ) -> Resource:
        return map_task(task, function, instance, self._build_scope(), raw, asked)

    def _build_scope(self) -> OpenSearchScope:
        return OpenSearchScope(self.profile, self.region, self._get_now_ms())

    async def describe(self, resource: Resource) -> Detail:
        """Return an instance or a training as it is now with every section."""
        refuse_unreadable(resource)
        if resource.kind == "versions":
            now, task = await self._fetch_task(resource.id)
            return Detail(now, build_task_sections(now, task))
        now, row, trained = await self._fetch_instance(resource.id)
        return Detail(now, build_instance_sections(now, row, trained.newest))

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return an instance's trainings, newest first."""
        refuse_unreadable(job)
        function, instance = split_id(job.id, 2)
        rows: list[Resource] = []
        progress = ListProgress()
        for page in range(1, _MOST_PAGES + 1):
            listed, raw = await self.api.list_tasks(function, instance, page)
            for at, task in enumerate(listed.result):
                place = RawRecord(raw, (at,))
                if task is None or task.generation == "":
                    progress.unreadable += 1
                    rows.append(build_unreadable_row("versions", len(rows), CLOUD, self.profile, place))
                elif progress.is_new(str(task.generation)):
                    rows.append(self._map_version(task, function, instance, place))
            if progress.ends_with(len(listed.result), listed.total_count):
                break
        return tuple(rows)

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        """Return progress and recall of a training; of an instance, of all of its latest trainings too."""
        refuse_unreadable(resource)
        if resource.kind == "versions":
            return map_task_metrics((await self._fetch_task(resource.id))[1])
        function, instance = split_id(resource.id, 2)
        listed, _raw = await self.api.list_tasks(function, instance)
        runs = [run for run in listed.result if run is not None]
        return map_task_metrics(runs[0] if runs else None, runs[::-1])

    def get_handlers(self) -> dict[str, ActOnResource]:
        """Train and delete."""
        return {"start": self._train, "delete": self._delete}

    async def _train(self, job: Resource) -> str:
        self._latest.invalidate(job.id)
        return await self.api.train(*split_id(job.id, 2))

    async def _delete(self, resource: Resource) -> str:
        if resource.kind == "versions":
            function, instance, generation = split_id(resource.id, 3)
            self._latest.invalidate(join_id(function, instance))
            return await self.api.delete_task(function, instance, generation)
        self._latest.invalidate(resource.id)
        return await self.api.delete_instance(*split_id(resource.id, 2))
