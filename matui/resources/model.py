"""The common model of a cloud resource, and the mapping of status words to phases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeAlias

from matui.base.text.formatting import format_local_time

Fact: TypeAlias = str | int | float | bool | None
ResourceKey: TypeAlias = tuple[str, str, str]
"""Profile, kind and id of a resource."""

UNREADABLE = "unreadable"
"""The fact of a placeholder for a row that is no object or has no id."""
AS_OF = "as_of"
"""The fact with the time when an unconfirmed row was read, in ms since the epoch; absent on others."""


_LONG_BODY = 64 * 1024  # bytes; of 20,000 jobs the pages are 7 MB, and a tenth of it compressed


class Phase(StrEnum):
    """The meaning of a status word. ``PENDING`` is any transition, up or down."""

    RUNNING = "running"
    PENDING = "pending"
    DONE = "done"
    STOPPED = "stopped"
    DEGRADED = "degraded"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def ended(self) -> bool:
        """Whether the phase is final."""
        return self in (Phase.DONE, Phase.STOPPED, Phase.FAILED)


class RawPage:
    """The bytes of one answer, parsed again only when a raw record is requested; long ones are compressed."""

    __slots__ = ("_body", "_is_compressed", "_parse", "_parsed")

    def __init__(self, body: bytes, parse: Callable[[bytes], Any]) -> None:
        self._is_compressed = len(body) > _LONG_BODY
        self._body = _compress(body) if self._is_compressed else body
        self._parse = parse
        self._parsed: Any = None

    def parse_tree(self) -> Any:
        """Return the parsed answer; the bytes are released once it is parsed. Any thread may call it."""
        body = self._body  # read first: another thread releases it after it has parsed it
        if self._parsed is None:
            self._parsed = self._parse(_decompress(body) if self._is_compressed else body)
            self._body = b""
        return self._parsed


def _compress(body: bytes) -> bytes:
    import zlib

    return zlib.compress(body, 1)


def _decompress(body: bytes) -> bytes:
    import zlib

    return zlib.decompress(body)


@dataclass(slots=True)
class RawRecord:
    """The cloud's own record, unchanged: a ``path`` into the answer that contained it."""

    page: RawPage
    path: tuple[str | int, ...] = ()

    def renew(self, newer: RawRecord) -> None:
        """Point to the same record in a newer answer, so that the older answer can be released."""
        self.page, self.path = newer.page, newer.path

    def parse_value(self) -> Any:
        """Return the record as parsed JSON."""
        at = self.page.parse_tree()
        for step in self.path:
            at = at[step]
        return at


def build_empty_record() -> RawRecord:
    """Return the raw record of a resource that no answer contained."""
    return RawRecord(RawPage(b"{}", lambda _body: {}))


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a cloud as of the time its page was fetched.

    ``id`` is exactly the cloud's (of a job's version: ``JOB/VERSION``); every other text is safe to show.
    Times are ms since the epoch, ``duration_ms`` ms. ``facts`` holds fields specific to the kind.
    """

    kind: str
    id: str
    name: str
    status: str
    phase: Phase
    cloud: str
    profile: str
    workspace: str = ""
    owner: str = ""
    created_at: int | None = None
    updated_at: int | None = None
    duration_ms: int | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    raw: RawRecord = field(default_factory=build_empty_record, compare=False, repr=False)

    @property
    def key(self) -> ResourceKey:
        """The unique key of the resource: profile, kind, id."""
        return (self.profile, self.kind, self.id)

    def get_text(self, name: str) -> str:
        """Return a fact as text, ``""`` without a value."""
        value = self.facts.get(name)
        return "" if value is None else str(value)

    def get_number(self, name: str) -> float | None:
        """Return a fact as a number, or None."""
        value = self.facts.get(name)
        if value is None:
            return None
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def drop_empty(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return the facts that have a value."""
    return {name: value for name, value in facts.items() if value is not None and value != ""}


def build_status_table(**words_by_phase: str) -> Mapping[str, Phase]:
    """Return a status table from ``phase="WORD WORD"`` arguments, keyed by upper-case word."""
    return {word.upper(): Phase(phase) for phase, words in words_by_phase.items() for word in words.split()}


def get_phase(status: str, statuses: Mapping[str, Phase]) -> Phase:
    """Return the phase of a status word in any case; ``unknown`` for a word that is not in the table."""
    return statuses.get(status.upper(), Phase.UNKNOWN)


def mark_unconfirmed(row: Resource, read_at: int) -> Resource:
    """Return a row of an earlier run, marked with when it was read."""
    return replace(row, facts={**row.facts, AS_OF: read_at})


def is_unconfirmed(row: Resource) -> bool:
    """Return whether the row is of an earlier run and the cloud has not answered since."""
    return AS_OF in row.facts


def explain_unconfirmed(row: Resource) -> str | None:
    """Return why nothing is done to a row of an earlier run, None for any other."""
    read_at = row.get_number(AS_OF)
    return (
        None
        if read_at is None
        else f"it is as of {format_moment(read_at)}, and the cloud has not answered yet"
    )


def format_moment(ms: float) -> str:
    """Return a time as ``02:10`` in local time."""
    return format_local_time(ms)[11:16]
