"""OpenSearch's operations for functions, instances and tasks, ``/v4/openapi/app-groups/…``.

Instances of different functions may share a name, so an id is ``FUNCTION/INSTANCE[/GENERATION]``.
"""

from __future__ import annotations

from typing import Any, TypeVar
from urllib.parse import unquote

from matui.base.errors import NotFoundError
from matui.clouds.http.client import HttpClient
from matui.clouds.http.decode import build_bad_answer, parse, parse_model, read_object
from matui.clouds.http.messages import Answer, Call, quote_segment
from matui.clouds.opensearch.errors import get_field
from matui.clouds.opensearch.models import InstanceReply, OpenSearchInstances, TrainingList, TrainingReply
from matui.clouds.wire_types import WireModel, to_text, to_whole, unwrap_json
from matui.resources.model import RawPage, RawRecord

PAGE_SIZE = 100
M = TypeVar("M", bound=WireModel)
L = TypeVar("L", OpenSearchInstances, TrainingList)


class OpenSearchApi:
    """Every call that matui makes, typed. ``app`` is the app group's name."""

    def __init__(self, http: HttpClient, app: str) -> None:
        self.http = http
        self._app = app

    async def list_instances(self, function: str, page: int) -> tuple[OpenSearchInstances, RawPage]:
        """ListFunctionInstances; ``page`` counts from 1."""
        query = (
            ("output", "normal"),
            ("pageNumber", str(page)),
            ("pageSize", str(PAGE_SIZE)),
            ("source", "all"),
        )
        answer = await self._send("GET", "ListFunctionInstances", self._build_path(function), query)
        return _parse_list(OpenSearchInstances, answer, page), _read_page(answer)

    async def get_instance(self, function: str, instance: str) -> tuple[InstanceReply, RawRecord]:
        """GetFunctionInstance, in detail."""
        path = self._build_path(function, instance)
        answer = await self._send("GET", "GetFunctionInstance", path, (("output", "detail"),))
        return _parse_model(InstanceReply, answer), RawRecord(RawPage(answer.body, parse))

    async def delete_instance(self, function: str, instance: str) -> str:
        """DeleteFunctionInstance; return the request id."""
        return await self._act("DELETE", "DeleteFunctionInstance", self._build_path(function, instance))

    async def list_tasks(
        self, function: str, instance: str, page: int = 1, size: int = PAGE_SIZE
    ) -> tuple[TrainingList, RawPage]:
        """ListFunctionTasks, newest first; the size is always sent, as it is 1 when left out."""
        query = (("pageNumber", str(page)), ("pageSize", str(size)))
        path = f"{self._build_path(function, instance)}/tasks"
        answer = await self._send("GET", "ListFunctionTasks", path, query)
        return _parse_list(TrainingList, answer, page), _read_page(answer)

    async def get_task(
        self, function: str, instance: str, generation: str
    ) -> tuple[TrainingReply, RawRecord]:
        """GetFunctionTask."""
        path = f"{self._build_path(function, instance)}/tasks/{quote_segment(generation)}"
        answer = await self._send("GET", "GetFunctionTask", path)
        return _parse_model(TrainingReply, answer), RawRecord(RawPage(answer.body, parse))

    async def train(self, function: str, instance: str) -> str:
        """CreateFunctionTask: starts a training; the request has no body."""
        return await self._act("POST", "CreateFunctionTask", f"{self._build_path(function, instance)}/tasks")

    async def delete_task(self, function: str, instance: str, generation: str) -> str:
        """DeleteFunctionTask."""
        path = f"{self._build_path(function, instance)}/tasks/{quote_segment(generation)}"
        return await self._act("DELETE", "DeleteFunctionTask", path)

    def _build_path(self, function: str, instance: str | None = None) -> str:
        path = (
            f"/v4/openapi/app-groups/{quote_segment(self._app)}/functions/{quote_segment(function)}/instances"
        )
        return path if instance is None else f"{path}/{quote_segment(instance)}"

    async def _act(self, method: str, name: str, path: str) -> str:
        answer = await self._send(method, name, path, action=True)
        return read_request_id(answer)

    async def _send(
        self, method: str, name: str, path: str, query: tuple[tuple[str, str], ...] = (), action: bool = False
    ) -> Answer:
        call = Call(method, path, query, action=action, headers=(("x-acs-action", name),))
        return await self.http.send(call)


def read_request_id(answer: Answer) -> str:
    """Return the request id in the body, else that of the header."""
    try:
        tree = parse(answer.body) if answer.body.strip() else {}
    except ValueError:
        tree = {}
    reported = to_text(get_field(tree, "RequestId")) if isinstance(tree, dict) else ""
    return reported or str(answer.headers.get("x-acs-request-id", answer.request_id))


def lower_field_names(value: Any) -> Any:
    """Return a body with the first letter of each field in lower case, at any depth."""
    if isinstance(value, dict):
        return {
            str(name)[:1].lower() + str(name)[1:]: lower_field_names(inner) for name, inner in value.items()
        }
    return [lower_field_names(inner) for inner in value] if isinstance(value, list) else value


def _parse_list(model: type[L], answer: Answer, page: int) -> L:
    """Return a page. Raises BadAnswerError for a first page without rows whose total is not 0."""
    if not isinstance(unwrap_json(get_field(read_object(answer), "Result")), list | None):
        raise build_bad_answer(answer, "holds no list")
    listed = _parse_model(model, answer)
    if page == 1 and not listed.result and (listed.total_count or 0) > 0:
        raise build_bad_answer(answer, f"holds no row, although its total is {listed.total_count:g}")
    return listed


def _parse_model(model: type[M], answer: Answer) -> M:
    try:
        tree = lower_field_names(read_object(answer))
    except RecursionError:
        raise build_bad_answer(answer, "is nested too deeply") from None
    if "result" not in tree:
        raise build_bad_answer(answer, "holds no result")
    return parse_model(model, tree, answer)


def _read_page(answer: Answer) -> RawPage:
    return RawPage(answer.body, _parse_rows)


def _parse_rows(body: bytes) -> Any:
    rows = unwrap_json(get_field(parse(body), "Result"))
    return rows if isinstance(rows, list) else [rows]


def join_id(*parts: str) -> str:
    """Return one id from its parts, with ``%`` and ``/`` in them encoded."""
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts)


def split_id(resource_id: str, count: int) -> tuple[str, ...]:
    """Return the parts of an id. Raises NotFoundError for another number of parts."""
    parts = tuple(unquote(part) for part in resource_id.split("/"))
    if len(parts) != count or not all(parts):
        shape = "FUNCTION/INSTANCE" if count == 2 else "FUNCTION/INSTANCE/GENERATION"
        raise NotFoundError(f"An id is {shape} here.")
    return parts


class ListProgress:
    """The rows of a list that have been read: a row may come twice, and the total may change."""

    def __init__(self) -> None:
        self.unreadable = 0
        self._keys: set[str] = set()
        self._before = 0
        self._total: int | None = None

    def is_new(self, key: str) -> bool:
        """Note a row. Return whether it has not been read before."""
        is_new = key not in self._keys
        self._keys.add(key)
        return is_new

    @property
    def missing(self) -> int:
        """The number of rows that the cloud counts beyond those read."""
        return max(0, (self._total or 0) - self._before)

    def ends_with(self, count: int, reported: float | None) -> bool:
        """Whether the list ends with the page of ``count`` rows whose total is ``reported``.

        The greatest total counts: a smaller one on a later page means that rows have moved up.
        """
        total = to_whole(reported)
        if total is not None:
            self._total = max(total, self._total or 0)
        seen = len(self._keys) + self.unreadable
        brought, self._before = seen - self._before, seen
        if not count or not brought:
            return True
        return seen >= self._total if self._total is not None else count < PAGE_SIZE
