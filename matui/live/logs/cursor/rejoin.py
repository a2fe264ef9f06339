"""Joins the newest page of a log to the lines held, where the cursor leads no further. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import NamedTuple

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import JUMPED, Batch
from matui.live.logs.cursor.log_end import LogEnd, count_longest_match
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, compute_fingerprint
from matui.live.logs.page_store import PageRef

_MAX_FILLED_PAGES = 100  # pages read backwards from the newest one to the lines held


def join_newest_page(
    page: NormalizedPage, end: LogEnd, known: int, target: str, reason: str
) -> Generator[PageRequest, LogPage, list[Batch]]:
    """Return the lines after those held up to the last one of ``page``.

    The first ``known`` lines of ``page`` are held. ``target`` is the cursor of the newest line known.
    ``reason`` is the gap mark where the lines do not join.
    """
    is_unclear = 0 < known < len(page.lines) and _repeats_itself(page, end, known)
    if known and reason == JUMPED:
        is_unclear |= not (yield from end.verify_base_lines())
    lacks_base = end.beyond_base > 0 or end.is_base_gone
    is_unclear |= end.quirks.compare(page.far_cursor, target) == -1  # the log has started again
    is_unclear |= known == len(page.lines) and lacks_base  # the lines held are not those of the cursor
    if known:
        batches, joined = [Batch(page.lines[known:], build_newest_page_ref(page, known))], True
    else:
        between, joined = yield from _fill_back(page, end)
        batches = [*between, Batch(page.lines, build_newest_page_ref(page))]
    batches = [replace(batch, more=True) for batch in batches[:-1]] + batches[-1:]
    if not joined or is_unclear:
        batches[0] = replace(batches[0], gap=reason)
    return batches


def build_newest_page_ref(page: NormalizedPage, skip: int = 0) -> PageRef:
    """Return how to request the lines of a newest page again, but for the first ``skip``."""
    return PageRef(page.near_cursor, skip, head=page.lines[0])


def _repeats_itself(page: NormalizedPage, end: LogEnd, known: int) -> bool:
    """Return whether ``page`` may start elsewhere: fewer lines fit, or those that fit are there twice."""
    held, prints = tuple(end.held), page.fingerprints
    run = prints[:known][::-1]
    is_there_twice = any(held[at : at + known] == run for at in range(1, len(held) - known + 1))
    is_there_twice |= any(
        prints[at : at + known] == prints[:known] for at in range(1, len(prints) - known + 1)
    )
    sizes = range(1, min(known, len(held)))
    return is_there_twice or any(prints[:size] == held[:size][::-1] for size in sizes)


def count_known_lines(page: NormalizedPage, end: LogEnd) -> int:
    """Return how many lines of a newest page are certainly held, after ``end`` lost its position.

    Text decides only where it is distinctive: three lines that are not all alike.
    """
    order = end.quirks.compare(page.far_cursor, end.base)
    last = compute_fingerprint(page.lines[-1])
    if (order == 0 and end.held and last.startswith(end.held[0])) or (order == -1 and last in end.held):
        return len(page.lines)
    start = None if end.beyond_base else end.quirks.compare(page.near_cursor, end.base)
    if order == -1 or start == 1 or (start == 0 and end.quirks.between_lines):
        return 0
    prints = page.fingerprints
    if end.quirks.names_lines and page.far_cursor and end.base and order is None and not end.beyond_base:
        prints = prints[:-1]  # its cursor is another one: the last line is not held
    known = count_longest_match(prints, tuple(end.held))
    return known if known >= 3 and len({compute_fingerprint(line) for line in page.lines[:known]}) > 1 else 0


class _Join(NamedTuple):
    """The index of the first new line of a page, and whether it is certain."""

    first: int
    is_certain: bool = True


def _find_join(lines: Sequence[str], end: LogEnd, oldest: str) -> _Join | None:
    """Return where ``lines`` join those held, None where they do not reach so far back.

    ``lines`` are in the order of the log, ``oldest`` is the cursor of the first one. Text decides only where
    it is distinctive, or where the cursors agree.
    """
    prints, held = tuple(map(compute_fingerprint, lines)), tuple(end.held)
    order = None if end.beyond_base else end.quirks.compare(oldest, end.base)
    if order == 1:
        return None
    fits = [
        at
        for at in range(1, len(prints) + 1)
        if all(a == b for a, b in zip(prints[:at][::-1], held, strict=False))
    ]
    if order == 0:
        first = int(not end.quirks.between_lines)
        return _Join(first, is_certain=first == 0 or first in fits)
    if order == -1:  # the last line held is one of these
        return _Join(max(fits, default=0), is_certain=len(fits) == 1)
    if len(fits) != 1:
        return None
    size = min(fits[0], len(held))
    return _Join(fits[0]) if size >= 3 and len(set(held[:size])) > 1 else None


def _fill_back(
    page: NormalizedPage, end: LogEnd
) -> Generator[PageRequest, LogPage, tuple[list[Batch], bool]]:
    """Return the lines between those held and ``page`` in batches, and whether they join both."""
    back = LogEnd(end.quirks, older=True)
    back.place_at(NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor))
    batches: deque[Batch] = deque()
    for _ in range(_MAX_FILLED_PAGES):
        batch = (yield from back.step()) if back.base else Batch()
        if not batch.lines and back.base:
            batch = yield from back.step()
        if not batch.lines or batch.gap:
            break
        if (join := _find_join(batch.lines, end, back.base)) is not None:
            if join.first < len(batch.lines):
                batches.appendleft(replace(batch, lines=batch.lines[join.first :], more=False))
            return list(batches), join.is_certain
        batches.appendleft(replace(batch, more=False))
    return list(batches), False
