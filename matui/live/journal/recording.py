"""Writes readings: in one transaction each is compared with the journal's last state of its resources."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple

from matui.base.redaction.known import get_known_secrets, hide_in_bytes, hide_known
from matui.base.redaction.masking import hide_in_text, is_secret_field, mask_secrets
from matui.live.journal.change import Account, ListScope, Reading
from matui.resources.model import UNREADABLE, Phase, Resource, drop_empty
from matui.resources.times import find_stated_end

if TYPE_CHECKING:
    import sqlite3

_CODE = re.compile(
    r"\b(?:(?:ModelArts|APIGW|APIG)[._ ]\d{4}|E[A-Z0-9]\d{4}|ERR\d{5}|exit code -?\d{1,3})\b", re.I
)
_LONGEST_REASON = 500
_LONGEST_WORD = 200
_WORDS = 4096
_TROUBLE = (Phase.FAILED, Phase.DEGRADED)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode
_MOST_VARIABLES = 500  # of one query: SQLite before 3.32 takes 999
_SAME_CREATION_MS = 1000
_ACTED_MS = 600_000
_SAME_CLOCK_MS = 2_000
_STATE = "id, rid, status, phase, created_at, updated_at, read_at, is_gone, has_appeared, name"


def hide_in_word(text: str) -> str:
    """Return a name, a status or another word without secrets; most come with every poll."""
    return _hide(text, get_known_secrets()) if len(text) <= _LONGEST_WORD else hide_in_text(text)


@lru_cache(maxsize=_WORDS)
def _hide(text: str, _known: frozenset[str]) -> str:
    hidden = str(hide_known(_mask_word(text)))
    return text if hidden == text else hidden


def _mask(text: str) -> str:
    return _mask_word(text) if len(text) <= _LONGEST_WORD else str(mask_secrets(text))


@lru_cache(maxsize=_WORDS)
def _mask_word(text: str) -> str:
    masked = str(mask_secrets(text))
    return text if masked == text else masked  # most are kept once, as key and as value


@lru_cache(maxsize=256)
def _are_plain(names: tuple[str, ...]) -> bool:
    return not any(map(is_secret_field, names))


def pack_row(row: Resource) -> str:
    """Return a row as JSON, without its account and its raw record."""
    facts: dict[str, Any] = dict(drop_empty(row.facts))
    if _are_plain(tuple(facts)):
        for name, value in facts.items():
            if isinstance(value, str):
                facts[name] = _mask(value)
    else:
        facts = mask_secrets(facts)
    content = [
        _mask(row.name), _mask(row.status), row.phase, _mask(row.workspace), _mask(row.owner),
        row.created_at, row.updated_at, row.duration_ms, facts,
    ]  # fmt: skip
    data = _encode(content).encode("utf-8", "backslashreplace")
    return hide_in_bytes(data, get_known_secrets()).decode()


def find_state_change_time(row: Resource, updated_before: int | None) -> int | None:
    """Return the time of a row's newest change of state in ms since the epoch, None where nothing states it.

    It is the end of what has ended, else the time of the record's update, where that has moved with the
    state. Of a job with several versions the list states the creation of the first and the duration of the
    newest: they are never added up.
    """
    ended_at = find_stated_end(row)
    if row.phase.ended and ended_at is not None:
        return ended_at
    if row.updated_at is not None and updated_before is not None and row.updated_at > updated_before:
        return row.updated_at
    return None


def get_reason(row: Resource) -> str:
    """Return why a row is in trouble in the cloud's words, ``""`` where they do not say it."""
    return row.get_text("failure")[:_LONGEST_REASON] if row.phase in _TROUBLE else ""


def get_code(row: Resource) -> str:
    """Return the code of what went wrong, ``""`` without one."""
    if row.phase not in _TROUBLE:
        return ""
    found = _CODE.search(row.get_text("failure"))
    return row.get_text("error_code") or row.get_text("exit_code") or (found.group() if found else "")


class _State(NamedTuple):
    """The last state of a resource in the journal."""

    number: int
    rid: str
    status: str
    phase: str
    created_at: int | None
    updated_at: int | None
    read_at: int
    is_gone: int
    has_appeared: int
    name: str


class _ScopeRow(NamedTuple):
    number: int
    first_complete_at: int | None


def ensure_account_number(connection: sqlite3.Connection, account: Account) -> int:
    """Return the number of an account in the database, added where it is new."""
    where = "cloud=? AND endpoint=? AND project=? AND region=?"
    values = (account.cloud, account.endpoint, account.project, account.region)
    found = connection.execute(f"SELECT id FROM accounts WHERE {where}", values).fetchone()
    if found is None:
        added = connection.execute(
            "INSERT INTO accounts(cloud, endpoint, project, region) VALUES(?,?,?,?)", values
        )
        return int(added.lastrowid or 0)
    return int(found[0])


def write_reading(connection: sqlite3.Connection, reading: Reading, now: int) -> None:
    """Write what a reading changed; the caller has begun a transaction. ``now`` is ms since the epoch."""
    readable = [row for row in reading.rows if not row.facts.get(UNREADABLE)]
    if len(readable) < len(reading.rows):  # one of the rows that seem to be gone may be the unreadable one
        reading = reading._replace(rows=readable, missing=(), is_complete=False)
    if reading.rows or reading.missing or reading.is_complete:
        _Writer(connection, reading, now).write()


class _Writer:
    """Compares one reading with the journal and writes the difference."""

    def __init__(self, connection: sqlite3.Connection, reading: Reading, now: int) -> None:
        self._execute: Callable[..., sqlite3.Cursor] = connection.execute
        self._reading = reading
        self._now = now
        self._account = ensure_account_number(connection, reading.scope.account)
        self._note_clock(reading.ahead_ms)
        self._scope = self._find_scope(reading.scope)
        self._covered_since = self._find_coverage(reading.scope)
        self._states = self._load_states()
        self._sightings = self._load_sightings()

    def write(self) -> None:
        """Write the changes, the states and the sightings."""
        for row in self._reading.rows:
            self._put(row)
        for rid in self._reading.missing:
            self._remove(self._states.get(rid))
        if self._reading.is_complete:
            self._remove_absent()
            self._execute(
                "UPDATE scopes SET complete_at=?1, first_complete_at=ifnull(first_complete_at, ?1)"
                " WHERE id=?2",
                (self._reading.read_at, self._scope.number),
            )

    def _note_clock(self, ahead_ms: int) -> None:
        """Store how far the clock of the cloud is ahead, where that has changed by more than it wavers."""
        known = self._execute("SELECT ahead_ms FROM clocks WHERE account=?", (self._account,)).fetchone()
        if abs(ahead_ms - (known[0] if known is not None else 0)) >= _SAME_CLOCK_MS:
            self._execute("INSERT OR REPLACE INTO clocks VALUES(?,?)", (self._account, ahead_ms))

    def _find_scope(self, scope: ListScope) -> _ScopeRow:
        values = (self._account, scope.profile, scope.kind, scope.workspace)
        found = self._execute(
            "SELECT id, first_complete_at FROM scopes"
            " WHERE account=? AND profile=? AND kind=? AND workspace=?",
            values,
        ).fetchone()
        if found is None:
            added = self._execute(
                "INSERT INTO scopes(account, profile, kind, workspace) VALUES(?,?,?,?)", values
            )
            return _ScopeRow(int(added.lastrowid or 0), None)
        return _ScopeRow(*found)

    def _find_coverage(self, scope: ListScope) -> int | None:
        """Return since when the list is known as a whole: what is new in it after that has appeared."""
        if self._scope.first_complete_at is not None or not scope.workspace:
            return self._scope.first_complete_at
        found = self._execute(
            "SELECT first_complete_at FROM scopes WHERE account=? AND profile=? AND kind=? AND workspace=''",
            (self._account, scope.profile, scope.kind),
        ).fetchone()
        return found[0] if found is not None else None

    def _load_states(self) -> dict[str, _State]:
        reading = self._reading
        query = f"SELECT {_STATE} FROM resources WHERE account=? AND kind=?"
        values = (self._account, reading.scope.kind)
        if reading.is_complete:
            found: Iterable[Any] = self._execute(query, values)
        else:
            ids = (*(row.id for row in reading.rows), *reading.missing)
            found = self._select_among(f"{query} AND rid IN", values, ids)
        return {
            rid: _State(number, rid, intern(status), intern(phase), *others)
            for number, rid, status, phase, *others in found
        }

    def _load_sightings(self) -> set[int]:
        query = "SELECT resource FROM sightings WHERE scope=?"
        if self._reading.is_complete:
            found: Iterable[Any] = self._execute(query, (self._scope.number,))
        else:
            numbers = tuple(state.number for state in self._states.values())
            found = self._select_among(f"{query} AND resource IN", (self._scope.number,), numbers)
        return {number for (number,) in found}

    def _select_among(
        self, query: str, values: tuple[Any, ...], among: tuple[Any, ...]
    ) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query that ends in ``IN``, for a few of the values at a time."""
        for at in range(0, len(among), _MOST_VARIABLES):
            some = among[at : at + _MOST_VARIABLES]
            yield from self._execute(f"{query} ({','.join('?' * len(some))})", (*values, *some))

    def _put(self, row: Resource) -> None:
        was = self._states.get(row.id)
        if was is None:
            number = self._insert(row)
            if self._covered_since is not None:
                self._add_change(row, None, happened=row.created_at)
            self._record_sighting(number)
            return
        if self._is_stale(was):
            return
        has_appeared = bool(was.has_appeared)
        if was.is_gone:
            created_at = None if row.created_at is None else row.created_at - self._reading.ahead_ms
            is_later = created_at is not None and created_at > was.read_at
            self._add_change(row, None, happened=row.created_at if is_later else None)
            has_appeared = True
        elif _is_recreated(row, was):
            created_at = row.created_at if _is_created_later(row, was) else None
            self._add_departure(was, happened=None if created_at is None else created_at - 1)
            self._add_change(row, None, happened=created_at)
            has_appeared = True
        elif was.status.casefold() != hide_in_word(row.status).casefold() or was.phase != row.phase.value:
            self._add_change(row, was, happened=find_state_change_time(row, was.updated_at))
        elif self._is_new_to_scope(row, was):
            self._add_change(row, None, happened=row.created_at)
            has_appeared = True
        elif row.id not in self._reading.keep and was.name == hide_in_word(row.name):
            self._record_sighting(was.number)
            return
        self._update(row, was.number, has_appeared=has_appeared)
        self._record_sighting(was.number)

    def _is_stale(self, was: _State) -> bool:
        """Return whether the journal holds a newer reading.

        One from the future comes from a machine whose clock is ahead, or from before this clock was set
        back: it cannot be compared.
        """
        return self._reading.read_at < was.read_at <= self._now

    def _is_new_to_scope(self, row: Resource, was: _State) -> bool:
        """Return whether a process without knowledge of the whole list has stored a new row before us."""
        since = self._covered_since
        if since is None or was.has_appeared or was.number in self._sightings:
            return False
        return row.created_at is not None and row.created_at - self._reading.ahead_ms >= since

    def _remove(self, was: _State | None) -> None:
        if was is None or was.is_gone or self._is_stale(was):
            return
        self._add_departure(was)
        self._execute(
            "UPDATE resources SET is_gone=1, content=NULL, read_at=? WHERE id=?",
            (self._reading.read_at, was.number),
        )
        self._execute("DELETE FROM sightings WHERE resource=?", (was.number,))
        self._sightings.discard(was.number)  # a whole list lacks what is missing, too

    def _add_departure(self, was: _State, *, happened: int | None = None) -> None:
        """Add the change of a resource that is gone, under its last name.

        ``happened`` is just before the creation of the resource that has its id now.
        """
        named = self._execute(
            "SELECT name, owner, workspace FROM resources WHERE id=?", (was.number,)
        ).fetchone()
        self._insert_change(was.rid, named, was.status, None, was.phase, None, happened, "", "")

    def _remove_absent(self) -> None:
        """Remove what this scope has listed before and a whole list does not have any more."""
        here = {row.id for row in self._reading.rows}
        for state in self._states.values():
            if state.number in self._sightings and state.rid not in here:
                self._remove(state)

    def _insert(self, row: Resource) -> int:
        added = self._execute(
            "INSERT INTO resources(account, kind, rid, name, owner, workspace, status, phase, created_at,"
            " updated_at, read_at, has_appeared, content) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (self._account, row.kind, row.id, *self._build_state_values(row), self._covered_since is not None,
             self._pack_content(row)),
        )  # fmt: skip
        return int(added.lastrowid or 0)

    def _update(self, row: Resource, number: int, *, has_appeared: bool) -> None:
        self._execute(
            "UPDATE resources SET name=?, owner=?, workspace=?, status=?, phase=?, created_at=?,"
            " updated_at=?, read_at=?, is_gone=0, has_appeared=?, content=ifnull(?, content) WHERE id=?",
            (*self._build_state_values(row), has_appeared, self._pack_content(row), number),
        )

    def _build_state_values(self, row: Resource) -> tuple[Any, ...]:
        words = (hide_in_word(row.workspace), hide_in_word(row.status), row.phase.value)
        return (
            hide_in_word(row.name),
            hide_in_word(row.owner),
            *words,
            row.created_at,
            row.updated_at,
            self._reading.read_at,
        )

    def _pack_content(self, row: Resource) -> str | None:
        return pack_row(row) if row.id in self._reading.keep else None

    def _record_sighting(self, number: int) -> None:
        if number not in self._sightings:
            self._execute("INSERT OR IGNORE INTO sightings VALUES(?,?)", (self._scope.number, number))

    def _add_change(self, row: Resource, was: _State | None, *, happened: int | None = None) -> None:
        before, before_phase = (was.status, was.phase) if was is not None else (None, None)
        after, after_phase = hide_in_word(row.status), row.phase.value
        reason, code = hide_in_text(get_reason(row)), hide_in_text(get_code(row))
        named = (hide_in_word(row.name), hide_in_word(row.owner), hide_in_word(row.workspace))
        self._insert_change(row.id, named, before, after, before_phase, after_phase, happened, reason, code)

    def _insert_change(self, rid: str, named: tuple[str, str, str], *state: Any) -> None:
        before, after, before_phase, after_phase, stated, reason, code = state
        happened = None if stated is None else stated - self._reading.ahead_ms
        scope = self._reading.scope
        source = "action" if self._take_action(rid) else "poll"
        self._execute(
            "INSERT INTO changes(account, seen_at, happened_at, profile, kind, rid, name, owner, workspace,"
            " before, after, before_phase, after_phase, reason, code, source)"
            " VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (self._account, self._reading.read_at, happened, scope.profile, scope.kind, rid, *named,
             before, after, before_phase, after_phase, reason, code, source),
        )  # fmt: skip

    def _take_action(self, rid: str) -> bool:
        """Return whether an action was sent to a resource just before; only its next change follows."""
        about = (self._account, self._reading.scope.kind, rid, self._reading.read_at)
        where = "WHERE account=? AND kind=? AND rid=? AND sent_at<=?"
        found = self._execute(f"SELECT sent_at FROM actions {where}", about).fetchone()
        if found is None:
            return False
        self._execute(f"DELETE FROM actions {where}", about)
        return bool(self._reading.read_at - found[0] < _ACTED_MS)


def _is_recreated(row: Resource, was: _State) -> bool:
    """Return whether an id was given to another resource: one created later, or earlier under another name.

    The creation time of a service is its latest release, and that of a job with versions may be the newest's.
    An earlier creation alone may be that of the version which is left.
    """
    if row.kind == "services" or (row.get_number("version_count") or 1) > 1:
        return False
    if was.created_at is None or row.created_at is None:
        return False
    is_earlier = was.created_at - row.created_at > _SAME_CREATION_MS
    return _is_created_later(row, was) or (is_earlier and was.name != hide_in_word(row.name))


def _is_created_later(row: Resource, was: _State) -> bool:
    if was.created_at is None or row.created_at is None:
        return False
    return row.created_at - was.created_at > _SAME_CREATION_MS
