"""The error, the sentence and the remedy for an HTTP status, and the error for a code of ModelArts."""

from __future__ import annotations

from typing import NamedTuple

from matui.errors import (
    AuthenticationError,
    CloudError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TokenRejectedError,
)


class Meaning(NamedTuple):
    """An error class, what happened in one sentence, and what the user can do (``""``: nothing to add)."""

    error: type[CloudError]
    sentence: str
    remedy: str = ""


_LATER = "Try again in a moment; if it goes on, report the request id to the cloud's support."
_BY_STATUS: dict[int, Meaning] = {
    400: Meaning(CloudError, "The cloud did not understand the request."),
    401: Meaning(
        AuthenticationError,
        "The cloud did not accept the credentials.",
        "Check the credentials of the profile; `matui doctor` tests them.",
    ),
    403: Meaning(
        PermissionDeniedError,
        "The credentials may not do this.",
        "Ask an administrator for the permission, or use another profile.",
    ),
    404: Meaning(NotFoundError, "The cloud knows no such resource."),
    409: Meaning(ConflictError, "The state of the resource forbids this."),
    429: Meaning(
        RateLimitedError,
        "Too many requests were sent.",
        "Wait a moment; other tools with the same credentials count too.",
    ),
    500: Meaning(ServerFaultError, "The cloud failed.", _LATER),
    502: Meaning(ServerFaultError, "The service behind the gateway cannot be reached.", _LATER),
    503: Meaning(ServerFaultError, "The service is not available at the moment.", _LATER),
    504: Meaning(ServerFaultError, "The service behind the gateway took too long.", _LATER),
}
_OTHER_5XX = Meaning(ServerFaultError, "The cloud failed.")
_OTHER = Meaning(CloudError, "The cloud refused the request.")
_STATUS_OF_CLASS = (401, 403, 404, 409, 429, 500)

_MODELARTS: dict[str, type[CloudError]] = {
    **dict.fromkeys(("0201", "0202", "0203", "0204", "0205", "6620"), TokenRejectedError),
    **dict.fromkeys(("0209", "0210"), AuthenticationError),
    **dict.fromkeys(("0108", "0109", "0111", "0112", "6653", "7002", "7003"), PermissionDeniedError),
    "0114": RateLimitedError,
    **dict.fromkeys(("0102", "3001", "3502", "3547", "6309", "7005"), NotFoundError),
    **dict.fromkeys(
        ("0105", "2604", "3008", "3009", "3519", "6304", "6305", "6306", "6307", "6308", "6327", "6357"),
        ConflictError,
    ),
}
_GATEWAY: dict[str, type[CloudError]] = {
    "0101": CloudError,
    **dict.fromkeys(("0301", "0303", "0305"), AuthenticationError),
    "0307": TokenRejectedError,
    **dict.fromkeys(("0302", "0304", "0306", "0401", "0402", "0802"), PermissionDeniedError),
    "0308": RateLimitedError,
}


def meaning_of_status(status: int) -> Meaning:
    """Return what an HTTP status alone stands for."""
    return _BY_STATUS.get(status) or (_OTHER_5XX if status >= 500 else _OTHER)


def meaning_of_class(error: type[CloudError]) -> Meaning:
    """Return the sentence and the remedy of an error class whose status is of no account."""
    rows = (_BY_STATUS[status] for status in _STATUS_OF_CLASS)
    return next((row for row in rows if issubclass(error, row.error)), _OTHER)


def error_class(status: int, code: str) -> type[CloudError]:
    """Return the error for a code of ModelArts or the gateway, for an unknown code that of the status."""
    if status == 429:
        return RateLimitedError
    prefix, _, number = code.rpartition(".")
    table = {"modelarts": _MODELARTS, "apigw": _GATEWAY, "apig": _GATEWAY}.get(prefix.strip().lower(), {})
    return table.get(number) or meaning_of_status(status).error
