"""Fetch the rows of a profile for ``matui get`` within a time limit, and report the wait on stderr."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from copy import copy
from typing import TYPE_CHECKING, NamedTuple

from matui.base.calls.gather import gather_limited
from matui.base.errors import CloudError, MatuiError, NotFoundError, TimedOutError, UnreachableError
from matui.base.late_imports import postpone
from matui.base.process import measure_seconds_since_start
from matui.cli.context.journal import record_found, record_list
from matui.cli.context.resolve import Found, find_resources, require_lister
from matui.cli.context.session import Session, retry_unreadable
from matui.cli.get.output import load_writer
from matui.cli.get.query import ListQuery
from matui.cli.output.streams import note
from matui.live.poll.list_all import find_incompleteness, list_all
from matui.resources.filter_fields import JOURNAL_FIELDS, READ_FIELDS
from matui.resources.kind import Kind
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Resource
from matui.resources.registry import KINDS

if TYPE_CHECKING:
    from matui.clouds.protocols import BudgetState
    from matui.config.settings import Profile

_FIRST_NOTICE_S = 3.0
_NEXT_NOTICE_S = 10.0
DEFAULT_READ_TIMEOUT_S = 20.0  # until the profile is known
_READ_TIMEOUTS = 3
_REPORT_S = 0.2  # of the limit, 1/50 of it at most
_KINDS_AT_ONCE = 4
_LIST_LIMITS = 10
_BUDGET_CHECK_S = 0.5


class Fetched(NamedTuple):
    """Rows with the total that the cloud counts, None where unknown.

    ``found`` is set where ids were given; ``errors`` are those of kinds that could not be listed.
    """

    rows: tuple[Resource, ...]
    total: int | None
    found: Found | None = None
    errors: tuple[MatuiError, ...] = ()


class TimeLimit:
    """The time by which a profile has to answer: three read timeouts after the last page, retries included.

    Before the first page it counts from the start of the process and ends a little earlier, for the report.
    Of a start that takes long, on a busy machine, one read timeout counts, so that requests can be answered.
    Time in which the request budget holds requests back does not count. A whole list has ten times as long.
    """

    def __init__(self, read_timeout_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._seconds = _READ_TIMEOUTS * read_timeout_s
        self._made_at = self._loop.time()
        self._start_took_s = measure_seconds_since_start()
        self._held_s = 0.0
        self._timeout: asyncio.Timeout | None = None
        self._programs: tuple[str, ...] = ()

    @asynccontextmanager
    async def apply(self) -> AsyncIterator[asyncio.Timeout]:
        """Run the block within the limit.

        When it has passed, raises the error of the last try, or TimedOutError where no try has ended.
        """
        try:
            async with asyncio.timeout_at(self._end_without_pages()) as self._timeout:
                yield self._timeout
        except TimeoutError as passed:
            raise _find_last_failure(passed) or self._describe() from None

    def use(self, profile: Profile) -> None:
        """Replace the limit by that of the profile, whose settings are known now."""
        self._seconds = _READ_TIMEOUTS * profile.read_timeout
        self._programs = profile.programs
        self._move(self._end_without_pages())

    def await_cloud(self) -> None:
        """Await the cloud from now on: the commands that print the secrets of the profile have ended."""
        self._programs = ()

    def extend(self) -> None:
        """Move the limit after a page: a long list that is answered may take longer."""
        self._move(self._loop.time() + self._seconds)

    @asynccontextmanager
    async def pause_while_over_budget(self, budget: Callable[[], BudgetState]) -> AsyncIterator[None]:
        """Stop the time, while the block runs, as long as no request may be sent."""
        watching = asyncio.ensure_future(self._watch(budget))
        try:
            yield
        finally:
            watching.cancel()

    def _describe(self) -> TimedOutError:
        limit = "To wait longer, raise read_timeout of the profile; the limit is 3 times it."
        if self._programs:
            return TimedOutError(
                f"The command {' and '.join(self._programs)} did not end within {self._seconds:g} s.",
                remedy=f"Run it by hand to see why. {limit}",
            )
        return TimedOutError(
            f"There was no answer within {self._seconds:g} s, retries included.", remedy=limit
        )

    async def _watch(self, budget: Callable[[], BudgetState]) -> None:
        now = self._loop.time()
        while True:
            await asyncio.sleep(_BUDGET_CHECK_S)
            before, now = now, self._loop.time()
            if budget().holds_polls and self._timeout is not None:
                self._held_s += now - before
                self._move((self._timeout.when() or before) + now - before)

    @property
    def _started(self) -> float:
        return self._made_at - min(self._start_took_s, self._seconds / _READ_TIMEOUTS)

    def _end_without_pages(self) -> float:
        return self._started + self._seconds - min(_REPORT_S, self._seconds / 50)

    def _move(self, when: float) -> None:
        if self._timeout is not None and not self._timeout.expired():
            end = self._started + _LIST_LIMITS * self._seconds + self._held_s
            self._timeout.reschedule(min(when, end))


def _find_last_failure(error: BaseException) -> MatuiError | None:
    """Return the nearest error of a request among the causes of an exception."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, CloudError | UnreachableError):
        cause = cause.__cause__ or cause.__context__
    return cause


class WaitNotice:
    """Reports on stderr which profiles are still awaited, after three seconds and then every ten."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._awaited: dict[str, str] = {}

    def start(self, profile: str) -> None:
        """Await a profile."""
        self._awaited[profile] = profile

    def sign_in(self, awaited: str, profile: Profile) -> None:
        """Name the commands that print the secrets of a profile: they run before its first request."""
        if profile.programs:
            self._awaited[awaited] = f"the command {' and '.join(profile.programs)} of {profile.name}"

    def report_progress(self, profile: str, count: int, total: int | None) -> None:
        """Set how many rows of a profile have been read."""
        of = f" of {total:,}" if total is not None else ""
        self._awaited[profile] = f"{profile} ({count:,}{of} {self._kind.id})"

    def finish(self, profile: str) -> None:
        """Await a profile no longer."""
        self._awaited.pop(profile, None)

    @asynccontextmanager
    async def report_while(self) -> AsyncIterator[None]:
        """Report while the block runs."""
        reporting = asyncio.ensure_future(self._report())
        try:
            yield
        finally:
            reporting.cancel()

    async def _report(self) -> None:
        wait_s = max(0.0, _FIRST_NOTICE_S - measure_seconds_since_start())
        while True:
            await asyncio.sleep(wait_s)
            if self._awaited:
                note(f"Waiting for {', '.join(self._awaited.values())}; ctrl+c cancels.")
            wait_s = _NEXT_NOTICE_S


async def fetch(session: Session, query: ListQuery, *, limit: TimeLimit, notice: WaitNotice) -> Fetched:
    """Return the rows that a query asks of a profile; ``limit`` has to be applied by the caller.

    Raises the error of the only kind, or of the first where every kind failed.
    """
    limit.await_cloud()
    async with limit.pause_while_over_budget(session.cloud.get_budget):
        return await _fetch(session, query, limit, notice)


async def _fetch(session: Session, query: ListQuery, limit: TimeLimit, notice: WaitNotice) -> Fetched:
    name = session.profile.name
    postpone(lambda: load_writer(query.output))

    def report(count: int, total: int | None) -> None:
        notice.report_progress(name, count, total)
        limit.extend()

    if query.ids:
        asked_at = session.clock.now()
        found = await find_resources(session, query.kind, query.ids)
        record_found(session, found.resources, asked_at)
        return Fetched(found.resources, len(found.resources), found)
    if not query.has_several_kinds:
        cloud, workspace = require_lister(session, query.kind), session.workspace
        asked_at = session.clock.now()
        rows, total = await retry_unreadable(
            session, lambda: list_all(cloud, query.kind.id, workspace=workspace, on_page=report)
        )
        if query.asks_for_signals:
            from matui.cli.signals.jobs import add_signals

            rows = await add_signals(session, rows, limit.extend)
        record_list(session, query.kind.id, rows, total, asked_at)
        incomplete = find_incompleteness(query.kind.id, rows, total)
        rows, unknown = await _check_filter(session, query, rows)
        return Fetched(rows, total, errors=unknown if incomplete is None else (incomplete, *unknown))
    return await _fetch_kinds(session, query, limit)


async def _check_filter(
    session: Session, query: ListQuery, rows: tuple[Resource, ...]
) -> tuple[tuple[Resource, ...], tuple[MatuiError, ...]]:
    """Return the rows with their times, where the filter asks for them, and what is not known for it.

    Those of triage have their times.
    """
    if query.filter is None or not query.filter.names_any(READ_FIELDS):
        return rows, ()
    from matui.cli.get.times import add_times, find_lack

    if query.kind.id != TRIAGE.id and query.filter.names_any(JOURNAL_FIELDS):
        rows = await add_times(session, query.filter, rows)
    lack = find_lack(query.filter, rows, session.cloud_clock.now() * 1000)
    return rows, () if lack is None else (lack,)


async def _fetch_kinds(session: Session, query: ListQuery, limit: TimeLimit) -> Fetched:
    def extend(_count: int, _total: int | None) -> None:
        limit.extend()

    incomplete: list[MatuiError] = []

    async def list_kind(kind: Kind) -> tuple[Resource, ...] | MatuiError:
        asked_at = session.clock.now()
        try:
            cloud = require_lister(session, kind)
            rows, total = await retry_unreadable(
                session, lambda: list_all(cloud, kind.id, workspace=session.workspace, on_page=extend)
            )
        except MatuiError as error:
            return error
        record_list(session, kind.id, rows, total, asked_at)
        if (missing := find_incompleteness(kind.id, rows, total)) is not None:
            incomplete.append(missing)
        return rows

    kinds = query.list_kinds(session.cloud.kinds)
    _note_lacking(session, kinds)
    listed = await gather_limited(list_kind, kinds, _KINDS_AT_ONCE)
    failed = [(kind.id, one) for kind, one in zip(kinds, listed, strict=True) if isinstance(one, MatuiError)]
    if failed and len(failed) == len(listed):
        raise failed[0][1]
    errors = tuple(_name_list(kind_id, error) for kind_id, error in failed)
    rows = tuple(row for one in listed if not isinstance(one, MatuiError) for row in one)
    if query.kind.id == TRIAGE.id:
        from matui.cli.get.triage import find_trouble

        rows = await find_trouble(session, rows, failed, limit.extend)
    rows, unknown = await _check_filter(session, query, rows)
    errors = (*errors, *unknown)
    return Fetched(rows, len(rows), errors=(*errors, *incomplete))


def _note_lacking(session: Session, kinds: Sequence[Kind]) -> None:
    """State on stderr which kinds the cloud does not offer: nothing is known of them."""
    lacking = [kind_id for kind_id in KINDS if kind_id not in {kind.id for kind in kinds}]
    if lacking:
        note(f"Not offered to the profile {session.profile.name}: {', '.join(lacking)}.")


def _name_list(kind_id: str, error: MatuiError) -> MatuiError:
    """Return the error of a list with the name of the list.

    A list that does not exist has the sentence of a resource that does not exist: it gets one of its own.
    """
    named = copy(error)
    if isinstance(named, NotFoundError):
        named.sentence = "The cloud has no such list; the API or the region may not offer it."
        named.remedy = ""
    named.sentence = f"{kind_id}: {named.sentence}"
    return named
