"""Reads the journal. Each function takes a connection; times are ms since the epoch."""

from __future__ import annotations

import json
from collections.abc import Collection
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from matui.live.journal.change import (
    Account,
    Change,
    LastRows,
    LastState,
    ListScope,
    Source,
    Span,
    StoredAcknowledgement,
    StoredEnd,
    StoredFinding,
    StoredReason,
    StoredUsage,
)
from matui.resources.model import Phase, Resource

if TYPE_CHECKING:
    import sqlite3

_CHANGE = (
    "c.id, c.seen_at, c.happened_at, c.profile, c.kind, c.rid, c.name, c.owner, c.workspace, c.before,"
    " c.after, c.before_phase, c.after_phase, c.reason, c.code, c.source,"
    " a.cloud, a.endpoint, a.project, a.region"
)
_MOST_ROWS = 2000
S = TypeVar("S", StoredAcknowledgement, StoredEnd, StoredFinding, StoredReason, StoredUsage)


class ChangeQuery(NamedTuple):
    """Which changes to read, newest first: bounds of ``seen_at``, and ``before`` the number of a change."""

    kind: str | None = None
    id: str | None = None
    since: int | None = None
    until: int | None = None
    limit: int | None = None
    before: int | None = None
    after: int | None = None
    accounts: Collection[Account] | None = None


def read_changes(connection: sqlite3.Connection, query: ChangeQuery) -> tuple[Change, ...]:
    """Return the changes that a query asks for, newest first."""
    tests: list[str] = []
    values: list[Any] = []
    for test, value in (
        ("c.kind=?", query.kind),
        ("c.rid=?", query.id),
        ("c.seen_at>=?", query.since),
        ("c.seen_at<?", query.until),
        ("c.id<?", query.before),
        ("c.id>?", query.after),
    ):
        if value is not None:
            tests.append(test)
            values.append(value)
    if query.accounts is not None:
        test, more = _match_accounts(query.accounts)
        tests.append(test)
        values += more
    where = f"WHERE {' AND '.join(tests)}" if tests else ""
    order = "ORDER BY c.id DESC" if query.before is not None else "ORDER BY c.seen_at DESC, c.id DESC"
    found = connection.execute(
        f"SELECT {_CHANGE} FROM changes c CROSS JOIN accounts a ON a.id=c.account {where} {order} LIMIT ?",
        (*values, -1 if query.limit is None else query.limit),
    )
    return _put_ends_first([_to_change(row) for row in found.fetchall()])


def _put_ends_first(changes: list[Change]) -> tuple[Change, ...]:
    """Return changes, newest first, with each end before what has its id now.

    Earlier versions wrote the new resource first; both changes trade their numbers.
    """
    for at, (later, earlier) in enumerate(pairwise(changes)):
        if (
            later.after is None
            and earlier.before is None
            and (later.seen_at, later.id, later.kind, later.account)
            == (earlier.seen_at, earlier.id, earlier.kind, earlier.account)
        ):
            changes[at : at + 2] = (
                earlier._replace(number=later.number),
                later._replace(number=earlier.number),
            )
    return tuple(changes)


def _match_accounts(accounts: Collection[Account]) -> tuple[str, list[Any]]:
    """Return a condition on the accounts ``a``, and its values; no account matches nothing."""
    one = "(a.cloud=? AND a.endpoint=? AND a.project=? AND a.region=?)"
    values = [value for each in accounts for value in (each.cloud, each.endpoint, each.project, each.region)]
    return f"({' OR '.join([one] * len(accounts)) or '0'})", values


def read_last_changes(
    connection: sqlite3.Connection, account: Account, kind: str, ids: Collection[str]
) -> tuple[Change, ...]:
    """Return the newest change of each resource that has one."""
    marks = ",".join("?" * len(ids))
    found = connection.execute(
        f"SELECT {_CHANGE} FROM changes c CROSS JOIN accounts a ON a.id=c.account WHERE c.id IN"
        f" (SELECT max(id) FROM changes WHERE kind=? AND rid IN ({marks}) GROUP BY account, rid)"
        " AND a.cloud=? AND a.endpoint=? AND a.region=? AND a.project=?",
        (kind, *ids, account.cloud, account.endpoint, account.region, account.project),
    )
    return tuple(_to_change(row) for row in found.fetchall())


def _to_change(row: tuple[Any, ...]) -> Change:
    number, seen_at, happened_at, *words, before_phase, after_phase, reason, code, source = row[:16]
    phases = [Phase(phase) if phase is not None else None for phase in (before_phase, after_phase)]
    about = (*words, *phases, reason, code, cast("Source", source))
    return Change(number, Account(*row[16:]), seen_at, happened_at, *about)


def find_newest_number(connection: sqlite3.Connection) -> int:
    """Return the number of the newest change, 0 without one."""
    return int(connection.execute("SELECT ifnull(max(id), 0) FROM changes").fetchone()[0])


def read_spans(
    connection: sqlite3.Connection,
    since: int,
    until: int,
    kind: str | None = None,
    accounts: Collection[Account] | None = None,
) -> tuple[Span, ...]:
    """Return the stretches between two moments in which a list was polled by any process."""
    from matui.live.journal.change_views import merge

    tests = ["s.end_at>=?1", "s.start_at<=?2"]
    values: list[Any] = [since, until]
    if kind is not None:
        tests.append("s.kind=?")
        values.append(kind)
    if accounts is not None:
        test, more = _match_accounts(accounts)
        tests.append(test)
        values += more
    found = connection.execute(
        "SELECT max(s.start_at, ?1), min(s.end_at, ?2) FROM spans s JOIN accounts a ON a.id=s.account"
        f" WHERE {' AND '.join(tests)}",
        values,
    )
    return merge(found.fetchall())


def read_accounts(connection: sqlite3.Connection, profiles: Collection[str]) -> tuple[Account, ...]:
    """Return the accounts that profiles of these names have read."""
    marks = ",".join("?" * len(profiles))
    found = connection.execute(
        "SELECT DISTINCT a.cloud, a.endpoint, a.project, a.region"
        " FROM scopes s JOIN accounts a ON a.id=s.account"
        f" WHERE s.profile IN ({marks})",
        tuple(profiles),
    )
    return tuple(Account(*row) for row in found.fetchall())


def read_names(
    connection: sqlite3.Connection, kind: str, accounts: Collection[Account] | None = None
) -> frozenset[str]:
    """Return the ids and names of the resources of a kind that a list had, those that are gone too."""
    test, values = _match_accounts(accounts) if accounts is not None else ("1", [])
    named = "SELECT n.rid, n.name FROM {} n JOIN accounts a ON a.id=n.account WHERE n.kind=? AND {}"
    found = connection.execute(
        f"{named.format('resources', test)} UNION {named.format('changes', test)}",
        (kind, *values, kind, *values),
    )
    return frozenset(word for row in found for word in row if word)


def read_listed(
    connection: sqlite3.Connection, kind: str, begin: str, accounts: Collection[Account] | None, most: int
) -> list[tuple[str, str, str]]:
    """Return id, name and status of resources of a kind that are not gone, the newest first.

    Their name or id begins with ``begin``; ``accounts`` None means every one.
    """
    test, values = _match_accounts(accounts) if accounts is not None else ("1", [])
    found = connection.execute(
        "SELECT n.rid, n.name, n.status FROM resources n JOIN accounts a ON a.id=n.account"
        " WHERE n.kind=? AND NOT n.is_gone AND (substr(n.name, 1, ?)=? OR substr(n.rid, 1, ?)=?)"
        f" AND {test} ORDER BY n.created_at DESC, n.id DESC LIMIT ?",
        (kind, len(begin), begin, len(begin), begin, *values, most),
    )
    return found.fetchall()


def read_identities(connection: sqlite3.Connection) -> tuple[Resource, ...]:
    """Return what the journal knows of any account: kinds, ids, names, owners and workspaces alone."""
    found = connection.execute(
        "SELECT kind, rid, name, owner, workspace FROM resources ORDER BY read_at DESC"
    )
    return tuple(
        Resource(kind, ident, name, "", Phase.UNKNOWN, "", "", workspace, owner)
        for kind, ident, name, owner, workspace in found
    )


def find_account(
    connection: sqlite3.Connection, account: Account, profile: str
) -> tuple[int, Account] | None:
    """Return an account of the journal with its number.

    One whose project is not known yet is the one that the profile polled last.
    """
    values = [account.cloud, account.endpoint, account.region]
    test = "a.project=?" if account.project else "s.profile=?"
    found = connection.execute(
        "SELECT a.id, a.project FROM accounts a LEFT JOIN scopes s ON s.account=a.id"
        f" WHERE a.cloud=? AND a.endpoint=? AND a.region=? AND {test} ORDER BY s.complete_at DESC LIMIT 1",
        (*values, account.project or profile),
    ).fetchone()
    if found is None:
        return None
    return found[0], Account(account.cloud, account.endpoint, found[1], account.region)


def read_last_rows(connection: sqlite3.Connection, scope: ListScope) -> LastRows:
    """Return the rows of a list as they were last read, newest first, at most 2,000."""
    known = find_account(connection, scope.account, scope.profile)
    if known is None:
        return LastRows()
    listed = connection.execute(
        "SELECT id FROM scopes WHERE account=? AND profile=? AND kind=? AND workspace=?",
        (known[0], scope.profile, scope.kind, scope.workspace),
    ).fetchone()
    if listed is None:
        return LastRows()
    span = connection.execute(
        "SELECT max(end_at) FROM spans WHERE account=? AND kind=?", (known[0], scope.kind)
    ).fetchone()
    found = connection.execute(
        "SELECT r.rid, r.content FROM sightings s JOIN resources r ON r.id=s.resource"
        " WHERE s.scope=? AND r.is_gone=0 AND r.content IS NOT NULL"
        " ORDER BY r.created_at DESC LIMIT ?",
        (listed[0], _MOST_ROWS),
    ).fetchall()
    rows: list[Resource] = []
    for rid, content in found:
        row = unpack_row(content, kind=scope.kind, rid=rid, cloud=scope.account.cloud, profile=scope.profile)
        if row is not None:
            rows.append(row)
    return LastRows(tuple(rows), span[0])


def read_last_in_phases(
    connection: sqlite3.Connection, phases: Collection[Phase], since: int
) -> tuple[LastState, ...]:
    """Return what was last read in one of the phases, newest first, of lists watched since a moment."""
    found = connection.execute(
        "SELECT a.cloud, a.endpoint, a.project, a.region, r.kind, r.rid, r.content, ifnull((SELECT p.profile"
        " FROM sightings s JOIN scopes p ON p.id=s.scope WHERE s.resource=r.id LIMIT 1), '')"
        " FROM resources r JOIN accounts a ON a.id=r.account"
        f" WHERE r.is_gone=0 AND r.content IS NOT NULL AND r.phase IN ({','.join('?' * len(phases))})"
        " AND EXISTS(SELECT 1 FROM spans w WHERE w.account=r.account AND w.kind=r.kind AND w.end_at>=?)"
        " ORDER BY r.created_at DESC LIMIT ?",
        (*(phase.value for phase in phases), since, _MOST_ROWS),
    ).fetchall()
    states: list[LastState] = []
    for *account, kind, rid, content, profile in found:
        row = unpack_row(content, kind=kind, rid=rid, cloud=account[0], profile=profile)
        if row is not None:
            states.append(LastState(Account(*account), row))
    return tuple(states)


def _read_stored(
    connection: sqlite3.Connection,
    stored: type[S],
    table: str,
    columns: str,
    where: str = "1",
    values: Any = (),
) -> tuple[S, ...]:
    """Return the rows ``t`` of a table of accounts as tuples whose first field is the account ``a``."""
    found = connection.execute(
        f"SELECT a.cloud, a.endpoint, a.project, a.region, {columns} FROM {table} t"
        f" JOIN accounts a ON a.id=t.account WHERE {where}",
        values,
    )
    return tuple(stored(Account(*row[:4]), *row[4:]) for row in found.fetchall())


def _match_resources(account: Account, kind: str, ids: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """Return a condition on the account ``a`` and the resources ``t``, and its values."""
    test = f"t.kind=? AND t.rid IN ({','.join('?' * len(ids))})"
    test += " AND a.cloud=? AND a.endpoint=? AND a.region=? AND a.project=?"
    return test, (kind, *ids, account.cloud, account.endpoint, account.region, account.project)


def read_acknowledgements(connection: sqlite3.Connection) -> tuple[StoredAcknowledgement, ...]:
    """Return every acknowledgement."""
    columns = "t.kind, t.rid, t.about, t.status, t.made_by, t.note, t.made_at"
    return _read_stored(connection, StoredAcknowledgement, "acknowledgements", columns)


def read_findings(
    connection: sqlite3.Connection, *, kind: str | None, rid: str | None, since: int | None
) -> tuple[StoredFinding, ...]:
    """Return the findings seen since a moment, newest first."""
    columns = "t.kind, t.rid, t.finding, t.since, t.line, t.words, t.seen_at"
    where = (
        "t.seen_at>=?1 AND (?2 IS NULL OR t.kind=?2) AND (?3 IS NULL OR t.rid=?3)"
        " ORDER BY t.seen_at DESC, t.id DESC"
    )
    return _read_stored(connection, StoredFinding, "findings", columns, where, (since or 0, kind, rid))


_REASON = "t.kind, t.rid, t.status, t.words, t.seen_at, t.source"
_END = "t.kind, t.rid, t.status, t.run, t.ended_at, t.seen_at"


def read_reasons(connection: sqlite3.Connection, since: int) -> tuple[StoredReason, ...]:
    """Return the reason last found of each resource since a moment, oldest first."""
    where = "t.seen_at>=? ORDER BY t.seen_at"
    return _read_stored(connection, StoredReason, "reasons", _REASON, where, (since,))


def read_last_reasons(
    connection: sqlite3.Connection, account: Account, kind: str, ids: Collection[str]
) -> tuple[StoredReason, ...]:
    """Return the reason last found of each resource that has one."""
    return _read_stored(connection, StoredReason, "reasons", _REASON, *_match_resources(account, kind, ids))


def read_clocks(connection: sqlite3.Connection) -> dict[Account, int]:
    """Return how many ms the clock of each cloud was ahead of this machine's when it was last read."""
    found = connection.execute(
        "SELECT a.cloud, a.endpoint, a.project, a.region, k.ahead_ms FROM clocks k"
        " JOIN accounts a ON a.id=k.account"
    )
    return {Account(*row[:4]): int(row[4]) for row in found.fetchall()}


def read_usages(connection: sqlite3.Connection, since: int) -> tuple[StoredUsage, ...]:
    """Return what was last read of each pool, of quotas and of flavors since a moment."""
    columns = "t.kind, t.rid, t.profile, t.content, t.read_at"
    return _read_stored(connection, StoredUsage, "usages", columns, "t.read_at>=?", (since,))


def read_poll_times(connection: sqlite3.Connection) -> dict[tuple[Account, str], int]:
    """Return when the list of each account and kind was last polled."""
    found = connection.execute(
        "SELECT a.cloud, a.endpoint, a.project, a.region, s.kind, max(s.end_at)"
        " FROM spans s JOIN accounts a ON a.id=s.account GROUP BY s.account, s.kind"
    )
    return {(Account(*row[:4]), row[4]): int(row[5]) for row in found.fetchall()}


def read_ends(connection: sqlite3.Connection) -> tuple[StoredEnd, ...]:
    """Return the last end of each resource whose details were read."""
    return _read_stored(connection, StoredEnd, "ends", _END)


def read_last_ends(
    connection: sqlite3.Connection, account: Account, kind: str, ids: Collection[str]
) -> tuple[StoredEnd, ...]:
    """Return the last end of each of some resources whose details were read."""
    return _read_stored(connection, StoredEnd, "ends", _END, *_match_resources(account, kind, ids))


def unpack_row(content: str, *, kind: str, rid: str, cloud: str, profile: str) -> Resource | None:
    """Return a packed row, None where another version of matui packed it otherwise."""
    try:
        values: list[Any] = json.loads(content)
        name, status, phase, workspace, owner, created_at, updated_at, duration_ms, facts = values
        return Resource(
            kind, rid, name, status, Phase(phase), cloud, profile, workspace, owner,
            created_at, updated_at, duration_ms, facts,
        )  # fmt: skip
    except (ValueError, TypeError, RecursionError):
        return None
