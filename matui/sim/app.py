"""Build the simulator's ASGI application: the routes of every cloud over one world."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

from matui.sim.modelarts_v1.operations import OPERATIONS, V1Operation
from matui.sim.modelarts_v1.serving import V1Table, answer_call
from matui.sim.server.application import SimApplication
from matui.sim.server.auth import SimAuth
from matui.sim.server.faults import Faults
from matui.sim.server.responses import ApiError, error_body, send_json
from matui.sim.world.world import World

if TYPE_CHECKING:
    from starlette.routing import Router
    from starlette.types import Receive, Scope, Send

    from matui.sim.peers import Peers


class SimApp(SimApplication):
    """The simulator's application. Without ``peers`` they are built beside the world at first use."""

    def __init__(
        self,
        world: World,
        auth: SimAuth | None,
        faults: Faults,
        peers: Peers | None,
        generations: Collection[str],
    ) -> None:
        super().__init__(world, auth, faults)
        self._given_peers = peers
        self._v1 = V1Table(one for one in OPERATIONS if _is_served(one, generations))
        self._others = OtherRoutes(generations)

    @cached_property
    def peers(self) -> Peers:
        """The accounts of the other clouds on the same port."""
        from matui.sim.peers import Peers

        return self._given_peers or Peers.beside(self.world)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of any cloud."""
        call = self._v1.find(scope["method"], scope["path"])
        if call is not None:
            await answer_call(self, call, scope, receive, send)
        else:
            await self._others(scope, receive, send)


class OtherRoutes:
    """The ASGI application of the paths outside API v1, built at its first request."""

    def __init__(self, generations: Collection[str]) -> None:
        self._generations = generations

    @cached_property
    def _router(self) -> Router:
        from starlette.routing import Router

        from matui.sim.modelarts_v2.operations import v2_routes
        from matui.sim.peers import peer_routes
        from matui.sim.server.iam import iam_routes

        current = v2_routes() if "v2" in self._generations else []
        return Router([*current, *iam_routes(), *peer_routes()])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from starlette.exceptions import HTTPException

        try:
            await self._router(scope, receive, send)
        except HTTPException:  # no such path, or not with this method
            unknown = ApiError("APIGW.0101", "The API does not exist or has not been published", status=404)
            request_id = scope["sim.request_id"]
            await send_json(send, request_id, error_body(unknown, "", request_id), unknown.status)


def _is_served(operation: V1Operation, generations: Collection[str]) -> bool:
    """Return whether a region serves an operation of API v1; workspaces belong to both generations."""
    return "v1" in generations or operation.section.startswith("8")


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
    return SimApp(world, auth, chosen, peers, generations)
