"""A cloud that answers from a recording as of the time of its clock; nothing can be done to its resources."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from matui.base.clock import Clock
from matui.base.errors import BadAnswerError, MatuiError, NotFoundError, NotRecordedError
from matui.clouds.protocols import ListRequest, LogPage, Page
from matui.live.offline_cloud import OfflineCloud, build_page_of_lines
from matui.live.recording.changes import ReplayList, decode_row
from matui.live.recording.encoding import decode_error, decode_notes, decode_usage
from matui.live.recording.log_text import RecordedLog
from matui.live.recording.reading import Recording
from matui.live.recording.schema import LOG, READ, TRIAGE, Stream
from matui.live.triage.item import TriageNotes
from matui.resources.codec import decode_detail, decode_events, decode_metrics, decode_resource
from matui.resources.detail import Detail, Event, Gauge, Metrics, PoolUsage, Section
from matui.resources.model import Resource

T = TypeVar("T")

_REPLAY = "this is a replay: nothing can be changed"
_DAMAGE = (
    *(ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError),
    sqlite3.Error,
)
_PANES = ("detail", "raw", "log", "events", "metrics", "versions", "updates", "nodes")


class ReplayCloud(OfflineCloud):
    """One profile of a recording, at the time of ``clock``."""

    NO_ACTIONS = "This is a replay: nothing can be done."
    NO_BYTES = "A recording has no log by bytes."

    def __init__(self, recording: Recording, profile: str, clock: Clock) -> None:
        about = recording.profiles[profile]
        self.name = str(about["cloud"])
        self.profile = profile
        self.region = str(about["region"])
        self.project_id = str(about["project_id"])
        self.kinds: tuple[str, ...] = tuple(about["kinds"])
        self._missing: dict[str, dict[str, str]] = about["missing"]
        self._recording = recording
        self._clock = clock
        self._lists = {kind: ReplayList(recording, profile, kind) for kind in self.kinds}
        self._logs: dict[Stream, RecordedLog] = {}
        self._notes: tuple[int, TriageNotes] = (-1, {})

    @property
    def _at_ms(self) -> int:
        return int(self._clock.now() * 1000)

    async def list_page(self, request: ListRequest) -> Page:
        """Return the page as it was. Raises the recorded error, NotRecordedError before the first poll."""
        page = _read(lambda: self._list(request.kind).build_page(request, self._at_ms))
        if page is None:
            raise NotRecordedError(
                f"The recording holds no {request.kind} up to this time.", remedy="Go to a later time with T."
            )
        return page

    async def read(self, kind: str, resource_id: str) -> Resource:
        """Return a row of the list; of what had ended the resource as it was read by itself, with its end.

        Raises NotFoundError.
        """
        row = _read(lambda: self._list(kind).find(resource_id, self._at_ms))
        if row is None:
            raise NotFoundError(
                f"The recording holds no {kind} {resource_id} at this time.",
                remedy="Go to another time with T.",
            )
        stream = Stream(self.profile, READ, (kind, resource_id))
        state = (row.status, row.duration_ms)
        found = _read(lambda: self._decode_read(stream, self._at_ms))
        is_same = found is not None and row.phase.ended and (found.status, found.duration_ms) == state
        return found if found is not None and is_same else row

    def _decode_read(self, stream: Stream, at_ms: int) -> Resource | None:
        moment = self._recording.find_value_at(stream, at_ms)
        return None if moment is None else decode_row(moment.value["value"])

    async def describe(self, resource: Resource) -> Detail:
        """Return the detail that was read last."""
        return self._read_answer("detail", resource, decode_detail)

    async def fetch_events(self, resource: Resource) -> tuple[Event, ...]:
        """Return the events that were read last."""
        return self._read_answer("events", resource, decode_events)

    async def fetch_metrics(self, resource: Resource) -> Metrics:
        """Return the metrics that were read last."""
        return self._read_answer("metrics", resource, decode_metrics)

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return the versions that were read last."""
        return self._read_answer("versions", job, _decode_rows)

    async def fetch_reruns(self, job: Resource) -> tuple[Resource, ...]:
        """Return the jobs of the same lineage that were read last."""
        return self._read_answer("reruns", job, _decode_rows)

    async def fetch_nodes(self, service: Resource) -> tuple[Resource, ...]:
        """Return the nodes that were read last."""
        return self._read_answer("nodes", service, _decode_rows)

    async def fetch_updates(self, service: Resource) -> tuple[Section, ...]:
        """Return the updates that were read last."""
        return self._read_answer("updates", service, partial(_decode_sections, service))

    async def fetch_pool_usage(self, pool: Resource) -> PoolUsage | None:
        """Return nodes and workloads of a pool as they were read last."""
        return self._read_answer("pool_usage", pool, decode_usage, "nodes and workloads")

    async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
        """Return the flavors that were stated to be sold out; none where that was not recorded."""
        try:
            stream = Stream(self.profile, "sold_out", (kind,))
            return frozenset(self._read_value(stream, "flavors", _decode_names))
        except NotRecordedError:
            return frozenset()

    async def fetch_quotas(self) -> tuple[Gauge, ...]:
        """Return the quotas of the account that were read last."""
        return self._read_value(Stream(self.profile, "quotas", ("",)), "quotas", decode_metrics).gauges

    async def fetch_choices(self, catalog: str) -> tuple[Resource, ...]:
        """Return a catalog as it was read last."""
        return self._read_value(Stream(self.profile, "choices", (catalog,)), catalog, _decode_rows)

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files, those read last."""
        return self._read_answer("log_files", job, _decode_names, "log")

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after the line number ``base``, or before it when ``older``."""
        return build_page_of_lines(
            (await self._read_log(job, file)).list_lines_at(self._at_ms), base=base, older=older, limit=limit
        )

    def read_triage_notes(self) -> TriageNotes | None:
        """Return the reasons and acknowledgements that triage showed; None where none were ever recorded."""
        stream = Stream(self.profile, TRIAGE, ("",))
        if not self._recording.list_streams(self.profile, TRIAGE):
            return None
        try:
            moment = self._recording.find_value_at(stream, self._at_ms)
            if moment is None:
                return {}
            if self._notes[0] != moment.frame:
                self._notes = (moment.frame, decode_notes(moment.value["value"]))
        except _DAMAGE:
            return {}
        return self._notes[1]

    def explain_unsupported(self, kind: str, action: str) -> str | None:
        """Return why a pane or kind was missing when this was recorded; every action and form is refused."""
        if action in _PANES:
            return self._missing.get(kind, {}).get(action)
        if action:
            return _REPLAY
        return None if kind in self.kinds else f"the recording has no {kind}"

    def _list(self, kind: str) -> ReplayList:
        if kind not in self._lists:
            raise NotRecordedError(f"The recording holds no {kind}.")
        return self._lists[kind]

    def _read_answer(self, what: str, resource: Resource, decode: Callable[[Any], T], word: str = "") -> T:
        stream = Stream(self.profile, what, (resource.kind, resource.id))
        return self._read_value(stream, f"{word or what} of {resource.name or resource.id}", decode)

    def _read_value(self, stream: Stream, words: str, decode: Callable[[Any], T]) -> T:
        moment = _read(lambda: self._recording.find_value_at(stream, self._at_ms))
        if moment is None:
            raise NotRecordedError(
                f"The recording holds no {words} up to this time.",
                remedy="It holds what was open on the screen, and what the console read by itself.",
            )
        value, failure = _read(lambda: _decode_answer(moment.value))
        if failure is not None:
            raise failure
        return _read(lambda: decode(value))

    async def _read_log(self, job: Resource, file: str) -> RecordedLog:
        stream = Stream(self.profile, LOG, (job.kind, job.id, file))
        if stream not in self._logs:
            build = lambda: _read(lambda: RecordedLog(self._recording.read_log_pages(stream)))  # noqa: E731
            self._logs[stream] = await asyncio.to_thread(build)
        return self._logs[stream]


def _read(read: Callable[[], T]) -> T:
    """Return what ``read`` returns. Raises BadAnswerError where the recording is damaged."""
    try:
        return read()
    except _DAMAGE as error:
        raise BadAnswerError(
            "The recording is damaged at this time.", remedy="Go to another time with T."
        ) from error


def _decode_answer(answer: Any) -> tuple[Any, MatuiError | None]:
    """Return the value of an answer and the error it had. Raises KeyError, TypeError for no answer."""
    error = answer["error"]
    return answer["value"], decode_error(error) if error is not None else None


def _decode_rows(value: Any) -> tuple[Resource, ...]:
    return tuple(map(decode_resource, value))


def _decode_names(value: Any) -> tuple[str, ...]:
    return tuple(map(str, value))


def _decode_sections(service: Resource, value: Any) -> tuple[Section, ...]:
    from matui.resources.codec import encode_resource

    detail = decode_detail({"sections": value, "resource": encode_resource(service)})
    return detail._replace(resource=service).sections
