"""``matui get`` over several profiles: fetch them concurrently, write the rows, report each failure."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, NamedTuple

from matui.base.errors import MatuiError, NotFoundError, RefusedError, UsageError
from matui.base.text.sanitize import clean
from matui.cli.context.resolve import strip_kind
from matui.cli.context.session import Session, open_session
from matui.cli.get.fetching import DEFAULT_READ_TIMEOUT_S, TimeLimit, WaitNotice, fetch
from matui.cli.get.output import Sink, build_sink
from matui.cli.get.query import ListQuery
from matui.cli.options import Options
from matui.cli.output.streams import note
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.config.settings import Profile

_STREAMED = ("jsonl", "name")  # formats whose lines need no other profile


class ProfileResult(NamedTuple):
    """The rows of one profile and the words that matched; ``session`` is None where opening failed.

    ``error`` is why there are no rows; ``kind_errors`` are those of single kinds.
    """

    name: str
    session: Session | None
    rows: tuple[Resource, ...] = ()
    total: int | None = 0
    fetched_at_ms: float = 0.0
    words: frozenset[str] = frozenset()
    error: MatuiError | None = None
    kind_errors: tuple[MatuiError, ...] = ()
    has_kind: bool = True

    @property
    def errors(self) -> tuple[MatuiError, ...]:
        """Every error of the profile."""
        return self.kind_errors if self.error is None else (self.error, *self.kind_errors)


async def get_from_all(options: Options, names: Sequence[str], query: ListQuery, *, watch: bool) -> int:
    """Write the rows of the profiles and return the exit code of the worst failure.

    A profile that does not answer in time is left out and reported. ``jsonl`` and ``name`` are written one
    profile at a time, other formats once. Raises RefusedError where no cloud among them has the kind.
    """
    async with AsyncExitStack() as opened:
        if watch:
            return await _watch(opened, options, names, query)
        notice = WaitNotice(query.kind)
        write = _write_one if query.output in _STREAMED else None
        async with notice.report_while():
            results = await asyncio.gather(
                *(_get_one(opened, options, name, query, notice, write) for name in names)
            )
        listed = _check_kind(results, query)
        missing = _find_missing(listed, query)
        if write is None:
            _report_errors(listed)
            _write(listed, query)
        for error in missing:
            note(str(error))
        failures = [error for result in listed for error in result.errors]
        return max((error.exit_code for error in (*failures, *missing)), default=0)


async def _get_one(
    opened: AsyncExitStack,
    options: Options,
    name: str,
    query: ListQuery,
    notice: WaitNotice,
    write: Callable[[ProfileResult, ListQuery], None] | None,
) -> ProfileResult:
    notice.start(name)
    result = await _fetch_one(opened, options._replace(profile=name, all_profiles=False), name, query, notice)
    notice.finish(name)
    if write is not None:
        try:
            write(result, query)
        except UsageError as error:  # this cloud's rows lack a field of the filter
            note(f"{name}: {error}")
            return result._replace(error=error)
    return result


async def _fetch_one(
    opened: AsyncExitStack, options: Options, name: str, query: ListQuery, notice: WaitNotice
) -> ProfileResult:
    session = None
    limit = TimeLimit(DEFAULT_READ_TIMEOUT_S)

    def use(profile: Profile) -> None:
        limit.use(profile)
        notice.sign_in(name, profile)

    try:
        async with limit.apply():
            session = await opened.enter_async_context(open_session(options, use, notes_waits=False))
            notice.start(name)
            if not query.list_kinds(session.cloud.kinds) or not _has_kind(session, query):
                return ProfileResult(name, session, has_kind=False)
            fetched = await fetch(session, query, limit=limit, notice=notice)
    except MatuiError as error:
        return ProfileResult(name, session, error=error)
    return ProfileResult(
        name,
        session,
        fetched.rows,
        fetched.total,
        session.clock.now() * 1000,
        frozenset(fetched.found.by_word) if fetched.found is not None else frozenset(),
        kind_errors=fetched.errors,
    )


def _has_kind(session: Session, query: ListQuery) -> bool:
    return query.has_several_kinds or query.kind.id in session.cloud.kinds


def _check_kind(results: Sequence[ProfileResult], query: ListQuery) -> list[ProfileResult]:
    """Return the results of clouds that have the kind. Raises RefusedError where none has."""
    listed = [result for result in results if result.has_kind]
    if not listed:
        raise RefusedError(
            f"None of the profiles has {query.kind.id}.",
            remedy="Name another kind, or other profiles with -p.",
        )
    return listed


def _find_missing(results: Sequence[ProfileResult], query: ListQuery) -> list[NotFoundError]:
    """Return an error for each id or name that no profile knows."""
    known = {word for result in results for word in result.words}
    where = ", ".join(result.name for result in results)
    return [
        NotFoundError(
            f"There is no {query.kind.singular} {clean(strip_kind(query.kind, word))}"
            f" in any of the profiles {where}.",
            remedy="List those there are: the same command without an ID.",
        )
        for word in dict.fromkeys(query.ids)
        if word not in known
    ]


def _report_errors(results: Sequence[ProfileResult]) -> None:
    for result in results:
        for error in result.errors:
            note(f"{result.name}: {error}")


def _write_one(result: ProfileResult, query: ListQuery) -> None:
    """Write the rows or the error of one profile."""
    _report_errors([result])
    if result.error is None and result.session is not None:
        shown = query.select(result.rows, result.fetched_at_ms, [result.session])
        sink = build_sink(query, [result.session])
        sink.write_all(shown, result.fetched_at_ms, result.total, came=len(result.rows))


def _write(results: Sequence[ProfileResult], query: ListQuery) -> None:
    """Write the rows of the profiles that succeeded as one sorted list, nothing where none did."""
    good = [result for result in results if result.error is None]
    if good:
        fetched_at_ms = min(result.fetched_at_ms for result in good)
        rows = [row for result in good for row in result.rows]
        totals = [result.total for result in good if result.total is not None]
        total = sum(totals) if len(totals) == len(results) else None
        sessions = [result.session for result in good if result.session is not None]
        shown = query.select(rows, fetched_at_ms, sessions)
        _build_sink(results, query).write_all(shown, fetched_at_ms, total, came=len(rows))


def _build_sink(results: Sequence[ProfileResult], query: ListQuery) -> Sink:
    """Return the writer: tables show the profile of each row, documents list the errors."""
    sessions = [result.session for result in results if result.session is not None]
    errors = [{"profile": one.name, "error": str(error)} for one in results for error in one.errors]
    profiles = ",".join(one.name for one in results)
    return build_sink(query, sessions, profile=profiles, errors=errors)


async def _watch(opened: AsyncExitStack, options: Options, names: Sequence[str], query: ListQuery) -> int:
    from matui.cli.get.watch import watch_changes

    results = _check_kind(await asyncio.gather(*(_open(opened, options, n, query) for n in names)), query)
    _report_errors(results)
    sessions = [result.session for result in results if result.session is not None]
    if not sessions:
        return max(error.exit_code for result in results for error in result.errors)
    sink = _build_sink(results, query)
    await watch_changes(sessions, query.kind, query.ids, query.filter, query.order, sink)
    return 0


async def _open(opened: AsyncExitStack, options: Options, name: str, query: ListQuery) -> ProfileResult:
    try:
        one = options._replace(profile=name, all_profiles=False)
        session = await opened.enter_async_context(open_session(one))
    except MatuiError as error:
        return ProfileResult(name, None, error=error)
    return ProfileResult(name, session, has_kind=query.kind.id in session.cloud.kinds)
