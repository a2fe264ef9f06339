"""Reads the last known rows of a kind, to be shown until the cloud has answered."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matui.console.session import ConsoleSession
    from matui.resources.model import Resource

_MOST_ROWS = 200  # more than a screen; the answer brings the others


async def read_last_rows(members: Sequence[ConsoleSession], kind_id: str) -> list[Resource]:
    """Return the last known rows of a kind, or of everything in trouble, marked as unconfirmed.

    Profiles whose settings do not want them, or that have no journal yet, have none.
    """
    wanted = [each for each in members if each.settings.journal.warm_start and each.journal.has_history]
    found = [await asyncio.to_thread(_read, member, kind_id) for member in wanted]
    return [row for rows in found for row in rows]


def _read(member: ConsoleSession, kind_id: str) -> list[Resource]:
    from matui.resources.kinds.triage import TRIAGE, is_in_trouble
    from matui.resources.registry import KINDS, kind_by_id
    from matui.resources.unconfirmed import mark_unconfirmed

    in_triage = kind_id == TRIAGE.id
    kinds = [kind for kind in member.cloud.kinds if kind in KINDS] if in_triage else [kind_id]
    rows: list[Resource] = []
    for each in kinds:
        workspace = member.pollers.workspace if kind_by_id(each).by_workspace else ""
        last = member.journal.last_rows(each, member.cloud.profile, workspace)
        known = [row for row in last.rows if not in_triage or is_in_trouble(row)]
        if last.read_at is not None:
            rows += [mark_unconfirmed(row, last.read_at) for row in known[:_MOST_ROWS]]
    return rows
