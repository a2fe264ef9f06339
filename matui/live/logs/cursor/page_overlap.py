"""Find how many lines of a log page are already held. Pure.

The reference does not say whether a page begins with the base line (inclusive) or after it (exclusive), and a
server may return some older lines again. The cursors decide first, then the text. Where the text repeats
itself, a probe (the same base, fewer lines) lets the cursors decide.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from matui.clouds.protocols import LogPage
from matui.live.logs.cursor.page_layout import (
    CursorMode,
    NormalizedPage,
    PageRequest,
    ServerQuirks,
    normalize_page,
)

_EMPTY_PAGES_PROVE = 3
_MODES: dict[int | None, CursorMode] = {0: "inclusive", 1: "exclusive"}  # by side of the base of one line
_PROBE_TRIES = 3  # requests of a few lines of a page, while these are not its lines

OverlapSteps: TypeAlias = Generator[PageRequest, LogPage, "Overlap"]


class Overlap(NamedTuple):
    """The first ``known`` lines of a page are held. ``next_base`` is the cursor to continue from, or ``""``.

    ``certain`` is false where nothing could decide. ``jumped`` is true where lines may be missing in between.
    ``assumed`` is true where only other pages show how many lines are known: the page is to be proved.
    """

    known: int
    next_base: str
    certain: bool = True
    jumped: bool = False
    assumed: bool = False


@dataclass(slots=True)
class PageJoin:
    """Compares a page with the lines held at its base.

    ``held`` has the fingerprints of those lines, nearest first; ``beyond_base`` of them lie beyond the base.
    """

    request: PageRequest
    page: NormalizedPage
    quirks: ServerQuirks
    held: Sequence[str]
    beyond_base: int = 0
    next_base: str = field(init=False)

    def __post_init__(self) -> None:
        self.next_base = self.page.far_cursor

    def resolve(self) -> OverlapSteps:
        """Return the overlap, sending probes where the page itself does not decide."""
        size = len(self.page.lines)
        if not size:
            self._record_empty_page()
            return Overlap(0, "")
        options = self._match_text()
        if not options and self.beyond_base:  # other lines than those that a page brought beyond the base
            return Overlap(0, self.next_base, jumped=True)
        options = options or [0]
        overlap = self._decide_by_far_cursor(options, size) or self._decide_by_near_cursor(options)
        if overlap is not None:
            return overlap
        if len(options) > 1 and self.request.base and not self.quirks.order.is_proved:
            return (yield from self._decide_without_order(options))
        if self.quirks.cursor_mode == "inclusive" and self.quirks.repeats_lines is False:
            return Overlap(1, self.next_base) if 1 in options else Overlap(0, self.next_base, jumped=True)
        if self.quirks.cursor_mode == "exclusive" and self.quirks.repeats_lines is False and 0 in options:
            return Overlap(0, self.next_base, assumed=len(options) > 1)
        if self.quirks.cursor_mode == "inclusive" and len(options) > 1:
            options = [k for k in options if k]
        if len(options) > 1:
            return (yield from self._probe(options))
        return self._take_only_option(options[0])

    def _find_side_of_base(self, cursor: str) -> int | None:
        """Return 1 where ``cursor`` is beyond the base, 0 at it, -1 before it, None where unknown."""
        order = self.quirks.compare(cursor, self.request.base)
        return -order if order and self.request.older else order

    def _match_text(self) -> list[int]:
        """Return every number of known lines that the text allows."""
        lines, held = self.page.fingerprints, list(self.held)
        beyond, at_base = held[: self.beyond_base][::-1], held[self.beyond_base :]
        return [k for k in range(len(lines) + 1) if _fits_text(lines, k, at_base, beyond)]

    def _decide_by_far_cursor(self, options: list[int], size: int) -> Overlap | None:
        side = self._find_side_of_base(self.next_base)
        if side in (0, -1):
            if size in options:
                if side == 0 and size == 1:
                    self._record_mode("inclusive")
                    self.quirks.names_lines = self.quirks.names_lines is not False
                return Overlap(size, "")
            if side == -1:
                return Overlap(0, self.next_base, jumped=True)
            self.next_base = ""
        elif side == 1 and size in options:
            options.remove(size)
        return None

    def _decide_by_near_cursor(self, options: list[int]) -> Overlap | None:
        near = self.page.near_cursor
        if self.quirks.between_lines:
            self._record_mode("exclusive")
            return Overlap(0, self.next_base, jumped=near not in ("", self.request.base))
        if self.quirks.starts_at_base and near not in ("", self.request.base):
            return Overlap(0, self.next_base, jumped=True)
        side = self._find_side_of_base(near)
        unordered = side is None and bool(near) and bool(self.request.base) and options == [0]
        if side == 1 or unordered:
            jumped = self.quirks.cursor_mode == "inclusive"
            self._record_mode("exclusive")
            return Overlap(0, self.next_base, jumped=jumped)
        if side == -1 and 0 in options:
            options.remove(0)
        return None if options else Overlap(0, self.next_base, jumped=True)

    def _decide_without_order(self, options: list[int]) -> OverlapSteps:
        """Decide between the base line and none: one line requested from the base shows which it is."""
        is_assumed = self.quirks.is_mode_assumed and self.page.near_cursor == self.request.base
        if not self.quirks.cursor_mode or is_assumed:
            request = PageRequest(self.request.base, self.request.older, 1)
            page = normalize_page((yield request), request, self.quirks, self.held)
            if len(page.lines) == 1 and self._reaches_end(page):
                return Overlap(0, self.next_base, jumped=True)
            if len(page.lines) == 1 and page.far_cursor:
                self._record_mode("inclusive" if page.far_cursor == self.request.base else "exclusive")
        return (yield from self._decide_by_mode(options))

    def _take_only_option(self, known: int) -> Overlap:
        jumped = known == 0 and self.quirks.cursor_mode == "inclusive"
        if known == 0 and self.request.base:
            self._record_mode("exclusive")
        return Overlap(known, self.next_base, jumped=jumped)

    def _probe(self, options: list[int]) -> OverlapSteps:
        """Request fewer lines from the same base until a cursor identifies the base line."""
        left = list(options)
        while len(left) > 1 and (size := self._choose_probe_size(left)):
            page = yield from self._request_probe(size)
            got, side = len(page.lines), self._find_side_of_base(page.far_cursor)
            if self._reaches_end(page):
                return Overlap(0, self.next_base, jumped=True)
            if not self._is_start(page, size):
                break
            if got == 1 and (side == 0 or size == 1):
                self._record_side_of_first_line(side)
            if side == 0:
                return Overlap(got, self.next_base)
            before = len(left)
            if side is not None:
                left = [k for k in left if (k < got if side == 1 else k > got)]
            if len(left) == before:
                break
        if len(left) == 1:
            if left == [0]:
                self._record_mode("exclusive")
            return Overlap(left[0], self.next_base)
        return (yield from self._decide_by_mode(left or options))

    def _is_start(self, probe: NormalizedPage, size: int) -> bool:
        """Return whether ``probe`` has the first lines of the page, up to ``size``, and a cursor."""
        got = len(probe.lines)
        return 0 < got <= size and bool(probe.far_cursor) and probe.lines == self.page.lines[:got]

    def _request_probe(self, size: int) -> Generator[PageRequest, LogPage, NormalizedPage]:
        """Return the first ``size`` lines from the base, requested again while pages contradict them."""
        request = PageRequest(self.request.base, self.request.older, size)
        for _ in range(_PROBE_TRIES):
            page = normalize_page((yield request), request, self.quirks, self.held)
            is_part = page.lines and page.lines == self.page.lines[: len(page.lines)]
            if is_part and not self._contradicts_mode(page) and not self._reaches_end(page):
                break
        return page

    def _contradicts_mode(self, probe: NormalizedPage) -> bool:
        """Return whether one line is the base line although pages begin after it, or the reverse."""
        side, mode = self._find_side_of_base(probe.far_cursor), self.quirks.cursor_mode
        return len(probe.lines) == 1 and mode != "" and _MODES.get(side, mode) != mode

    def _reaches_end(self, probe: NormalizedPage) -> bool:
        """Return whether ``probe``, the first lines of the page, ends at its last line or beyond it."""
        side = self.quirks.compare(probe.far_cursor, self.next_base)
        return len(probe.lines) < len(self.page.lines) and side in (0, -1 if self.request.older else 1)

    def _choose_probe_size(self, left: Sequence[int]) -> int:
        """Return how many lines to ask for to narrow down the options; 0 when no cursor would help."""
        size = len(self.page.lines)
        useful = [k for k in left if k and (k < size or self.next_base)]
        if not useful:
            return 0
        return 1 if useful[0] == 1 else useful[len(useful) // 2]

    def _decide_by_mode(self, options: list[int]) -> OverlapSteps:
        """Decide by the server's cursor mode, probing the other side of the base while it is unknown."""
        if not self.quirks.cursor_mode and self.request.base:
            request = PageRequest(self.request.base, not self.request.older, 1)
            page = normalize_page((yield request), request, self.quirks, ())
            side = self._find_side_of_base(page.far_cursor)
            if side == 0 and page.lines:
                self._record_mode("inclusive")
            elif not page.lines:
                self._record_empty_page()
            elif page.far_cursor and side != 1 and len(page.lines) == 1:
                self._record_mode("exclusive")
        expected = {"inclusive": 1, "exclusive": 0}.get(self.quirks.cursor_mode)
        if expected in options:
            return Overlap(expected, self.next_base)
        return Overlap(max(options), self.next_base, certain=False)

    def _record_side_of_first_line(self, side: int | None) -> None:
        """Record that a page begins at or after its base, not with lines before it, where there are any."""
        if side not in _MODES:
            return
        self._record_mode(_MODES[side])
        if self.quirks.repeats_lines is None and len(self.held) - self.beyond_base > 1:
            self.quirks.repeats_lines = False

    def _record_empty_page(self) -> None:
        """Record a page without the base line: several of them prove that the server leaves it out."""
        self.quirks.empty_pages += 1
        if not self.quirks.cursor_mode and self.quirks.empty_pages >= _EMPTY_PAGES_PROVE:
            self._record_mode("exclusive")
            self.quirks.is_mode_assumed = True

    def _record_mode(self, mode: CursorMode) -> None:
        self.quirks.cursor_mode, self.quirks.is_mode_assumed = mode, False


def _fits_text(lines: Sequence[str], known: int, at_base: Sequence[str], beyond: Sequence[str]) -> bool:
    if known and (not at_base or lines[known - 1] != at_base[0]):
        return False
    overlap = at_base[:known][::-1]
    if tuple(lines[known - len(overlap) : known]) != tuple(overlap):
        return False
    after = lines[known : known + len(beyond)]
    return tuple(after) == tuple(beyond[: len(after)])


def repeats_base(page: LogPage, base: str) -> bool:
    """Return whether one of the page's cursors is the base that was requested."""
    return any(base and cursor.strip() == base for cursor in (page.start, page.end))
