"""The times that a filter of ``matui get`` asks for: out of the journal, then by reading jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from matui.base.calls.gather import gather_limited
from matui.base.errors import IncompleteOutputError, MatuiError
from matui.base.text.formatting import pluralize
from matui.clouds.protocols import compute_clock_correction_ms
from matui.live.journal.change import build_run_id
from matui.live.triage.from_records import find_acknowledgements, read_ends, read_steps
from matui.live.triage.state_times import (
    CLOCK_AHEAD_MS,
    StateChange,
    StateTimes,
    fetch_time,
    find_known_end,
    lacks_bound,
    lacks_since,
)

if TYPE_CHECKING:
    from matui.cli.context.session import Session
    from matui.live.triage.item import Acknowledgement
    from matui.resources.filters import Filter
    from matui.resources.model import Resource, ResourceKey

_MOST_READS = 60
_READS_AT_ONCE = 4


async def read_journal(
    session: Session,
) -> tuple[list[StateChange], dict[ResourceKey, tuple[Acknowledgement, str]]]:
    """Return the steps and acknowledgements that the journal knows, none without a journal."""
    journal = session.journal.opened if session.journal is not None else None
    if journal is None or not journal.is_on:
        return [], {}
    return await asyncio.to_thread(lambda: (read_steps(journal), find_acknowledgements(journal)))


async def read_times(session: Session, times: StateTimes, rows: Sequence[Resource]) -> None:
    """Find when the jobs among the rows ended, and after which time services failed or degraded.

    The journal comes first, then what is read of each.

    The newest are read first, within half of the request budget.
    """

    async def read(row: Resource) -> None:
        budget = session.cloud.get_budget()
        if 2 * (budget.used + 1) > budget.limit:
            return
        try:
            stated = await fetch_time(session.cloud, row)
        except MatuiError:
            return
        if stated is None or stated.at > session.cloud_clock.now() * 1000 + CLOCK_AHEAD_MS:
            return
        if stated.is_bound:
            times.note_bound(row, stated.at)
        else:
            _load_end(times, row, stated.at)
            if session.journal is not None:
                session.journal.opened.note_end(row, stated.at)

    lacking = [row for row in rows if lacks_since(row) or lacks_bound(row)]
    journal = session.journal.opened if session.journal is not None and lacking else None
    if journal is not None and journal.is_on:
        ends = await asyncio.to_thread(read_ends, journal)
        for row in lacking:
            if (end := find_known_end(ends, row)) is not None:
                _load_end(times, row, end)
        lacking = [row for row in lacking if find_known_end(ends, row) is None]
    newest = sorted(lacking, key=lambda row: -(row.created_at or 0))
    await gather_limited(read, newest[:_MOST_READS], _READS_AT_ONCE)


def _load_end(times: StateTimes, row: Resource, ended_at: float) -> None:
    times.load([StateChange(row.key, ended_at, None, row.status, run=build_run_id(row))])


async def add_times(session: Session, chosen: Filter, rows: Sequence[Resource]) -> tuple[Resource, ...]:
    """Return the rows with the times of their states."""
    now_ms, now_of_cloud = session.clock.now() * 1000, session.cloud_clock.now() * 1000
    times = StateTimes()
    times.clock_corrections[session.cloud.profile] = compute_clock_correction_ms(session.cloud)
    times.load((await read_journal(session))[0])
    times.refuse_future(rows, now_ms)
    timed = tuple(map(times.add_to, rows))
    await read_times(session, times, chosen.find_unknown(timed, now_of_cloud))
    return tuple(map(times.add_to, timed))


def find_lack(
    chosen: Filter, rows: Sequence[Resource], now_of_cloud_ms: float
) -> IncompleteOutputError | None:
    """Return an error that names the rows of which the filter needs a time, log or reason not known."""
    checked = chosen.exclude_kinds(chosen.explain_missing_fields(rows, now_of_cloud_ms))
    unknown = checked.find_unknown(rows, now_of_cloud_ms)
    if not unknown:
        return None
    kinds = ", ".join(dict.fromkeys(row.kind for row in unknown))
    verb, owner, them = ("is", "its", "it") if len(unknown) == 1 else ("are", "their", "them")
    words = f"{pluralize(len(unknown), 'row')} of {kinds} {verb} left out: {chosen.describe_unknown(owner)}."
    return IncompleteOutputError(words, remedy=f"Leave out that term to see {them}.")
