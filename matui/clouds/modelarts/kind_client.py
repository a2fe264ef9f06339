"""The base of every kind's client: pages, and actions on one resource after another."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from matui.base.codes.permissions import find_required_action
from matui.base.errors import MatuiError, RefusedError, UsageError
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import BoundOperation, Operation
from matui.clouds.modelarts.paging import OffsetStyle, Pager, PageSlice
from matui.clouds.modelarts.session import Transport
from matui.clouds.protocols import ActionResult, Briefing, Effect, ListRequest, Page
from matui.clouds.rows import is_newest_first, refuse_unreadable
from matui.resources.model import Resource
from matui.resources.registry import get_kind

if TYPE_CHECKING:
    from matui.resources.detail import Detail, Section
    from matui.resources.forms.form import FormMode

REMEDY_CONSOLE = "Do it in the cloud's own console."
R = TypeVar("R")


class ActionReply(NamedTuple):
    """The reply to an action; ``deleted`` and ``kept`` as in ``ActionResult``."""

    request_id: str
    status: str = ""
    deleted: tuple[str, ...] = ()
    kept: tuple[tuple[str, str], ...] = ()


ActionHandler = Callable[[Resource], Awaitable[ActionReply]]


class ActionSpec(NamedTuple):
    """An action that is one operation on a resource's ids, with what it sends; ``status`` reads the reply."""

    operation: Operation[Any, Any]
    sent: Mapping[str, Any] | None = None
    status: Callable[[Any], str] | None = None


def read_stated_status(reply: Any) -> str:
    """Return the status of a reply, safe to show."""
    return clean(reply.status)


Actions = Mapping[str, ActionSpec]


def require_one(action: str, resources: Sequence[Resource]) -> Resource:
    """Return the one resource of an action that takes no more. Raises UsageError for several."""
    if len(resources) > 1:
        kind = get_kind(resources[0].kind)
        raise UsageError(f"{action} is for one {kind.singular} at a time.", remedy="Name one.")
    return resources[0]


class OptionHandler(Protocol):
    """Does an action that needs options to one resource."""

    async def __call__(self, resource: Resource, options: Mapping[str, str]) -> ActionReply: ...


class KindClient(ABC):
    """One kind of one profile; a subclass has what its API offers.

    ``most`` is the largest page in rows. ``by_creation``: the list can be sorted newest first. ``batched``
    names the actions that one request can carry for several resources, ``batch_limits`` how many of some;
    ``actions`` are those that are one operation, ``forms`` those of the module ``forms`` beside that of the
    client.
    """

    kind: ClassVar[str]
    style: ClassVar[OffsetStyle] = "item"
    most: ClassVar[int] = 1000
    by_creation: ClassVar[bool] = True
    batched: ClassVar[frozenset[str]] = frozenset()
    batch_limits: ClassVar[Mapping[str, int]] = {}
    forms: ClassVar[tuple[FormMode, ...]] = ()
    actions: ClassVar[Actions] = {}
    list_operation: ClassVar[Operation[Any, Any] | None] = None

    def __init__(self, session: Transport, scope: Scope) -> None:
        self.session = session
        self.scope = scope
        self._pagers: dict[str, Pager] = {}

    @classmethod
    def find_list_permission(cls) -> str:
        """Return the IAM action that listing needs (chapter 9), ``""`` where none is named."""
        if cls.list_operation is None:
            return ""
        return (
            find_required_action(cls.list_operation.method, cls.list_operation.build_url_path("project"))
            or ""
        )

    @abstractmethod
    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch rows at a position that counts as ``style`` says."""

    @abstractmethod
    async def read(self, resource_id: str) -> Resource:
        """Return one resource as it is now."""

    @abstractmethod
    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Return the handler of each action on one resource: those of ``actions`` by default."""
        return {action: self._build_handler(spec) for action, spec in self.actions.items()}

    def _build_handler(self, spec: ActionSpec) -> ActionHandler:
        operation, sent, status = spec

        async def handle(resource: Resource) -> ActionReply:
            body = () if sent is None or operation.sends is None else (operation.sends.model_validate(sent),)
            reply = await BoundOperation(operation, self.session)(*self.split_id(resource.id), *body)
            return ActionReply(reply.answer.request_id, status(reply.value) if status else "")

        return handle

    def split_id(self, resource_id: str) -> tuple[str, ...]:
        """Return the ids in the path of an operation on one resource."""
        return (resource_id,)

    def build_scope(self, resource: Resource) -> Scope:
        """Return the scope a resource was listed in, for answers that do not repeat its workspace."""
        return replace(self.scope, workspace=resource.workspace or self.scope.workspace)

    async def list_page(self, request: ListRequest) -> Page:
        """Return one page."""
        part = await self._build_pager(request.workspace).fetch_page(request.number, request.size)
        is_sorted = self.by_creation and is_newest_first(part.rows)
        return Page(part.rows, part.total, is_sorted, part.stated, part.has_more)

    def get_page_limit(self, workspace: str = "") -> int:
        """Return the most rows in a page that takes one request, as observed so far."""
        return self._build_pager(workspace).limit

    def _build_pager(self, workspace: str) -> Pager:
        scope = replace(self.scope, workspace=workspace or self.scope.workspace)
        pager = self._pagers.get(scope.workspace)
        if pager is None:
            pager = Pager(lambda at, size: self.fetch(at, size, scope), style=self.style, most=self.most)
            self._pagers[scope.workspace] = pager
        return pager

    def get_option_handlers(self) -> dict[str, OptionHandler]:
        """Return what does each action that needs options."""
        return {}

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:  # noqa: ARG002
        """Return what an action will touch. Raises UsageError for options that do not fit."""
        return Briefing()

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:  # noqa: ARG002
        """Return whether an action that no status shows has been done, None where the status shows it."""
        return None

    async def act(
        self, action: str, resources: Sequence[Resource], options: Mapping[str, str] | None = None
    ) -> tuple[ActionResult, ...]:
        """Act on each resource in turn, whether or not one fails; a ``batched`` action is one request."""
        if action in self.batched and len(resources) > 1:
            return await self._act_at_once(action, resources)
        handle = self.get_handlers().get(action)
        with_options = self.get_option_handlers().get(action)
        if with_options is not None and (options or handle is None):
            handle = partial(with_options, options=options or {})
        return tuple([await self._handle(handle, action, resource) for resource in resources])

    async def send_batch(self, action: str, resource_ids: Sequence[str]) -> tuple[str, Mapping[str, str]]:
        """Send a ``batched`` action; return the request id and the status of each id that has one."""
        raise RefusedError(
            f"ModelArts cannot {action} {len(resource_ids)} {self.kind} at once.",
            remedy="Do it one at a time.",
        )

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
                raise RefusedError(f"ModelArts cannot {action} {self.kind}.", remedy=REMEDY_CONSOLE)
            done = await handle(resource)
        except MatuiError as error:
            return ActionResult(resource, getattr(error, "request_id", ""), error=error)
        return ActionResult(resource, done.request_id, done.status, deleted=done.deleted, kept=done.kept)


class UnlistedClient(KindClient):
    """A kind that has no list of its own; ``no_list`` is the error that states where it is listed."""

    no_list: ClassVar[str]

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:  # noqa: ARG002
        """Raise RefusedError."""
        raise RefusedError(self.no_list)


class FindingClient(KindClient, Generic[R]):
    """A kind of which no operation returns one resource: it is found among others, with its record."""

    @abstractmethod
    async def find(self, resource_id: str) -> tuple[Resource, R]:
        """Return one resource as it is now, and its record. Raises NotFoundError."""

    @abstractmethod
    def build_sections(self, row: R, resource: Resource) -> tuple[Section, ...]:
        """Return what the record states."""

    async def read(self, resource_id: str) -> Resource:
        return (await self.find(resource_id))[0]

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        from matui.resources.detail import Detail

        now, row = await self.find(resource.id)
        return Detail(now, self.build_sections(row, now))
