"""A kind's client by a table: which operation lists it, which one shows it, and how replies are mapped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, cast

from matui.base.calls.gather import gather_two
from matui.clouds.http.decode import Reply, parse_raw_rows, read_rows
from matui.clouds.modelarts.kind_client import KindClient
from matui.clouds.modelarts.mapping import Scope, build_resources
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.requests import RequestModel
from matui.clouds.modelarts.session import Transport
from matui.clouds.rows import refuse_unreadable
from matui.clouds.wire_types import WireModel
from matui.resources.model import RawRecord, Resource

if TYPE_CHECKING:
    from matui.resources.detail import Detail, Section

D = TypeVar("D", bound=WireModel)

D_contra = TypeVar("D_contra", bound=WireModel, contravariant=True)


class ToResource(Protocol[D_contra]):
    """Maps a row of a list, or what ``wire_id`` was asked for."""

    def __call__(self, row: D_contra, scope: Scope, raw: RawRecord, wire_id: str = "", /) -> Resource: ...


def build_query(
    model: type[RequestModel], position: str = "offset", size: str = "limit", **fixed: Any
) -> Callable[[int, int, Scope], RequestModel]:
    """Return what makes the query of a list of its ``position`` and ``size``, by their names, and ``fixed``.

    The workspace of the scope is asked for where the query takes one.
    """

    def build(at: int, count: int, scope: Scope) -> RequestModel:
        takes_workspace = scope.workspace and "workspace_id" in model.model_fields
        place = {"workspace_id": scope.workspace} if takes_workspace else {}
        return model(**{position: at, size: count}, **fixed, **place)

    return build


class KindOperations(OperationTable):
    """The operations of a kind, ``list`` and ``show`` (by its id) among them."""

    list: ClassVar[Operation[Any, Any]]
    show: ClassVar[Operation[Any, Any]]


T = TypeVar("T", bound=KindOperations)


@dataclass(frozen=True, slots=True)
class KindSpec(Generic[D]):
    """How a kind is listed, read and described.

    ``query`` makes what the list is asked for of a position, a size and a scope. ``rows`` and ``total`` name
    the fields of its reply.
    """

    query: Callable[[int, int, Scope], RequestModel]
    rows: str
    to_resource: ToResource[D]
    to_sections: Callable[[D, Resource], tuple[Section, ...]]
    total: str = "total_count"


class SpecClient(KindClient, Generic[T, D]):
    """A kind by its ``spec`` over the operations ``api``; a subclass adds the actions."""

    operations: ClassVar[type[KindOperations]]
    spec: ClassVar[KindSpec[Any]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.list_operation = cls.operations.list

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self.api = cast("T", self.operations(session))

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch rows of the list."""
        reply = await self.api.list(self.spec.query(position, size, scope))
        return self.map_page(reply, position, size, scope)

    def map_page(self, reply: Reply[Any], position: int, size: int, scope: Scope) -> PageSlice:
        """Map the rows of a reply of the list."""
        field = self.spec.rows
        start = (position - 1) * size if self.style == "page" else position
        total = self.find_total(reply.value, 0, position, size)
        # a total may count other workspaces too
        due = total - start if total is not None and not scope.workspace else 0
        rows = read_rows(reply, getattr(reply.value, field), field, due=due)
        found = build_resources(
            self.kind, rows, self.spec.to_resource, scope, parse_raw_rows(reply.answer, field), start
        )
        stated = self.read_stated_count(reply.value) if not scope.workspace else None
        return PageSlice(found, self.find_total(reply.value, len(found), position, size), stated)

    def find_total(self, page: Any, listed: int, position: int, size: int) -> int | None:  # noqa: ARG002
        """Return how many rows there are in all, None when the page does not say.

        It ``listed`` so many of the ``size`` that were asked for.
        """
        total: int | None = getattr(page, self.spec.total)
        return total

    def read_stated_count(self, page: Any) -> int | None:
        """Return the number of rows in all that the page states, None when it does not say."""
        stated: int | None = getattr(page, self.spec.total)
        return stated

    async def show(self, resource_id: str) -> Reply[D]:
        """Return the reply of ``show``."""
        return await self.api.show(resource_id)

    async def read(self, resource_id: str) -> Resource:
        return self.to_resource(await self.show(resource_id), resource_id, self.scope)

    def to_resource(self, reply: Reply[D], resource_id: str, scope: Scope) -> Resource:
        """Map a reply of :meth:`show`."""
        return self.spec.to_resource(reply.value, scope, reply.build_raw(), resource_id)

    async def describe(self, resource: Resource) -> Detail:
        """Return one resource as it is now with every section known."""
        from matui.resources.detail import Detail

        (now, row), more = await gather_two(self.reread(resource), self.fetch_more_sections(resource.id))
        return Detail(now, (*self.spec.to_sections(row, now), *more))

    async def reread(self, resource: Resource) -> tuple[Resource, D]:
        """Return a listed resource as it is now and its record. Raises RefusedError for a stand-in.

        Its owner is that of the list where the record states none.
        """
        refuse_unreadable(resource)
        reply = await self.show(resource.id)
        now = self.to_resource(reply, resource.id, self.build_scope(resource))
        return replace(now, owner=now.owner or resource.owner), reply.value

    async def fetch_more_sections(self, resource_id: str) -> tuple[Section, ...]:  # noqa: ARG002
        """Return the sections that other operations have."""
        return ()
