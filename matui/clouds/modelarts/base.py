"""Whose records these are, and how any record becomes a Resource.

What the clients of all kinds share: scope, pages, and acting on one resource after another.

What both generations of ModelArts pass on: the session's state, and every kind to its client.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from matui.base.clock import Clock, SystemClock
from matui.base.errors import MatuiError, RefusedError
from matui.base.sanitize import clean
from matui.clouds.http.decode import Reply, raw_rows, rows_of
from matui.clouds.modelarts.operations import BoundOperation, Operation, OperationTable
from matui.clouds.modelarts.paging import OffsetStyle, Pager, PageSlice
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.session import ApiSession
from matui.clouds.protocols import ActionResult, BudgetState, LogBytes, LogPage, Page, PageAsk
from matui.clouds.rows import (
    UnsupportedMixin,
    is_newest_first,
    refuse_unreadable,
    refuse_unreadable_id,
    unreadable_row,
)
from matui.clouds.wire_types import WireModel
from matui.resources.kinds.jobs import STATUS_NAMES
from matui.resources.kinds.jobs import STATUSES as JOB_STATUSES
from matui.resources.model import Phase, RawPage, RawRecord, Resource, phase_of

if TYPE_CHECKING:
    from matui.resources.detail import Detail, Section

CLOUD = "modelarts"
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Scope:
    """The profile's name and the workspace asked for, ``""`` when none was.

    ``clock`` turns a remaining time into the moment it ends. ``everyone``: what belongs to other users is
    listed too, where the cloud keeps that apart.
    """

    profile: str
    workspace: str = ""
    clock: Clock = field(default_factory=SystemClock, compare=False, repr=False)
    everyone: bool = False

    def moment_in(self, seconds: float | None) -> int | None:
        """Return the moment so many seconds from now in ms since the epoch, None when unknown."""
        return None if seconds is None else int((self.clock.now() + seconds) * 1000)


def resources_of(
    kind: str,
    rows: Sequence[R | None],
    make: Callable[[R, Scope, RawRecord], Resource],
    scope: Scope,
    raw: RawPage,
    start: int = 0,
) -> tuple[Resource, ...]:
    """Map rows, the first of which is the list's ``start``-th; one without an id gets a stand-in."""
    return tuple(
        made
        if row is not None and (made := make(row, scope, RawRecord(raw, (at,)))).id
        else unreadable(kind, scope, start + at, RawRecord(raw, (at,)))
        for at, row in enumerate(rows)
    )


def unreadable(kind: str, scope: Scope, position: int, raw: RawRecord) -> Resource:
    """Return a visible stand-in for a row that is no object or has no id."""
    return unreadable_row(kind, position, CLOUD, scope.profile, raw)


@lru_cache(maxsize=1024)
def job_status(code: str | int) -> tuple[str, Phase]:
    """Return the name and phase of a job's status: a number, the same as a text, or already a name.

    A code nobody knows keeps its text, phase ``unknown``.
    """
    text = str(code).strip()
    if text.isascii() and text.isdigit() and len(text) <= 3:
        text = STATUS_NAMES.get(int(text), text)
    return clean(text), phase_of(text, JOB_STATUSES)


T = TypeVar("T", bound=OperationTable)
D = TypeVar("D", bound=WireModel)
D_contra = TypeVar("D_contra", bound=WireModel, contravariant=True)
S = TypeVar("S", bound=RequestModel)


@dataclass(frozen=True, slots=True)
class ActionReply:
    """The reply to an action; ``deleted`` and ``kept`` as in ``ActionResult``."""

    request_id: str
    status: str = ""
    deleted: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()


ActionHandler = Callable[[Resource], Awaitable[ActionReply]]


def handler(
    operation: BoundOperation[D, S], sent: S | None = None, status: Callable[[D], str] | None = None
) -> ActionHandler:
    """Return the handler that calls ``operation`` with a resource's id; ``status`` reads the reply."""

    async def handle(resource: Resource) -> ActionReply:
        reply = await (operation(resource.id) if sent is None else operation(resource.id, sent))
        return ActionReply(reply.answer.request_id, status(reply.value) if status else "")

    return handle


class KindSource(ABC):
    """One kind of one profile. ``workspace`` is the profile's own, ``""`` when it has none."""

    kind: ClassVar[str]
    style: ClassVar[OffsetStyle] = "item"
    most: ClassVar[int] = 1000
    by_creation: ClassVar[bool] = True
    batched: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._pagers: dict[str, Pager] = {}

    @abstractmethod
    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch rows at a position that counts as ``style`` says."""

    @abstractmethod
    async def read(self, resource_id: str) -> Resource:
        """Return one resource as it is now."""

    @abstractmethod
    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""

    @abstractmethod
    def handlers(self) -> dict[str, ActionHandler]:
        """Return what does each action to one resource."""

    def scope_of(self, resource: Resource) -> Scope:
        """Return the scope a resource was listed in, for answers that do not repeat its workspace."""
        return replace(self.scope, workspace=resource.workspace or self.scope.workspace)

    async def list_page(self, ask: PageAsk) -> Page:
        """Return one page."""
        scope = replace(self.scope, workspace=ask.workspace or self.scope.workspace)
        pager = self._pagers.get(scope.workspace)
        if pager is None:
            pager = Pager(lambda at, size: self.fetch(at, size, scope), style=self.style, most=self.most)
            self._pagers[scope.workspace] = pager
        part = await pager.page(ask.number, ask.size)
        return Page(part.rows, part.total, self.by_creation and is_newest_first(part.rows))

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Act on each resource in turn, whether or not one fails; a ``batched`` action is one request."""
        if action in self.batched and len(resources) > 1:
            return await self._act_at_once(action, resources)
        handle = self.handlers().get(action)
        return tuple([await self._handle(handle, action, resource) for resource in resources])

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:
        """Send a ``batched`` action; return the request id and the status of each id that has one."""
        raise RefusedError(f"ModelArts cannot {action} {len(resource_ids)} {self.kind} at once.")

    async def _act_at_once(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        try:
            for resource in resources:
                refuse_unreadable(resource)
            request_id, now = await self.send_batch(action, [resource.id for resource in resources])
        except MatuiError as error:
            request_id = getattr(error, "request_id", "")
            return tuple(ActionResult(resource, request_id, error=error) for resource in resources)
        return tuple(ActionResult(resource, request_id, now.get(resource.id, "")) for resource in resources)

    async def _handle(self, handle: ActionHandler | None, action: str, resource: Resource) -> ActionResult:
        try:
            refuse_unreadable(resource)
            if handle is None:
                raise RefusedError(f"ModelArts cannot {action} {self.kind}.")
            done = await handle(resource)
        except MatuiError as error:
            return ActionResult(resource, getattr(error, "request_id", ""), error=error)
        return ActionResult(resource, done.request_id, done.status, deleted=done.deleted, kept=done.kept)


class ToResource(Protocol[D_contra]):
    """Maps a row of a list, or what ``wire_id`` was asked for."""

    def __call__(self, row: D_contra, scope: Scope, raw: RawRecord, wire_id: str = "", /) -> Resource: ...


@dataclass(frozen=True, slots=True)
class KindSpec(Generic[D]):
    """How a kind is listed, read and described.

    ``query`` makes what ``list`` sends of a position, a size and a scope. ``rows`` and ``total`` name the
    fields of its reply. ``show`` returns one resource by its id.
    """

    list: Operation[Any, Any]
    query: Callable[[int, int, Scope], RequestModel]
    rows: str
    show: Operation[D, Any]
    to_resource: ToResource[D]
    to_sections: Callable[[D, Resource], tuple[Section, ...]]
    total: str = "total_count"


class KindClient(KindSource, Generic[T, D]):
    """A kind by its ``spec`` over the operations ``api``; a subclass adds the actions."""

    spec: ClassVar[KindSpec[Any]]

    def __init__(self, api: T, scope: Scope) -> None:
        super().__init__(scope)
        self.api = api

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch rows by ``spec.list``."""
        operation = BoundOperation(self.spec.list, self.api.session)
        return self.part_of(await operation(self.spec.query(position, size, scope)), position, size, scope)

    def part_of(self, reply: Reply[Any], position: int, size: int, scope: Scope) -> PageSlice:
        """Map the rows of a reply of ``spec.list``."""
        field = self.spec.rows
        rows = rows_of(reply, getattr(reply.value, field), field)
        start = (position - 1) * size if self.style == "page" else position
        found = resources_of(
            self.kind, rows, self.spec.to_resource, scope, raw_rows(reply.answer, field), start
        )
        return PageSlice(found, self.total_of(reply.value, len(found), position))

    def total_of(self, page: Any, listed: int, position: int) -> int | None:  # noqa: ARG002
        """Return how many rows there are in all, None when the page does not say; it ``listed`` so many."""
        total: int | None = getattr(page, self.spec.total)
        return total

    async def show(self, resource_id: str) -> Reply[D]:
        """Return the reply of ``spec.show``."""
        return await BoundOperation(self.spec.show, self.api.session)(resource_id)

    async def read(self, resource_id: str) -> Resource:
        """Return one resource as it is now."""
        return self.to_resource(await self.show(resource_id), resource_id, self.scope)

    def to_resource(self, reply: Reply[D], resource_id: str, scope: Scope) -> Resource:
        """Map a reply of :meth:`show`."""
        return self.spec.to_resource(reply.value, scope, reply.raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        from matui.resources.detail import Detail

        now, row = await self.reread(resource)
        return Detail(now, (*self.spec.to_sections(row, now), *await self.more_sections(resource.id)))

    async def reread(self, resource: Resource) -> tuple[Resource, D]:
        """Return a listed resource as it is now and its record. Raises RefusedError for a stand-in."""
        refuse_unreadable(resource)
        reply = await self.show(resource.id)
        return self.to_resource(reply, resource.id, self.scope_of(resource)), reply.value

    async def more_sections(self, resource_id: str) -> tuple[Section, ...]:  # noqa: ARG002
        """Return the sections that other operations have."""
        return ()


class LogClient(Protocol):
    """The logs of jobs."""

    async def files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs."""
        ...

    async def page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older``."""
        ...

    async def window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest."""
        ...


class KindClientSet(Protocol):
    """The clients of all kinds, and a job's logs."""

    @property
    def logs(self) -> LogClient:
        """The logs of jobs."""
        ...

    def known(self, kind: str) -> bool:
        """Whether there is such a kind."""
        ...

    def of(self, kind: str) -> KindSource:
        """Return the client of a kind. Raises UsageError."""
        ...


class BaseModelArtsCloud(UnsupportedMixin):
    """One profile's ModelArts. ``workspace`` is the profile's own, ``""`` when it has none.

    With ``everyone`` what belongs to other users is listed too, where the cloud keeps that apart.
    """

    name = CLOUD

    def __init__(
        self,
        session: ApiSession,
        *,
        profile: str,
        region: str = "",
        workspace: str = "",
        clock: Clock | None = None,
        everyone: bool = False,
    ) -> None:
        self._session = session
        self.profile = profile
        self.region = region
        self._scope = Scope(profile, workspace, clock or SystemClock(), everyone)

    @property
    @abstractmethod
    def _sources(self) -> KindClientSet:
        """The clients of this generation's kinds."""

    @property
    def project_id(self) -> str:
        """The project's id, ``""`` until it is known."""
        return self._session.project_id

    @property
    def clock_offset_s(self) -> float | None:
        """The cloud's clock minus this machine's in seconds; None before the first answer."""
        return self._session.clock_offset_s

    def budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        return self._session.budget()

    async def aclose(self) -> None:
        """Close every connection."""
        await self._session.aclose()

    async def list_page(self, ask: PageAsk) -> Page:
        """Return one page of a kind, newest first where the cloud can sort so."""
        return await self._sources.of(ask.kind).list_page(ask)

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return one resource as it is now."""
        refuse_unreadable_id(resource_id)
        return await self._sources.of(kind).read(resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        return await self._sources.of(resource.kind).describe(resource)

    def offers(self, kind: str, action: str) -> bool:
        """Whether this generation has the action for the kind."""
        return self._sources.known(kind) and action in self._sources.of(kind).handlers()

    def batches(self, kind: str, action: str) -> bool:
        """Whether one request can carry several resources: deleting services can."""
        return self._sources.known(kind) and action in self._sources.of(kind).batched

    async def act(self, action: str, resources: Sequence[Resource]) -> tuple[ActionResult, ...]:
        """Send the action for resources of one kind, in order; failures are in the entries."""
        if not resources:
            return ()
        return await self._sources.of(resources[0].kind).act(action, resources)

    async def log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of a job's logs: v1 has a file a node (5.1.10), v2 one a task."""
        return await self._sources.logs.files(job)

    async def log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return at most ``limit`` lines after ``base``, or before it when ``older`` (5.1.13)."""
        return await self._sources.logs.page(job, file, base=base, older=older, limit=limit)

    async def log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return at most ``length`` bytes from ``start``; -1 asks for the newest (5.1.11, v2's preview)."""
        return await self._sources.logs.window(job, file, start=start, length=length)
