"""``matui get`` over several profiles: fetch them concurrently, write the rows, report each failure."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from matui.base.errors import MatuiError, NotFoundError, RefusedError
from matui.base.sanitize import clean
from matui.cli.get.order import Order
from matui.cli.get.output import DocumentSink, Sink, TableSink, build_sink
from matui.cli.options import Options
from matui.cli.output import note
from matui.cli.session import Session, open_session
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What to list of each profile, and in which format and order."""

    kind: Kind
    ids: Sequence[str]
    output: str
    filter: Filter
    order: Order


@dataclass(frozen=True, slots=True)
class ProfileResult:
    """The rows of one profile and the words that matched; ``session`` is None where opening failed."""

    name: str
    session: Session | None
    rows: tuple[Resource, ...] = ()
    total: int | None = 0
    fetched_at_ms: float = 0.0
    words: frozenset[str] = frozenset()
    error: MatuiError | None = None


async def get_from_all(options: Options, names: Sequence[str], wish: ListQuery, *, watch: bool) -> int:
    """Write the rows of the profiles and return the exit code of the worst failure.

    Raises RefusedError where no cloud among them has the kind.
    """
    async with AsyncExitStack() as opened:
        sessions = await asyncio.gather(*(_open(opened, options, name) for name in names))
        parts = [part for part in sessions if part.error is not None or _has_kind(part, wish.kind)]
        if not parts:
            raise RefusedError(f"None of the profiles has {wish.kind.id}.")
        if watch:
            return await _watch(parts, wish)
        parts = list(await asyncio.gather(*(_fetch(part, wish) for part in parts)))
        missing = _find_missing(parts, wish)
        sink = _build_sink(parts, names, wish)
        _report_errors(parts, missing)
        _write(parts, wish, sink)
        failures = [part.error for part in parts if part.error is not None]
        return max((error.exit_code for error in (*failures, *missing)), default=0)


async def _open(opened: AsyncExitStack, options: Options, name: str) -> ProfileResult:
    try:
        one = replace(options, profile=name, all_profiles=False)
        return ProfileResult(name, await opened.enter_async_context(open_session(one)))
    except MatuiError as error:
        return ProfileResult(name, None, error=error)


def _has_kind(part: ProfileResult, kind: Kind) -> bool:
    return part.session is not None and kind.id in part.session.cloud.kinds


async def _fetch(part: ProfileResult, wish: ListQuery) -> ProfileResult:
    from matui.cli.resolve import find, require_lister
    from matui.live.poll.list_all import list_all

    session = part.session
    if session is None:
        return part
    try:
        if wish.ids:
            found = await find(session, wish.kind, wish.ids)
            rows, words = found.resources, frozenset(found.by_word)
            total: int | None = len(rows)
        else:
            words = frozenset()
            cloud = require_lister(session, wish.kind)
            rows, total = await list_all(cloud, wish.kind.id, workspace=session.workspace)
    except MatuiError as error:
        return replace(part, error=error)
    return replace(part, rows=rows, total=total, words=words, fetched_at_ms=session.clock.now() * 1000)


def _find_missing(parts: Sequence[ProfileResult], wish: ListQuery) -> list[NotFoundError]:
    """Return an error for each id or name that no profile knows."""
    known = {word for part in parts for word in part.words}
    where = ", ".join(part.name for part in parts)
    return [
        NotFoundError(f"There is no {wish.kind.singular} {clean(word)} in any of the profiles {where}.")
        for word in dict.fromkeys(wish.ids)
        if word not in known
    ]


def _build_sink(parts: Sequence[ProfileResult], names: Sequence[str], wish: ListQuery) -> Sink:
    """Return the writer: tables show the profile of each row, documents list the errors."""
    sessions = [part.session for part in parts if part.session is not None]
    if wish.output in ("table", "wide"):
        return TableSink(wish.kind, wide=wish.output == "wide", several=True)
    if wish.output == "name" or not sessions:
        return build_sink("name", sessions, wish.kind)
    errors = [{"profile": part.name, "error": str(part.error)} for part in parts if part.error is not None]
    return DocumentSink(wish.output, sessions, wish.kind, profile=",".join(names), errors=errors)


def _report_errors(parts: Sequence[ProfileResult], missing: Sequence[MatuiError]) -> None:
    for part in parts:
        if part.error is not None:
            note(f"{part.name}: {part.error}")
    for error in missing:
        note(str(error))


def _write(parts: Sequence[ProfileResult], wish: ListQuery, sink: Sink) -> None:
    """Write the rows of the profiles that succeeded as one sorted list."""
    good = [part for part in parts if part.error is None]
    if not good:
        return
    fetched_at_ms = min(part.fetched_at_ms for part in good)
    rows = [row for part in good for row in part.rows]
    totals = [part.total for part in good if part.total is not None]
    total = sum(totals) if len(totals) == len(parts) else None
    sink.all(wish.order.apply(wish.filter.select(rows, fetched_at_ms)), fetched_at_ms, total)


async def _watch(parts: Sequence[ProfileResult], wish: ListQuery) -> int:
    from matui.cli.get.watch import watch_changes

    _report_errors(parts, ())
    sessions = [part.session for part in parts if part.session is not None]
    if not sessions:
        return max(part.error.exit_code for part in parts if part.error is not None)
    sink = _build_sink(parts, [part.name for part in parts], wish)
    await watch_changes(sessions, wish.kind, wish.ids, wish.filter, wish.order, sink)
    return 0
