"""JSON responses and error bodies."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from matui.sim.server.errors import ApiError


def apply_overrides(
    record: dict[str, Any], override: dict[str, Any], missing: Iterable[str]
) -> dict[str, Any]:
    """Return ``record`` with the fields of ``override`` replaced and the fields ``missing`` removed."""
    changed = record | override
    for name in missing:
        changed.pop(name, None)
    return changed


def json_response(request: Request, body: Any, status: int = 200) -> Response:
    """Return ``body`` as JSON with the request id."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = {"X-Request-Id": request.scope["sim.request_id"]}
    return Response(text, status, headers, media_type="application/json;charset=UTF-8")


def error_response(request: Request, error: ApiError, chapter: str = "") -> Response:
    """Return an error body: chapter 5 adds is_success, chapter 8 and the gateway add the request id."""
    body: dict[str, Any] = {"error_msg": error.message, "error_code": error.code}
    if chapter == "8" or error.code.startswith("APIG"):
        body["request_id"] = request.scope["sim.request_id"]
    elif chapter == "5":
        body = {"is_success": False} | body
    return json_response(request, body, error.status)
