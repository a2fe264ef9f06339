"""The journal of this process: queues what to write and answers questions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from matui.base.clock import Clock
from matui.live.journal.change import (
    Account,
    Change,
    LastRows,
    LastState,
    ListScope,
    Reading,
    Span,
    StoredAcknowledgement,
    StoredFinding,
    StoredReason,
)
from matui.live.journal.worker import NO_SQLITE, Work, Worker

if TYPE_CHECKING:
    import sqlite3

    from matui.resources.detail import Event
    from matui.resources.model import Phase, Resource

FILE_NAME = "journal.db"
T = TypeVar("T")
_CALL_S = 15.0
_CLOSE_S = 3.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What is kept: ``days``, and ``megabytes`` of the file."""

    days: float = 30
    megabytes: float = 200


class Journal:
    """What changed, seen by any process of this user. It never raises; without a file it holds nothing.

    :meth:`record` returns at once. Every other method reads or writes the disk: call it in a thread.
    ``problem`` says what is wrong with the journal, ``""`` for nothing; ``on_problem`` is called with each
    new one. Resources are found by account: :meth:`add_profile` says where the resources of a profile live.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        clock: Clock,
        limits: Limits = Limits(),
        on_problem: Callable[[str], None] | None = None,
    ) -> None:
        self.clock = clock
        self.problem = ""
        self.on_problem = on_problem
        self.on_closed: Callable[[], object] | None = None
        self._file = file
        self._limits = limits
        self._accounts: dict[str, Callable[[], Account]] = {}
        self._listeners: list[Callable[[tuple[Change, ...]], None]] = []
        self._problems: set[str] = set()
        self._reader: sqlite3.Connection | None = None
        self._reading = threading.Lock()
        self._claimed: set[str] = set()
        self._worker = self._new_worker(file) if file is not None else None

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._worker is not None

    @property
    def is_writing(self) -> bool:
        """Whether anything has been written or is to be."""
        return self._worker is not None and self._worker.is_running

    @property
    def has_history(self) -> bool:
        """Whether an earlier process has left anything."""
        return self._file is not None and self._file.exists()

    # Profiles

    def add_profile(self, profile: str, account: Callable[[], Account]) -> None:
        """Add a profile; ``account`` is called at each use, because a project may be resolved later."""
        self._accounts[profile] = account

    def account_of(self, profile: str) -> Account:
        """Return the account of a profile, an empty one for a profile that was not added."""
        found = self._accounts.get(profile)
        return found() if found is not None else Account("")

    def profile_of(self, account: Account) -> str | None:
        """Return the profile added first that has an account, or None."""
        return next((name for name, known in self._accounts.items() if known() == account), None)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts of the profiles added."""
        return tuple(dict.fromkeys(account() for account in self._accounts.values()))

    # Writing

    def record(self, reading: Reading) -> None:
        """Compare a reading with the journal and write what changed, in a thread. Returns at once."""
        if self._worker is not None:
            self._worker.submit(lambda connection: self._write(connection, reading))

    def hold(self) -> None:
        """Write only what is waited for until :meth:`release`: the first rows are shown sooner."""
        if self._worker is not None:
            self._worker.hold()

    def release(self) -> None:
        """Write what was recorded meanwhile, in a thread. Returns at once."""
        if self._worker is not None:
            self._worker.release()

    def add_listener(self, listener: Callable[[tuple[Change, ...]], None]) -> None:
        """Call ``listener`` with changes of any process, newest first, after each write; in the thread."""
        self._listeners.append(listener)

    def acknowledge(self, resource: Resource, by: str, note: str, *, about: str = "") -> None:
        """Acknowledge a resource as it is now; ``about`` names the trouble, ``""`` any."""
        from matui.live.journal.notes import write_acknowledgement

        made = self._acknowledgement(resource, by, note, about)
        self._call(lambda connection: write_acknowledgement(connection, made), None)

    def withdraw(self, resource: Resource, *, about: str = "") -> None:
        """Remove an acknowledgement."""
        from matui.live.journal.notes import remove_acknowledgement

        made = self._acknowledgement(resource, "", "", about)
        self._call(lambda connection: remove_acknowledgement(connection, made), None)

    def claim(self, name: str) -> bool:
        """Claim a name for this process; return whether it is the first of all processes to do so.

        Where nothing can be written, the first of this process.
        """
        if name in self._claimed:
            return False
        self._claimed.add(name)
        from matui.live.journal.notes import write_claim

        now = self.now_ms()
        return bool(self._call(lambda connection: write_claim(connection, name, now), default=True))

    def record_events(self, resource: Resource, events: Collection[Event]) -> None:
        """Write the changes that events of a resource state and no poll has seen. Returns at once."""
        if self._worker is None or not any(event.status for event in events):
            return
        from matui.live.journal.from_events import write_events

        profile, now = resource.profile, self.now_ms()
        scope = ListScope(self.account_of(profile), profile, resource.kind)
        self._worker.submit(lambda connection: write_events(connection, scope, resource, events, now))

    def note_action(self, profile: str, kind: str, resource_id: str) -> None:
        """Take that an action was sent: the next change within ten minutes, whoever sees it, follows from it.

        Returns at once.
        """
        from matui.live.journal.notes import write_action

        account, now = self.account_of(profile), self.now_ms()
        if self._worker is not None:
            self._worker.submit(lambda connection: write_action(connection, account, kind, resource_id, now))

    def add_finding(
        self, job: Resource, finding: str, words: str, *, since: float | None = None, line: int | None = None
    ) -> None:
        """Store a finding of a log once; ``since`` is ms since the epoch. Returns at once."""
        account, now = self.account_of(job.profile), self.now_ms()
        since_ms = int(since) if since is not None else None
        found = StoredFinding(account, job.kind, job.id, finding, since_ms, line, words, now)
        if self._worker is not None:
            self._worker.submit(lambda connection: _write_finding(connection, found))

    def note_reason(self, resource: Resource, words: str) -> None:
        """Keep why a resource is in its state. Returns at once."""
        from matui.live.journal.notes import write_reason

        account, status = self.account_of(resource.profile), resource.status
        found = StoredReason(account, resource.kind, resource.id, status, words, self.now_ms())
        if self._worker is not None:
            self._worker.submit(lambda connection: write_reason(connection, found))

    def flush(self) -> None:
        """Return once everything recorded so far is written."""
        self._call(lambda _connection: None, None)

    def close(self) -> None:
        """Write what is queued and close the file; nothing is kept afterwards."""
        worker, self._worker = self._worker, None
        with self._reading:
            self._close_reader()  # first: the last one to close shortens the file, if it may write
        if worker is not None:
            worker.close(_CLOSE_S)
        if self.on_closed is not None:
            self.on_closed()

    # Reading

    def changes(
        self,
        kind: str | None = None,
        id: str | None = None,  # noqa: A002 - the name in the public JSON
        since: int | None = None,
        until: int | None = None,
        *,
        limit: int | None = None,
        before: int | None = None,
        newer_than: int | None = None,
        accounts: Collection[Account] | None = None,
    ) -> tuple[Change, ...]:
        """Return changes, newest first; ``since`` and ``until`` bound when they were seen.

        ``before`` and ``newer_than`` are numbers of changes; ``accounts`` None means every account.
        """
        from matui.live.journal.queries import ChangeQuery, read_changes

        query = ChangeQuery(kind, id, since, until, limit, before, newer_than, accounts)
        return self._read(lambda connection: read_changes(connection, query), ())

    def last_changes(self, kind: str, profile: str, ids: Collection[str]) -> dict[str, Change]:
        """Return the newest change of each resource of a profile that has one, by id."""
        from matui.live.journal.queries import find_account, read_last_changes

        wanted = self.account_of(profile)

        def read(connection: sqlite3.Connection) -> tuple[Change, ...]:
            known = find_account(connection, wanted, profile)
            return read_last_changes(connection, known[1], kind, ids) if known is not None else ()

        nothing: tuple[Change, ...] = ()
        return {change.id: change for change in self._read(read, nothing)}

    def accounts_of(self, profiles: Collection[str]) -> tuple[Account, ...]:
        """Return the accounts that profiles of these names have read, in any process."""
        from matui.live.journal.queries import read_accounts

        return self._read(lambda connection: read_accounts(connection, profiles), ())

    def watched(
        self,
        since: int,
        until: int,
        kind: str | None = None,
        *,
        accounts: Collection[Account] | None = None,
    ) -> tuple[Span, ...]:
        """Return the stretches between two moments in which some process polled, without overlap.

        ``accounts`` None means any account.
        """
        from matui.live.journal.queries import read_spans

        return self._read(lambda connection: read_spans(connection, since, until, kind, accounts), ())

    def last_rows(self, kind: str, profile: str, workspace: str = "") -> LastRows:
        """Return the rows of a profile's list as they were last read, newest first, without raw records."""
        from matui.live.journal.queries import read_last_rows

        scope = ListScope(self.account_of(profile), profile, kind, workspace)
        return self._read(lambda connection: read_last_rows(connection, scope), LastRows())

    def last_in_phases(self, phases: Collection[Phase], since: int) -> tuple[LastState, ...]:
        """Return what was last read in one of the phases, newest first, of lists watched since a moment."""
        from matui.live.journal.queries import read_last_in_phases

        return self._read(lambda connection: read_last_in_phases(connection, phases, since), ())

    def acknowledgements(self) -> dict[tuple[str, str, str, str], StoredAcknowledgement]:
        """Return the acknowledgements by profile, kind, id and trouble, of the profiles that were added."""
        from matui.live.journal.queries import read_acknowledgements

        nothing: tuple[StoredAcknowledgement, ...] = ()
        found = self._read(read_acknowledgements, nothing)
        return {
            (profile, each.kind, each.id, each.about): each
            for each in found
            if (profile := self.profile_of(each.account)) is not None
        }

    def all_acknowledgements(self) -> tuple[StoredAcknowledgement, ...]:
        """Return every acknowledgement, of any account."""
        from matui.live.journal.queries import read_acknowledgements

        return self._read(read_acknowledgements, ())

    def findings(
        self,
        kind: str | None = None,
        id: str | None = None,  # noqa: A002 - as in changes
        since: int | None = None,
    ) -> tuple[StoredFinding, ...]:
        """Return the findings seen since a moment, newest first."""
        from matui.live.journal.queries import read_findings

        return self._read(lambda connection: read_findings(connection, kind=kind, rid=id, since=since), ())

    def reasons(self) -> tuple[StoredReason, ...]:
        """Return the reason last found of each resource."""
        from matui.live.journal.queries import read_reasons

        return self._read(read_reasons, ())

    def now_ms(self) -> int:
        """Return the time in ms since the epoch."""
        return int(self.clock.now() * 1000)

    # Inside

    def _new_worker(self, file: Path) -> Worker:
        from matui.live.journal.spans import SpanWriter

        self._spans = SpanWriter()
        return Worker(
            file,
            monotonic=self.clock.monotonic,
            on_problem=self._report,
            on_open=self._spans.forget,
            on_changes=self._announce,
            wants_changes=lambda: bool(self._listeners),
            prune=self._prune,
        )

    def _write(self, connection: sqlite3.Connection, reading: Reading) -> None:
        from matui.live.journal.recording import write_reading

        write_reading(connection, reading, self.now_ms())
        self._spans.write(connection, reading)

    def _prune(self, connection: sqlite3.Connection) -> None:
        from matui.live.journal.retention import prune

        prune(connection, now=self.now_ms(), days=self._limits.days, megabytes=self._limits.megabytes)

    def _acknowledgement(self, resource: Resource, by: str, note: str, about: str) -> StoredAcknowledgement:
        account = self.account_of(resource.profile)
        return StoredAcknowledgement(
            account, resource.kind, resource.id, about, resource.status, by, note, self.now_ms()
        )

    def _call(self, work: Work, default: Any) -> Any:
        return self._worker.call(work, default, _CALL_S) if self._worker is not None else default

    def _announce(self, changes: tuple[Change, ...]) -> None:
        for listener in self._listeners:
            listener(changes)

    def _report(self, words: str) -> None:
        if words in self._problems:
            return
        self._problems.add(words)
        self.problem = words
        if self.on_problem is not None:
            self.on_problem(words)

    def _read(self, read: Callable[[sqlite3.Connection], T], default: T) -> T:
        if self._file is None:
            return default
        try:
            import sqlite3
        except ImportError:
            self._report(NO_SQLITE)
            return default
        with self._reading:
            try:
                return read(self._open_reader())
            except sqlite3.Error as error:
                self._close_reader()
                self._on_read_error(error)
                return default

    def _open_reader(self) -> sqlite3.Connection:
        if self._reader is None:
            from matui.live.journal.connection import connect_read_only

            assert self._file is not None  # noqa: S101 - the caller has looked
            self._reader = connect_read_only(self._file)
        return self._reader

    def _on_read_error(self, error: sqlite3.Error) -> None:
        from matui.live.journal.connection import is_damage, set_aside

        file = self._file
        if file is None or not file.exists() or "no such table" in str(error):
            return  # nothing has been written yet
        if not is_damage(error):
            self._report(f"The journal cannot be read ({error}).")
            return
        with suppress(OSError):
            if (aside := set_aside(file)) is not None:
                self._report(f"The journal was damaged and is set aside as {aside.name}.")
        if self._worker is not None:
            self._worker.reopen()

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


def _write_finding(connection: sqlite3.Connection, found: StoredFinding) -> None:
    from matui.live.journal.notes import write_finding

    write_finding(connection, found)
