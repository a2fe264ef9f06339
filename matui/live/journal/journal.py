"""The journal of this process: queues what to write."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from weakref import finalize

from matui.base.bounded import drop_oldest
from matui.base.clock import Clock
from matui.live.journal.change import (
    Accounts,
    Change,
    ListScope,
    Reading,
    StoredAcknowledgement,
    StoredEnd,
    StoredFinding,
    StoredReason,
    StoredUsage,
    build_run_id,
)
from matui.live.journal.reader import JournalReader
from matui.live.journal.worker import JournalProblems, Work, Worker, WorkerObserver

if TYPE_CHECKING:
    import sqlite3

    from matui.resources.detail import Event
    from matui.resources.model import Resource

FILE_NAME = "journal.db"
_CALL_S = 15.0
_CLOSE_S = 3.0
_MOST_CLAIMED = 10_000

ChangeListener: TypeAlias = Callable[[tuple[Change, ...]], None]


class Limits(NamedTuple):
    """The limits of the journal: ``days``, and ``megabytes`` of the file."""

    days: float = 30
    megabytes: float = 200


DEFAULT_LIMITS = Limits()


class Journal:
    """Writes the changes that any process of this user sees. Never raises; without a file it holds nothing.

    Where a method does not state that it returns at once, it writes the disk: call it in a thread.
    ``on_problem`` is called with what is wrong with it, but once where both reading and writing fail.
    Resources are found by account: ``accounts`` has those of the profiles, ``reader`` answers.
    """

    def __init__(
        self,
        file: Path | None,
        *,
        clock: Clock,
        limits: Limits = DEFAULT_LIMITS,
        on_problem: Callable[[str], None] | None = None,
    ) -> None:
        self.clock = clock
        self.problems = JournalProblems(on_problem)
        self.on_closed: Callable[[], object] | None = None
        self._file = file
        self._limits = limits
        self.accounts = Accounts()
        self.reader = JournalReader(
            file,
            self.accounts,
            on_problem=self.problems.report,
            on_loss=self.problems.report_loss,
            on_set_aside=self._reopen_worker,
        )
        self._listeners: tuple[ChangeListener, ...] = ()  # replaced, never changed: the thread reads it
        self._claimed: dict[str, None] = {}
        self._worker = self._build_worker(file) if file is not None else None

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._worker is not None

    @property
    def is_failing(self) -> bool:
        """Whether the last write failed: what changed since is not kept."""
        return self.problems.is_losing

    @property
    def problem(self) -> str:
        """What is wrong with the journal, ``""`` for nothing."""
        return self.problems.last

    @property
    def is_writing(self) -> bool:
        """Whether anything has been written or is to be."""
        return self._worker is not None and self._worker.is_running

    @property
    def has_history(self) -> bool:
        """Whether an earlier process has left anything."""
        return self._file is not None and self._file.exists()

    def record(self, reading: Reading) -> None:
        """Compare a reading with the journal and write what changed, in a thread. Returns at once."""
        dated = reading._replace(ahead_ms=self.accounts.get_ahead_ms(reading.scope.profile))
        self._submit(lambda connection: self._write(connection, dated))

    def hold(self) -> None:
        """Write only what is waited for until :meth:`release`: the first rows are shown sooner."""
        if self._worker is not None:
            self._worker.hold()

    def release(self) -> None:
        """Write what was recorded meanwhile, in a thread. Returns at once."""
        if self._worker is not None:
            self._worker.release()

    def add_listener(self, listener: ChangeListener) -> None:
        """Call ``listener`` with changes of any process, newest first, after each write; in the thread."""
        self._listeners = (*self._listeners, listener)

    def remove_listener(self, listener: ChangeListener) -> None:
        """Call ``listener`` no more, if it was."""
        self._listeners = tuple(known for known in self._listeners if known != listener)

    def acknowledge(self, resource: Resource, by: str, note: str, *, about: str = "") -> None:
        """Acknowledge a resource as it is now; ``about`` names the trouble, ``""`` any."""
        from matui.live.journal.notes import write_acknowledgement

        made = self._build_acknowledgement(resource, by, note, about)
        self._call(lambda connection: write_acknowledgement(connection, made), None)

    def withdraw(self, resource: Resource, *, about: str = "") -> None:
        """Remove an acknowledgement."""
        from matui.live.journal.notes import remove_acknowledgement

        made = self._build_acknowledgement(resource, "", "", about)
        self._call(lambda connection: remove_acknowledgement(connection, made), None)

    def claim_names(self, names: Iterable[str]) -> set[str]:
        """Claim names for this process at once; return those that no process had claimed.

        Where nothing can be written, those that this process had not.
        """
        new = set(names) - self._claimed.keys()
        self._claimed |= dict.fromkeys(new)
        drop_oldest(self._claimed, _MOST_CLAIMED)
        from matui.live.journal.notes import write_claim

        now = self.get_now_ms()
        won = self._call(
            lambda connection: {name for name in new if write_claim(connection, name, now)}, default=new
        )
        return set(won)

    def record_events(self, resource: Resource, events: Collection[Event]) -> None:
        """Write the changes that events of a resource state and no poll has seen. Returns at once."""
        if self._worker is None or not any(event.status for event in events):
            return
        from matui.live.journal.notes import write_events

        profile, now = resource.profile, self.get_now_ms()
        scope = ListScope(self.accounts.get_account(profile), profile, resource.kind)
        ahead_ms = self.accounts.get_ahead_ms(profile)
        dated = [replace(event, at=event.at - ahead_ms) for event in events if event.at is not None]
        self._worker.submit(lambda connection: write_events(connection, scope, resource, dated, now))

    def note_action(self, profile: str, kind: str, resource_id: str, sent_at: float | None = None) -> None:
        """Record that an action was sent: the next change within ten minutes is its effect, whoever sees it.

        ``sent_at`` is in seconds since the epoch, None for now. Returns at once.
        """
        from matui.live.journal.notes import write_action

        account = self.accounts.get_account(profile)
        at = self.get_now_ms() if sent_at is None else int(sent_at * 1000)
        self._submit(lambda connection: write_action(connection, account, kind, resource_id, at))

    def add_finding(
        self, job: Resource, finding: str, words: str, *, since: float | None = None, line: int | None = None
    ) -> None:
        """Store a finding of a log once; ``since`` is ms since the epoch. Returns at once."""
        account, now = self.accounts.get_account(job.profile), self.get_now_ms()
        since_ms = int(since) if since is not None else None
        found = StoredFinding(account, job.kind, job.id, finding, since_ms, line, words, now)
        self._submit(lambda connection: _write_finding(connection, found))

    def note_reason(self, resource: Resource, words: str, source: str = "") -> None:
        """Keep why a resource is in its state. Returns at once."""
        from matui.base.redaction.masking import hide_in_text
        from matui.live.journal.notes import write_reason

        account, status = self.accounts.get_account(resource.profile), hide_in_text(resource.status)
        found = StoredReason(account, resource.kind, resource.id, status, words, self.get_now_ms(), source)
        self._submit(lambda connection: write_reason(connection, found))

    def note_usage(self, resource: Resource, content: str) -> None:
        """Keep what was read of a pool, of quotas or of flavors, as JSON. Returns at once."""
        from matui.live.journal.notes import write_usage

        account = self.accounts.get_account(resource.profile)
        found = StoredUsage(account, resource.kind, resource.id, resource.profile, content, self.get_now_ms())
        self._submit(lambda connection: write_usage(connection, found))

    def note_end(self, resource: Resource, ended_at: float) -> None:
        """Keep when a resource ended, in ms since the epoch by its cloud's clock. Returns at once."""
        from matui.base.redaction.masking import hide_in_text
        from matui.live.journal.notes import write_end

        account, run = self.accounts.get_account(resource.profile), build_run_id(resource)
        status = hide_in_text(resource.status)
        found = StoredEnd(account, resource.kind, resource.id, status, run, int(ended_at), self.get_now_ms())
        ahead_ms = self.accounts.get_ahead_ms(resource.profile)
        self._submit(lambda connection: write_end(connection, found, ahead_ms))

    def flush(self) -> None:
        """Return once everything recorded so far is written."""
        self._call(lambda _connection: None, None)

    def close(self) -> None:
        """Write what is queued and close the file; nothing is kept afterwards."""
        worker, self._worker = self._worker, None
        self.reader.close()  # first: the last one to close shortens the file, if it may write
        if worker is not None and not worker.close(_CLOSE_S):
            self.problems.report_loss("The journal stays locked; what was last seen is not kept.")
        if self.on_closed is not None:
            self.on_closed()

    def get_now_ms(self) -> int:
        """Return the time in ms since the epoch."""
        return int(self.clock.now() * 1000)

    def _build_worker(self, file: Path) -> Worker:
        from matui.live.journal.change_views import SpanWriter

        self._spans = SpanWriter()
        return Worker(
            file,
            monotonic=self.clock.monotonic,
            observer=WorkerObserver(
                on_problem=self.problems.report,
                on_loss=self.problems.report_loss,
                on_commit=self.problems.end_loss,
                on_open=self._spans.forget,
                on_changes=self._announce,
                wants_changes=lambda: bool(self._listeners),
            ),
            prune=self._prune,
        )

    def _reopen_worker(self) -> None:
        if self._worker is not None:
            self._worker.reopen()

    def _write(self, connection: sqlite3.Connection, reading: Reading) -> None:
        from matui.live.journal.recording import write_reading

        write_reading(connection, reading, self.get_now_ms())
        self._spans.write(connection, reading)

    def _prune(self, connection: sqlite3.Connection) -> Iterator[None]:
        from matui.live.journal.connection import prune

        return prune(
            connection, now=self.get_now_ms(), days=self._limits.days, megabytes=self._limits.megabytes
        )

    def _build_acknowledgement(
        self, resource: Resource, by: str, note: str, about: str
    ) -> StoredAcknowledgement:
        from matui.base.redaction.masking import hide_in_text

        account = self.accounts.get_account(resource.profile)
        return StoredAcknowledgement(
            account,
            resource.kind,
            resource.id,
            about,
            hide_in_text(resource.status),
            by,
            note,
            self.get_now_ms(),
        )

    def _submit(self, work: Work) -> None:
        """Write in a thread. Returns at once."""
        if self._worker is not None:
            self._worker.submit(work)

    def _call(self, work: Work, default: Any) -> Any:
        return self._worker.call(work, default, _CALL_S) if self._worker is not None else default

    def _announce(self, changes: tuple[Change, ...]) -> None:
        for listener in self._listeners:
            listener(changes)


def _write_finding(connection: sqlite3.Connection, found: StoredFinding) -> None:
    from matui.live.journal.notes import write_finding

    write_finding(connection, found)


def open_journal(
    folder: Path | None,
    *,
    clock: Clock,
    limits: Limits | None = None,
    on_problem: Callable[[str], None] | None = None,
) -> Journal:
    """Return the journal in a folder, for None one that holds nothing. The file is opened when it is used."""
    file = folder / FILE_NAME if folder is not None else None
    return Journal(file, clock=clock, limits=limits or Limits(), on_problem=on_problem)


def open_temporary_journal(*, clock: Clock, on_problem: Callable[[str], None] | None = None) -> Journal:
    """Return a journal in a folder of its own, which is deleted when the journal is closed."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="matui-journal-"))
    except OSError:
        return Journal(None, clock=clock)
    journal = Journal(folder / FILE_NAME, clock=clock, on_problem=on_problem)
    journal.on_closed = finalize(journal, shutil.rmtree, folder, ignore_errors=True)
    return journal
