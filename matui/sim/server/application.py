"""The ASGI application: request ids, the world's clock, faults, authentication."""

from __future__ import annotations

import re

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from matui.sim.server.auth import SimAuth, check_call
from matui.sim.server.date_header import Dated
from matui.sim.server.errors import Refusal
from matui.sim.server.fault_injection import pass_faults
from matui.sim.server.faults import Faults
from matui.sim.server.responses import error_response
from matui.sim.world.random import hex_id
from matui.sim.world.world import World

_LARGEST_BODY = 12 * 1024 * 1024


class Application(Starlette):
    """A Starlette application with its faults in front, where they can break the connection."""

    def __init__(self, world: World, auth: SimAuth | None, faults: Faults, routes: list[Route]) -> None:
        super().__init__(routes=routes, exception_handlers={HTTPException: _unknown_path})
        self.world, self.auth, self.faults = world, auth, faults
        self.served = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        self.served += 1
        scope["sim.path"] = scope["path"]
        scope["sim.request_id"] = hex_id(self.world.seed, "request", self.served)
        scope["path"] = re.sub("/{2,}", "/", scope["path"]).rstrip("/") or "/"
        self.world.note(scope["method"], scope["path"], scope["query_string"].decode("latin-1"))
        self.world.tick()
        dated = Dated(send, self.world.clock.now() + self.faults.skew_s)
        await pass_faults(self.faults, self.world, super().__call__, scope, receive, dated.send)


async def read_body(request: Request) -> bytes:
    """Return the body of a request that is signed, or has a token, and is for this project; else refuse."""
    app: Application = request.app
    payload = await request.body()
    if len(payload) > _LARGEST_BODY:
        raise Refusal("APIGW.0201", "Request entity too large", status=413)
    check_call(app.auth, app.world, request, payload, app.faults.skew_s)
    if request.path_params["project_id"] != app.world.project_id:
        raise Refusal("0210", "The project ID of the token differs from the one in the URI.")
    return payload


async def _unknown_path(request: Request, exception: Exception) -> Response:  # noqa: ARG001 - Starlette's shape
    return error_response(
        request, Refusal("APIGW.0101", "The API does not exist or has not been published", status=404)
    )
