"""JSON responses, and the errors of the simulated APIs with their HTTP statuses."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

_NOT_FOUND = frozenset({"0102", "3001", "3502", "3512", "3547", "6309", "7005"})
_CONFLICT = frozenset(
    {"0103", "0105", "3002", "3009", "3503", "3513", "3515", "3516", "3519", "6301"}
    | {"6304", "6305", "6306", "6307", "6308", "6327", "6329", "6333", "6357"}
)
_FORBIDDEN = frozenset({"0106", "0108", "0112", "0113", "6302", "6328", "7002", "7003", "7004"})
_UNAUTHENTICATED = frozenset({"0201", "0202", "0203", "0204", "0205", "0208", "0209", "0210", "0211"})


class ApiError(Exception):
    """An error response of ModelArts: HTTP ``status``, ``code`` of section 10.2, ``message``."""

    def __init__(self, code: str, message: str, *, status: int = 0) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code if "." in code else f"ModelArts.{code}"
        self.message = message
        self.status = status or _get_status(self.code)


def _get_status(code: str) -> int:
    digits = code.rpartition(".")[2]
    for status, group in ((404, _NOT_FOUND), (409, _CONFLICT), (403, _FORBIDDEN), (401, _UNAUTHENTICATED)):
        if digits in group:
            return status
    return 429 if digits == "0114" else 400


class PeerApiError(Exception):
    """An error response of another cloud: HTTP ``status``, the cloud's ``code``, ``message``."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


def override_fields(
    record: dict[str, Any], override: dict[str, Any], missing: Iterable[str]
) -> dict[str, Any]:
    """Return ``record`` with the fields of ``override`` replaced and the fields ``missing`` removed."""
    changed = record | override
    for name in missing:
        changed.pop(name, None)
    return changed


def build_json_response(request: Request, body: Any, status: int = 200) -> Response:
    """Return ``body`` as JSON with the request id."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    headers = {"X-Request-Id": request.scope["sim.request_id"]}
    return Response(text, status, headers, media_type="application/json;charset=UTF-8")


def build_error_response(request: Request, error: ApiError, chapter: str = "") -> Response:
    """Return an error body: chapter 5 adds is_success, chapter 8 and the gateway add the request id."""
    body: dict[str, Any] = {"error_msg": error.message, "error_code": error.code}
    if chapter == "8" or error.code.startswith("APIG"):
        body["request_id"] = request.scope["sim.request_id"]
    elif chapter == "5":
        body = {"is_success": False} | body
    return build_json_response(request, body, error.status)
