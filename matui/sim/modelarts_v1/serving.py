"""Answers the operations of API v1 over plain ASGI: the demo's first rows need no web framework."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl

from matui.sim.modelarts_v1.operations import V1Operation
from matui.sim.server.requests import CHAPTERS, ApiRequest, Query
from matui.sim.server.responses import ApiError, error_body, send_json

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from matui.sim.server.application import SimApplication


class V1Call(NamedTuple):
    """An operation with the parameters of the path that it was found by."""

    operation: V1Operation
    path: dict[str, str]


class V1Table:
    """Finds operations by method and path."""

    def __init__(self, operations: Iterable[V1Operation]) -> None:
        self._by_shape: dict[tuple[str, int], list[tuple[tuple[str, ...], V1Operation]]] = defaultdict(list)
        for operation in operations:
            parts = ("", "v1", "{project_id}", *operation.path.split("/")[1:])
            self._by_shape[operation.method, len(parts)].append((parts, operation))

    def find(self, method: str, path: str) -> V1Call | None:
        """Return the operation that serves a request, the first where several do, or None."""
        parts = path.split("/")
        shape = ("GET" if method == "HEAD" else method, len(parts))
        for template, operation in self._by_shape.get(shape, ()):
            pairs = tuple(zip(template, parts, strict=True))
            if all(wanted == part or (wanted.startswith("{") and part) for wanted, part in pairs):
                return V1Call(operation, {name[1:-1]: part for name, part in pairs if name.startswith("{")})
        return None


async def answer_call(app: SimApplication, call: V1Call, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request for an operation of API v1."""
    scope["path_params"] = call.path
    request_id, chapter = scope["sim.request_id"], call.operation.section[0]
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    try:
        payload = await _receive_body(receive)
        app.check_request(scope, payload)
        request = ApiRequest(chapter, call.path, Query(dict(pairs), CHAPTERS[chapter]), payload)
        body = call.operation.handler(app.world, request)
    except ApiError as error:
        await send_json(send, request_id, error_body(error, chapter, request_id), error.status)
    else:
        await send_json(send, request_id, body)


async def _receive_body(receive: Receive) -> bytes:
    """Return the body of a request. Raises ConnectionResetError where the client has gone."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionResetError("The client has closed the connection.")
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)
