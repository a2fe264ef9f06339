"""The rows of a kind at a time of a recording, put together from the pages that were read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from matui.clouds.protocols import ListRequest, Page
from matui.live.recording.encoding import decode_error
from matui.live.recording.reading import RecordedValue, Recording
from matui.live.recording.schema import ROWS, SIGNALS, Stream
from matui.resources.codec import decode_resource
from matui.resources.model import RawPage, RawRecord, Resource

_NEWEST_PAGE = 200  # pages of this size are read between those that hold the whole list


class ListPart(NamedTuple):
    """A page of a list at a time: its number and size, and its value."""

    number: int
    size: int
    moment: RecordedValue


class ReplayList:
    """The list of one kind of a profile; ``build_page`` raises the error that its last poll had."""

    def __init__(self, recording: Recording, profile: str, kind: str) -> None:
        self._recording = recording
        self._kind = kind
        self._streams = [one for one in recording.list_streams(profile, ROWS) if one.key[0] == kind]
        self._signals = Stream(profile, SIGNALS, (kind,))
        self._decoded: dict[str, tuple[Any, Any, Resource]] = {}
        self._shown: tuple[Any, tuple[Resource, ...], int | None, bool] = (None, (), None, False)

    def build_page(self, request: ListRequest, at_ms: int) -> Page | None:
        """Return a page of the list as it was at a time; None where it had not been read yet.

        The first of the large pages is the whole list: a replay that is paused is polled once.
        """
        parts = self._list_parts(request.workspace, at_ms)
        if not parts:
            return None
        latest = max(parts, key=lambda part: part.moment.frame).moment.value
        if latest["error"] is not None:
            raise decode_error(latest["error"])
        signals = self._recording.find_value_at(self._signals, at_ms)
        state = (request.workspace, [part.moment.frame for part in parts], signals and signals.frame)
        if self._shown[0] != state:
            rows, total, newest_first = self._merge(parts, signals.value["value"] if signals else {})
            if request.workspace and not self._has_workspace(request.workspace):
                rows = tuple(row for row in rows if row.workspace == request.workspace)
                total = len(rows)
            self._shown = (state, rows, total, newest_first)
        _state, rows, total, newest_first = self._shown
        size = max(request.size, len(rows)) if request.size > _NEWEST_PAGE else request.size
        return Page(rows[request.number * size : (request.number + 1) * size], total, newest_first)

    def find(self, resource_id: str, at_ms: int) -> Resource | None:
        """Return a row by id."""
        page = self.build_page(ListRequest(self._kind, size=1_000_000), at_ms)
        return next((row for row in page.resources if row.id == resource_id), None) if page else None

    def _has_workspace(self, workspace: str) -> bool:
        return any(one.key[1] == workspace for one in self._streams)

    def _list_parts(self, workspace: str, at_ms: int) -> list[ListPart]:
        is_known = self._has_workspace(workspace)
        parts = []
        for stream in self._streams:
            if not is_known or stream.key[1] == workspace:
                moment = self._recording.find_value_at(stream, at_ms)
                if moment is not None:
                    parts.append(ListPart(int(stream.key[2]), int(stream.key[3]), moment))
        return parts

    def _merge(
        self, parts: list[ListPart], signals: dict[str, Any]
    ) -> tuple[tuple[Resource, ...], int | None, bool]:
        """Return the rows in order; the newest page adds rows, and newer pages replace older rows."""
        parts = [part for part in parts if part.moment.value["value"] is not None]
        ids = list_ids_in_order(parts)
        values: dict[str, Any] = {}
        for part in sorted(parts, key=lambda part: part.moment.frame):
            values |= part.moment.value["value"]["rows"]
        rows = tuple(self._decode(one, values[one], signals.get(one)) for one in ids)
        page = max(parts, key=lambda part: part.moment.frame).moment.value["value"] if parts else {}
        return rows, page.get("total"), bool(page.get("newest_first"))

    def _decode(self, resource_id: str, value: dict[str, Any], signals: Any) -> Resource:
        known = self._decoded.get(resource_id)
        is_known = known is not None and (known[0] is value or known[0] == value) and known[1] == signals
        if known is None or not is_known:  # a jump builds equal values anew
            plain = {**value, "facts": {**value["facts"], **signals}} if signals else value
            row = decode_row(plain)
            known = self._decoded[resource_id] = (value, signals, row)
        return known[2]


def decode_row(value: dict[str, Any]) -> Resource:
    """Return a row of its value, with its raw record. Raises ValueError."""
    return decode_resource(value, raw=_hold_raw(value.get("raw", {})))


def list_ids_in_order(parts: Sequence[ListPart]) -> dict[str, None]:
    """Return the ids of the rows that pages hold, in order; a whole list replaces an older newest page."""
    wholes = [part for part in parts if part.size > _NEWEST_PAGE] or parts
    size = max(wholes, key=lambda part: part.moment.frame).size if wholes else 0
    sweep = sorted((part for part in wholes if part.size == size), key=lambda part: part.number)
    newest = [part for part in parts if part.number == 0 and part not in sweep]
    newest = [part for part in newest if not sweep or part.moment.frame > sweep[0].moment.frame]
    return dict.fromkeys(one for part in (*newest, *sweep) for one in part.moment.value["value"]["order"])


def _hold_raw(tree: Any) -> RawRecord:
    """Return a raw record that holds a parsed tree as it is."""
    return RawRecord(RawPage(b"", lambda _body: tree))
