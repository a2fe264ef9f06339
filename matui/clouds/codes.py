"""Which error a code or an HTTP status stands for."""

from __future__ import annotations

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

_BY_STATUS: dict[int, type[CloudError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    429: RateLimitedError,
}
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


def error_class(status: int, code: str) -> type[CloudError]:
    """Return the error for a code of ModelArts or the gateway; where it tells nothing, for the status."""
    if status == 429:
        return RateLimitedError
    prefix, _, number = code.rpartition(".")
    table = {"modelarts": _MODELARTS, "apigw": _GATEWAY, "apig": _GATEWAY}.get(prefix.strip().lower(), {})
    if number in table:
        return table[number]
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    return ServerFaultError if status >= 500 else CloudError
