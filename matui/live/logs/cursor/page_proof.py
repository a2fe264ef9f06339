"""Requests that prove what a log page claims: that it joins the lines held, and that it is whole.

Pure. A proof is False where the cloud's own lines contradict the page, None where they show nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.cursor_order import MOST_REPEATED
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    normalize_page,
)

ProofSteps: TypeAlias = Generator[PageRequest, LogPage, "bool | None"]

SHORT_PAGE = 50  # lines up to which a page of a server that does not repeat the base is not checked
_PROOF_LINES = 3
_PROOF_TRIES = 3  # requests of lines that exist


class CursorSpan(NamedTuple):
    """``lines`` lines up to the cursor ``end``, as a page or several say, after the cursor ``start``.

    ``prints`` has the fingerprints from the line at ``end`` back to the one at ``start``, and those before it
    that are held. ``older``: whether ``end`` is the older side. ``includes_start``: whether the first of the
    lines is the one that ``start`` names. ``page_lines``: the number of lines of the page, those held among
    them; 0 for several pages.
    """

    start: str
    end: str
    lines: int
    prints: Sequence[str]
    older: bool
    includes_start: bool = False
    page_lines: int = 0

    @classmethod
    def of_page(cls, page: NormalizedPage, *, older: bool) -> CursorSpan:
        """Return the span of all lines of a page, whose first line is the nearest."""
        prints, size = page.fingerprints[::-1], len(page.lines)
        return cls(page.near_cursor, page.far_cursor, size, prints, older, True, size)

    @property
    def is_distinct(self) -> bool:
        """Whether the lines differ, so that they identify the place."""
        return len(set(self.prints[: self.lines + 1])) > _PROOF_LINES

    def has_lines_from_start(self, prints: Sequence[str]) -> bool:
        """Return whether ``prints``, a page from the line nearest to the start, are lines of the span."""
        lines = self.prints[::-1]
        nearest = len(lines) - self.lines + self.includes_start
        starts = range(max(0, nearest - MOST_REPEATED), nearest + 2)
        return any(agree(lines[start:], prints) for start in starts)

    def count_after_start(self, quirks: ServerQuirks) -> int:
        """Return the number of the lines after the cursor ``start``."""
        return self.lines - (self.includes_start and not quirks.between_lines)


def prove_span(span: CursorSpan, quirks: ServerQuirks) -> ProofSteps:
    """Read the lines of ``span`` back from its end: return whether they are those lines, and as many.

    The cursor at its start decides how many there are. Without that cursor the text decides, where it is
    distinctive. A proof that fails is repeated: its own pages may be wrong. Most proofs decide.
    """
    proofs: list[bool | None] = []
    firsts: list[NormalizedPage] = []
    if quirks.order.is_proved and quirks.repeats_lines is None and not span.is_distinct:
        yield from find_repeated_lines(span.start, quirks, older=not span.older)
    for _ in range(_PROOF_TRIES):
        mode = quirks.cursor_mode
        proofs.append((yield from _walk_back(span, quirks, firsts)))
        if proofs.count(True) > proofs.count(False):
            return True
        if not quirks.repeats_lines:  # it may have learned the mode from a wrong page
            quirks.cursor_mode = mode
        if quirks.between_lines is None and (yield from find_places(quirks)):
            proofs.clear()
        a, b = firsts[0], firsts[-1]
        is_same = span.is_distinct and a.lines == b.lines
        if not quirks.names_lines and is_same and a.far_cursor != b.far_cursor:
            quirks.names_lines = False
    is_undecided = quirks.may_repeat_lines and not span.is_distinct
    return None if is_undecided or not proofs or proofs[-1] is None else False


def find_places(quirks: ServerQuirks) -> Generator[PageRequest, LogPage, bool]:
    """Return whether cursors are places between lines: the newest line then has two."""
    newest = PageRequest("", False, 1)
    normalize_page((yield newest), newest, quirks, ())
    return bool(quirks.between_lines)


def find_repeated_lines(
    base: str, quirks: ServerQuirks, *, older: bool
) -> Generator[PageRequest, LogPage, None]:
    """Record whether the cloud begins a page with lines before its base: one line from there shows it."""
    if base:
        request = PageRequest(base, older, 1)
        page = normalize_page((yield request), request, quirks, ())
        is_beyond = quirks.compare(page.far_cursor, base) == (1 if older else -1)
        quirks.repeats_lines = is_beyond if len(page.lines) == 1 else quirks.repeats_lines


def _walk_back(span: CursorSpan, quirks: ServerQuirks, firsts: list[NormalizedPage]) -> ProofSteps:
    """Make one attempt of ``prove_span``; add the page that was requested first to ``firsts``."""
    size = span.count_after_start(quirks)
    limit = size + (quirks.cursor_mode == "inclusive")
    request = PageRequest(span.end, not span.older, max(1, min(PAGE_LINES, limit)))
    page = yield from _request_whole_page(request, span, quirks)
    firsts.append(page)
    if not page.lines:
        return None
    is_elsewhere = quirks.starts_at_base and page.near_cursor not in ("", span.end)
    if is_elsewhere or quirks.order.leaves_out_lines(span.end, page.far_cursor, len(page.lines)):
        return False
    walk = _Walk(list(page.fingerprints), page.far_cursor)
    if len(page.lines) < request.limit - 1:
        walk.bases.add(span.end)
    begins_after_end = page.near_cursor not in ("", span.end) and not quirks.may_repeat_lines
    is_inclusive = yield from _begins_with_end(span, walk.found, quirks)
    is_beyond = quirks.compare(page.near_cursor, span.end) == (-1 if span.older else 1)
    if is_beyond or quirks.most_repeated > 1:
        if is_inclusive is False or _repeats_beyond(span, walk.found):
            return span.is_distinct or None
        return False if len(walk.found) > MOST_REPEATED else None  # perhaps only lines beyond the end
    if is_inclusive is None:
        may_repeat = quirks.may_repeat_lines and _repeats_beyond(span, walk.found)
        return None if may_repeat else False
    repeated = int(is_inclusive and not quirks.between_lines)  # lines of a page that end the one before
    leads_on: bool | None = True
    while leads_on and walk.far_cursor not in ("", span.start) and len(walk.found) < size + repeated:
        leads_on = yield from _walk_on(walk, span, quirks, repeated)
    if not leads_on:
        return False if leads_on is False else span.is_distinct or None
    is_start_met = walk.far_cursor == span.start
    proof = _judge(span, walk.found, quirks, is_start_met=is_start_met, is_inclusive=is_inclusive)
    if proof and begins_after_end:  # a page that proves nothing may be another one
        quirks.cursor_mode = "exclusive"
    return proof


def _request_whole_page(
    request: PageRequest, span: CursorSpan, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, NormalizedPage]:
    """Return the page; where it is shorter than others and does not reach the start, perhaps another one.

    The page to be proved is one of these others. The other one is requested with another limit, then once
    more: the same answer is the cloud's own.
    """
    page = normalize_page((yield request), request, quirks, ())
    usual = max(quirks.largest, span.page_lines)
    if not 0 < len(page.lines) < min(request.limit, usual) or page.far_cursor == span.start:
        return page
    for limit in (request.limit - 1, request.limit):
        again = request._replace(limit=limit)
        other = normalize_page((yield again), again, quirks, ())
        if len(other.lines) >= len(page.lines):
            return other
    return page


@dataclass(slots=True)
class _Walk:
    """The lines found back from the end of a span, the cursor of the last one, and those walked from."""

    found: list[str]
    far_cursor: str
    bases: set[str] = field(default_factory=set)


def _walk_on(walk: _Walk, span: CursorSpan, quirks: ServerQuirks, repeated: int) -> ProofSteps:
    """Add the next page: return whether it leads on, None where the number of its new lines is unknown.

    A page that ends where one before it was requested leads nowhere: without this a walk might never end.
    """
    if walk.far_cursor in walk.bases:
        return False
    walk.bases.add(walk.far_cursor)
    limit = span.count_after_start(quirks) + 2 * repeated - len(walk.found)
    request = PageRequest(walk.far_cursor, not span.older, min(PAGE_LINES, limit))
    page = normalize_page((yield request), request, quirks, ())
    if not page.lines:  # a cloud that repeats lines has at least those
        quirks.repeats_lines = False
        return False
    is_beyond = quirks.compare(page.near_cursor, request.base) == (-1 if span.older else 1)
    leads_on = quirks.compare(page.far_cursor, request.base) in (None, 1 if span.older else -1)
    if is_beyond or (quirks.may_repeat_lines and not leads_on):
        return None  # the cloud repeats lines
    walk.found += page.fingerprints[repeated:]
    walk.far_cursor = page.far_cursor
    return True


def _repeats_beyond(span: CursorSpan, found: Sequence[str]) -> bool:
    """Return whether ``found`` has up to a few lines beyond the end of ``span`` before its lines."""
    return any(agree(span.prints, found[skip:]) for skip in range(min(len(found), MOST_REPEATED + 1)))


def _begins_with_end(
    span: CursorSpan, found: Sequence[str], quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, bool | None]:
    """Return whether ``found`` begins with the line at the end of ``span``; None where it does not fit."""
    fits = [inclusive for inclusive in (False, True) if agree(span.prints[not inclusive :], found)]
    if quirks.between_lines:
        return True if True in fits else None
    if len(fits) < 2:
        return fits[0] if fits else None
    if not quirks.cursor_mode:
        request = PageRequest(span.end, not span.older, 1)
        page = normalize_page((yield request), request, quirks, ())
        if len(page.lines) == 1 and page.far_cursor:
            quirks.cursor_mode = "inclusive" if page.far_cursor == span.end else "exclusive"
    return quirks.cursor_mode == "inclusive"


def _judge(
    span: CursorSpan, found: Sequence[str], quirks: ServerQuirks, *, is_start_met: bool, is_inclusive: bool
) -> bool | None:
    """Return whether ``found``, the lines back from the end of ``span``, are its lines."""
    if not agree(span.prints[not is_inclusive :], found):
        return False
    size = len(found) - (is_inclusive and not quirks.between_lines)
    if is_start_met and span.start:
        quirks.names_lines = True
        return size == span.count_after_start(quirks)
    if size < span.count_after_start(quirks):
        return None if quirks.may_repeat_lines or not span.start else False
    if quirks.may_repeat_lines:  # a cloud that repeats lines before its pages has such cursors
        return False if span.start and span.is_distinct else None
    if span.start and quirks.names_lines is not False:
        return False
    return True if span.is_distinct else None


def needs_proof(page: NormalizedPage, base: str, repeated: bool, quirks: ServerQuirks, target: str) -> bool:
    """Return whether a page that begins with no known line may be the newest page instead of the next one.

    A page that ends before ``target``, the newest line known, is not the newest one.
    """
    if not base or not page.lines:
        return False
    order = quirks.compare(page.far_cursor, target)
    if repeated:
        if not quirks.order.is_proved:
            return len(page.lines) > SHORT_PAGE
        return len(page.lines) >= PAGE_LINES and order in (0, 1)
    return order != -1 and (quirks.repeats_base or len(page.lines) > SHORT_PAGE)


def prove_join(
    request: PageRequest, page: NormalizedPage, held: Sequence[str], beyond_base: int, quirks: ServerQuirks
) -> ProofSteps:
    """Request the lines before the page: return whether they are the lines held, None for no lines.

    No lines before the first one of a newer page contradict those held: the log has started again. Where its
    first line has no cursor of its own, the lines before the base of ``request`` are requested.
    """
    base = request.base
    start = page.near_cursor if quirks.compare(page.near_cursor, base) != 0 else ""
    back = PageRequest(start or base, not request.older, _PROOF_LINES)
    newer = page.fingerprints[:_PROOF_LINES][::-1]
    nearest = tuple(held)[beyond_base:]
    known = (*newer, *(nearest if start else held))
    before = normalize_page((yield back), back, quirks, nearest)
    for _ in range(_PROOF_TRIES - 1):
        if before.lines or not start:
            break
        before = normalize_page((yield back), back, quirks, nearest)
    if not before.lines:
        return False if start and held and not request.older else None
    if quirks.compare(before.far_cursor, base) == (-1 if request.older else 1) and not beyond_base:
        return False
    is_named = quirks.names_lines and quirks.cursor_mode == "exclusive" and not quirks.order.is_proved
    if start and is_named and not beyond_base and before.near_cursor not in ("", start, base):
        return False  # the line before the page has another cursor than the base
    found = before.fingerprints[:_PROOF_LINES]
    last = len(newer) if start else min(len(known), len(newer) + beyond_base + 1)
    return any(agree(known[at:], found) for at in range(last + 1))


def agree(lines: Sequence[str], others: Sequence[str]) -> bool:
    """Return whether two runs of fingerprints are equal as far as both go."""
    return all(line == other for line, other in zip(lines, others, strict=False))
