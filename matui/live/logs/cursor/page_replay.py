"""Requests the lines of a page that is no longer held again. Pure."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.batch import PAGE_LINES
from matui.live.logs.cursor.page_layout import PageRequest, ServerQuirks, compute_fingerprint, normalize_page
from matui.live.logs.cursor.page_overlap import PageJoin
from matui.live.logs.page_store import EvictedPage

ReplaySteps: TypeAlias = Generator[PageRequest, LogPage, "tuple[str, ...] | None"]


def replay_page(evicted: EvictedPage, quirks: ServerQuirks) -> ReplaySteps:
    """Return lines that were held before, or None where the cloud no longer has them."""
    ref = evicted.ref
    if not ref.base:
        return None
    for limit in (min(PAGE_LINES, ref.skip + evicted.count), PAGE_LINES):
        request = PageRequest(ref.base, ref.older, limit)
        page = normalize_page((yield request), request, quirks, ())
        known, lines = ref.skip, page.lines
        if ref.head is not None and not quirks.between_lines:
            held = (compute_fingerprint(ref.head),)
            overlap = yield from PageJoin(request, page, quirks, held).resolve()
            lines = (ref.head, *lines[overlap.known :])
        found = _find(lines, evicted, known)
        if found is not None:
            return found
    return None


def _find(lines: Sequence[str], evicted: EvictedPage, expected: int) -> tuple[str, ...] | None:
    """Return the lines of the evicted page from an answer, which may begin at another line."""
    last = len(lines) - evicted.count
    for skip in sorted(range(last + 1), key=lambda at: abs(at - expected)):
        part = tuple(lines[skip : skip + evicted.count])
        part = part[::-1] if evicted.ref.older else part
        if evicted.matches(part):
            return part
    return None
