"""The changes of state that the polls of a recording saw."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from matui.live.journal.change import Account, Change
from matui.live.recording.reading import RecordedValue, Recording
from matui.live.recording.replay_list import ListPart, list_ids_in_order
from matui.live.recording.schema import ROWS, Stream
from matui.resources.model import Phase

_DAMAGE = (ValueError, LookupError, TypeError, AttributeError, OverflowError, sqlite3.Error)


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
