"""Why a job waits and how far it is: stages, queue, quota, fine-tuning metrics, notifications."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from typing import Literal, TypeVar

from pydantic import AliasChoices, Field

from matui.base.bounded import drop_oldest
from matui.base.calls.gather import gather_two
from matui.base.errors import PART_ERRORS
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import Reply
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.session import Transport
from matui.clouds.modelarts.v2.jobs.ft_metrics import FtMetrics, build_ft_series, build_progress_sections
from matui.clouds.modelarts.v2.jobs.models import V2Job
from matui.clouds.modelarts.v2.jobs.stages import StageRecords, build_stage_sections
from matui.clouds.modelarts.v2.pools.client import PoolsApi, WorkloadsQuery
from matui.clouds.modelarts.v2.pools.wire import PoolWorkload
from matui.clouds.rows import is_refusal
from matui.clouds.sections import build_section, format_number, format_seconds, join_text
from matui.clouds.wire_types import ModelRows, Text, Whole, WireModel
from matui.resources.detail import DetailRow, Gauge, MetricSeries, Section
from matui.resources.model import Phase, Resource

M = TypeVar("M", bound=WireModel)
_HANGS = "JobHanged"
_MOST_NOT_TUNED = 2_000
_LIVE = ("Creating", "Pending", "Running")


class EventCategory(WireModel):
    """A kind of event that a job can notify about."""

    id: Text = ""
    name: Text = ""
    description: Text = ""


class EventCategories(WireModel):
    categories: ModelRows[EventCategory] = Field(
        default_factory=list, validation_alias=AliasChoices("event-categories", "event_categories")
    )


class TrainingQuota(WireModel):
    resource: Text = ""
    quota: Whole = None
    used: Whole = None


class TrainingQuotas(WireModel):
    quotas: ModelRows[TrainingQuota] = Field(default_factory=list)


class TrainingQuotasQuery(RequestModel):
    """``job-num`` is the only resource there is."""

    resource: Literal["job-num"]


_CATEGORIES = "event-categories event_categories"


class EvidenceApi(OperationTable, api="v2"):
    """Stages, fine-tuning metrics, event categories and training quotas."""

    stages = Operation("Stages.", "GET", "training-jobs/{}/stages", StageRecords, lists="running_records")
    ft_metrics = Operation("Fine-tuning metrics.", "GET", "training-jobs/{}/ft-metrics", FtMetrics)
    categories = Operation(
        "Categories.", "GET", "training-event-categories", EventCategories, lists=_CATEGORIES
    )
    quotas = Operation(
        "Quotas.", "GET", "training-quotas", TrainingQuotas, TrainingQuotasQuery, lists="quotas"
    )


class JobEvidence:
    """Reads the evidence about jobs; what a job has refused once is not asked for again."""

    def __init__(self, session: Transport, scope: Scope) -> None:
        self._api = EvidenceApi(session)
        self._pools = PoolsApi(session)
        self._clock = scope.clock
        self._language = scope.language
        self._not_tuned: dict[str, None] = {}
        self._categories: list[EventCategory] | None = None

    async def build_sections(self, resource: Resource) -> tuple[Section, ...]:
        """Return stages and why a listed job waits or how far it is.

        A part that cannot be read is a row with the reason.
        """
        waits = resource.phase is Phase.PENDING
        stages, more = await gather_two(
            self._fetch_stages(resource),
            self._fetch_waiting(resource) if waits else self._fetch_progress(resource),
        )
        return (*stages, *more)

    async def _fetch_stages(self, resource: Resource) -> tuple[Section, ...]:
        try:
            records = (await self._api.stages(resource.id)).value
        except PART_ERRORS as error:
            return (Section("Stages", (("Not known", str(error)),)),)
        ended = resource.phase.ended
        until_ms = resource.get_number("ended_at") if ended else self._clock.now() * 1000
        return build_stage_sections(records, until_ms, self._language, ended=ended)

    async def _fetch_waiting(self, resource: Resource) -> tuple[Section, ...]:
        queue, quotas = await gather_two(self._fetch_queue(resource), self._fetch_quota_rows())
        return build_section("Waiting", [*queue, *quotas])

    async def _fetch_queue(self, resource: Resource) -> list[DetailRow]:
        pool_id = resource.get_text("pool_id")
        if not pool_id:
            return []
        query = WorkloadsQuery(offset=0, limit=500, sort="create_time", ascend=True)
        loads, error = await _read(self._pools.workloads(pool_id, query))
        if loads is None:
            return [("Place not known", error)]
        found = _find_load([row for row in loads.items if row is not None], resource)
        return _build_queue_rows(found) if found is not None else []

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        """Return how many jobs there are of how many there may be."""
        rows = (await self._api.quotas(TrainingQuotasQuery(resource="job-num"))).value.quotas
        return tuple(Gauge(_format_quota_label(row), row.used, row.quota) for row in rows if row is not None)

    async def _fetch_quota_rows(self) -> list[DetailRow]:
        quotas, error = await _read(self._api.quotas(TrainingQuotasQuery(resource="job-num")))
        return build_quota_rows(quotas) if quotas is not None else [("Quotas not known", error)]

    async def _fetch_progress(self, job: Resource) -> tuple[Section, ...]:
        try:
            tuning = await self._fetch_tuning(job.id)
        except PART_ERRORS as error:
            return (Section("Fine-tuning", (("Not known", str(error)),)),)
        return build_progress_sections(tuning, ended=job.phase.ended) if tuning is not None else ()

    async def _fetch_tuning(self, job_id: str) -> FtMetrics | None:
        """Return the metrics of fine-tuning, None for another job. Raises the errors of the request."""
        if job_id in self._not_tuned:
            return None
        try:
            return (await self._api.ft_metrics(job_id)).value
        except PART_ERRORS as error:
            if is_refusal(error):  # it is no fine-tuning job
                self._not_tuned[job_id] = None
                drop_oldest(self._not_tuned, _MOST_NOT_TUNED)
                return None
            raise

    async def fetch_series(self, job_id: str) -> tuple[MetricSeries, ...]:
        """Return the series of a fine-tuning job, none for another job."""
        tuning = await self._fetch_tuning(job_id)
        return build_ft_series(tuning) if tuning is not None else ()

    async def fetch_notifications(self, job: V2Job) -> tuple[Section, ...]:
        """Return what the job notifies of, and where; of a job that has ended only what the cloud states."""
        notices = job.spec.notification
        if not notices.events and not notices.topic_urn:
            rows = [("When it hangs", "no notification is stated")] if job.status.phase in _LIVE else []
            return build_section("Notifications (SMN)", rows)
        if self._categories is None:
            reply, _ = await _read(self._api.categories())
            self._categories = [row for row in reply.categories if row is not None] if reply else []
        words = {row.id: row.description or row.name for row in self._categories}
        return build_section(
            "Notifications (SMN)", _build_notification_rows(notices.topic_urn, notices.events, words)
        )


async def _read(work: Awaitable[Reply[M]]) -> tuple[M | None, str]:
    """Return an answer, or None and the reason."""
    try:
        return (await work).value, ""
    except PART_ERRORS as error:
        return None, str(error)


def _find_load(loads: list[PoolWorkload], job: Resource) -> PoolWorkload | None:
    by_id = next((load for load in loads if load.job_id == job.id), None)
    return by_id or next((load for load in loads if load.job == job.name), None)


def _build_queue_rows(load: PoolWorkload) -> list[DetailRow]:
    return [
        ("Place in the queue", format_number(load.place) if load.place else ""),
        ("Waits for", format_seconds(load.pending_s) if load.pending_s else ""),
        ("Priority", clean(load.priority)),
    ]


def build_quota_rows(reply: TrainingQuotas) -> list[DetailRow]:
    """Return a row for each quota: ``jobs: 12 of 500``."""
    return [(_format_quota_label(row), _format_quota(row)) for row in reply.quotas if row is not None]


def _format_quota_label(row: TrainingQuota) -> str:
    return "Jobs" if row.resource == "job-num" else clean(row.resource) or "Quota"


def _format_quota(row: TrainingQuota) -> str:
    used, most = format_number(row.used), format_number(row.quota)
    full = row.used is not None and row.quota is not None and 0 < row.quota <= row.used
    return join_text(f"{used or '?'} of {most or '?'}", "(the quota is used up)" if full else "")


def _build_notification_rows(topic: str, events: list[str], words: dict[str, str]) -> Iterator[DetailRow]:
    yield "Topic", clean(topic) or "none stated"
    yield "When it hangs", "yes" if _HANGS in events else "no"
    for event in events:
        yield clean(event), clean(words.get(event, "")) or "yes"
