"""Requests a log page again while its cursors, text and number of lines contradict each other. Pure."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.cursor_order import CursorOrder
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compute_fingerprint,
    contradicts_count,
    lacks_lines,
    lacks_text,
    normalize_page,
    observe_lines,
    observe_order,
    split_content,
)

PageSteps: TypeAlias = Generator[PageRequest, LogPage, NormalizedPage]

CONSISTENT_TRIES = 3  # requests of a page whose cursors contradict its number of lines
_ORDER_LINES = 3


def request_page(base: str, quirks: ServerQuirks, *, older: bool, limit: int) -> PageSteps:
    """Return the page from ``base`` in the direction of reading, requested again as below."""
    request = PageRequest(base, older, limit)
    page = yield from request_consistent_page(request, quirks)
    return normalize_page(page, request, quirks, ())


def request_consistent_page(
    request: PageRequest, quirks: ServerQuirks, held: Sequence[str] = ()
) -> Generator[PageRequest, LogPage, LogPage]:
    """Return the page, requested up to three times while it contradicts itself.

    Its cursors or text may contradict its number of lines, or its cursors the order of its lines. A page
    whose lines never have a text becomes one without lines or cursors, which proves nothing.
    """
    page = yield request
    observe_order(page, request, quirks)
    if quirks.newest_first is None and _may_run_either_way(page, request, quirks):
        yield from _find_direction(page, request, quirks)
    for _ in range(CONSISTENT_TRIES - 1):
        is_unordered = _contradicts_order(page, request, quirks, held)
        if is_unordered and (ordered := (yield from _prove_order(page, quirks))) is not None:
            return ordered
        is_miscounted = contradicts_count(page, request.base, quirks)
        is_miscounted |= lacks_lines(page, request.base, quirks)
        if not is_unordered and not is_miscounted and not lacks_text(page):
            break
        page = yield request
        observe_lines(page, quirks)
    return LogPage("", "", "", 0) if lacks_text(page) else page


def _contradicts_order(
    page: LogPage, request: PageRequest, quirks: ServerQuirks, held: Sequence[str] = ()
) -> bool:
    """Return whether the cursors of several lines run against the order that this log's pages had so far.

    A cursor that repeats the base says nothing, but for the base line ``held[0]`` at the start of the page.
    """
    start, end = page.start.strip(), page.end.strip()
    if page.count == 1 or (request.base in (start, end) and (request.older or not held)):
        return False
    if request.base == end and compute_fingerprint(page.content.partition("\n")[0]) != held[0]:
        return False
    order = quirks.compare(start, end)
    return order == 1 if quirks.newest_first is not True else order == -1


def _may_run_either_way(page: LogPage, request: PageRequest, quirks: ServerQuirks) -> bool:
    """Return whether neither an order of cursors nor the base shows which end of a page is the near one."""
    cursors = {page.start.strip(), page.end.strip(), request.base}
    return (page.count or 0) > 1 and "" not in cursors and len(cursors) == 3 and not quirks.order.is_proved


def _find_direction(
    page: LogPage, request: PageRequest, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, None]:
    """Record whether the newest line of a page comes first: one line from its base is the near one."""
    near = request._replace(limit=1)
    cursor = normalize_page((yield near), near, quirks, ()).far_cursor
    quirks.newest_first = cursor == (page.start if request.older else page.end).strip()
    if quirks.newest_first:
        quirks.order = CursorOrder()  # what was observed until now had the wrong direction


def _prove_order(page: LogPage, quirks: ServerQuirks) -> Generator[PageRequest, LogPage, LogPage | None]:
    """Request the lines up to the later cursor: return ``page`` with its cursors in the order of its text.

    Return None where these lines do not decide.
    """
    start, end = page.start.strip(), page.end.strip()
    low, high = (end, start) if quirks.compare(start, end) == 1 else (start, end)
    prints = [
        compute_fingerprint(line) for line in split_content(page.content, page.count, quirks.separator).lines
    ]
    request = PageRequest(high, True, _ORDER_LINES)
    found = set(normalize_page((yield request), request, quirks, ()).fingerprints)
    is_oldest_first = found <= set(prints[-_ORDER_LINES - 1 :])
    if not found or is_oldest_first == (found <= set(prints[: _ORDER_LINES + 1])):
        return None
    quirks.newest_first = not is_oldest_first
    return replace(page, start=low, end=high) if is_oldest_first else replace(page, start=high, end=low)
