"""Reads the last known rows of a kind, to be shown until the cloud has answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.console.session import ConsoleSession
    from matui.resources.model import Resource


async def read_last_rows(members: Sequence[ConsoleSession], kind_id: str) -> list[Resource]:
    """Return the last known rows of a kind, or of everything in trouble, marked as unconfirmed.

    Profiles whose settings do not want them, or that have no journal yet, have none.
    """
    wanted = [each for each in members if each.settings.journal.warm_start and each.journal.has_history]
    found = [await asyncio.to_thread(_read, member, kind_id) for member in wanted]
    return [row for rows in found for row in rows]


def _read(member: ConsoleSession, kind_id: str) -> list[Resource]:
    from matui.console.changes.last_start import describe_start, read_list

    lists = describe_start(kind_id, (member,)).lists
    return [row for wanted in lists for row in read_list(member.journal, wanted, kind_id)]
