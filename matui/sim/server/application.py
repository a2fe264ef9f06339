"""The ASGI application: request ids, the world's clock and the ``Date`` header, faults, authentication."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from matui.sim.server.auth import SimAuth, check_authentication
from matui.sim.server.faults import Faults, inject_faults
from matui.sim.server.responses import ApiError
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Message, Receive, Scope, Send

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


class SimApplication(ABC):
    """An ASGI application behind the fault injection, which can break the connection."""

    def __init__(self, world: World, auth: SimAuth | None, faults: Faults) -> None:
        self.world, self.auth, self.faults = world, auth, faults
        self.served = 0

    @abstractmethod
    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that no fault has kept from the API."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.served += 1
        scope["app"] = self
        scope["sim.path"] = scope["path"]
        scope["sim.request_id"] = derive_id(self.world.seed, "request", self.served)
        scope["path"] = re.sub("/{2,}", "/", scope["path"]).rstrip("/") or "/"
        self.world.record_request(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
        self.world.tick()
        date_header = DateHeader(send, self.world.clock.now() + self.faults.skew_s)
        await inject_faults(self.faults, self.world, self.answer, scope, receive, date_header.send)

    def check_request(self, scope: Scope, payload: bytes) -> None:
        """Raise ApiError when authentication, project or size of a request is wrong."""
        if len(payload) > _MAX_BODY_BYTES:
            raise ApiError("APIGW.0201", "Request entity too large", status=413)
        if self.auth is not None:
            from starlette.requests import Request

            check_authentication(self.auth, self.world, Request(scope), payload, self.faults.skew_s)
        if scope["path_params"]["project_id"] != self.world.project_id:
            raise ApiError("0210", "The project ID of the token differs from the one in the URI.")


async def read_body(request: Request) -> bytes:
    """Return the body of a request. Raises ApiError when authentication, project or size is wrong."""
    app: SimApplication = request.app
    payload = await request.body()
    app.check_request(request.scope, payload)
    return payload
