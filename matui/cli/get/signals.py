"""What the logs of running jobs say, for a filter or an order that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matui.cli.output import note

if TYPE_CHECKING:
    from matui.cli.get.query import ListQuery
    from matui.cli.session import Session
    from matui.resources.model import Resource

_FIELDS = frozenset({"step", "loss", "eta", "stalled"})


def asks_for_signals(query: ListQuery) -> bool:
    """Return whether a query of jobs filters or sorts by what only their logs say."""
    is_named = query.filter is not None and query.filter.names_any(_FIELDS)
    return query.kind.id == "jobs" and (is_named or query.order.column.id in _FIELDS)


async def add_signals(
    session: Session, rows: tuple[Resource, ...], progress: Callable[[], None]
) -> tuple[Resource, ...]:
    """Return the rows with step, loss, expected end and stalled of the running jobs.

    How many logs could not be read is said on stderr.
    """
    from matui.base.regex import compile_user_regex
    from matui.clouds.protocols import TailsLogs
    from matui.live.signals.store import SignalStore
    from matui.live.signals.tails import read_tails
    from matui.signals.findings import FindingLimits
    from matui.signals.reader import OwnSignal

    cloud, settings = session.cloud, session.settings
    if not isinstance(cloud, TailsLogs):
        return rows
    own = [OwnSignal(rule.name, compile_user_regex(rule.regex)) for rule in settings.signals]
    limits = FindingLimits(settings.triage.silent_minutes)
    store = SignalStore(settings.logs.new_time_parser, own, limits=limits)
    found, unread = await read_tails(cloud, rows, store, session.clock, progress)
    if unread:
        note(f"The logs of {unread} running job{'' if unread == 1 else 's'} were not read.")
    return tuple(found)
