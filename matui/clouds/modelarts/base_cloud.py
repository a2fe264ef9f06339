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
from matui.clouds.rows import UnsupportedMixin, refuse_unreadable, refuse_unreadable_id
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.form_base import FormSet
    from matui.clouds.protocols import FormResult
    from matui.resources.detail import Detail, Event, Gauge, Metrics, PoolUsage
    from matui.resources.forms.form import Form, FormMode, Problem, Values


class LogClient(Protocol):
    """The logs of jobs."""

    async def list_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs."""

    async def read_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``."""

    async def read_window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
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

    def get_budget(self) -> BudgetState:
        return self._session.get_budget()

    async def aclose(self) -> None:
        await self._session.aclose()

    @property
    @abstractmethod
    def _logs(self) -> LogClient:
        """The logs of jobs."""

    def find_list_permission(self, kind: str) -> str:
        """Return the IAM action that listing a kind needs, ``""`` where the reference names none."""
        return self._clients.get_client(kind).find_list_permission()

    async def list_page(self, request: ListRequest) -> Page:
        return await self._clients.get_client(request.kind).list_page(request)

    def get_page_limit(self, kind: str, workspace: str = "") -> int:
        return self._clients.get_client(kind).get_page_limit(workspace)

    async def read(self, kind: str, resource_id: str) -> Resource:
        refuse_unreadable_id(resource_id)
        return await self._clients.get_client(kind).read(resource_id)

    async def describe(self, resource: Resource) -> Detail:
        refuse_unreadable(resource)
        return await self._clients.get_client(resource.kind).describe(resource)

    async def fetch_events(self, resource: Resource) -> tuple[Event, ...]:
        client = self._find_client(resource)
        return await client.fetch_events(resource) if isinstance(client, ReportsEvents) else ()

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        from matui.resources.detail import Metrics

        client = self._find_client(resource)
        return await client.fetch_metrics(resource) if isinstance(client, ReportsMetrics) else Metrics()

    async def fetch_pool_usage(self, pool: Resource) -> PoolUsage | None:
        client = self._find_client(pool)
        return await client.fetch_pool_usage(pool) if isinstance(client, ReportsPoolUsage) else None

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        client = self._clients.get_client("jobs")
        return await client.fetch_quotas() if isinstance(client, ReportsQuotas) else ()

    def _find_client(self, resource: Resource) -> KindClient | None:
        """Return the client of a resource, None for none. Raises RefusedError for a stand-in."""
        refuse_unreadable(resource)
        return self._clients.get_client(resource.kind) if self._clients.has_kind(resource.kind) else None

    def offers(self, kind: str, action: str) -> bool:
        if not self._clients.has_kind(kind):
            return False
        client = self._clients.get_client(kind)
        return action in client.get_handlers() or action in client.get_option_handlers()

    def batches(self, kind: str, action: str) -> bool:
        return self._clients.has_kind(kind) and action in self._clients.get_client(kind).batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        if not resources:
            return ()
        return await self._clients.get_client(resources[0].kind).act(action, resources)

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        return await self._clients.get_client(resources[0].kind).brief(action, resources, options)

    async def act_with(
        self, action: str, resources: Sequence[Resource], options: Mapping[str, str]
    ) -> tuple[ActionResult, ...]:
        if not resources:
            return ()
        return await self._clients.get_client(resources[0].kind).act(action, resources, options)

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:
        return await self._clients.get_client(resource.kind).read_effect(action, resource, options)

    def get_batch_limit(self, kind: str, action: str) -> int | None:
        return self._clients.get_client(kind).batch_limits.get(action)

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs: v1 has a file a node (5.1.10), v2 one a task."""
        return await self._logs.list_files(job)

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older`` (5.1.13)."""
        return await self._logs.read_page(job, file, base=base, older=older, limit=limit)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest (5.1.11, v2's preview)."""
        return await self._logs.read_window(job, file, start=start, length=length)

    def has_form(self, kind: str, mode: FormMode) -> bool:
        return self._clients.has_kind(kind) and mode in self._clients.get_client(kind).forms

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

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        return self._forms.find_problems(form, values)

    async def send_form(self, form: Form, values: Values) -> FormResult:
        return await self._forms.send_form(form, values)
