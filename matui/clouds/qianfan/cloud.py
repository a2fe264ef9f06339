"""Qianfan as a cloud: fine-tuning jobs, their tasks as versions, and configured V1 runs."""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from matui.base.clock import Clock
from matui.base.errors import AuthenticationError, BadAnswerError, CloudError, NotFoundError, RefusedError
from matui.clouds.detail_cache import UNWANTED_S, DetailCache
from matui.clouds.peer_cloud import PeerCloud
from matui.clouds.protocols import ListRequest, Page
from matui.clouds.qianfan.api import MOST, MarkerPager, MarkerSlice, QianfanApi
from matui.clouds.qianfan.mapping import (
    CLOUD,
    NO_CALL,
    build_task_sections,
    build_v1_sections,
    map_job,
    map_task,
    map_task_metrics,
    map_v1_metrics,
    map_v1_run,
)
from matui.clouds.qianfan.models import FineTuningJob, FineTuningTask, FineTuningTaskList, MarkerInfo, V1Job
from matui.clouds.rows import (
    ActOnResource,
    Unsupported,
    build_unreadable_row,
    is_newest_first,
    match_id,
    refuse_unreadable,
    refuse_unreadable_id,
)
from matui.resources.detail import Detail, Metrics
from matui.resources.kinds.jobs import QIANFAN_STATUSES
from matui.resources.model import RawPage, RawRecord, Resource, build_empty_record, get_phase

_PAGES_SEARCHED = 3  # for the creation of a job that has tasks; its tasks state the rest
_NO_LOGS = "Qianfan's API gives no logs; the detail has the address of VisualDL"
_NO_FORM = "Qianfan's trainings are configured in its console, not by matui"


class _ListedJob(NamedTuple):
    """A job with its place in the answer that had it, and when that came, in monotonic seconds."""

    job: FineTuningJob
    raw: RawRecord
    read_at: float


@dataclass(frozen=True, slots=True)
class TaskSummary:
    """The newest task, the number of tasks (None: more than one page), and the first creation time in ms."""

    newest: FineTuningTask | None
    count: int | None
    began: int | None
    raw: RawRecord


def summarize_tasks(listed: FineTuningTaskList, raw: RawPage, job_id: str) -> TaskSummary:
    """Read the tasks of one job; no order is promised, so the latest creation decides."""
    rows = [
        (row.create_date or 0, -at, row)
        for at, row in enumerate(listed.task_list)
        if row is not None and _is_of_job(row, job_id)
    ]
    newest = max(rows, key=lambda entry: entry[:2])[2] if rows else None
    began = min((created for created, _at, _row in rows if created), default=None)
    more = listed.page_info.is_truncated is True
    return TaskSummary(newest, None if more else len(rows), began, RawRecord(raw))


def _is_of_job(task: FineTuningTask, job_id: str) -> bool:
    """Whether a task is of the job that was asked for: no action may reach one of another job."""
    return match_id(job_id, task.job_id) == job_id


def has_ended(tasks: TaskSummary | None) -> bool:
    """Whether the newest task has ended."""
    return tasks is None or tasks.newest is None or get_phase(tasks.newest.run_status, QIANFAN_STATUSES).ended


class QianfanCloud(PeerCloud):
    """One profile's Qianfan. ``v1_pairs`` are V1 task and job ids, which no call lists."""

    name = CLOUD
    title = "Qianfan"
    offered = frozenset((kind, action) for kind in ("jobs", "versions") for action in ("stop", "delete"))
    unsupported: ClassVar[Unsupported] = {
        ("jobs", "start"): "Qianfan trains again only as a new task, which matui cannot configure",
        ("jobs", "save-image"): "Qianfan's API saves no images",
        ("versions", "start"): "Qianfan does not start a task anew; a new one has to be made",
        **dict.fromkeys((("jobs", "log"), ("versions", "log")), _NO_LOGS),
        ("jobs", "events"): "Qianfan's API has no events",
        ("jobs", "edit"): "Qianfan's API changes nothing of a job that is there",
        **dict.fromkeys((("jobs", "create"), ("jobs", "rerun")), _NO_FORM),
        **dict.fromkeys((("versions", "edit"), ("versions", "rerun")), _NO_FORM),
    }

    def __init__(
        self, api: QianfanApi, *, profile: str, clock: Clock, v1_pairs: Sequence[tuple[int, int]] = ()
    ) -> None:
        super().__init__(api.http, profile=profile, region="", clock=clock)
        self.api = api
        self._v1_pairs = {f"{pair[0]}/{pair[1]}": pair for pair in v1_pairs}
        self._jobs: dict[str, _ListedJob] = {}
        self._latest: DetailCache[TaskSummary] = DetailCache(self._fetch_tasks, has_ended, clock)
        self._v1_latest: DetailCache[Resource] = DetailCache(self._fetch_v1_run_or_reason, _has_ended, clock)
        self._markers = MarkerPager(self._fetch_slice, MOST)

    async def list_page(self, request: ListRequest) -> Page:
        """Return one page of jobs; the V1 runs stand at the end of the list."""
        self._refuse_kind(request.kind)
        self._drop_unlisted()
        start = request.number * request.size
        rows, at_end, end, is_cut = await self._markers.read_rows(start, request.size)
        jobs = await self._add_newest_tasks(rows, brief=request.brief)
        if not at_end:
            return Page(jobs, None, is_newest_first(jobs))
        if jobs or request.number == 0:
            jobs += await self._list_v1_jobs()
        if request.number == 0:
            jobs = tuple(sorted(jobs, key=lambda job: -(job.created_at or 0)))
        if is_cut:
            at_least = end + len(self._v1_pairs) + 1
            return Page(jobs, at_least, is_newest_first(jobs), at_least)
        return Page(jobs, start + len(jobs), is_newest_first(jobs))

    async def _fetch_slice(self, marker: str, most: int) -> MarkerSlice:
        listed, raw = await self.api.list_jobs(marker, most)
        rows = []
        for at, row in enumerate(listed.job_list):
            place = RawRecord(raw, (at,))
            if row is None or row.job_id == "":
                rows.append(build_unreadable_row("jobs", at, CLOUD, self.profile, place))
                continue
            self._remember(str(row.job_id), row, place)
            rows.append(self._map_job(str(row.job_id), None))
        return MarkerSlice(tuple(rows), *listed.page_info.find_marker_after(marker))

    async def _add_newest_tasks(self, rows: Sequence[Resource], *, brief: bool) -> tuple[Resource, ...]:
        """Return the jobs with the state of their newest tasks; with ``brief`` some come without."""
        tasks = await self._latest.get_many([row.id for row in rows if row.id in self._jobs], brief=brief)
        return tuple(
            self._map_job(row.id, tasks.get(row.id)) if row.id in self._jobs else row for row in rows
        )

    def _map_job(self, job_id: str, tasks: TaskSummary | None) -> Resource:
        row, raw, _read_at = self._jobs[job_id]
        newest, count = (tasks.newest, tasks.count) if tasks is not None else (None, None)
        return map_job(row, newest, count, profile=self.profile, now_ms=self._get_now_ms(), raw=raw)

    async def _fetch_tasks(self, job_id: str) -> TaskSummary:
        listed, raw = await self.api.list_tasks(job_id)
        return summarize_tasks(listed, raw, job_id)

    async def _list_v1_jobs(self) -> tuple[Resource, ...]:
        found = await self._v1_latest.get_many(list(self._v1_pairs))
        return tuple(job for job in found.values() if job is not None)

    async def _fetch_v1_run_or_reason(self, resource_id: str) -> Resource:
        """Return a V1 run, or a row whose description is the reason why it cannot be read.

        A failure of the V1 interface must not hide the V2 jobs; refused credentials are raised.
        """
        pair = self._v1_pairs[resource_id]
        try:
            return await self._fetch_v1_run(pair)
        except CloudError as error:
            passing = type(error) not in (CloudError, NotFoundError)
            if isinstance(error, AuthenticationError) or (passing and self._v1_latest.contains(resource_id)):
                raise
            return map_v1_run(
                V1Job(description=str(error)), pair, profile=self.profile, raw=build_empty_record()
            )

    async def _fetch_v1_run(self, pair: tuple[int, int]) -> Resource:
        job, raw = await self.api.get_v1_job(*pair)
        return map_v1_run(job, pair, profile=self.profile, raw=raw)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return a job, a task by ``JOB/TASK``, or a V1 run by its two numbers."""
        return (await self._read_with_task(kind, resource_id))[0]

    async def _read_with_task(self, kind: str, resource_id: str) -> tuple[Resource, FineTuningTask]:
        self._refuse_kind(kind)
        refuse_unreadable_id(resource_id)
        pair = _split_pair(resource_id)
        if pair is not None:
            return await self._fetch_v1_run(pair), FineTuningTask()
        if "/" in resource_id:
            return await self._fetch_task(resource_id)
        tasks = await self._fetch_tasks(resource_id)
        self._latest.put(resource_id, tasks)
        await self._remember_job(resource_id, tasks)
        return self._map_job(resource_id, tasks), tasks.newest or FineTuningTask()

    async def _fetch_task(self, resource_id: str) -> tuple[Resource, FineTuningTask]:
        job_id, _, task_id = resource_id.rpartition("/")
        task, raw = await self.api.get_task(task_id)
        if not task.task_id and not task.job_id:
            raise NotFoundError(
                "The task does not exist.",
                status=200,
                remedy="See those there are with the versions of its job.",
            )
        made = map_task(task, job_id, profile=self.profile, now_ms=self._get_now_ms(), raw=raw, asked=task_id)
        return made, task

    async def _remember_job(self, job_id: str, tasks: TaskSummary) -> None:
        """Store the job of ``tasks``: there is no call for one job, so its tasks or the list describe it."""
        if tasks.newest is None:
            if not await self._is_listed(job_id, MOST):
                raise NotFoundError(
                    "The job does not exist.",
                    status=200,
                    remedy="See those there are with: matui get jobs -o wide",
                )
        elif job_id not in self._jobs:
            with suppress(CloudError):
                if await self._is_listed(job_id, _PAGES_SEARCHED):
                    return
            self._remember(job_id, FineTuningJob(job_id=job_id, create_date=tasks.began), tasks.raw)

    def _remember(self, job_id: str, job: FineTuningJob, raw: RawRecord) -> None:
        self._jobs[job_id] = _ListedJob(job, raw, self._clock.monotonic())

    def _drop_unlisted(self) -> None:
        """Drop the jobs that no answer has had for a day: each keeps the last one that had it."""
        since = self._clock.monotonic() - UNWANTED_S
        self._jobs = {job_id: one for job_id, one in self._jobs.items() if one.read_at > since}

    async def _is_listed(self, job_id: str, pages: int) -> bool:
        self._jobs.pop(job_id, None)
        part = MarkerSlice((), "")
        for _page in range(pages):
            part = await self._fetch_slice(part.marker, MOST)
            if job_id in self._jobs or not part.marker:
                break
        if (part.is_cut or part.marker) and job_id not in self._jobs:
            raise BadAnswerError(
                "The list of jobs ends early: it names no page for the rest.",
                status=200,
                remedy="Try again; if it goes on, report it to the cloud's support.",
            )
        return job_id in self._jobs

    async def describe(self, resource: Resource) -> Detail:
        """Return a job with its newest task, a task, or a V1 run, as it is now."""
        refuse_unreadable(resource)
        pair = _split_pair(resource.id)
        if pair is not None:
            job, raw = await self.api.get_v1_job(*pair)
            now = map_v1_run(job, pair, profile=self.profile, raw=raw)
            return Detail(now, build_v1_sections(now, job))
        now, task = await self._read_with_task(resource.kind, resource.id)
        if now.kind == "versions":
            return Detail(now, build_task_sections(now, task, None, None))
        task = await self._add_details(task)
        count = now.get_number("version_count")
        reported = None if count is None else int(count)
        return Detail(now, build_task_sections(now, task, self._jobs[now.id].job, reported))

    async def _add_details(self, task: FineTuningTask) -> FineTuningTask:
        """Return a task with the fields of its own call."""
        return (await self.api.get_task(str(task.task_id)))[0] if task.task_id != "" else task

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return a job's tasks, newest first, and a placeholder for those of a list cut twice.

        A V1 run has none.
        """
        refuse_unreadable(job)
        if _split_pair(job.id) is not None:
            return ()
        job_id = job.id.partition("/")[0]
        rows: list[Resource] = []
        listed_ids = set[str]()
        marker, came_from = "", set[str]()
        for _page in range(MOST):
            came_from.add(marker)
            listed, raw = await self.api.list_tasks(job_id, marker)
            if _leads_nowhere(listed.page_info, marker, came_from):
                listed, raw = await self.api.list_tasks(job_id, marker)
            for at, row in enumerate(listed.task_list):
                place = RawRecord(raw, (at,))
                if row is not None and not _is_of_job(row, job_id):
                    continue
                if row is None or row.task_id == "":
                    rows.append(build_unreadable_row("versions", len(rows), CLOUD, self.profile, place))
                elif str(row.task_id) not in listed_ids:
                    listed_ids.add(str(row.task_id))
                    rows.append(
                        map_task(row, job_id, profile=self.profile, now_ms=self._get_now_ms(), raw=place)
                    )
            if _leads_nowhere(listed.page_info, marker, came_from):
                rows.append(build_unreadable_row("versions", len(rows), CLOUD, self.profile, RawRecord(raw)))
                break
            marker, _is_cut = listed.page_info.find_marker_after(marker)
            if not marker:
                break
        return tuple(sorted(rows, key=lambda row: -(row.created_at or 0)))

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        """Return progress, scores and checkpoints of a task, or of a job's newest."""
        refuse_unreadable(resource)
        pair = _split_pair(resource.id)
        if pair is not None:
            return map_v1_metrics((await self.api.get_v1_job(*pair))[0])
        task = (await self._read_with_task(resource.kind, resource.id))[1]
        return map_task_metrics(task if resource.kind == "versions" else await self._add_details(task))

    def get_handlers(self) -> dict[str, ActOnResource]:
        """Return the functions of stop and delete."""
        return {"stop": self._stop, "delete": self._delete}

    async def _stop(self, resource: Resource) -> str:
        pair = _split_pair(resource.id)
        if pair is not None:
            self._v1_latest.invalidate(resource.id)
            return await self.api.stop_v1_job(*pair)
        job_id, slash, task_id = resource.id.partition("/")
        self._latest.invalidate(job_id)
        if not slash:
            task_id = resource.get_text("version_id")
        if not task_id:
            raise RefusedError(
                "The job has no task that could be stopped.",
                remedy="Look again when its first task has started.",
            )
        return await self.api.stop_task(task_id)

    async def _delete(self, resource: Resource) -> str:
        if _split_pair(resource.id) is not None:
            raise RefusedError(f"{NO_CALL}.", remedy="Delete it in the cloud's own console.")
        job_id, slash, task_id = resource.id.partition("/")
        self._latest.invalidate(job_id)
        return await (self.api.delete_task(task_id) if slash else self.api.delete_job(job_id))


def _leads_nowhere(page: MarkerInfo, marker: str, came_from: Container[str]) -> bool:
    """Return whether there are more rows than a page has, and no marker or a known one that leads to them."""
    following, is_cut = page.find_marker_after(marker)
    return is_cut or (following != "" and following in came_from)


def _has_ended(job: Resource | None) -> bool:
    return job is None or job.phase.ended


def _split_pair(resource_id: str) -> tuple[int, int] | None:
    """Return the two numbers of a V1 run's id, None for the id of anything of V2."""
    task_id, slash, job_id = resource_id.partition("/")
    both = slash and task_id.isascii() and task_id.isdigit() and job_id.isascii() and job_id.isdigit()
    return (int(task_id), int(job_id)) if both and len(resource_id) < 40 else None
