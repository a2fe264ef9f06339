"""From what an answer of a cloud says went wrong to one of the errors; for clouds with codes of their own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from matui.clock import skew_hint
from matui.clouds.answers import Received, shown
from matui.clouds.decode import parse
from matui.clouds.server_time import retry_after_s
from matui.errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
)

_SENTENCES: tuple[tuple[type[CloudError], str, str], ...] = (
    (
        AuthenticationError,
        "The cloud did not accept the credentials.",
        "Check the credentials of the profile; `matui doctor` tests them.",
    ),
    (
        PermissionDeniedError,
        "The credentials may not do this.",
        "Ask an administrator for the permission, or use another profile.",
    ),
    (
        RateLimitedError,
        "Too many requests were sent.",
        "Wait a moment; other tools with the same credentials count too.",
    ),
    (NotFoundError, "The cloud knows no such resource.", ""),
    (ConflictError, "The state of the resource forbids this.", ""),
    (ServerFaultError, "The cloud failed.", "Try again in a moment; if it goes on, report the request id."),
    (CloudError, "The cloud refused the request.", ""),
)
_BY_STATUS: dict[int, type[CloudError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer says of its failure, as it came; ``""`` where it says nothing."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def object_in(received: Received) -> dict[str, Any]:
    """Return the object that an answer's body is, empty where it is none."""
    if received.body.lstrip()[:1] != b"{":
        return {}
    try:
        tree = parse(received.body)
    except ValueError:
        return {}
    return tree if isinstance(tree, dict) else {}


def class_of_code(code: str, status: int, words: Iterable[tuple[str, type[CloudError]]]) -> type[CloudError]:
    """Return the error of the first of ``words`` that a code holds, else what its status stands for."""
    told = code.lower().replace(".", "").replace("_", "")
    return next((kind for word, kind in words if word in told), None) or class_of_status(status)


def class_of_status(status: int) -> type[CloudError]:
    """Return the error that an HTTP status alone stands for."""
    return _BY_STATUS.get(status) or (ServerFaultError if status >= 500 else CloudError)


def verdict_error(
    kind: type[CloudError], verdict: Verdict, received: Received, *, retry_after: float | None = None
) -> CloudError:
    """Return the error with the cloud's code, words and request id; ``retry_after`` is in seconds."""
    sentence, remedy = next((said, todo) for base, said, todo in _SENTENCES if issubclass(kind, base))
    if kind is AuthenticationError:
        sentence = f"{skew_hint(received.clock_offset_s)} {sentence}".strip()
    message = shown(verdict.message)
    if message:
        sentence = f"{sentence} The cloud says: {message}"
    return kind(
        sentence if sentence[-1] in ".!?。" else f"{sentence}.",
        code=shown(verdict.code),
        message=message,
        request_id=shown(verdict.request_id) or received.request_id,
        status=received.status,
        retry_after_s=retry_after if retry_after is not None else retry_after_s(received.headers),
        remedy=remedy,
    )
