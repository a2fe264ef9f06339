"""The lists of the last start, shown again before the configuration has been read and checked.

An entry holds for one configuration file as it is (path, time and size) and for the same arguments. It names
lists and accounts, no secrets; the rows are in the journal.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from matui.config.paths import find_config_file
from matui.console.kept_state import StateFile
from matui.live.journal.change import Account, Accounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.console.session import ConsoleOptions, ConsoleSession
    from matui.live.journal.change import LastRows
    from matui.live.journal.reader import JournalReader
    from matui.resources.model import Resource

FILE_NAME = "last_start.json"
_ENTRIES = "starts"
_MOST_ENTRIES = 8
_MOST_LISTS = 200
_MOST_ROWS = 200  # more than a screen; the answer brings the others
_VARIABLES = ("MATUI_PROFILE", "MATUI_REGION", "MATUI_ENDPOINT")

ListKey = tuple[str, str, str]
"""A list of resources: its profile, its kind, and its workspace or ``""``."""


class LastStart(NamedTuple):
    """The kind that was shown first, the lists its rows are from, and the account of each profile."""

    screen: str
    lists: tuple[ListKey, ...]
    accounts: Mapping[str, Account]

    @property
    def is_multi(self) -> bool:
        """Whether it showed several profiles."""
        return len(self.accounts) > 1

    def holds_for(self, names: Sequence[str], members: Sequence[ConsoleSession]) -> bool:
        """Return whether its rows are those of the profiles that are open or being opened."""
        if not set(self.accounts) <= set(names):
            return False
        found = describe_start(self.screen, members)
        mine = {each for each in self.lists if each[0] in found.accounts}
        return set(found.lists) == mine and all(
            self.accounts[name] == account for name, account in found.accounts.items()
        )


def describe_start(screen: str, members: Sequence[ConsoleSession]) -> LastStart:
    """Return what is shown of the open profiles where ``screen`` is the first kind."""
    lists = tuple(
        (member.cloud.profile, kind, _get_workspace(member, kind))
        for member in members
        for kind in _list_kinds_behind(screen, member)
    )
    accounts = {
        member.cloud.profile: member.journal.accounts.get_account(member.cloud.profile) for member in members
    }
    return LastStart(screen, lists, accounts)


def _list_kinds_behind(screen: str, member: ConsoleSession) -> list[str]:
    from matui.resources.kinds.triage import TRIAGE
    from matui.resources.registry import KINDS

    if screen != TRIAGE.id:
        return [screen]
    return [kind for kind in member.cloud.kinds if kind in KINDS]


def _get_workspace(member: ConsoleSession, kind: str) -> str:
    from matui.resources.registry import get_kind

    return member.pollers.workspace if get_kind(kind).by_workspace else ""


def find_last_start(
    options: ConsoleOptions, folder: Path, environ: Mapping[str, str] = os.environ
) -> LastStart | None:
    """Return what the last start with this configuration and these arguments showed, None if not known."""
    name = _build_name(options, environ)
    entries = StateFile(folder / FILE_NAME).get(_ENTRIES)
    if name is None or not isinstance(entries, dict):
        return None
    return _parse(entries.get(name))


def keep_last_start(
    start: LastStart, options: ConsoleOptions, folder: Path, environ: Mapping[str, str] = os.environ
) -> None:
    """Keep what this start shows for the next one; the oldest of the entries is dropped."""
    name = _build_name(options, environ)
    if name is None or not start.lists or len(start.lists) > _MOST_LISTS:
        return
    file = StateFile(folder / FILE_NAME)
    kept = file.get(_ENTRIES)
    entries = dict(kept) if isinstance(kept, dict) else {}
    entry = {
        "screen": start.screen,
        "lists": [list(each) for each in start.lists],
        "accounts": {
            profile: [account.cloud, account.endpoint, account.project, account.region]
            for profile, account in start.accounts.items()
        },
    }
    if entries.get(name) == entry:
        return
    entries.pop(name, None)
    entries[name] = entry
    file.put(_ENTRIES, dict(list(entries.items())[-_MOST_ENTRIES:]))
    file.write()


def read_rows(start: LastStart, file: Path, on_problem: Callable[[str], None]) -> list[Resource]:
    """Return the last known rows of a start from the journal in ``file``, marked as unconfirmed.

    Call it in a thread: it also imports the table that shows them. ``on_problem`` is called where the file
    was damaged and is set aside.
    """
    import matui.console.table.widget  # noqa: F401
    from matui.live.journal.reader import JournalReader

    accounts = Accounts()
    for profile, account in start.accounts.items():
        accounts.add(profile, lambda account=account: account)  # type: ignore[misc]
    # Not a Journal: that also imports what writes. What cannot be read is reported by that of the profiles.
    reader = JournalReader(
        file, accounts, on_problem=on_problem, on_loss=lambda _words: None, on_set_aside=lambda: None
    )
    try:
        return [row for wanted in start.lists for row in read_list(reader, wanted, start.screen)]
    finally:
        reader.close()


def read_list(reader: JournalReader, wanted: ListKey, screen: str) -> list[Resource]:
    """Return the last known rows of a list to show in the table of ``screen``, marked as unconfirmed."""
    profile, kind, workspace = wanted
    last = reader.read_last_rows(kind, profile, workspace)
    return mark_last(last, screen, lambda rows: _explain_rows(reader, profile, kind, rows))


def mark_last(
    last: LastRows,
    screen: str,
    explain: Callable[[Sequence[Resource]], Sequence[Resource]] = lambda rows: rows,
) -> list[Resource]:
    """Return the rows of a list to show in the table of ``screen``, marked as unconfirmed.

    ``explain`` returns the rows with what triage shows of them.
    """
    from matui.resources.kinds.triage import TRIAGE, is_in_trouble
    from matui.resources.model import mark_unconfirmed

    if last.read_at is None:
        return []
    rows: Sequence[Resource] = last.rows
    if screen == TRIAGE.id and (rows := [row for row in rows if is_in_trouble(row)][:_MOST_ROWS]):
        rows = explain(rows)
    return [mark_unconfirmed(row, last.read_at) for row in rows[:_MOST_ROWS]]


def _explain_rows(reader: JournalReader, profile: str, kind: str, rows: Sequence[Resource]) -> list[Resource]:
    """Return rows in trouble with since when, why and by whom acknowledged, as far as the journal knows."""
    from matui.live.journal.warm import explain_earlier

    ids = [row.id for row in rows]
    changes = reader.read_last_changes(kind, profile, ids)
    reasons = reader.read_last_reasons(kind, profile, ids)
    ends = reader.read_last_ends(kind, profile, ids)
    made = reader.read_last_acknowledgements(kind, profile)
    return [
        explain_earlier(
            row, changes.get(row.id), reasons.get(row.id), end=ends.get(row.id), made=made.get(row.id)
        )
        for row in rows
    ]


def _build_name(options: ConsoleOptions, environ: Mapping[str, str]) -> str | None:
    """Return the name of the entry of a configuration and arguments, None without a configuration file."""
    file = find_config_file(options.config, environ)
    try:
        found = file.stat()
    except OSError:
        return None
    parts = (
        str(file.absolute()), found.st_mtime_ns, found.st_size, found.st_ino, options.profile,
        options.workspace, options.screen, options.all_profiles,
        *(environ.get(name, "") for name in _VARIABLES),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _parse(entry: Any) -> LastStart | None:
    """Return an entry of the file, None for anything else."""
    match entry:
        case {"screen": str(screen), "lists": list(lists), "accounts": dict(accounts)}:
            pass
        case _:
            return None
    if not lists or len(lists) > _MOST_LISTS or not _are_texts(lists, 3):
        return None
    if (
        not _are_texts(accounts.values(), 4)
        or not _are_texts([list(accounts)], len(accounts))
        or not {each[0] for each in lists} <= set(accounts)
    ):
        return None
    parsed = {str(profile): Account(*account) for profile, account in accounts.items()}
    return LastStart(screen, tuple((each[0], each[1], each[2]) for each in lists), parsed)


def _are_texts(rows: Any, length: int) -> bool:
    return all(
        isinstance(row, list) and len(row) == length and all(_is_text(part) for part in row) for row in rows
    )


def _is_text(part: Any) -> bool:
    """Return whether a value is text that the journal can be asked for: JSON can hold lone surrogates."""
    return isinstance(part, str) and not any("\ud800" <= character <= "\udfff" for character in part)


async def read_known_rows(members: Sequence[ConsoleSession], kind_id: str) -> list[Resource]:
    """Return the last known rows of a kind, or of everything in trouble, marked as unconfirmed.

    Profiles whose settings do not want them, or that have no journal yet, have none.
    """
    wanted = [each for each in members if each.settings.journal.warm_start and each.journal.has_history]
    found = [await asyncio.to_thread(_read, member, kind_id) for member in wanted]
    return [row for rows in found for row in rows]


def _read(member: ConsoleSession, kind_id: str) -> list[Resource]:
    lists = describe_start(kind_id, (member,)).lists
    return [row for wanted in lists for row in read_list(member.journal.reader, wanted, kind_id)]
