"""Build the simulator's ASGI application: the routes of every cloud over one world."""

from __future__ import annotations

from collections.abc import Collection

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.modelarts_v1.operations import OPERATIONS, Operation
from matui.sim.modelarts_v2.operations import v2_routes
from matui.sim.peers import Peers, peer_routes
from matui.sim.server.application import SimApplication, read_body
from matui.sim.server.auth import SimAuth
from matui.sim.server.faults import Faults
from matui.sim.server.iam import iam_routes
from matui.sim.server.requests import CHAPTERS, ApiRequest, Query
from matui.sim.server.responses import ApiError, error_response, json_response
from matui.sim.world.world import World


class SimApp(SimApplication):
    """The simulator's application. ``peers`` are the accounts of the other clouds on the same port."""

    def __init__(
        self, world: World, auth: SimAuth | None, faults: Faults, peers: Peers, routes: list[Route]
    ) -> None:
        super().__init__(world, auth, faults, routes)
        self.peers = peers


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
    routes = [_route(one) for one in OPERATIONS if "v1" in generations or one.section.startswith("8")]
    if "v2" in generations:
        routes += v2_routes()
    accounts = peers or Peers.beside(world)
    return SimApp(world, auth, chosen, accounts, routes + iam_routes() + peer_routes())


def _route(operation: Operation) -> Route:
    async def endpoint(request: Request) -> Response:
        return await _serve(request, operation)

    return Route("/v1/{project_id}" + operation.path, endpoint, methods=[operation.method])


async def _serve(request: Request, operation: Operation) -> Response:
    app: SimApplication = request.app
    chapter = operation.section[0]
    try:
        payload = await read_body(request)
        query = Query(dict(request.query_params), CHAPTERS[chapter])
        answer = operation.handler(app.world, ApiRequest(chapter, request.path_params, query, payload))
    except ApiError as error:
        return error_response(request, error, chapter)
    return json_response(request, answer)
