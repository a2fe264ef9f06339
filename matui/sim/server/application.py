"""The ASGI application: request ids, the world's clock and the ``Date`` header, faults, authentication."""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Router
from starlette.types import Message, Receive, Scope, Send

from matui.sim.server.faults import Faults, inject_faults
from matui.sim.server.requests import ApiError, build_error_response
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

if TYPE_CHECKING:
    from matui.sim.server.auth import SimAuth

_MAX_BODY_BYTES = 12 * 1024 * 1024


class DateHeader:
    """Add a ``Date`` of ``now`` (seconds since the epoch) to the response that ``send`` sends."""

    def __init__(self, send: Send, now: float) -> None:
        self._send = send
        self._date = formatdate(now, usegmt=True).encode()

    @property
    def transport(self) -> Any:
        """The connection under uvicorn, which faults break; None in-process."""
        return getattr(getattr(self._send, "__self__", None), "transport", None)

    async def send(self, message: Message) -> None:
        """Send a message of the ASGI protocol."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), (b"date", self._date)]}
        await self._send(message)


class SimApplication(Router):
    """The routes behind the fault injection, which can break the connection.

    The class ``Starlette`` would add its pages for errors and what they import.
    """

    def __init__(self, world: World, auth: SimAuth | None, faults: Faults, routes: list[BaseRoute]) -> None:
        super().__init__(routes=routes)
        self.world, self.auth, self.faults = world, auth, faults
        self.served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        scope["app"] = self
        self.served += 1
        scope["sim.path"] = scope["path"]
        scope["sim.request_id"] = derive_id(self.world.seed, "request", self.served)
        scope["path"] = re.sub("/{2,}", "/", scope["path"]).rstrip("/") or "/"
        self.world.record_request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
        self.world.tick()
        date_header = DateHeader(send, self.world.clock.now() + self.faults.skew_s)
        await inject_faults(self.faults, self.world, self._answer, scope, receive, date_header.send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except HTTPException:  # no route has the path or the method
            error = ApiError("APIGW.0101", "The API does not exist or has not been published", status=404)
            await build_error_response(Request(scope), error)(scope, receive, send)


async def read_body(request: Request) -> bytes:
    """Return the body of a request. Raises ApiError when authentication, project or size is wrong."""
    app: SimApplication = request.app
    payload = await request.body()
    if len(payload) > _MAX_BODY_BYTES:
        raise ApiError("APIGW.0201", "Request entity too large", status=413)
    if app.auth is not None:  # the demo has none
        from matui.sim.server.auth import check_authentication

        check_authentication(app.auth, app.world, request, payload, app.faults.skew_s)
    if request.path_params["project_id"] != app.world.project_id:
        raise ApiError("0210", "The project ID of the token differs from the one in the URI.")
    return payload
