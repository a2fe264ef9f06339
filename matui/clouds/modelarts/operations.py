"""Operations of the API as table rows: method, path, what is sent and the model of the reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Generic, Never, Self, TypedDict, TypeVar, Unpack, overload

from matui.base.late_imports import LazyModule, postpone
from matui.clouds.http.messages import Call
from matui.clouds.modelarts.requests import RequestModel, quote_segment
from matui.clouds.modelarts.session import Transport

if TYPE_CHECKING:
    from matui.clouds.http import decode
    from matui.clouds.http.decode import Reply
    from matui.clouds.wire_types import WireModel
else:
    decode = LazyModule("matui.clouds.http.decode")

M = TypeVar("M", bound="WireModel")
S = TypeVar("S", bound=RequestModel)
Pairs = tuple[tuple[str, str], ...]


class OperationOptions(TypedDict, total=False):
    """What an operation states of itself where it is not the default; :class:`Operation` has the meanings."""

    api: str
    in_query: bool
    reads: bool
    shows: bool
    lists: str
    headers: Pairs


class OperationTable:
    """The operations of one chapter over one session; a subclass has one :class:`Operation` a line.

    ``api`` is the version of those that state none.
    """

    def __init_subclass__(cls, api: str = "v1") -> None:
        for operation in vars(cls).values():
            if isinstance(operation, Operation):
                operation.api = operation.api or api

    def __init__(self, session: Transport) -> None:
        self.session = session


class Operation(Generic[M, S]):
    """One operation; as an attribute of a table it is called with the ids of its path, then what it sends.

    ``path`` follows the project, with ``{}`` for each id; a sequence of ids is joined by commas. ``api`` is
    the version before the project.
    GET, DELETE and ``in_query`` send ``sends`` as the query, the rest as the body. All but GET are
    actions, never sent again automatically, unless they only ``reads``. An answer to one that ``shows`` a
    resource must state something of it; to one that ``lists`` a field it must hold that list, or one of
    several. ``doc`` begins with the section.
    ``reply`` and ``sends`` may be functions that return the model; that of ``reply`` is called while the
    first request travels.
    """

    @overload
    def __init__(
        self: Operation[M, Never],
        doc: str,
        method: str,
        path: str,
        reply: type[M] | Callable[[], type[M]],
        **options: Unpack[OperationOptions],
    ) -> None: ...

    @overload
    def __init__(
        self,
        doc: str,
        method: str,
        path: str,
        reply: type[M] | Callable[[], type[M]],
        sends: type[S] | Callable[[], type[S]],
        **options: Unpack[OperationOptions],
    ) -> None: ...

    def __init__(
        self,
        doc: str,
        method: str,
        path: str,
        reply: type[M] | Callable[[], type[M]],
        sends: type[S] | Callable[[], type[S]] | None = None,
        **options: Unpack[OperationOptions],
    ) -> None:
        self.__doc__ = doc
        self.method = method
        self.path = path
        self._reply = reply
        self.is_loaded = False
        self._sends = sends
        self.api = options.get("api", "")
        self._in_query = options.get("in_query", False) or method in ("GET", "DELETE")
        self._reads = options.get("reads", False)
        self.shows = options.get("shows", False)
        self.lists = options.get("lists", "")
        self._headers = options.get("headers", ())

    @overload
    def __get__(self, table: None, owner: type[object]) -> Self: ...

    @overload
    def __get__(self, table: OperationTable, owner: type[OperationTable]) -> BoundOperation[M, S]: ...

    def __get__(self, table: OperationTable | None, owner: type[object]) -> Self | BoundOperation[M, S]:
        return self if table is None else BoundOperation(self, table.session)

    @cached_property
    def reply(self) -> type[M]:
        """The model of the reply."""
        return self._reply if isinstance(self._reply, type) else self._reply()

    @cached_property
    def sends(self) -> type[S] | None:
        """The model of the query or body, None for an operation without one."""
        return self._sends if self._sends is None or isinstance(self._sends, type) else self._sends()

    def load_reply(self) -> type[M]:
        """Import what reads the reply, build its model and return it; after the first time only return it."""
        if not self.is_loaded:
            import_module("matui.clouds.http.decode")
            self.reply.model_rebuild()
            self.is_loaded = True
        return self.reply

    @property
    def _prefix(self) -> str:
        return f"/{self.api}/{{project_id}}/"

    def build_url_path(self, project_id: str) -> str:
        """Return the path of a request, ids as ``{}``."""
        return self._prefix.format(project_id=project_id) + self.path

    def call(self, *arguments: Sequence[str] | S) -> Call:
        """Return the request. Raises RefusedError for an id that no path can hold."""
        ids = [_join_segments(argument) for argument in arguments if not isinstance(argument, RequestModel)]
        sent = next((argument for argument in arguments if isinstance(argument, RequestModel)), None)
        if len(ids) != self.path.count("{}"):
            raise TypeError(f"{self.method} {self.path} takes {self.path.count('{}')} ids, got {len(ids)}")
        return Call(
            self.method,
            self._prefix + self.path.format(*ids),
            sent.list_pairs() if sent is not None and self._in_query else (),
            sent.encode_body() if sent is not None and not self._in_query else None,
            action=self.method != "GET" and not self._reads,
            repeatable=self._reads,
            headers=self._headers,
        )


class BoundOperation(Generic[M, S]):
    """An operation over one session. Its docstring is the operation's."""

    def __init__(self, operation: Operation[M, S], session: Transport) -> None:
        self.__doc__ = operation.__doc__
        self._operation = operation
        self._session = session

    async def __call__(self, *arguments: Sequence[str] | S) -> Reply[M]:
        """Send the request and return the typed reply. Raises CloudError, BadAnswerError."""
        operation = self._operation
        if not operation.is_loaded:
            postpone(operation.load_reply)
        answer = await self._session.send(operation.call(*arguments))
        reply = decode.parse_reply(operation.load_reply(), answer)
        if operation.shows:
            decode.refuse_empty(reply)
        if operation.lists:
            decode.refuse_listless(reply, operation.lists.split())
        return reply

    async def list_rows(self, *ids: str) -> list[M]:
        """Send the request and return the objects of an answer that is an array. Raises as a call does."""
        answer = await self._session.send(self._operation.call(*ids))
        return decode.parse_rows(self._operation.load_reply(), answer)


def _join_segments(ids: Sequence[str]) -> str:
    return quote_segment(ids) if isinstance(ids, str) else ",".join(map(quote_segment, ids))
