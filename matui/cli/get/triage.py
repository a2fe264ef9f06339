"""``matui get triage``: judges the rows of every kind, ranks them, and fetches why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from matui.base.concurrency import gather_limited
from matui.base.errors import MatuiError
from matui.cli.get.times import read_journal, read_times
from matui.cli.output import note
from matui.live.triage.evidence import Evidence, ListHealth
from matui.live.triage.fetch_why import MOST_REQUESTS, fetch_why
from matui.live.triage.health import judge_lists
from matui.live.triage.item import Thresholds, TriageItem
from matui.live.triage.ranking import (
    acknowledge,
    explain,
    find_items,
    rank,
    to_row,
    valid_acknowledgements,
)
from matui.live.triage.state_times import StateTimes
from matui.live.triage.stays import measure_stays

if TYPE_CHECKING:
    from matui.cli.session import Session
    from matui.resources.model import Resource

_MOST_WHYS = 40
_WHYS_AT_ONCE = 4


async def find_trouble(
    session: Session,
    rows: Sequence[Resource],
    failed: Sequence[tuple[str, MatuiError]],
    answered: Callable[[], None],
) -> tuple[Resource, ...]:
    """Return the rows of triage of a profile, ranked; ``failed`` are the kinds that could not be listed.

    Reasons are fetched for the first rows, within half of the request budget; ``answered`` is called after
    each.
    """
    now_ms = session.clock.now() * 1000
    times = StateTimes()
    steps, seen = await read_journal(session)
    times.load(steps)
    evidence = Evidence(now_ms, Thresholds(**dict(session.settings.triage)), measure_stays(steps))
    cloud = session.cloud
    healths = [ListHealth(cloud.profile, kind, cloud.name, None, error) for kind, error in failed]
    await read_times(session, times, [item.resource for item in find_items(rows, evidence)])
    timed = [times.add_to(row, at_least=True) for row in rows]
    found = [*find_items(timed, evidence), *judge_lists(healths, evidence)]
    items = rank(acknowledge(item, valid_acknowledgements(item, seen, times)) for item in found)
    if not items:
        count = len(rows)
        note(f"all quiet · {count:,} resource{'' if count == 1 else 's'} of {cloud.profile}")
    explained = await _explain(session, items[:_MOST_WHYS], answered)
    return tuple(to_row(item) for item in (*explained, *items[_MOST_WHYS:]))


async def _explain(
    session: Session, items: Sequence[TriageItem], answered: Callable[[], None]
) -> list[TriageItem]:
    async def ask(item: TriageItem) -> TriageItem:
        why = item.trouble.why
        budget = session.cloud.budget()
        if (why is not None and why.source != "matui") or 2 * (budget.used + MOST_REQUESTS) > budget.limit:
            return item
        try:
            found = await fetch_why(
                session.cloud,
                item.resource,
                clock=session.clock,
                new_parser=lambda: session.settings.logs.new_time_parser(item.resource.created_at),
            )
        except MatuiError:
            return item
        answered()
        return explain(item, found)

    return await gather_limited(ask, items, _WHYS_AT_ONCE)
