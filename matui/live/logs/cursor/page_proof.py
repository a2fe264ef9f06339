"""Requests that prove what a log page claims: that it joins the lines held, and its ends.

Pure. A proof is False where the cloud's own lines contradict the page, None where they show nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    normalize_page,
)

ProofSteps: TypeAlias = Generator[PageRequest, LogPage, "bool | None"]

SHORT_PAGE = 50  # lines up to which a page of a server that does not repeat the base is not checked
_PROOF_LINES = 3
_EXTENT_LINES = 8
_PROOF_TRIES = 3  # requests of lines that exist
_MOST_BEYOND = 5  # lines beyond its base that a page may repeat


def needs_proof(page: NormalizedPage, base: str, repeated: bool, quirks: ServerQuirks, target: str) -> bool:
    """Return whether a page that begins with no known line may be the newest page instead of the next one.

    A page that ends before ``target``, the newest line known, is not the newest one.
    """
    if not base or not page.lines:
        return False
    order = quirks.compare(page.far_cursor, target)
    if repeated:
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
    found = before.fingerprints[:_PROOF_LINES]
    last = len(newer) if start else min(len(known), len(newer) + beyond_base + 1)
    return any(_agree(known[at:], found) for at in range(last + 1))


def prove_ends(page: NormalizedPage, *, older: bool, quirks: ServerQuirks, base: str = "") -> ProofSteps:
    """Request the lines at both cursors of the page: return whether the page begins and ends with them.

    Return None where the lines begin unequally far from both, as they do at the ends of a log for a cloud
    that repeats lines; a cursor that repeats ``base`` does not count.
    """
    far = yield from _find_offsets(page.far_cursor, page.fingerprints[::-1], older=not older, quirks=quirks)
    if far is not None and not far:
        return False
    near = yield from _find_offsets(page.near_cursor, page.fingerprints, older=older, quirks=quirks)
    if near is None:
        return None if far is None else True
    is_same = far is None or page.near_cursor == base or bool(near & far)
    return False if not near else True if is_same else None


def _find_offsets(
    cursor: str, own: Sequence[str], *, older: bool, quirks: ServerQuirks
) -> Generator[PageRequest, LogPage, set[int] | None]:
    """Return how many lines after ``cursor`` the lines from it on may begin, where ``own`` begins there.

    The set is empty where they are not those of ``own``. An empty page, which cannot be, is requested again.
    """
    if not cursor or len(own) < 2:
        return None
    request = PageRequest(cursor, older, _EXTENT_LINES)
    for _ in range(_PROOF_TRIES):
        found = normalize_page((yield request), request, quirks, ()).fingerprints
        if found:
            beyond = range(min(len(found), _MOST_BEYOND + 1))
            return {at - skip for skip in beyond for at in (0, 1) if _agree(own[at:], found[skip:])}
    return None


def lacks_lines_of(page: NormalizedPage, held: Sequence[str], beyond_base: int) -> bool:
    """Return whether ``held``, nearest first, certainly lacks lines that a page of older lines has between.

    ``beyond_base`` of the lines held lie beyond the base. A page without any of them near the base, or that
    ends before their next one, shows nothing.
    """
    prints = page.fingerprints
    starts = [
        (at, skip)
        for skip in range(min(len(prints), _MOST_BEYOND + 1))
        for at in range(min(len(held), beyond_base + 2))
        if held[at] == prints[skip]
    ]
    return bool(starts) and all(_has_lines_between(held[at:], prints[skip:]) for at, skip in starts)


def _has_lines_between(held: Sequence[str], found: Sequence[str]) -> bool:
    pairs = zip(held, found, strict=False)
    at = next((at for at, (own, other) in enumerate(pairs) if own != other), None)
    return at is not None and held[at] in found[at:]


def _agree(lines: Sequence[str], others: Sequence[str]) -> bool:
    return all(line == other for line, other in zip(lines, others, strict=False))
