"""The simulator as a web application: routing, authentication, errors; the world does the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from matui.sim.modelarts_v1.operations import OPERATIONS, Operation
from matui.sim.modelarts_v2.operations import v2_routes
from matui.sim.peers import Peers, peer_routes
from matui.sim.server.auth import SimAuth, check_call
from matui.sim.server.date_header import Dated
from matui.sim.server.errors import Refusal
from matui.sim.server.fault_injection import pass_faults
from matui.sim.server.faults import Faults
from matui.sim.server.iam import iam_routes
from matui.sim.server.requests import CHAPTERS, Call, Query
from matui.sim.world.random import hex_id
from matui.sim.world.world import World

_LARGEST_BODY = 12 * 1024 * 1024


class SimApp(Starlette):
    """A Starlette application with its faults in front, where they can break the connection."""

    peers: Peers

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


def build_app(
    world: World,
    *,
    auth: SimAuth | None = None,
    faults: Faults | None = None,
    generations: Collection[str] = ("v1", "v2"),
    peers: Peers | None = None,
) -> Starlette:
    """Return the ASGI application over ``world``; without ``auth`` nothing is checked.

    ``generations`` says which of ModelArts' APIs the region serves; workspaces belong to both. ``peers`` are
    the other clouds' accounts on the same port.
    """
    chosen = faults or Faults()
    if auth and chosen.token_ttl_s is not None:
        auth.token_ttl_s = chosen.token_ttl_s
    routes = [_route(one) for one in OPERATIONS if "v1" in generations or one.section.startswith("8")]
    if "v2" in generations:
        routes += v2_routes()
    app = SimApp(world, auth, chosen, routes + iam_routes() + peer_routes())
    app.peers = peers or Peers.beside(world)
    return app


def _route(operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await _serve(request, operation)

    return Route("/v1/{project_id}" + operation.path, endpoint, methods=[operation.method])


async def _serve(request: Request, operation: Operation) -> Response:
    app: SimApp = request.app
    chapter = operation.section[0]
    try:
        payload = await received(request)
        query = Query(dict(request.query_params), CHAPTERS[chapter])
        answer = operation.answer(app.world, Call(chapter, request.path_params, query, payload))
    except Refusal as refusal:
        return error_answer(request, refusal, chapter)
    return json_answer(request, answer)


async def received(request: Request) -> bytes:
    """Return the body of a request that is signed, or has a token, and is for this project; else refuse."""
    app: SimApp = request.app
    payload = await request.body()
    if len(payload) > _LARGEST_BODY:
        raise Refusal("APIGW.0201", "Request entity too large", status=413)
    check_call(app.auth, app.world, request, payload, app.faults.skew_s)
    if request.path_params["project_id"] != app.world.project_id:
        raise Refusal("0210", "The project ID of the token differs from the one in the URI.")
    return payload


def json_answer(request: Request, body: Any, status: int = 200) -> Response:
    """Return ``body`` as JSON with the request id every answer carries."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = {"X-Request-Id": request.scope["sim.request_id"]}
    return Response(text, status, headers, media_type="application/json;charset=UTF-8")


def error_answer(request: Request, refusal: Refusal, chapter: str = "") -> Response:
    """Return an error body as ``chapter`` has it: 5 adds is_success, 8 and the gateway the request id."""
    body: dict[str, Any] = {"error_msg": refusal.message, "error_code": refusal.code}
    if chapter == "8" or refusal.code.startswith("APIG"):
        body["request_id"] = request.scope["sim.request_id"]
    elif chapter == "5":
        body = {"is_success": False} | body
    return json_answer(request, body, refusal.status)


async def _unknown_path(request: Request, exception: Exception) -> Response:  # noqa: ARG001 - Starlette's shape
    return error_answer(
        request, Refusal("APIGW.0101", "The API does not exist or has not been published", status=404)
    )
