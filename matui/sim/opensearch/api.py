"""The OpenSearch operations on instances and trainings."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.opensearch.signature import check_acs3
from matui.sim.opensearch.world import FAILED, RUNNING, SUCCESS, ModelInstance, OpenSearchWorld, SimTraining
from matui.sim.server.responses import PeerApiError

KNOWN_STATUSES = (SUCCESS, FAILED, RUNNING)
_ROOT = "/v4/openapi/app-groups/{app}/functions/{function}/instances"


def build_body(world: OpenSearchWorld, request_id: str, **fields: Any) -> dict[str, Any]:
    """Return the body of a success; in Pascal case its status fields are misleading."""
    odd = {"Status": "200", "Code": "200", "Message": "fail"}
    plain = {"Status": "OK", "Code": "", "Message": ""}
    head = plain if world.camel else odd
    rest = {"HttpCode": 200, "RequestId": request_id, "Latency": 12}
    body: dict[str, Any] = apply_case(world, head | rest | fields)
    return body


def apply_case(world: OpenSearchWorld, value: Any) -> Any:
    """Return ``value`` with the names of its fields in the letter case that the world is set to."""
    if not world.camel:
        return value
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: apply_case(world, inner) for name, inner in value.items()}
    return [apply_case(world, inner) for inner in value] if isinstance(value, list) else value


def convert_time(world: OpenSearchWorld, ms: int) -> int:
    """Return ``ms`` since the epoch in the unit that the world is set to."""
    return ms // 1000 if world.in_seconds else ms


def serialize_instance(
    world: OpenSearchWorld, instance: ModelInstance, now: int, *, detail: bool
) -> dict[str, Any]:
    """Return an instance; ``detail`` adds the state of its last training."""
    trained = any(run.timeline.find_state_at(now) == SUCCESS for run in instance.trainings)
    view: dict[str, Any] = {
        "InstanceName": instance.name,
        "FunctionName": instance.function,
        "FunctionType": "PAAS",
        "ModelType": instance.model_type,
        "Description": f"{instance.model_type} of {instance.function}",
        "Cron": "0 3 * * 0",
        "Source": "user",
        "Status": "available" if trained else "unavailable",
        "CreateTime": convert_time(world, instance.created),
        "VersionId": 1,
        "CreateParameters": [{"Name": "allow_dict_id", "Value": "123"}],
        "UsageParameters": [],
        "ExtendInfo": "{}",
    }
    if detail:
        newest = instance.trainings[-1] if instance.trainings else None
        view["Task"] = {
            "DagStatus": newest.timeline.find_state_at(now) if newest else "untrained",
            "LastRunTime": convert_time(world, newest.timeline.steps[0][0]) if newest else 0,
        }
    return view


def serialize_training(
    world: OpenSearchWorld, instance: ModelInstance, run: SimTraining, now: int
) -> dict[str, Any]:
    info = run.extend_info(now)
    started = datetime.fromtimestamp(run.timeline.steps[0][0] / 1000, UTC)
    return {
        "FunctionName": instance.function,
        "Generation": str(run.generation),
        "RunId": started.strftime("trigger__%Y-%m-%dT%H:%M:%S"),
        "Status": run.timeline.find_state_at(now),
        "Progress": run.compute_progress(now),
        "StartTime": convert_time(world, run.timeline.steps[0][0]),
        "EndTime": convert_time(world, run.find_end(now)),
        "ExtendInfo": json.dumps(info)[1:-1] if world.double_escaped else info,
    }


class _Request(NamedTuple):
    world: OpenSearchWorld
    http: Request
    now: int

    def get_part(self, name: str) -> str:
        """Return a path parameter."""
        return str(self.http.path_params[name])

    def get_number(self, name: str, default: int) -> int:
        """Return a query parameter that is an integer of at least 1. Raises PeerApiError."""
        text = self.http.query_params.get(name, str(default))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 1_000_000:
            raise PeerApiError(
                400, f"Invalid{name[0].upper()}{name[1:]}", f"{name} must be a number from 1 on."
            )
        return int(text)

    def get_instance(self) -> ModelInstance:
        """Return the instance of the path. Raises PeerApiError 404."""
        found = self.world.instances.get((self.get_part("function"), self.get_part("instance")))
        if found is None:
            raise PeerApiError(404, "Instance.NotExist", "The instance does not exist.")
        return found

    def get_training(self) -> SimTraining:
        """Return the training of the path by its generation. Raises PeerApiError 404."""
        wanted = self.get_part("generation")
        found = next((run for run in self.get_instance().trainings if str(run.generation) == wanted), None)
        if found is None:
            raise PeerApiError(404, "Task.NotExist", "The task does not exist.")
        return found


def build_opensearch_routes() -> list[Route]:
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


def _route(method: str, path: str, action: str, answer: Callable[[_Request], dict[str, Any]]) -> Route:
    async def endpoint(request: Request) -> Response:
        world: OpenSearchWorld = request.app.peers.opensearch
        try:
            await _check_request(world, request, action)
            fields = answer(_Request(world, request, request.app.world.now))
        except PeerApiError as error:
            return _build_error_response(world, request, error)
        return _respond(request, build_body(world, request.scope["sim.request_id"], **fields), 200)

    return Route(path, endpoint, methods=[method])


async def _check_request(world: OpenSearchWorld, request: Request, action: str) -> None:
    if request.app.auth is not None:
        now_s = request.app.world.clock.now() + request.app.faults.skew_s
        check_acs3(world, request, await request.body(), action, now_s)
    if world.throttle_ms:
        raise PeerApiError(400, "Throttling.User", "Request was denied due to user flow control.")
    if request.path_params["app"] != world.app:
        raise PeerApiError(404, "App.NotFound", "The app group does not exist.")
    if request.path_params["function"] not in world.functions:
        raise PeerApiError(404, "Function.NotExist", "The function does not exist.")


def _respond(request: Request, body: dict[str, Any], status: int, **headers: str) -> Response:
    sent = {"x-acs-request-id": request.scope["sim.request_id"]} | headers
    text = json.dumps(body, ensure_ascii=False).encode()
    return Response(text, status, sent, media_type="application/json;charset=UTF-8")


def _build_error_response(world: OpenSearchWorld, request: Request, error: PeerApiError) -> Response:
    body = {"RequestId": request.scope["sim.request_id"], "Code": error.code, "Message": error.message}
    if error.code.startswith("Throttling"):
        wait = {"x-acs-retry-after": str(world.throttle_ms.pop(0))}
        return _respond(request, body, error.status, **wait)
    if world.errors_in_200:
        failure = {"Status": "FAIL", "HttpCode": error.status, "Latency": 3}
        return _respond(request, apply_case(world, body | failure), 200)
    return _respond(request, body | {"HostId": "opensearch.simulated"}, error.status)


def _serialize_page(request: _Request, rows: Sequence[dict[str, Any]], default_size: int) -> dict[str, Any]:
    number, size = request.get_number("pageNumber", 1), request.get_number("pageSize", default_size)
    return {"TotalCount": len(rows), "Result": list(rows[(number - 1) * size : number * size])}


def _list_instances(request: _Request) -> dict[str, Any]:
    world, function = request.world, request.get_part("function")
    found = [instance for (owner, _name), instance in world.instances.items() if owner == function]
    return _serialize_page(
        request, [serialize_instance(world, one, request.now, detail=False) for one in found], 10
    )


def _show_instance(request: _Request) -> dict[str, Any]:
    detail = request.http.query_params.get("output") == "detail"
    return {"Result": serialize_instance(request.world, request.get_instance(), request.now, detail=detail)}


def _delete_instance(request: _Request) -> dict[str, Any]:
    instance = request.get_instance()
    if any(run.timeline.find_state_at(request.now) == RUNNING for run in instance.trainings):
        raise PeerApiError(409, "Task.IsRunning", "A task of the instance is running.")
    del request.world.instances[instance.function, instance.name]
    return {}


def _list_trainings(request: _Request) -> dict[str, Any]:
    world, instance, params = request.world, request.get_instance(), request.http.query_params
    wanted = params.get("status", "")
    if wanted and wanted not in KNOWN_STATUSES:
        raise PeerApiError(400, "InvalidStatus", "The status is none.")
    rows = [serialize_training(world, instance, run, request.now) for run in reversed(instance.trainings)]
    return _serialize_page(request, [row for row in rows if not wanted or row["Status"] == wanted], 1)


def _train(request: _Request) -> dict[str, Any]:
    instance = request.get_instance()
    if any(run.timeline.find_state_at(request.now) == RUNNING for run in instance.trainings):
        raise PeerApiError(409, "Task.IsRunning", "A task of the instance is running already.")
    request.world.train(instance, request.now)
    return {}


def _show_training(request: _Request) -> dict[str, Any]:
    return {
        "Result": serialize_training(
            request.world, request.get_instance(), request.get_training(), request.now
        )
    }


def _delete_training(request: _Request) -> dict[str, Any]:
    training = request.get_training()
    if training.timeline.find_state_at(request.now) == RUNNING:
        raise PeerApiError(409, "Task.IsRunning", "A running task cannot be deleted.")
    request.get_instance().trainings.remove(training)
    return {}
