"""Errors of the simulated APIs and their HTTP statuses."""

from __future__ import annotations

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
        self.status = status or _status_of(self.code)


def _status_of(code: str) -> int:
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
