"""OpenSearch's calls for functions, instances and trainings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.opensearch.serializers import KNOWN_STATUSES, body_of, cased, instance_view, training_view
from matui.sim.opensearch.signature import check_acs3
from matui.sim.opensearch.world import RUNNING, Instance, OpenSearchWorld, Training
from matui.sim.server.errors import PeerRefusal

_ROOT = "/v4/openapi/app-groups/{app}/functions/{function}/instances"


@dataclass(frozen=True, slots=True)
class _Ask:
    world: OpenSearchWorld
    request: Request
    now: int

    def part(self, name: str) -> str:
        """Return a part of the path."""
        return str(self.request.path_params[name])

    def number(self, name: str, default: int) -> int:
        """Return a number of the query that is at least 1."""
        text = self.request.query_params.get(name, str(default))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 1_000_000:
            raise PeerRefusal(
                400, f"Invalid{name[0].upper()}{name[1:]}", f"{name} must be a number from 1 on."
            )
        return int(text)

    def instance(self) -> Instance:
        """Return the instance of the path."""
        found = self.world.instances.get((self.part("function"), self.part("instance")))
        if found is None:
            raise PeerRefusal(404, "Instance.NotExist", "The instance does not exist.")
        return found

    def training(self) -> Training:
        """Return the training of the path, by its generation."""
        wanted = self.part("generation")
        found = next((run for run in self.instance().trainings if str(run.generation) == wanted), None)
        if found is None:
            raise PeerRefusal(404, "Task.NotExist", "The task does not exist.")
        return found


def opensearch_routes() -> list[Route]:
    """Return the routes of instances and trainings."""
    one = _ROOT + "/{instance}"
    return [
        _route("GET", _ROOT, "ListFunctionInstances", _list_instances),
        _route("GET", one, "GetFunctionInstance", _show_instance),
        _route("DELETE", one, "DeleteFunctionInstance", _delete_instance),
        _route("GET", one + "/tasks", "ListFunctionTasks", _list_trainings),
        _route("POST", one + "/tasks", "CreateFunctionTask", _train),
        _route("GET", one + "/tasks/{generation}", "GetFunctionTask", _show_training),
        _route("DELETE", one + "/tasks/{generation}", "DeleteFunctionTask", _delete_training),
    ]


def _route(method: str, path: str, action: str, answer: Callable[[_Ask], dict[str, Any]]) -> Route:
    async def endpoint(request: Request) -> Response:
        world: OpenSearchWorld = request.app.peers.opensearch
        try:
            await _admit(world, request, action)
            fields = answer(_Ask(world, request, request.app.world.now))
        except PeerRefusal as refusal:
            return _refused(world, request, refusal)
        return _answer(request, body_of(world, request.scope["sim.request_id"], **fields), 200)

    return Route(path, endpoint, methods=[method])


async def _admit(world: OpenSearchWorld, request: Request, action: str) -> None:
    if request.app.auth is not None:
        now_s = request.app.world.clock.now() + request.app.faults.skew_s
        check_acs3(world, request, await request.body(), action, now_s)
    if world.throttle_ms:
        raise PeerRefusal(400, "Throttling.User", "Request was denied due to user flow control.")
    if request.path_params["app"] != world.app:
        raise PeerRefusal(404, "App.NotFound", "The app group does not exist.")
    if request.path_params["function"] not in world.functions:
        raise PeerRefusal(404, "Function.NotExist", "The function does not exist.")


def _answer(request: Request, body: dict[str, Any], status: int, **headers: str) -> Response:
    sent = {"x-acs-request-id": request.scope["sim.request_id"]} | headers
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, status, sent, media_type="application/json;charset=UTF-8")


def _refused(world: OpenSearchWorld, request: Request, refusal: PeerRefusal) -> Response:
    body = {"RequestId": request.scope["sim.request_id"], "Code": refusal.code, "Message": refusal.message}
    if refusal.code.startswith("Throttling"):
        wait = {"x-acs-retry-after": str(world.throttle_ms.pop(0))}
        return _answer(request, body, refusal.status, **wait)
    if world.errors_in_200:
        told = {"Status": "FAIL", "HttpCode": refusal.status, "Latency": 3}
        return _answer(request, cased(world, body | told), 200)
    return _answer(request, body | {"HostId": "opensearch.simulated"}, refusal.status)


def _page(ask: _Ask, rows: Sequence[dict[str, Any]], default_size: int) -> dict[str, Any]:
    number, size = ask.number("pageNumber", 1), ask.number("pageSize", default_size)
    return {"TotalCount": len(rows), "Result": list(rows[(number - 1) * size : number * size])}


def _list_instances(ask: _Ask) -> dict[str, Any]:
    world, function = ask.world, ask.part("function")
    found = [instance for (owner, _name), instance in world.instances.items() if owner == function]
    return _page(ask, [instance_view(world, one, ask.now, detail=False) for one in found], 10)


def _show_instance(ask: _Ask) -> dict[str, Any]:
    detail = ask.request.query_params.get("output") == "detail"
    return {"Result": instance_view(ask.world, ask.instance(), ask.now, detail=detail)}


def _delete_instance(ask: _Ask) -> dict[str, Any]:
    instance = ask.instance()
    if any(run.life.at(ask.now) == RUNNING for run in instance.trainings):
        raise PeerRefusal(409, "Task.IsRunning", "A task of the instance is running.")
    del ask.world.instances[instance.function, instance.name]
    return {}


def _list_trainings(ask: _Ask) -> dict[str, Any]:
    world, instance, params = ask.world, ask.instance(), ask.request.query_params
    wanted = params.get("status", "")
    if wanted and wanted not in KNOWN_STATUSES:
        raise PeerRefusal(400, "InvalidStatus", "The status is none.")
    rows = [training_view(world, instance, run, ask.now) for run in reversed(instance.trainings)]
    return _page(ask, [row for row in rows if not wanted or row["Status"] == wanted], 1)


def _train(ask: _Ask) -> dict[str, Any]:
    instance = ask.instance()
    if any(run.life.at(ask.now) == RUNNING for run in instance.trainings):
        raise PeerRefusal(409, "Task.IsRunning", "A task of the instance is running already.")
    ask.world.train(instance, ask.now)
    return {}


def _show_training(ask: _Ask) -> dict[str, Any]:
    return {"Result": training_view(ask.world, ask.instance(), ask.training(), ask.now)}


def _delete_training(ask: _Ask) -> dict[str, Any]:
    training = ask.training()
    if training.life.at(ask.now) == RUNNING:
        raise PeerRefusal(409, "Task.IsRunning", "A running task cannot be deleted.")
    ask.instance().trainings.remove(training)
    return {}
