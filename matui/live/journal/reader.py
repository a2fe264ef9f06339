"""Answers questions from the journal's file, which any process may be writing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from matui.live.journal.change import (
    Account,
    Accounts,
    Change,
    LastRows,
    LastState,
    ListScope,
    Span,
    StoredAcknowledgement,
    StoredEnd,
    StoredFinding,
    StoredReason,
    StoredUsage,
)
from matui.live.journal.queries import (
    ChangeQuery,
    find_account,
    read_accounts,
    read_acknowledgements,
    read_changes,
    read_ends,
    read_findings,
    read_identities,
    read_last_changes,
    read_last_in_phases,
    read_last_rows,
    read_names,
    read_reasons,
    read_spans,
)
from matui.live.journal.worker import NO_SQLITE

if TYPE_CHECKING:
    import sqlite3

    from matui.resources.model import Phase, Resource

T = TypeVar("T")
_BUSY_AFTER_FAILURE_S = 0.1


class JournalReader:
    """Reads the disk: call each method in a thread. It never raises; without a file it finds nothing.

    ``on_problem`` is called with what is wrong, ``on_loss`` where nothing can be read,
    ``on_set_aside`` once a damaged file has another name.
    """

    def __init__(
        self,
        file: Path | None,
        accounts: Accounts,
        *,
        on_problem: Callable[[str], None],
        on_loss: Callable[[str], None],
        on_set_aside: Callable[[], None],
    ) -> None:
        self._file = file
        self._accounts = accounts
        self._on_problem = on_problem
        self._on_loss = on_loss
        self._on_set_aside = on_set_aside
        self._connection: sqlite3.Connection | None = None
        self._has_failed = False
        self._lock = threading.Lock()

    def read_changes(
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
        query = ChangeQuery(kind, id, since, until, limit, before, newer_than, accounts)
        return self._read(lambda connection: read_changes(connection, query), ())

    def read_last_changes(self, kind: str, profile: str, ids: Collection[str]) -> dict[str, Change]:
        """Return the newest change of each resource of a profile that has one, by id."""
        wanted = self._accounts.get_account(profile)

        def read(connection: sqlite3.Connection) -> tuple[Change, ...]:
            known = find_account(connection, wanted, profile)
            return read_last_changes(connection, known[1], kind, ids) if known is not None else ()

        nothing: tuple[Change, ...] = ()
        return {change.id: change for change in self._read(read, nothing)}

    def read_last_reasons(self, kind: str, profile: str, ids: Collection[str]) -> dict[str, StoredReason]:
        """Return the reason last found of each resource of a profile that has one, by id."""
        from matui.live.journal.queries import read_last_reasons

        account = self._accounts.get_account(profile)
        nothing: tuple[StoredReason, ...] = ()
        found = self._read(lambda connection: read_last_reasons(connection, account, kind, ids), nothing)
        return {reason.id: reason for reason in found}

    def read_last_ends(self, kind: str, profile: str, ids: Collection[str]) -> dict[str, StoredEnd]:
        """Return when each resource of a profile ended, where its details were read, by id."""
        from matui.live.journal.queries import read_last_ends

        account = self._accounts.get_account(profile)
        nothing: tuple[StoredEnd, ...] = ()
        found = self._read(lambda connection: read_last_ends(connection, account, kind, ids), nothing)
        return {end.id: end for end in found}

    def read_last_acknowledgements(self, kind: str, profile: str) -> dict[str, StoredAcknowledgement]:
        """Return the newest acknowledgement of each resource of a profile that has one, by id."""
        made = sorted(self.read_acknowledgements().items(), key=lambda item: item[1].at)
        return {key[2]: each for key, each in made if key[:2] == (profile, kind)}

    def read_names(self, kind: str, *, accounts: Collection[Account] | None = None) -> frozenset[str]:
        """Return the ids and names of a kind that the journal knows; ``accounts`` None means every one."""
        nothing: frozenset[str] = frozenset()
        return self._read(lambda connection: read_names(connection, kind, accounts), nothing)

    def read_identities(self) -> tuple[Resource, ...]:
        """Return every resource that the journal knows, by kind, id, name, owner and workspace alone."""
        return self._read(read_identities, ())

    def read_accounts(self, profiles: Collection[str]) -> tuple[Account, ...]:
        """Return the accounts that profiles of these names have read, in any process."""
        return self._read(lambda connection: read_accounts(connection, profiles), ())

    def read_watched(
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
        return self._read(lambda connection: read_spans(connection, since, until, kind, accounts), ())

    def read_last_rows(self, kind: str, profile: str, workspace: str = "") -> LastRows:
        """Return the rows of a profile's list as they were last read, newest first, without raw records."""
        scope = ListScope(self._accounts.get_account(profile), profile, kind, workspace)
        return self._read(lambda connection: read_last_rows(connection, scope), LastRows())

    def read_last_in_phases(self, phases: Collection[Phase], since: int) -> tuple[LastState, ...]:
        """Return what was last read in one of the phases, newest first, of lists watched since a moment."""
        return self._read(lambda connection: read_last_in_phases(connection, phases, since), ())

    def read_acknowledgements(self) -> dict[tuple[str, str, str, str], StoredAcknowledgement]:
        """Return the acknowledgements by profile, kind, id and trouble, of the profiles that were added."""
        nothing: tuple[StoredAcknowledgement, ...] = ()
        found = self._read(read_acknowledgements, nothing)
        return {
            (profile, each.kind, each.id, each.about): each
            for each in found
            for profile in self._accounts.list_profiles(each.account)
        }

    def read_all_acknowledgements(self) -> tuple[StoredAcknowledgement, ...]:
        """Return every acknowledgement, of any account."""
        return self._read(read_acknowledgements, ())

    def read_findings(
        self,
        kind: str | None = None,
        id: str | None = None,  # noqa: A002 - as in changes
        since: int | None = None,
    ) -> tuple[StoredFinding, ...]:
        """Return the findings seen since a moment, newest first."""
        return self._read(lambda connection: read_findings(connection, kind=kind, rid=id, since=since), ())

    def read_reasons(self, since: int = 0) -> tuple[StoredReason, ...]:
        """Return the reason last found of each resource since a moment, oldest first."""
        return self._read(lambda connection: read_reasons(connection, since), ())

    def read_ends(self) -> tuple[StoredEnd, ...]:
        """Return when resources ended, where their details were read."""
        return self._read(read_ends, ())

    def read_clocks(self) -> dict[Account, int]:
        """Return how many ms the clock of each cloud was ahead of this machine's when it was last read."""
        from matui.live.journal.queries import read_clocks

        return self._read(read_clocks, {})

    def read_usages(self, since: int = 0) -> tuple[StoredUsage, ...]:
        """Return what was last read of pools, quotas and flavors since a moment."""
        from matui.live.journal.queries import read_usages

        nothing: tuple[StoredUsage, ...] = ()
        return self._read(lambda connection: read_usages(connection, since), nothing)

    def read_poll_times(self) -> dict[tuple[Account, str], int]:
        """Return when each list was last polled, by account and kind; to within half a minute."""
        from matui.live.journal.queries import read_poll_times

        return self._read(read_poll_times, {})

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._close()

    def _read(self, read: Callable[[sqlite3.Connection], T], default: T) -> T:
        if self._file is None:
            return default
        try:
            import sqlite3
        except ImportError:
            self._on_loss(NO_SQLITE)
            return default
        if self._connection is None and not self._file.exists():
            return default
        with self._lock:
            try:
                found = read(self._open())
            except sqlite3.Error as error:
                self._close()
                self._has_failed = True
                self._on_error(error)
                return default
            if self._has_failed:  # opened without a wait
                self._close()
            self._has_failed = False
            return found

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            from matui.live.journal.connection import connect_read_only

            assert self._file is not None  # noqa: S101 - the caller has looked
            if self._has_failed:  # where a file system has no locks, each caller would wait in turn
                self._connection = connect_read_only(self._file, busy_s=_BUSY_AFTER_FAILURE_S)
            else:
                self._connection = connect_read_only(self._file)
        return self._connection

    def _on_error(self, error: sqlite3.Error) -> None:
        from matui.live.journal.connection import explain_error, is_damage, set_aside

        file = self._file
        if file is None or not file.exists() or "no such " in str(error):
            return  # nothing has been written yet, or by an earlier version
        if not is_damage(error):
            words = explain_error(error, file)
            self._on_loss(f"The journal cannot be read ({words}); it may not be written either.")
            return
        with suppress(OSError):
            if (aside := set_aside(file)) is not None:
                self._on_problem(f"The journal was damaged and is set aside as {aside.name}.")
        self._on_set_aside()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
