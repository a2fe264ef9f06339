"""``matui get triage``: judges the rows of every kind, ranks them, and fetches why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from matui.base.concurrency import gather_limited
from matui.base.errors import MatuiError
from matui.live.triage.evidence import Evidence, ListHealth
from matui.live.triage.fetch_why import MOST_REQUESTS, fetch_why
from matui.live.triage.health import judge_lists
from matui.live.triage.item import Limits, TriageItem
from matui.live.triage.ranking import explain, find_items, rank, to_row

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
    evidence = Evidence(now_ms, Limits(**dict(session.settings.triage)))
    cloud = session.cloud
    healths = [ListHealth(cloud.profile, kind, cloud.name, None, error) for kind, error in failed]
    items = rank([*find_items(rows, evidence), *judge_lists(healths, evidence)])
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
