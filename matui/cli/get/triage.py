"""``matui get triage``: evaluates the rows of every kind, ranks them, and fetches why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from matui.base.calls.gather import gather_limited
from matui.base.errors import MatuiError
from matui.base.text.formatting import pluralize
from matui.cli.get.times import read_journal, read_times
from matui.cli.output.streams import note
from matui.cli.signals.jobs import add_signals
from matui.clouds.protocols import compute_clock_correction_ms
from matui.live.signals.facts import MOST_JOBS
from matui.live.triage.fetch_usage import (
    collect_sold_out_flavors,
    count_usage_requests,
    fetch_usage,
    iterate_detail_rows,
    iterate_flavor_rows,
    iterate_quotas,
    iterate_usage_rows,
    pack_usage,
)
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.health import evaluate_lists, evaluate_quotas, judge_one
from matui.live.triage.item import Evidence, ListHealth, Thresholds, TriageItem, Usage
from matui.live.triage.ranking import (
    acknowledge,
    add_reason,
    find_items,
    mark_pending,
    rank,
    select_valid_acknowledgements,
    to_row,
    wants_reason,
)
from matui.live.triage.reasons import count_usual_requests
from matui.live.triage.state_times import StateTimes, measure_stays
from matui.resources.kinds.triage import WHY_SOUGHT
from matui.resources.model import Phase, ResourceKey

if TYPE_CHECKING:
    from matui.cli.context.session import Session
    from matui.live.triage.item import Acknowledgement
    from matui.resources.model import Resource

_MOST_WHYS = 40
_WHYS_AT_ONCE = 4
_REQUESTS_A_LOG = 3
_MOST_NAMES = 5


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
    evidence, times, seen = await _read_evidence(session, rows)
    cloud = session.cloud
    rows = await _read_log_ends(session, rows, answered)
    usages = await _read_usages(session, rows)
    evidence = replace(evidence, usages=usages, sold_out=collect_sold_out_flavors(usages))
    healths = [ListHealth(cloud.profile, kind, cloud.name, None, error) for kind, error in failed]
    await read_times(session, times, [item.resource for item in find_items(rows, evidence)])
    timed = [times.add_to(row, at_least=True) for row in rows]
    found = [
        *find_items(timed, evidence),
        *evaluate_lists(healths, evidence),
        *evaluate_quotas(iterate_quotas(evidence.usages), evidence),
    ]
    items = rank(acknowledge(item, select_valid_acknowledgements(item, seen, times)) for item in found)
    if not items:
        many = f"{pluralize(len(rows), 'resource')} of {cloud.profile}"
        unread = ", ".join(kind for kind, _error in failed)
        note(f"nothing wrong in {many} · not read: {unread}" if unread else f"all quiet · {many}")
    explained = await _explain(session, items[:_MOST_WHYS], answered)
    return tuple(to_row(item) for item in (*explained, *map(mark_pending, items[_MOST_WHYS:])))


async def judge_resource(session: Session, resource: Resource) -> Resource:
    """Return a resource with the facts that triage shows of it; unchanged where nothing is wrong with it."""
    evidence, times, _seen = await _read_evidence(session, (resource,))
    (row,) = await _read_log_ends(session, (resource,), lambda: None)
    await read_times(session, times, [item.resource for item in find_items((row,), evidence)])
    return await judge_one(session.cloud, times.add_to(row, at_least=True), evidence)


async def _read_evidence(
    session: Session, rows: Sequence[Resource]
) -> tuple[Evidence, StateTimes, Mapping[ResourceKey, tuple[Acknowledgement, str]]]:
    """Return what the journal knows: the evidence of the rules, times of states, and acknowledgements."""
    now_ms = session.clock.now() * 1000
    times = StateTimes()
    steps, seen = await read_journal(session)
    times.load(steps)
    corrections = times.clock_corrections
    corrections[session.cloud.profile] = compute_clock_correction_ms(session.cloud)
    times.refuse_future(rows, now_ms)
    evidence = Evidence(now_ms, Thresholds(**dict(session.settings.triage)), measure_stays(steps))
    return replace(evidence, clock_corrections=corrections), times, seen


async def _read_log_ends(
    session: Session, rows: Sequence[Resource], answered: Callable[[], None]
) -> Sequence[Resource]:
    """Return the rows with what the ends of the logs of running jobs say, within half of the budget.

    How many were not read is said on stderr.
    """
    running = [row for row in rows if row.kind == "jobs" and row.phase is Phase.RUNNING]
    if not running or not session.settings.logs.look_in_background:
        return rows
    budget = session.cloud.get_budget()
    most = max(0, budget.limit // 2 - budget.used) // _REQUESTS_A_LOG
    chosen = running[: min(most, MOST_JOBS)]
    if left := len(running) - len(chosen):
        note(
            f"Whether {left} running job{' is' if left == 1 else 's are'} silent is not known: too many logs."
        )
    found = await add_signals(session, tuple(chosen), answered)
    known = {row.key: row for row in found}
    return [known.get(row.key, row) for row in rows]


async def _read_usages(session: Session, rows: Sequence[Resource]) -> dict[ResourceKey, Usage]:
    """Return what is in use of quotas and pools, and what flavors lack; stderr names what cannot be read."""
    found: dict[ResourceKey, Usage] = {}
    unread: dict[str, list[str]] = {}

    async def read(row: Resource) -> None:
        budget = session.cloud.get_budget()
        if 2 * (budget.used + count_usage_requests(row)) > budget.limit:
            unread.setdefault("Half of the request budget is used.", []).append(row.name)
            return
        try:
            found[row.key] = await fetch_usage(session.cloud, row)
        except MatuiError as error:
            unread.setdefault(error.sentence, []).append(row.name)
            return
        if session.journal is not None:
            session.journal.opened.note_usage(row, pack_usage(found[row.key]))

    workspaces = [row for row in rows if row.kind == "workspaces"]
    pools = [row for row in rows if row.kind == "pools"]
    wanted = [
        *iterate_flavor_rows(session.cloud, rows),
        *iterate_usage_rows(session.cloud, workspaces, pools),
    ]
    await gather_limited(read, wanted, _WHYS_AT_ONCE)
    sold_out = collect_sold_out_flavors(found).get(session.cloud.profile, frozenset())
    await gather_limited(read, list(iterate_detail_rows(session.cloud, rows, sold_out)), _WHYS_AT_ONCE)
    for reason, names in unread.items():
        more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
        note(f"Whether {', '.join(names[:_MOST_NAMES])}{more} is full or sold out is not known: {reason}")
    return found


async def _explain(
    session: Session, items: Sequence[TriageItem], answered: Callable[[], None]
) -> list[TriageItem]:
    logs = session.settings.logs
    rules = logs.compile_error_rules()
    lacking = [item.resource for item in items if wants_reason(item.trouble.why)]
    is_brief = not _may_send(session, sum(map(count_usual_requests, lacking)))
    unread: list[TriageItem] = []

    async def ask(item: TriageItem) -> TriageItem:
        if not wants_reason(item.trouble.why):
            return item
        if not _may_send(session, count_usual_requests(item.resource, is_brief=is_brief)):
            unread.append(item)
            return mark_pending(item)
        try:
            found = await fetch_why(
                session.cloud,
                item.resource,
                clock=session.cloud_clock,
                new_parser=lambda: logs.build_time_parser(item.resource.created_at),
                rules=rules,
                is_brief=is_brief,
            )
        except MatuiError:
            unread.append(item)
            return mark_pending(item)
        answered()
        if found is None and item.trouble.why is None:
            facts = {**item.resource.facts, WHY_SOUGHT: True}
            return item._replace(resource=replace(item.resource, facts=facts))
        if found is not None and session.journal is not None:
            session.journal.opened.note_reason(item.resource, found.text, found.source)
        return add_reason(item, found)

    explained = await gather_limited(ask, items, _WHYS_AT_ONCE)
    if unread:
        which = "The reason of 1 row was" if len(unread) == 1 else f"The reasons of {len(unread)} rows were"
        note(f"{which} not read: half of the request budget is used, or the cloud did not answer.")
    return explained


def _may_send(session: Session, requests: int) -> bool:
    """Return whether so many more requests are within half of the budget."""
    budget = session.cloud.get_budget()
    return 2 * (budget.used + requests) <= budget.limit
