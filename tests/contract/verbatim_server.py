"""A server that knows nothing but the reference: each operation gets its sample, word for word."""

from __future__ import annotations

import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.contract.modelarts.samples import OPERATIONS


class Verbatim:
    """The application, what it was asked, and which operations fail as in their failure samples."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []  # section of the operation, path and query
        self.strangers: list[str] = []
        self.failing = False
        self.denying = False
        ordered = sorted(OPERATIONS.values(), key=lambda op: (op["path"].count("{"), op["path"]))
        routes = [self._route(op["method"], op["path"], op["section"]) for op in ordered]
        self.app = Starlette(routes=[*routes, Route("/{rest:path}", self._refuse_stranger, methods=_METHODS)])

    def _route(self, method: str, path: str, section: str) -> Route:
        async def answer(request: Request) -> Response:
            query = f"?{request.url.query}" if request.url.query else ""
            self.asked.append((section, f"{request.url.path}{query}"))
            return self._answer(section)

        return Route(re.sub(r"\{(\w+)\}", r"{\1}", path), answer, methods=[method])

    def _answer(self, section: str) -> Response:
        headers = {"x-request-id": f"request-of-{section}"}
        if self.denying:
            return JSONResponse(_DENIED, status_code=403, headers=headers)
        if self.failing:
            return JSONResponse(
                _find_sample(section, "failure") or _GENERAL, status_code=400, headers=headers
            )
        sample = _find_sample(section, "response")
        return JSONResponse({} if sample is None else sample, headers=headers)

    async def _refuse_stranger(self, request: Request) -> Response:
        self.strangers.append(f"{request.method} {request.url.path}")
        return JSONResponse({"error_code": "APIGW.0101", "error_msg": "no such API"}, status_code=404)

    def list_sections(self) -> set[str]:
        """Return the operations that were asked for."""
        return {section for section, _path in self.asked}


_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]
_DENIED = {"error_code": "ModelArts.0112", "error_msg": "Insufficient permissions."}
_GENERAL = {"error_code": "ModelArts.0010", "error_msg": "The input parameter is invalid."}


def _find_sample(section: str, kind: str) -> Any:
    found = [sample["json"] for sample in OPERATIONS[section]["samples"] if sample["kind"] == kind]
    return found[0] if found else None
