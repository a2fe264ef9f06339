"""Signals of the logs of running jobs, for a filter or an order that needs them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.base.formatting import pluralize
from matui.cli.output import note
from matui.resources.filter_fields import LOG_FIELDS

if TYPE_CHECKING:
    from matui.cli.get.query import ListQuery
    from matui.cli.session import Session
    from matui.resources.model import Resource


def asks_for_signals(query: ListQuery) -> bool:
    """Return whether a query of jobs filters or sorts by what only their logs say."""
    is_named = query.filter is not None and query.filter.names_any(LOG_FIELDS)
    return query.kind.id == "jobs" and (is_named or query.order.column.id in LOG_FIELDS)


async def add_signals(
    session: Session, rows: tuple[Resource, ...], progress: Callable[[], None]
) -> tuple[Resource, ...]:
    """Return the rows with step, loss, expected end and stalled of the running jobs.

    How many logs could not be read is said on stderr.
    """
    from matui.cli.findings import new_signal_store
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.ends import read_tails

    cloud = session.cloud
    if not isinstance(cloud, TailsLogs):
        return rows
    store = new_signal_store(session.settings)
    found, unread = await read_tails(cloud, rows, store, session.cloud_clock, progress)
    if unread:
        note(f"The logs of {pluralize(unread, 'running job')} were not read.")
    return tuple(found)
