"""Prove that a page of newer lines joins the lines held. Pure.

Some servers answer a cursor that they no longer have with the newest page. By its cursors alone such a page
looks like the page that was requested.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.page_layout import (
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    compare_cursors,
    normalize_page,
)

ProofSteps: TypeAlias = Generator[PageRequest, LogPage, "bool | None"]

_PROOF_LINES = 3
_SHORT_PAGE = 50  # lines up to which a page of a server that does not repeat the base is not checked


def repeats_base(page: LogPage, base: str) -> bool:
    """Return whether one of the page's cursors is the base that was requested."""
    return any(compare_cursors(cursor.strip(), base) == 0 for cursor in (page.start, page.end))


def needs_proof(page: NormalizedPage, base: str, repeated: bool, quirks: ServerQuirks, target: str) -> bool:
    """Return whether a page that begins with no known line may be the newest page instead of the next one.

    A page that ends before ``target``, the newest line known, is not the newest one.
    """
    if not base or not page.lines:
        return False
    order = compare_cursors(page.far_cursor, target)
    if repeated:
        return len(page.lines) >= PAGE_LINES and order in (0, 1)
    return order != -1 and (quirks.repeats_base or len(page.lines) > _SHORT_PAGE)


def prove_join(
    base: str, page: NormalizedPage, held: Sequence[str], beyond_base: int, quirks: ServerQuirks
) -> ProofSteps:
    """Request the lines before the page: return whether they are the lines held, None for no lines.

    Where its first line has no cursor of its own, the lines before ``base`` are requested.
    """
    start = page.near_cursor if compare_cursors(page.near_cursor, base) != 0 else ""
    request = PageRequest(start or base, True, _PROOF_LINES)
    newer = page.fingerprints[:_PROOF_LINES][::-1]
    known = (*newer, *held)
    nearest = held if start else tuple(held)[beyond_base:]
    before = normalize_page((yield request), request, quirks, nearest)
    if not before.lines:
        return None
    if compare_cursors(before.far_cursor, base) == 1 and not beyond_base:
        return False
    found = before.fingerprints[:_PROOF_LINES]
    last = len(newer) if start else min(len(known), len(newer) + beyond_base + 1)
    return any(all(a == b for a, b in zip(known[at:], found, strict=False)) for at in range(last + 1))
