"""Requests the first and the newest page of a log, with the proof that their cursors are their own. Pure."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.consistent_page import CONSISTENT_TRIES, PageSteps, request_page
from matui.live.logs.cursor.cursor_order import CursorOrder
from matui.live.logs.cursor.log_end import LINES_ABOVE
from matui.live.logs.cursor.opening import OpeningPages
from matui.live.logs.cursor.page_layout import NormalizedPage, PageRequest, ServerQuirks
from matui.live.logs.cursor.page_proof import CursorSpan, find_places, prove_span


class FoundTop(NamedTuple):
    """The answer to the request of the newest line, and the first page.

    ``page`` is None where the cloud does not give the first line or it cannot be verified.
    """

    newest: NormalizedPage
    page: NormalizedPage | None


def find_top(quirks: ServerQuirks, opening: OpeningPages) -> Generator[PageRequest, LogPage, FoundTop]:
    """Request the newest line, the first page and the lines above it, of which there are to be none."""
    newest = yield from request_page("", quirks, older=False, limit=1)
    target = newest.far_cursor
    top = yield from request_end_page(quirks, older=True, limit=PAGE_LINES, target=target, opening=opening)
    if not quirks.gives_lines:
        return FoundTop(newest, top)
    is_after = quirks.compare(top.near_cursor, newest.far_cursor) == 1
    if not top.lines or not top.near_cursor or is_after or (newest.lines and not newest.far_cursor):
        return FoundTop(newest, None)
    above = yield from _request_above(top, quirks, opening)
    order = quirks.compare(top.far_cursor, newest.far_cursor)
    is_within = order is None and sum(map(top.lines.count, newest.lines[-1:])) == 1
    is_end = newest.lines and (order in (0, 1) or is_within)
    is_newest = above.lines == newest.lines and above.far_cursor in ("", newest.far_cursor)
    if is_end and (not above.lines or is_newest):
        # Perhaps the newest page, given instead of the first one and of the one above.
        if len(top.lines) >= PAGE_LINES and not above.lines:
            return FoundTop(newest, None)
        if len(top.lines) > 1 and not above.lines:
            is_proved = yield from _prove_top(top, newest, quirks)
            return FoundTop(newest, top if is_proved else None)
        above = yield from _request_above(top, quirks, opening)
    is_top = above.far_cursor == top.near_cursor and above.lines[-1:] == top.lines[:1]
    is_base = len(above.lines) == 1 or quirks.may_repeat_lines
    is_contradicted = above.lines and (not is_top or not is_base or len(above.lines) >= LINES_ABOVE)
    if len(above.lines) > 1 and not is_contradicted:  # lines that the cloud repeats, or a page given before
        is_contradicted = (yield from _request_above(top, quirks, opening)) != above
    return FoundTop(newest, None if is_contradicted else top)


def _request_above(top: NormalizedPage, quirks: ServerQuirks, opening: OpeningPages) -> PageSteps:
    """Return the lines above the first one of ``top``, observed where they are above it."""
    above = yield from request_page(top.near_cursor, quirks, older=True, limit=LINES_ABOVE)
    is_for_above = 0 < len(above.lines) <= LINES_ABOVE  # a longer page is another one, such as the newest
    if is_for_above and quirks.compare(above.far_cursor, top.near_cursor) != 1:
        opening.observe_above(above, top.near_cursor)
    return above


def _prove_top(
    top: NormalizedPage, newest: NormalizedPage, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, bool]:
    """Return whether the lines before the newest one, as many as the cloud gives, begin with ``top``.

    A page that may be longer than that has no line above it: empty pages alone would not show that. Where
    pages begin with their base, the page above is not empty, and this proves nothing.
    """
    base = newest.far_cursor or top.far_cursor
    page = yield from request_page(base, quirks, older=True, limit=PAGE_LINES)
    size = len(page.lines)
    is_part = page.lines == top.lines[:size][::-1] and page.far_cursor in ("", top.near_cursor)
    return is_part and 0 < size < len(top.lines) + bool(quirks.between_lines)


def request_end_page(
    quirks: ServerQuirks,
    *,
    older: bool,
    limit: int,
    target: str = "",
    opening: OpeningPages | None = None,
) -> PageSteps:
    """Return the first or the newest page, without cursors where these belong to other lines.

    That is proved where the cursors have no order, and for a page of fewer lines than ``limit`` that ends
    before ``target``. The proof also shows whether the newest line comes first. One line with two cursors is
    requested again where a line has one. ``opening`` observes each page, taken or not.
    """
    page = NormalizedPage((), "", "")
    for _ in range(CONSISTENT_TRIES):
        last, page = page, (yield from request_page("", quirks, older=older, limit=limit))
        if opening is not None:
            opening.observe(page)
        if (yield from _lacks_first_lines(page, quirks)):
            continue
        has_order = quirks.compare(page.near_cursor, page.far_cursor) is not None
        is_short = len(page.lines) < limit and quirks.compare(page.far_cursor, target) == -1
        if not (page.near_cursor and page.far_cursor) or (has_order and not is_short):
            return page
        span = CursorSpan.of_page(page, older=False)
        proof = (yield from prove_span(span, quirks)) if span.lines > 1 else None
        if proof and quirks.newest_first is None:
            quirks.newest_first = False
        if proof or (proof is None and (has_order or len(page.lines) < 2) and page == last):
            return page
        may_turn = not has_order and quirks.newest_first is None and page.far_cursor != target
        if proof is False and may_turn:
            turned = yield from _turn(page, quirks)
            if turned is not None:
                return turned
    return page if proof is None else page._replace(near_cursor="", far_cursor="")


def _lacks_first_lines(page: NormalizedPage, quirks: ServerQuirks) -> Generator[PageRequest, LogPage, bool]:
    """Return whether a page of one line has two cursors, though a line has one: the newest line shows that.

    Once that is known, such a page is requested again as one that contradicts itself.
    """
    has_two = len(page.lines) == 1 and page.near_cursor != page.far_cursor
    if not has_two or "" in (page.near_cursor, page.far_cursor) or quirks.between_lines is not None:
        return False
    yield from find_places(quirks)
    return quirks.between_lines is False


def _turn(
    page: NormalizedPage, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, NormalizedPage | None]:
    """Return ``page`` turned round where its lines prove that the newest comes first, else None."""
    turned = NormalizedPage(page.lines[::-1], page.far_cursor, page.near_cursor, page.missing)
    quirks.newest_first = True
    is_proved = yield from prove_span(CursorSpan.of_page(turned, older=False), quirks)
    if not is_proved:
        quirks.newest_first = None
    quirks.order = CursorOrder()  # what was observed until now had the wrong direction
    return turned if is_proved else None
