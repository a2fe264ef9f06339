"""Base of both API generations: holds the session and passes every request to its kind's client."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Protocol

from matui.base.clock import Clock, CloudClock, SystemClock
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.kind_client import KindClient
from matui.clouds.modelarts.mapping import CLOUD, Scope
from matui.clouds.modelarts.session import ApiSession
from matui.clouds.protocols import (
    ActionResult,
    Briefing,
    BudgetState,
    Effect,
    ListRequest,
    LogBytes,
    LogPage,
    Page,
    ReportsEvents,
    ReportsMetrics,
    ReportsPoolUsage,
    ReportsQuotas,
)
from matui.clouds.rows import UnsupportedMixin, refuse_unreadable_id
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.form_base import FormSet
    from matui.clouds.protocols import FormResult
    from matui.resources.detail import Detail, Event, Gauge, Metrics, PoolUsage
    from matui.resources.forms.form import Form, FormMode, Problem, Values


class LogClient(Protocol):
    """The logs of jobs."""

    async def files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs."""

    async def page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``."""

    async def window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest."""


class BaseModelArtsCloud(UnsupportedMixin):
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` what belongs to other users is listed too, where the cloud keeps that apart.
    :mod:`matui.clouds.protocols` describes the methods; a kind without metrics, events, usage of a pool or
    quotas gives none.
    """

    name = CLOUD
    package: ClassVar[str]

    def __init__(
        self,
        session: ApiSession,
        *,
        profile: str,
        region: str = "",
        workspace: str = "",
        clock: Clock | None = None,
        everyone: bool = False,
        language: str = "en",
    ) -> None:
        self._session = session
        self.profile = profile
        self.region = region
        cloud_clock = CloudClock(clock or SystemClock(), lambda: session.clock_offset_s)
        scope = Scope(profile, workspace, cloud_clock, everyone, language)
        self._clients = ClientRegistry(self.package, self.title, session, scope)

    @property
    def project_id(self) -> str:
        return self._session.project_id

    @property
    def clock_offset_s(self) -> float | None:
        return self._session.clock_offset_s

    def budget(self) -> BudgetState:
        return self._session.budget()

    async def aclose(self) -> None:
        await self._session.aclose()

    @property
    @abstractmethod
    def _logs(self) -> LogClient:
        """The logs of jobs."""

    def find_list_permission(self, kind: str) -> str:
        """Return the IAM action that listing a kind needs, ``""`` where the reference names none."""
        return self._clients.of(kind).find_list_permission()

    async def list_page(self, request: ListRequest) -> Page:
        return await self._clients.of(request.kind).list_page(request)

    def page_limit(self, kind: str, workspace: str = "") -> int:
        return self._clients.of(kind).page_limit(workspace)

    async def read(self, kind: str, resource_id: str) -> Resource:
        refuse_unreadable_id(resource_id)
        return await self._clients.of(kind).read(resource_id)

    async def describe(self, resource: Resource) -> Detail:
        return await self._clients.of(resource.kind).describe(resource)

    async def events(self, resource: Resource) -> tuple[Event, ...]:
        client = self._client_of(resource)
        return await client.events(resource) if isinstance(client, ReportsEvents) else ()

    async def metrics(self, resource: Resource) -> Metrics:
        from matui.resources.detail import Metrics

        client = self._client_of(resource)
        return await client.metrics(resource) if isinstance(client, ReportsMetrics) else Metrics()

    async def pool_usage(self, pool: Resource) -> PoolUsage | None:
        client = self._client_of(pool)
        return await client.pool_usage(pool) if isinstance(client, ReportsPoolUsage) else None

    async def quotas(self) -> tuple[Gauge, ...]:
        client = self._clients.of("jobs")
        return await client.quotas() if isinstance(client, ReportsQuotas) else ()

    def _client_of(self, resource: Resource) -> KindClient | None:
        return self._clients.of(resource.kind) if self._clients.has_kind(resource.kind) else None

    def offers(self, kind: str, action: str) -> bool:
        if not self._clients.has_kind(kind):
            return False
        client = self._clients.of(kind)
        return action in client.handlers() or action in client.option_handlers()

    def batches(self, kind: str, action: str) -> bool:
        return self._clients.has_kind(kind) and action in self._clients.of(kind).batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        if not resources:
            return ()
        return await self._clients.of(resources[0].kind).act(action, resources)

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        return await self._clients.of(resources[0].kind).brief(action, resources, options)

    async def act_with(
        self, action: str, resources: Sequence[Resource], options: Mapping[str, str]
    ) -> tuple[ActionResult, ...]:
        if not resources:
            return ()
        return await self._clients.of(resources[0].kind).act(action, resources, options)

    async def effect_of(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:
        return await self._clients.of(resource.kind).effect_of(action, resource, options)

    def batch_limit(self, kind: str, action: str) -> int | None:
        return self._clients.of(kind).batch_limits.get(action)

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs: v1 has a file a node (5.1.10), v2 one a task."""
        return await self._logs.files(job)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older`` (5.1.13)."""
        return await self._logs.page(job, file, base=base, older=older, limit=limit)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest (5.1.11, v2's preview)."""
        return await self._logs.window(job, file, start=start, length=length)

    def has_form(self, kind: str, mode: FormMode) -> bool:
        return self._clients.has_kind(kind) and mode in self._clients.of(kind).forms

    @cached_property
    def _forms(self) -> FormSet:
        from matui.clouds.modelarts.form_base import FormSet

        return FormSet(self._clients)

    async def edit_form(self, resource: Resource) -> Form:
        return await self._forms.edit_form(resource)

    async def create_form(self, kind: str, workspace: str) -> Form:
        return await self._forms.create_form(kind, workspace)

    async def rerun_form(self, job: Resource) -> Form:
        return await self._forms.rerun_form(job)

    def problems_of(self, form: Form, values: Values) -> tuple[Problem, ...]:
        return self._forms.problems_of(form, values)

    async def send_form(self, form: Form, values: Values) -> FormResult:
        return await self._forms.send_form(form, values)
