"""The rows of a kind at a time of a recording, and the changes of state that its polls saw."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from matui.clouds.protocols import ListRequest, Page
from matui.live.journal.change import Account, Change
from matui.live.recording.encoding import decode_error
from matui.live.recording.reading import RecordedValue, Recording
from matui.live.recording.schema import ROWS, SIGNALS, Stream
from matui.resources.codec import decode_resource
from matui.resources.model import Phase, RawPage, RawRecord, Resource

_NEWEST_PAGE = 200  # pages of this size are read between those that hold the whole list
_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, OverflowError, sqlite3.Error)


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


class RecordedChanges(NamedTuple):
    """The changes, oldest first; ``problem`` says that some may be missing, ``""`` where all are there."""

    changes: tuple[Change, ...]
    problem: str


def read_changes(file: Path, give_way: Callable[[], None] = lambda: None) -> RecordedChanges:
    """Return the changes of all profiles. It opens the file anew: call it in a thread. Raises UsageError.

    ``give_way`` is called before each page and each change; it may wait.
    """
    recording = Recording(file)
    try:
        found: list[Change] = []
        is_damaged = False
        for profile, about in recording.profiles.items():
            for kind in about["kinds"]:
                history = _KindHistory(profile, kind, Account(str(about["cloud"])))
                is_damaged |= not history.read(recording, give_way)
                found += history.changes
    finally:
        recording.close()
    found.sort(key=lambda change: change.seen_at)
    numbered = []
    for number, change in enumerate(found, 1):
        give_way()
        numbered.append(change._replace(number=number))
    return RecordedChanges(
        tuple(numbered), "The recording is damaged: changes may be missing." if is_damaged else ""
    )


class _RecordedState(NamedTuple):
    status: str
    phase: Phase


class _KindHistory:
    """The changes of one kind of a profile; a resource listed in two workspaces is compared once."""

    def __init__(self, profile: str, kind: str, account: Account) -> None:
        self.changes: list[Change] = []
        self._profile = profile
        self._kind = kind
        self._account = account
        self._states: dict[str, _RecordedState] = {}

    def read(self, recording: Recording, give_way: Callable[[], None]) -> bool:
        """Read every page in the order of time; return whether none is damaged."""
        streams = [one for one in recording.list_streams(self._profile, ROWS) if one.key[0] == self._kind]
        lists = {stream.key[1]: _ListHistory(self) for stream in streams}
        try:
            for at, moment, stream in heapq.merge(
                *(_iterate_moments(recording, one) for one in streams), key=_build_sort_key
            ):
                give_way()
                if moment.value["error"] is None:
                    lists[stream.key[1]].take(at, moment, stream)
        except _DAMAGE:
            return False
        finally:
            for one in lists.values():
                one.finish()
        return True

    def compare(self, at: int, row: dict[str, Any], *, is_settled: bool) -> None:
        """Note a change of the state of a row, or that it is new in a list that was known."""
        now, was = _RecordedState(str(row["status"]), Phase(row["phase"])), self._states.get(row["id"])
        self._states[row["id"]] = now
        if was != now and (was is not None or is_settled):
            self.add(at, row, was, now)

    def add(
        self, at: int, row: dict[str, Any], was: _RecordedState | None, now: _RecordedState | None
    ) -> None:
        """Note a change; ``now`` is None for a row that is gone."""
        self.changes.append(
            Change(
                0, self._account, at, None, self._profile, self._kind, row["id"], row["name"], row["owner"],
                row["workspace"], was.status if was else None, now.status if now else None,
                was.phase if was else None, now.phase if now else None,
            )
        )  # fmt: skip

    def remove(self, at: int, row: dict[str, Any]) -> None:
        """Note that a row is gone."""
        self.add(at, row, self._states.pop(row["id"], None), None)


class _ListHistory:
    """The pages of one list over time. A row that a shifted page leaves out for a while is not gone."""

    def __init__(self, kind: _KindHistory) -> None:
        self._kind = kind
        self._parts: dict[Stream, ListPart] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        self._listed: set[str] = set()
        self._missing: dict[str, int] = {}
        self._is_settled = False

    def take(self, at: int, moment: RecordedValue, stream: Stream) -> None:
        """Compare a page with what was known before."""
        page = moment.value["value"]
        for ident, row in page["rows"].items():
            if self._rows.get(ident) is not row:
                self._rows[ident] = row
                self._kind.compare(at, row, is_settled=self._is_settled)
        self._parts[stream] = ListPart(int(stream.key[2]), int(stream.key[3]), moment)
        listed = set(list_ids_in_order(list(self._parts.values())))
        for ident in self._listed - listed:
            self._missing[ident] = at
        for ident in listed - self._listed:
            self._missing.pop(ident, None)
        self._listed = listed
        total = page.get("total")
        is_whole = len(listed) >= total if isinstance(total, int) else len(page["rows"]) < int(stream.key[3])
        self._is_settled = self._is_settled or is_whole

    def finish(self) -> None:
        """Note what has not come back."""
        for ident, at in self._missing.items():
            self._kind.remove(at, self._rows[ident])


def _iterate_moments(recording: Recording, stream: Stream) -> Iterator[tuple[int, RecordedValue, Stream]]:
    for at, moment in recording.iterate_moments(stream):
        yield at, moment, stream


def _build_sort_key(entry: tuple[int, RecordedValue, Stream]) -> tuple[int, int]:
    return entry[0], entry[1].frame
