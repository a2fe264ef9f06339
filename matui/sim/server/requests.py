"""Typed access to a request, with the limits of the reference's tables; lists; JSON responses and errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from matui.sim.world.world import World

_NOT_FOUND = frozenset({"0102", "3001", "3502", "3512", "3547", "6309", "7005"})
_CONFLICT = frozenset(
    {"0103", "0105", "3002", "3009", "3503", "3513", "3515", "3516", "3519", "6301"}
    | {"6304", "6305", "6306", "6307", "6308", "6327", "6329", "6333", "6357"}
)
_FORBIDDEN = frozenset({"0106", "0108", "0112", "0113", "6302", "6328", "7002", "7003", "7004"})
_UNAUTHENTICATED = frozenset({"0201", "0202", "0203", "0204", "0205", "0208", "0209", "0210", "0211"})
T = TypeVar("T")
R = TypeVar("R")


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


class Codes(NamedTuple):
    """Error codes of a chapter: invalid value, missing value, wrong type, wrong length or name."""

    bad: str
    missing: str
    kind: str
    length: str


CHAPTERS = {
    "4": Codes(bad="6336", missing="6335", kind="6332", length="6336"),
    "5": Codes(bad="0107", missing="0115", kind="0107", length="0104"),
    "6": Codes(bad="3037", missing="3037", kind="3037", length="3037"),
    "7": Codes(bad="0107", missing="0115", kind="0107", length="0107"),
    "8": Codes(bad="0104", missing="0104", kind="0104", length="0104"),
}

_INTEGER = re.compile(r"-?\d{1,18}\Z")


class Query(NamedTuple):
    """The query of a request; an empty value counts as absent. Methods raise ApiError."""

    values: Mapping[str, str]
    codes: Codes

    def get_text(self, name: str, default: str = "", *, max_length: int | None = None) -> str:
        """Return a string of at most ``max_length`` characters."""
        return _check_length(name, self.values.get(name) or default, max_length, self.codes)

    def require(self, name: str) -> str:
        """Return a mandatory string."""
        value = self.values.get(name, "")
        if not value:
            raise ApiError(self.codes.missing, f"The parameter {name} is mandatory.")
        return value

    def get_integer(self, name: str, default: int, low: int | None = None, high: int | None = None) -> int:
        """Return an integer from ``low`` to ``high``."""
        value = (self.values.get(name) or "").strip()
        if not value:
            return default
        if not _INTEGER.match(value):
            raise ApiError(self.codes.bad, f"The value of {name} must be an integer.")
        return _check_within(name, int(value), low, high, self.codes)

    def get_choice(self, name: str, options: Collection[str], default: str = "", *, code: str = "") -> str:
        """Return one of ``options``, case-sensitive."""
        value = self.values.get(name, "")
        return _check_one_of(name, value, options, code or self.codes.bad) if value else default

    def get_flag(self, name: str) -> bool:
        """Return whether the parameter is true."""
        return self.get_choice(name, ("true", "false", "True", "False"), "false").lower() == "true"

    def is_descending(self, default: str) -> bool:
        """Return whether ``order`` is descending."""
        return self.get_choice("order", ("asc", "desc"), default) == "desc"


class Fields:
    """A JSON object of a request body; null counts as absent. Methods raise ApiError."""

    def __init__(self, data: object, codes: Codes, where: str = "") -> None:
        if not isinstance(data, dict):
            raise ApiError(codes.kind, f"{where or 'The request body'} must be a JSON object.")
        self.data: dict[str, Any] = data
        self.codes = codes

    def __contains__(self, name: str) -> bool:
        return self.data.get(name) is not None

    def get_raw(self, name: str, default: Any = None) -> Any:
        """Return the value without a check."""
        value = self.data.get(name)
        return default if value is None else value

    def require(self, *names: str) -> None:
        """Raise ApiError for the first of ``names`` that is absent or empty."""
        for name in names:
            if self.data.get(name) in (None, "", []):
                raise ApiError(self.codes.missing, f"The parameter {name} is mandatory.")

    def get_text(
        self, name: str, default: str = "", *, max_length: int | None = None, pattern: str = ""
    ) -> str:
        """Return a string of at most ``max_length`` characters that matches ``pattern`` as a whole."""
        value = self.get_raw(name, default)
        if not isinstance(value, str):
            raise ApiError(self.codes.kind, f"The parameter {name} must be a string.")
        _check_length(name, value, max_length, self.codes)
        if pattern and value and not re.fullmatch(pattern, value):
            raise ApiError(self.codes.length, f"Illegal {name}: {value}")
        return value

    def get_name(self, name: str, max_length: int, *, chinese: bool = False, min_length: int = 1) -> str:
        """Return a mandatory name of letters, digits, hyphens and underscores."""
        self.require(name)
        letters = r"A-Za-z0-9_\-" + ("\u4e00-\u9fff" if chinese else "")
        value = self.get_text(name, max_length=max_length)
        if len(value) < min_length or not re.fullmatch(f"[{letters}]+", value):
            raise ApiError(self.codes.length, f"Illegal name: {value}")
        return value

    def get_integer(
        self,
        name: str,
        default: int = 0,
        low: int | None = None,
        high: int | None = None,
        *,
        lenient: bool = False,
    ) -> int:
        """Return an integer from ``low`` to ``high``; ``lenient`` accepts digits in a string."""
        value = self.get_raw(name, default)
        if lenient and isinstance(value, str) and _INTEGER.match(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ApiError(self.codes.kind, f"The parameter {name} must be an integer.")
        return _check_within(name, value, low, high, self.codes)

    def get_choice(self, name: str, options: Collection[str], default: str = "") -> str:
        """Return one of ``options``."""
        value = self.get_text(name, default)
        return _check_one_of(name, value, options, self.codes.bad) if value else ""

    def get_flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean."""
        value = self.get_raw(name, default)
        if not isinstance(value, bool):
            raise ApiError(self.codes.kind, f"The parameter {name} must be a boolean.")
        return value

    def get_child(self, name: str) -> Fields:
        """Return the object under ``name``, empty when absent."""
        return Fields(self.get_raw(name, {}), self.codes, f"The parameter {name}")

    def list_children(self, name: str) -> list[Fields]:
        """Return the objects of the array under ``name``."""
        value = self.get_raw(name, [])
        if not isinstance(value, list):
            raise ApiError(self.codes.kind, f"The parameter {name} must be an array.")
        return [Fields(item, self.codes, f"Each item of {name}") for item in value]


def _check_length(name: str, value: str, most: int | None, codes: Codes) -> str:
    if most is not None and len(value) > most:
        raise ApiError(codes.length, f"The length of {name} should be in [0,{most}].")
    return value


def _check_one_of(name: str, value: str, options: Collection[str], code: str) -> str:
    if value not in options:
        raise ApiError(code, f"The value of {name} must be one of {', '.join(options)}.")
    return value


def _check_within(name: str, value: int, low: int | None, high: int | None, codes: Codes) -> int:
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"[{'-∞' if low is None else low},{'∞' if high is None else high}]"
        raise ApiError(codes.bad, f"The value of {name} should be in {bounds}.")
    return value


class ApiRequest(NamedTuple):
    """A request for an operation; ``chapter`` selects the error codes of its parameters."""

    chapter: str
    path: Mapping[str, str]
    query: Query
    payload: bytes = b""
    language: str = "en-us"

    @property
    def codes(self) -> Codes:
        """Return the error codes of the chapter."""
        return CHAPTERS[self.chapter]

    def parse_fields(self) -> Fields:
        """Return the JSON object of the body."""
        try:
            data = json.loads(self.payload or b"null")
        except ValueError:
            raise ApiError(self.codes.kind, "The request body is not valid JSON.") from None
        return Fields(data, self.codes)

    def get_number(self, name: str) -> str:
        """Return a numeric path parameter in canonical form."""
        text = self.path[name]
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise ApiError(self.codes.bad, f"The {name} must be a number.")
        return str(int(text))

    def read_workspace_filter(self, world: World) -> str:
        """Return the workspace that a list is limited to, 0 by default. Raises ApiError 0104."""
        workspace = self.query.get_text("workspace_id", "0")
        if workspace not in world.workspaces.rows:
            raise ApiError("0104", "Invalid workspace ID.")
        return workspace

    def check_new_workspace(self, world: World, workspace: str) -> str:
        """Return the workspace of a new resource. Raises ApiError unless it exists and is NORMAL."""
        found = world.workspaces.get(workspace or "0")
        if found is None:
            raise ApiError("7005", "The workspace does not exist.")
        if found.timeline.find_state_at(world.now) != "NORMAL":
            raise ApiError("7004", "Resources cannot be created in an abnormal workspace.")
        return found.id


def require_found(row: T | None, code: str, message: str, *, status: int = 0) -> T:
    """Return ``row``. Raises ApiError for None."""
    if row is None:
        raise ApiError(code, message, status=status)
    return row


def slice_page(rows: Sequence[T], offset: int, limit: int) -> Sequence[T]:
    """Return at most ``limit`` rows from index ``offset`` on."""
    return rows[offset : offset + limit]


class ListRules(NamedTuple, Generic[R]):
    """The sort fields and the paging of one list operation.

    ``keys`` maps the values of the parameter ``sort_by`` to sort keys of a row at a time in ms; the first is
    the default. ``order`` is the default order. Pages are given by ``offset`` and ``limit``, or by
    ``per_page`` and ``page`` where ``max_per_page`` is set.
    """

    sort_by: str
    keys: Mapping[str, Callable[[R, int], Any]]
    order: str = "desc"
    max_per_page: int = 0

    def select(self, world: World, query: Query, rows: Iterable[R]) -> list[R]:
        """Return the page of ``rows`` that ``query`` asks for. Raises ApiError for an invalid parameter."""
        key = self.keys[query.get_choice(self.sort_by, tuple(self.keys), next(iter(self.keys)))]
        if self.max_per_page:
            limit = query.get_integer("per_page", 10, 1, self.max_per_page)
            first = (query.get_integer("page", 1, 1, 65535) - 1) * limit
        else:
            offset, limit = query.get_integer("offset", 0, 0), query.get_integer("limit", 1000, 1, 1000)
            first = world.resolve_offset(offset, limit)
        descending = query.is_descending(self.order)
        ordered = sorted(rows, key=lambda row: key(row, world.now), reverse=descending)
        return ordered[first : first + limit]
