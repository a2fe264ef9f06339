"""IAM's tokens and projects, and the metadata service of an ECS."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from matui.sim.server.auth import SimAuth, check_authentication
from matui.sim.server.requests import ApiError
from matui.sim.world.random import derive_id
from matui.sim.world.world import World

_SECURITY_KEY = "/openstack/latest/securitykey"


def build_iam_routes() -> list[Route]:
    """Return the routes of IAM (``/v3/…``) and of the metadata service."""
    return [
        Route("/v3/auth/tokens", _issue_token, methods=["POST"]),
        Route("/v3/projects", _list_projects, methods=["GET"]),
        Route("/v3/auth/projects", _list_projects, methods=["GET"]),
        Route("/meta-data/latest/api/token", _issue_metadata_token, methods=["PUT"]),
        Route(_SECURITY_KEY, _issue_security_key, methods=["GET"]),
    ]


def _respond(
    request: Request, body: Any, status: int = 200, headers: dict[str, str] | None = None
) -> Response:
    sent = {"X-Request-Id": request.scope["sim.request_id"]} | (headers or {})
    return Response(json.dumps(body).encode(), status, sent, media_type="application/json;charset=UTF-8")


def _build_error(request: Request, status: int, title: str, words: str) -> Response:
    return _respond(request, {"error": {"code": status, "message": words, "title": title}}, status)


def _format_time(seconds: float, pattern: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(pattern)


async def _issue_token(request: Request) -> Response:
    """Issue a token for a user name and password, scoped to the project."""
    world, auth = request.app.world, request.app.auth or SimAuth()
    now = world.clock.now() + request.app.faults.skew_s
    try:
        body = json.loads(await request.body())["auth"]
        user = body["identity"]["password"]["user"]
        scope = body["scope"]["project"]
        name, password, domain = user["name"], user["password"], user["domain"]["name"]
    except (ValueError, KeyError, TypeError):
        return _build_error(
            request, 400, "Bad Request", "Expecting to find valid JSON with auth.identity and auth.scope."
        )
    if request.app.auth is not None and auth.users.get(name) != (password, domain):
        return _build_error(request, 401, "Unauthorized", "The username or password is wrong.")
    if (
        scope.get("id", world.project_id) != world.project_id
        or scope.get("name", world.region) != world.region
    ):
        return _build_error(request, 401, "Unauthorized", "The project does not exist.")
    text, token = auth.issue_token(now, world.project_id)
    described: dict[str, Any] = {
        "expires_at": _format_time(token.expires, "%Y-%m-%dT%H:%M:%S.%fZ"),
        "issued_at": _format_time(now, "%Y-%m-%dT%H:%M:%S.%fZ"),
        "methods": ["password"],
        "project": _serialize_project(world),
        "user": {
            "id": derive_id("user", name),
            "name": name,
            "domain": {"id": derive_id("domain"), "name": domain},
        },
    }
    if not request.query_params.get("nocatalog"):
        described["catalog"] = [{"type": "modelarts", "name": "modelarts", "endpoints": []}]
    return _respond(request, {"token": described}, 201, {"X-Subject-Token": text})


def _serialize_project(world: World) -> dict[str, Any]:
    return {
        "id": world.project_id,
        "name": world.region,
        "domain": {"id": derive_id("domain"), "name": "matui-sim"},
    }


async def _list_projects(request: Request) -> Response:
    """List the project, filtered by name."""
    world = request.app.world
    try:
        check_authentication(
            request.app.auth, world, request, await request.body(), request.app.faults.skew_s
        )
    except ApiError as error:
        return _build_error(request, error.status, "Unauthorized", error.message)
    record = {"id": world.project_id, "name": world.region, "domain_id": derive_id("domain"), "enabled": True}
    record |= {"is_domain": False, "parent_id": derive_id("domain"), "description": "", "links": {}}
    wanted = request.query_params.get("name", world.region)
    return _respond(request, {"projects": [record] if wanted == world.region else [], "links": {}})


async def _issue_metadata_token(request: Request) -> Response:
    """Issue a token of the metadata service."""
    auth: SimAuth | None = request.app.auth
    if auth is None or auth.old_metadata:
        return PlainTextResponse("404 Not Found", 404)
    if not request.headers.get("x-metadata-token-ttl-seconds", "").isdigit():
        return PlainTextResponse("X-Metadata-Token-Ttl-Seconds is missing", 400)
    auth.issued += 1
    text = derive_id(auth.seed, "metadata", auth.issued)
    auth.metadata_tokens.add(text)
    return PlainTextResponse(text)


async def _issue_security_key(request: Request) -> Response:
    """Issue temporary keys of the machine's agency."""
    auth: SimAuth | None = request.app.auth
    if auth is None:
        return PlainTextResponse("404 Not Found", 404)
    if not auth.old_metadata and request.headers.get("x-metadata-token") not in auth.metadata_tokens:
        return PlainTextResponse("Unauthorized", 401)
    access, key = auth.issue_temporary(request.app.world.clock.now() + request.app.faults.skew_s)
    credential = {
        "access": access,
        "secret": key.secret,
        "securitytoken": key.token,
        "expires_at": _format_time(key.expires, "%Y-%m-%dT%H:%M:%S.%fZ"),
    }
    return _respond(request, {"credential": credential})
