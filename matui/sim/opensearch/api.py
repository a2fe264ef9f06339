"""The OpenSearch operations, and the strict verification of ACS3-HMAC-SHA256 signatures."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_plus

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from matui.sim.opensearch.world import FAILED, RUNNING, SUCCESS, ModelInstance, OpenSearchWorld, SimTraining
from matui.sim.server.requests import PeerApiError

_MAX_SKEW_S = 15 * 60
_HEADER = re.compile(
    r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})\Z"
)
_REQUIRED = (
    "host",
    "x-acs-action",
    "x-acs-version",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-content-sha256",
)
KNOWN_STATUSES = (SUCCESS, FAILED, RUNNING)
_ROOT = "/v4/openapi/app-groups/{app}/functions/{function}/instances"


def check_acs3(world: OpenSearchWorld, request: Request, payload: bytes, action: str, now_s: float) -> None:
    """Verify the signature of a request for ``action`` at ``now_s`` (seconds since the epoch).

    Raises PeerApiError.
    """
    found = _HEADER.match(request.headers.get("authorization", ""))
    if found is None:
        raise PeerApiError(400, "IncompleteSignature", "The Authorization header is missing or malformed.")
    access, listed, signature = found.groups()
    names = listed.split(";")
    _check_headers(request, names, action, payload)
    _check_date(request.headers["x-acs-date"], now_s)
    secret = _find_secret(world, access, request)
    digest = sha256(_build_canonical(request, names).encode()).hexdigest()
    made = hmac.new(secret.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), sha256).hexdigest()
    if not hmac.compare_digest(made, signature):
        raise PeerApiError(400, "SignatureDoesNotMatch", "The signature does not match what we calculated.")
    nonce = request.headers["x-acs-signature-nonce"]
    if nonce in world.nonces:
        raise PeerApiError(400, "SignatureNonceUsed", "The nonce was used before.")
    world.nonces.add(nonce)


def _check_headers(request: Request, names: list[str], action: str, payload: bytes) -> None:
    headers = request.headers
    due = {name for name in headers if name.startswith("x-acs-")} | set(_REQUIRED)
    due |= {"content-type"} if payload and "content-type" in headers else set()
    missing = sorted(name for name in due if name not in names or name not in headers)
    if missing or names != sorted(set(names)) or any(name not in headers for name in names):
        why = f"header not sent, not signed or out of order: {(missing or names)[0]}"
        raise PeerApiError(400, "IncompleteSignature", why)
    if headers["x-acs-version"] != "2017-12-25" or headers["x-acs-action"] != action:
        raise PeerApiError(404, "InvalidAction.NotFound", "The action or version is not that of the path.")
    if headers["x-acs-content-sha256"] != sha256(payload).hexdigest():
        raise PeerApiError(400, "SignatureDoesNotMatch", "The body is not the one that was signed.")


def _check_date(text: str, now_s: float) -> None:
    try:
        sent = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise PeerApiError(400, "InvalidTimeStamp.Format", "The x-acs-date is malformed.") from None
    if abs(now_s - sent) > _MAX_SKEW_S:
        raise PeerApiError(
            400, "InvalidTimeStamp.Expired", "The x-acs-date is too far from the server's time."
        )


def _find_secret(world: OpenSearchWorld, access: str, request: Request) -> str:
    if access in world.keys:
        return world.keys[access]
    if access not in world.temporary:
        raise PeerApiError(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    secret, token = world.temporary[access]
    if request.headers.get("x-acs-security-token") != token:
        raise PeerApiError(400, "InvalidSecurityToken.Malformed", "The security token is missing or wrong.")
    return secret


def _build_canonical(request: Request, names: list[str]) -> str:
    raw = request.scope.get("raw_path") or quote(request.scope["sim.path"]).encode()
    lines = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    query = _build_canonical_query(request.scope["query_string"].decode("latin-1"))
    parts = (request.method, raw.split(b"?")[0].decode("latin-1"), query, lines, ";".join(names))
    return "\n".join((*parts, request.headers["x-acs-content-sha256"]))


def _build_canonical_query(raw: str) -> str:
    pairs = [part.partition("=") for part in raw.split("&") if part]
    decoded = sorted((unquote_plus(key), unquote_plus(value)) for key, _, value in pairs)
    return "&".join(f"{key}={quote(value, safe='-_.~')}" for key, value in decoded)


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
