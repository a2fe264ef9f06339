"""``matui get`` over several profiles: fetched side by side, what worked is written, each failure told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from matui.base.errors import MatuiError, NotFoundError, RefusedError
from matui.base.sanitize import clean
from matui.cli.context import Options, Session, open_session
from matui.cli.get.output import DocumentSink, Order, Sink, TableSink, sink_for
from matui.cli.output import note
from matui.resources.filters import Filter
from matui.resources.kind import Kind
from matui.resources.model import Resource


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be listed of each profile, and how it is written."""

    kind: Kind
    ids: Sequence[str]
    output: str
    filter: Filter
    order: Order


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one profile and the words that named them; ``session`` is None where none can be opened."""

    name: str
    session: Session | None
    rows: tuple[Resource, ...] = ()
    total: int | None = 0
    fetched_at_ms: float = 0.0
    words: frozenset[str] = frozenset()
    error: MatuiError | None = None


async def get_from_all(options: Options, names: Sequence[str], wish: Wish, *, watch: bool) -> int:
    """Write what the profiles have, and return the exit status of the worst failure.

    Raises RefusedError where no cloud among them has the kind.
    """
    async with AsyncExitStack() as opened:
        sessions = await asyncio.gather(*(_open(opened, options, name) for name in names))
        parts = [part for part in sessions if part.error is not None or _has(part, wish.kind)]
        if not parts:
            raise RefusedError(f"None of the profiles has {wish.kind.id}.")
        if watch:
            return await _watch(parts, wish)
        parts = list(await asyncio.gather(*(_fetch(part, wish) for part in parts)))
        missing = _missing(parts, wish)
        sink = _sink(parts, names, wish)
        _tell(parts, missing)
        _write(parts, wish, sink)
        failures = [part.error for part in parts if part.error is not None]
        return max((error.exit_code for error in (*failures, *missing)), default=0)


async def _open(opened: AsyncExitStack, options: Options, name: str) -> Part:
    try:
        one = replace(options, profile=name, all_profiles=False)
        return Part(name, await opened.enter_async_context(open_session(one)))
    except MatuiError as error:
        return Part(name, None, error=error)


def _has(part: Part, kind: Kind) -> bool:
    return part.session is not None and kind.id in part.session.cloud.kinds


async def _fetch(part: Part, wish: Wish) -> Part:
    from matui.cli.resolve import find, lister
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
            cloud = lister(session, wish.kind)
            rows, total = await list_all(cloud, wish.kind.id, workspace=session.workspace)
    except MatuiError as error:
        return replace(part, error=error)
    return replace(part, rows=rows, total=total, words=words, fetched_at_ms=session.clock.now() * 1000)


def _missing(parts: Sequence[Part], wish: Wish) -> list[NotFoundError]:
    """Return an error for each id or name that no profile knows."""
    known = {word for part in parts for word in part.words}
    where = ", ".join(part.name for part in parts)
    return [
        NotFoundError(f"There is no {wish.kind.singular} {clean(word)} in any of the profiles {where}.")
        for word in dict.fromkeys(wish.ids)
        if word not in known
    ]


def _sink(parts: Sequence[Part], names: Sequence[str], wish: Wish) -> Sink:
    """Return the writer: tables tell the profile of each row, documents what failed."""
    sessions = [part.session for part in parts if part.session is not None]
    if wish.output in ("table", "wide"):
        return TableSink(wish.kind, wide=wish.output == "wide", several=True)
    if wish.output == "name" or not sessions:
        return sink_for("name", sessions, wish.kind)
    errors = [{"profile": part.name, "error": str(part.error)} for part in parts if part.error is not None]
    return DocumentSink(wish.output, sessions, wish.kind, profile=",".join(names), errors=errors)


def _tell(parts: Sequence[Part], missing: Sequence[MatuiError]) -> None:
    for part in parts:
        if part.error is not None:
            note(f"{part.name}: {part.error}")
    for error in missing:
        note(str(error))


def _write(parts: Sequence[Part], wish: Wish, sink: Sink) -> None:
    """Write everything that came, in one order; nothing where nothing did."""
    good = [part for part in parts if part.error is None]
    if not good:
        return
    fetched_at_ms = min(part.fetched_at_ms for part in good)
    rows = [row for part in good for row in part.rows]
    totals = [part.total for part in good if part.total is not None]
    total = sum(totals) if len(totals) == len(parts) else None
    sink.all(wish.order.apply(wish.filter.select(rows, fetched_at_ms)), fetched_at_ms, total)


async def _watch(parts: Sequence[Part], wish: Wish) -> int:
    from matui.cli.get.watch import watch_changes

    _tell(parts, ())
    sessions = [part.session for part in parts if part.session is not None]
    if not sessions:
        return max(part.error.exit_code for part in parts if part.error is not None)
    sink = _sink(parts, [part.name for part in parts], wish)
    await watch_changes(sessions, wish.kind, wish.ids, wish.filter, wish.order, sink)
    return 0
