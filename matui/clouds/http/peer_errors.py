"""Helpers for the error bodies of Qianfan and OpenSearch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matui.base.errors import CloudError, PermissionDeniedError
from matui.clouds.http.api_errors import (
    FORBIDDEN,
    HttpResponse,
    build_error,
    explain_class,
    explain_denial,
    explain_status,
)
from matui.clouds.http.decode import parse
from matui.clouds.http.error_bodies import ErrorFields


def parse_object(response: HttpResponse) -> dict[str, Any]:
    """Return the JSON object in the body, empty where it holds none."""
    if response.body.lstrip()[:1] != b"{":
        return {}
    try:
        tree = parse(response.body)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}


def choose_class(code: str, status: int, words: Iterable[tuple[str, type[CloudError]]]) -> type[CloudError]:
    """Return the error of the first of ``words`` that ``code`` contains, else that of the status."""
    plain = code.lower().replace(".", "").replace("_", "")
    matched = next((error for word, error in words if word in plain), None)
    return matched or explain_status(status).error


def build_peer_error(
    kind: type[CloudError], fields: ErrorFields, response: HttpResponse, *, retry_after: float | None = None
) -> CloudError:
    """Return the error with the sentence of its class; ``retry_after`` (seconds) replaces Retry-After."""
    meaning = explain_class(kind)
    if kind is PermissionDeniedError and response.status == FORBIDDEN:
        meaning = explain_denial(fields.code, fields.message)
        kind = meaning.error
    return build_error(kind, meaning, fields, response, retry_after=retry_after)


def add_request_id(response: HttpResponse, header: str) -> HttpResponse:
    """Return the response with the id of a cloud's own ``header`` where the common reader finds it."""
    own = response.headers.get(header, "")
    return response._replace(headers={**response.headers, "x-request-id": own}) if own else response
