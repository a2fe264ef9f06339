"""Build the simulator's ASGI application: the routes of every cloud over one world."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route, Router
from starlette.types import Receive, Scope, Send

from matui.sim.modelarts_v1.operations import OPERATIONS, V1Operation
from matui.sim.server.application import SimApplication, read_body
from matui.sim.server.faults import Faults
from matui.sim.server.requests import (
    CHAPTERS,
    ApiError,
    ApiRequest,
    Query,
    build_error_response,
    build_json_response,
)
from matui.sim.world.world import World

if TYPE_CHECKING:
    from matui.sim.peers import Peers
    from matui.sim.server.auth import SimAuth

_ROUTE = "sim.route"


class SimApp(SimApplication):
    """The simulator's application. Without ``peers`` they are built beside the world at first use."""

    def __init__(
        self, world: World, auth: SimAuth | None, faults: Faults, peers: Peers | None, routes: list[BaseRoute]
    ) -> None:
        super().__init__(world, auth, faults, routes)
        self._given_peers = peers

    @cached_property
    def peers(self) -> Peers:
        """The accounts of the other clouds on the same port."""
        from matui.sim.peers import Peers

        return self._given_peers or Peers.build_beside(self.world)


class OtherRoutes:
    """The ASGI application of the paths outside API v1; its parts are built at their first request."""

    def __init__(self, generations: Collection[str]) -> None:
        self._generations = generations

    @cached_property
    def _peers(self) -> Router:
        from matui.sim.peers import build_peer_routes

        return Router(build_peer_routes(), default=self._answer_huawei)

    @cached_property
    def _huawei(self) -> Router:
        from matui.sim.modelarts_v2.operations import build_v2_routes
        from matui.sim.server.iam import build_iam_routes

        current = build_v2_routes() if "v2" in self._generations else []
        return Router([*current, *build_iam_routes()])

    async def _answer_huawei(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._huawei(scope, receive, send)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._peers(scope, receive, send)


class LazyRoutes(BaseRoute):
    """The routes of one resource, built at the first request for it: each takes 0.1 ms to compile."""

    def __init__(self, resource: str, operations: Collection[V1Operation]) -> None:
        self._resource = resource
        self._operations = operations

    @cached_property
    def _routes(self) -> list[Route]:
        return [_route(operation) for operation in self._operations]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return how the best of the routes matches; of several, the first."""
        best: tuple[Match, Scope] = (Match.NONE, {})
        if scope["type"] != "http" or _find_resource(scope["path"]) != self._resource:
            return best
        for route in self._routes:
            match, matched = route.matches(scope)
            if match.value > best[0].value:
                best = (match, {**matched, _ROUTE: route})
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the route that matches."""
        await scope[_ROUTE].handle(scope, receive, send)


def _find_resource(path: str) -> str:
    """Return the first part of a path after the project: ``training-jobs``."""
    return path.removeprefix("/v1/").partition("/")[2].partition("/")[0]


def build_app(
    world: World,
    *,
    auth: SimAuth | None = None,
    faults: Faults | None = None,
    generations: Collection[str] = ("v1", "v2"),
    peers: Peers | None = None,
) -> SimApp:
    """Return the ASGI application over ``world``; without ``auth`` nothing is checked.

    ``generations`` says which of ModelArts' APIs the region serves; workspaces belong to both. ``peers`` are
    the other clouds' accounts on the same port.
    """
    chosen = faults or Faults()
    if auth and chosen.token_ttl_s is not None:
        auth.token_ttl_s = chosen.token_ttl_s
    served = [one for one in OPERATIONS if "v1" in generations or one.section.startswith("8")]
    resources: dict[str, list[V1Operation]] = {}
    for operation in served:
        resources.setdefault(operation.path.split("/")[1], []).append(operation)
    routes = [
        *(LazyRoutes(resource, operations) for resource, operations in resources.items()),
        Mount("/", OtherRoutes(generations)),
    ]
    return SimApp(world, auth, chosen, peers, routes)


def _route(operation: V1Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await _serve(request, operation)

    return Route("/v1/{project_id}" + operation.path, endpoint, methods=[operation.method])


async def _serve(request: Request, operation: V1Operation) -> Response:
    app: SimApplication = request.app
    chapter = operation.section[0]
    try:
        payload = await read_body(request)
        query = Query(dict(request.query_params), CHAPTERS[chapter])
        answer = operation.handler(app.world, ApiRequest(chapter, request.path_params, query, payload))
    except ApiError as error:
        return build_error_response(request, error, chapter)
    return build_json_response(request, answer)
