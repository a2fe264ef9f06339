"""A cloud that records what another one answers; it offers the protocols that the other one offers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any, Protocol, TypeVar, cast

from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.redaction.masking import mask_secrets
from matui.clouds import protocols
from matui.clouds.protocols import BudgetState, Cloud, ListRequest, LogBytes, LogPage, Page
from matui.live.capabilities import explain_missing_pane
from matui.live.recording.encoding import (
    PageEncoder,
    encode_error,
    encode_log_page,
    encode_notes,
    encode_row,
    encode_rows,
    encode_usage,
)
from matui.live.recording.redaction import Redactor
from matui.live.recording.schema import LOG, READ, ROWS, SIGNALS, TRIAGE, Stream
from matui.live.recording.tape import Tape
from matui.live.triage.item import TriageNotes
from matui.resources.codec import encode_detail, encode_events, encode_metrics
from matui.resources.detail import Detail, Gauge, Metrics, Section
from matui.resources.kinds.jobs import SIGNAL_FACTS
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS

T = TypeVar("T")

_PROBE_LINES = 10  # a page that short was read to look where the end is
_CAPABILITIES = tuple(
    found
    for found in vars(protocols).values()
    if isinstance(found, type) and Protocol in found.__bases__
    if found.__module__ == protocols.__name__ and found is not Cloud
)


def record_cloud(cloud: Cloud, tape: Tape, clock: Clock) -> Cloud:
    """Return a cloud that answers as ``cloud`` does, and writes each answer to ``tape``."""
    names = {
        name
        for capability in _CAPABILITIES
        if isinstance(cloud, capability)
        for name in vars(capability)
        if not name.startswith("_")
    }
    body = {name: _RECORDED.get(name) or _pass_on(name) for name in names}
    tape.add_profile(cloud.profile, _describe_profile(cloud, clock, is_redacted=tape.redactor is not None))
    return cast("Cloud", type("RecordingCloud", (_RecordingCloud,), body)(cloud, tape, clock))


def _describe_profile(cloud: Cloud, clock: Clock, *, is_redacted: bool) -> dict[str, Any]:
    missing = {
        kind: {
            pane: reason
            for pane in KINDS[kind].panes
            if (reason := explain_missing_pane(cloud, KINDS[kind], pane)) is not None
        }
        for kind in cloud.kinds
        if kind in KINDS
    }
    project_id = "" if is_redacted else cloud.project_id
    return {
        "cloud": cloud.name,
        "region": cloud.region,
        "project_id": project_id,
        "kinds": list(cloud.kinds),
        "missing": missing,
        "opened_at": int(clock.now() * 1000),
    }


def _pass_on(name: str) -> property:
    return property(lambda self: getattr(self._cloud, name))


class _RecordingCloud:
    """Methods of every recording cloud; the protocols of the cloud behind are added by ``record_cloud``."""

    def __init__(self, cloud: Cloud, tape: Tape, clock: Clock) -> None:
        self._cloud: Any = cloud
        self._tape = tape
        self._clock = clock
        self._pages: dict[Stream, PageEncoder] = {}

    name = _pass_on("name")
    profile = _pass_on("profile")
    region = _pass_on("region")
    project_id = _pass_on("project_id")
    kinds = _pass_on("kinds")

    @property
    def title(self) -> str:
        """The name of the cloud in messages."""
        return protocols.name_cloud(self._cloud)

    def get_budget(self) -> BudgetState:
        """Return the request budget as it stands."""
        state: BudgetState = self._cloud.get_budget()
        return state

    async def aclose(self) -> None:
        """Close every connection."""
        await self._cloud.aclose()

    def note_rows(self, kind: str, rows: Iterable[Resource]) -> None:
        """Record what the logs of the jobs say, which is no answer of the cloud."""
        if kind != "jobs":
            return
        held = {
            row.id: facts
            for row in rows
            if (facts := {name: value for name, value in row.facts.items() if name in SIGNAL_FACTS})
        }
        self._put(self._build_stream(SIGNALS, kind), partial(_encode_signals, held))

    def note_triage(self, notes: TriageNotes) -> None:
        """Record the reasons and acknowledgements of triage, which are no answers of the cloud."""
        self._put(self._build_stream(TRIAGE, ""), partial(_encode_value, notes, encode_notes))

    async def keep(
        self, stream: Stream, answer: Awaitable[T], encode: Callable[[T, Redactor | None], Any]
    ) -> T:
        """Return an answer, and record it or the error in its place."""
        try:
            value = await answer
        except MatuiError as error:
            self._put(stream, partial(_encode_failure, encode_error(error)))
            raise
        self._put(stream, partial(_encode_value, value, encode))
        return value

    def get_page_encoder(self, stream: Stream) -> PageEncoder:
        """Return the encoder of a list page."""
        return self._pages.setdefault(stream, PageEncoder())

    def build_stream_of(self, what: str, resource: Resource, *more: str) -> Stream:
        """Return the name of a stream about a resource."""
        return self._build_stream(what, resource.kind, resource.id, *more)

    def _build_stream(self, what: str, *key: str) -> Stream:
        return Stream(self._cloud.profile, what, key)

    def _put(self, stream: Stream, encode: Callable[[Redactor | None], Any]) -> None:
        self._tape.put(stream, int(self._clock.now() * 1000), encode)

    def put_read(self, row: Resource) -> None:
        """Record a resource that was read by itself, which may state more than its list."""
        self._put(self.build_stream_of(READ, row), partial(_encode_value, row, _encode_read))

    def put_log_page(self, stream: Stream, page: LogPage | LogBytes, *, base: str, older: bool) -> None:
        """Record a page of a log that has lines."""
        if page.content:
            encode = partial(_encode_log, page, base, older)
            self._tape.put(stream, int(self._clock.now() * 1000), encode, is_whole=True)


def _encode_value(answer: T, encode: Callable[[T, Redactor | None], Any], redactor: Redactor | None) -> Any:
    return {"value": encode(answer, redactor), "error": None}


def _encode_failure(error: dict[str, Any], redactor: Redactor | None) -> Any:
    return {"value": None, "error": redactor.redact_tree(error) if redactor is not None else error}


def _encode_log(page: LogPage | LogBytes, base: str, older: bool, redactor: Redactor | None) -> Any:
    value = encode_log_page(page, base=base, older=older)
    if redactor is not None:
        value["text"] = redactor.redact_text(value["text"])
    return value


def _encode_signals(held: dict[str, Any], redactor: Redactor | None) -> Any:
    if redactor is not None:
        held = {
            redactor.replace_id(one): {
                name: redactor.redact_text(value) if name == "loss_name" else value
                for name, value in facts.items()
            }
            for one, facts in held.items()
        }
    return {"value": held, "error": None}


def _wrap_plain_encoder(encode: Callable[[Any], Any]) -> Callable[[Any, Redactor | None], Any]:
    """Return an encoder of values without resources; all of their texts are redacted."""

    def encode_plain(answer: Any, redactor: Redactor | None) -> Any:
        value = mask_secrets(encode(answer))
        return value if redactor is None else redactor.redact_tree(value)

    return encode_plain


def _encode_detail(detail: Detail, redactor: Redactor | None) -> Any:
    value = encode_detail(detail)
    if redactor is None:
        return {**value, "resource": encode_row(detail.resource, None)}
    redactor.learn([detail.resource])
    return {
        "sections": redactor.redact_tree(value["sections"]),
        "resource": encode_row(detail.resource, redactor),
    }


def _encode_updates(sections: tuple[Section, ...]) -> Any:
    empty = Resource("", "", "", "", phase=Phase.UNKNOWN, cloud="", profile="")
    return encode_detail(Detail(empty, sections))["sections"]


async def _list_page(self: _RecordingCloud, request: ListRequest) -> Page:
    stream = Stream(
        self.profile, ROWS, (request.kind, request.workspace, str(request.number), str(request.size))
    )
    return await self.keep(stream, self._cloud.list_page(request), self.get_page_encoder(stream).encode)


def _encode_read(row: Resource, redactor: Redactor | None) -> Any:
    return encode_rows([row], redactor)[0]


async def _read(self: _RecordingCloud, kind: str, resource_id: str) -> Resource:
    row: Resource = await self._cloud.read(kind, resource_id)
    self.put_read(row)
    return row


def _encode_quotas(gauges: tuple[Gauge, ...]) -> Any:
    return encode_metrics(Metrics((), gauges))


_ANSWERS: dict[str, tuple[str, Callable[[Any, Redactor | None], Any]]] = {
    "describe": ("detail", _encode_detail),
    "fetch_events": ("events", _wrap_plain_encoder(encode_events)),
    "fetch_metrics": ("metrics", _wrap_plain_encoder(encode_metrics)),
    "fetch_versions": ("versions", encode_rows),
    "fetch_reruns": ("reruns", encode_rows),
    "fetch_nodes": ("nodes", encode_rows),
    "fetch_updates": ("updates", _wrap_plain_encoder(_encode_updates)),
    "fetch_pool_usage": ("pool_usage", _wrap_plain_encoder(encode_usage)),
    "list_sold_out_flavors": ("sold_out", _wrap_plain_encoder(sorted)),
    "fetch_quotas": ("quotas", _wrap_plain_encoder(_encode_quotas)),
    "fetch_choices": ("choices", encode_rows),
    "list_log_files": ("log_files", _wrap_plain_encoder(list)),
}
"""The stream that keeps the answer of a method, and how it is encoded."""


def _build_recorded_method(name: str) -> Callable[..., Awaitable[Any]]:
    """Return a method about a resource, about what a word names, or about the account, that is recorded."""
    what, encode = _ANSWERS[name]

    async def method(self: _RecordingCloud, *about: Any) -> Any:
        key = (about[0].kind, about[0].id) if about and isinstance(about[0], Resource) else about or ("",)
        return await self.keep(Stream(self.profile, what, key), getattr(self._cloud, name)(*about), encode)

    return method


async def _record_log_page(
    self: _RecordingCloud, job: Resource, file: str, *, base: str, older: bool, limit: int
) -> LogPage:
    page: LogPage = await self._cloud.read_log_page(job, file, base=base, older=older, limit=limit)
    if base or limit > _PROBE_LINES:
        self.put_log_page(self.build_stream_of(LOG, job, file), page, base=base, older=older)
    return page


async def _record_log_bytes(
    self: _RecordingCloud, job: Resource, file: str, *, start: int, length: int
) -> LogBytes:
    page: LogBytes = await self._cloud.read_log_bytes(job, file, start=start, length=length)
    base = "" if start < 0 else str(start)
    self.put_log_page(self.build_stream_of(LOG, job, file), page, base=base, older=False)
    return page


_RECORDED: dict[str, Any] = {name: _build_recorded_method(name) for name in _ANSWERS} | {
    "list_page": _list_page,
    "read": _read,
    "read_log_page": _record_log_page,
    "read_log_bytes": _record_log_bytes,
}
