"""The names and states that the journal knows: no request, a short wait, nothing on an error."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NamedTuple

import click

_MOST = 200
_LARGEST_CONFIG = 1_000_000
_BUSY_S = 0.05
_UNSAFE = frozenset("\"'\\`$|&;<>()*?[]{}!#~ \t")


class KnownRow(NamedTuple):
    """The id, name and status of a resource, as last read."""

    id: str
    name: str
    status: str


class TypedLine(NamedTuple):
    """What is typed before the word at the cursor: the profile of ``-p``, and all words."""

    profile: str
    words: tuple[str, ...]


def read_tables(ctx: click.Context) -> Mapping[str, Any]:
    """Return the tables of the config file, empty where it cannot be read; nothing in it is checked."""
    import tomllib

    from matui.base.errors import MatuiError
    from matui.base.regular_files import read_regular_bytes
    from matui.config.paths import find_config_file

    try:
        file = find_config_file(ctx.find_root().params.get("config"), os.environ)
        return tomllib.loads(read_regular_bytes(file, _LARGEST_CONFIG).decode())
    except (OSError, ValueError, RecursionError, MatuiError):
        return {}


def find_known_rows(ctx: click.Context, kind: str, begin: str = "") -> list[KnownRow]:
    """Return the newest rows of a kind whose name or id begins with ``begin``, those of the chosen profile.

    Names that a shell would have to quote are left out. The demo keeps nothing.
    """
    import sqlite3

    from matui.config.paths import get_state_path
    from matui.live.journal.connection import connect_read_only
    from matui.live.journal.journal import FILE_NAME
    from matui.live.journal.queries import read_accounts, read_listed

    profiles = _find_chosen_profiles(ctx)
    if profiles is None:
        return []
    try:
        connection = connect_read_only(get_state_path() / FILE_NAME, busy_s=_BUSY_S)
    except (sqlite3.Error, OSError):
        return []
    try:
        accounts = read_accounts(connection, profiles) if profiles else None
        found = read_listed(connection, kind, begin, accounts, _MOST)
    except sqlite3.Error:
        return []
    finally:
        connection.close()
    return [KnownRow(*row) for row in found]


def list_known_statuses(ctx: click.Context, kind_id: str) -> list[str]:
    """Return the statuses of the rows that the journal knows, as the tables show them."""
    from matui.resources.columns import shorten_status

    return sorted({shorten_status(row.status) for row in find_known_rows(ctx, kind_id) if row.status})


def is_plain(word: str) -> bool:
    """Return whether a word can stand on a command line as it is."""
    return bool(word) and word.isprintable() and not word.startswith("-") and not _UNSAFE.intersection(word)


def _find_chosen_profiles(ctx: click.Context) -> list[str] | None:
    """Return the profiles that the line or the settings name, [] for all, None where no journal is read."""
    root = ctx.find_root().params
    settings = read_tables(ctx)
    journal = settings.get("journal")
    if root.get("demo") or (isinstance(journal, dict) and journal.get("enabled") is False):
        return None
    typed = (
        (ctx.obj.profile if isinstance(ctx.obj, TypedLine) else "")
        or root.get("profile")
        or os.environ.get("MATUI_PROFILE", "")
    )
    if root.get("all_profiles"):
        return []
    typed = typed or settings.get("default_profile", "")
    return [name for each in str(typed).split(",") if (name := each.strip())]
