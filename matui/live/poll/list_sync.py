"""Synchronizes the rows of a list with its pages while the list shifts: no row lost, none doubled. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from math import ceil, gcd, inf

from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.rows import Diff, Rows, compute_diff
from matui.resources.model import Phase, Resource

FULL_PAGE = 1000
NEWEST_PAGE = 200
_ODD_PAGES = 3  # in turn, of another length than the server's: fewer may be broken answers
_MAX_LOOKUPS = 10
_FILL_SWEEPS = 3
_UNSEEN_SWEEPS = 3
_IN_TRANSITION = frozenset({Phase.PENDING})
_NOT_ENDED = frozenset(phase for phase in Phase if not phase.ended)


class PageRotation:
    """Sweeps over all pages repeatedly, every other time with slightly smaller pages.

    A row at the border of two pages in one sweep is inside one in the next, so its deletion can be proved.
    """

    def __init__(self, kind: str, workspace: str, *, page_size: int = FULL_PAGE) -> None:
        self._kind = kind
        self._workspace = workspace
        self._page_size = page_size
        self._adapts = True
        self._odd = 0
        self._previous: tuple[str, ...] = ()
        self.size = page_size
        self.sweep = 1
        self.number = 0

    @property
    def newest_size(self) -> int:
        """The size of the newest page once the whole list is known, in rows."""
        return min(NEWEST_PAGE, self.size)

    def build_newest_request(self) -> ListRequest:
        """Return the request for the newest rows."""
        return ListRequest(self._kind, 0, self.newest_size, self._workspace)

    def build_request_around(self, position: int) -> ListRequest:
        """Return the request for the page that holds the row at ``position``."""
        return ListRequest(self._kind, position // self.size, self.size, self._workspace)

    def build_next_request(self, known: int) -> ListRequest:
        """Return the request for the next page of the sweep in a list with ``known`` rows."""
        size = _find_coprime_below(self.size) if self.sweep % 2 == 0 and known > self.size else self.size
        return ListRequest(self._kind, self.number, size, self._workspace)

    def restart(self) -> None:
        """Start the sweep again."""
        self.number = 0
        self._previous = ()

    def advance(self, request: ListRequest, page: Page, *, last: bool) -> bool:
        """Record a page of the sweep; return whether it ended the sweep."""
        ids = tuple(row.id for row in page.resources)
        beyond = page.total is not None and request.number * request.size + len(ids) >= page.total
        repeated = bool(ids) and ids == self._previous
        if last or beyond or (not ids and not page.has_more) or repeated:
            if page.total is None and request.number == 1 and (not ids or repeated):
                self.size = self._page_size
            self.restart()
            self.sweep += 1
            return True
        if request.number == 0 and not page.has_more:
            self._adapt(request, len(ids))
        self._previous = ids
        self.number += 1
        return False

    def _adapt(self, request: ListRequest, received: int) -> None:
        """Use the page size of a server that returns shorter pages of its own size, if it keeps to it.

        A longer first page has rows that are in no range of the list, as the samples of configurations.
        """
        if request.size != self.size or not self._adapts or received > request.size:
            return
        if received == request.size:
            self._odd = 0
        elif self.size == self._page_size:
            self.size = received
        else:
            self._odd += 1
            if self._odd == _ODD_PAGES:
                self.size = self._page_size
                self._adapts = False


def _find_coprime_below(size: int) -> int:
    """Return a smaller size whose page borders coincide with those of ``size`` as rarely as possible."""
    smaller = max(1, size - size // 8 - 1)
    while smaller > 1 and gcd(smaller, size) != 1:
        smaller -= 1
    return smaller


class OptimisticState:
    """Resources just acted on: shown with the expected status, and polled first on whatever page they are."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._pending: set[str] = set()
        self._lookups: dict[str, int] = {}

    @property
    def pending_ids(self) -> Collection[str]:
        """The ids that the page in flight must not change: it was requested before they were acted on."""
        return self._pending

    def on_request(self) -> None:
        """Record that a page is requested now: it decides about every expectation so far."""
        self._pending.clear()

    def expect(self, resource_id: str, status: str) -> tuple[Resource | None, Resource | None]:
        """Expect ``status``, or any change where it is empty; return the row before and the row shown now."""
        was = self._rows.get(resource_id)
        if was is None:
            return None, None
        self._lookups[resource_id] = _MAX_LOOKUPS
        if not status:
            return was, None
        self._pending.add(resource_id)
        shown = replace(was, status=status, phase=Phase.PENDING, facts={**was.facts, "expected": True})
        self._rows.put(shown)
        return was, shown

    def forget(self, resource_id: str) -> None:
        """Remove a row that no longer exists."""
        self._lookups.pop(resource_id, None)

    def find_position_beyond(self, start: int) -> int | None:
        """Return the position, at or after ``start``, of the next row acted on, or None."""
        for known in tuple(self._lookups):
            left = self._lookups.pop(known) - 1
            if left > 0:
                self._lookups[known] = left
            position = self._rows.find_position(known)
            if position >= start:
                return position
        return None


class ListSync:
    """The rows of one list, updated page by page.

    ``enrich`` adds to a row what is known of it besides the cloud's record. ``before`` are the rows that were
    known before, by id: the first diff is one to them.
    In a poll, :meth:`build_first_request` and :meth:`build_second_request` return what to fetch; pass each
    page to :meth:`apply_page`. :meth:`pop_diff` returns what changed since its last call.
    """

    def __init__(
        self,
        kind: str,
        workspace: str = "",
        *,
        page_size: int = FULL_PAGE,
        enrich: Callable[[Resource], Resource] | None = None,
        before: Mapping[str, Resource] | None = None,
    ) -> None:
        self.rows = Rows()
        self.total: int | None = None
        self.complete = False
        self.optimistic = OptimisticState(self.rows)
        self._rotation = PageRotation(kind, workspace, page_size=page_size)
        self._enrich = enrich
        self._before: dict[str, Resource | None] = dict(before or {})
        self._seen: dict[str, int] = {}
        self._most = 0
        self._sweeps_to_fill = 0
        self._is_sweeping = True
        self._hot_turn = False
        self._hot_from = 0
        self._covered = 0

    @property
    def phases(self) -> Mapping[Phase, int]:
        """The number of rows in each phase."""
        return self.rows.phases

    @property
    def is_whole(self) -> bool:
        """Whether every row that the cloud counts is known."""
        return self.complete and (self.total is None or len(self.rows) >= self.total)

    @property
    def pages(self) -> int:
        """The number of pages that hold the rows."""
        return max(1, ceil(len(self.rows) / self._rotation.size))

    def build_first_request(self, *, newest_is_recent: bool = False) -> ListRequest:
        """Return the first page of a poll: the newest, unless it was just read and older ones are missing."""
        rotation = self._rotation
        if rotation.number == 0 or (newest_is_recent and not self.complete):
            request = rotation.build_next_request(len(self.rows))
            self._covered = request.size if request.number == 0 else 0
            return self._request_sweep(request)
        self._is_sweeping = False
        self._covered = rotation.newest_size
        return self._note_request(rotation.build_newest_request())

    def build_second_request(self, *, older_is_recent: bool = False) -> ListRequest | None:
        """Return the second page of a poll, None when the first holds the whole list.

        When an older page was read just now, return one with a row in transition or acted on, or None.
        """
        rotation = self._rotation
        if rotation.number == 0:
            return None
        position = self._find_hot_position(only_moving=older_is_recent) if self.complete else None
        if position is not None:
            self._is_sweeping = False
            return self._note_request(rotation.build_request_around(position))
        if older_is_recent and self.complete:
            return None
        return self._request_sweep(rotation.build_next_request(len(self.rows)))

    def apply_page(self, request: ListRequest, page: Page) -> None:
        """Merge the page that answers the last request."""
        known = len(self.rows)
        fresh = self._put(page.resources)
        last = self._is_last(request, page, changed=fresh > 0)
        self.total = page.total
        self._remove_absent(request, page, last=last)
        if request.number == 0 and fresh == len(page.resources) and 0 < fresh < known and not last:
            self._refill()
        if self._is_sweeping and self._rotation.advance(request, page, last=last):
            self._end_sweep(page)
        self._most = max(self._most, len(page.resources))

    def expect(self, resource_id: str, status: str) -> None:
        """Show ``status`` until a page requested from now on reports it; poll the row first in any case."""
        was, now = self.optimistic.expect(resource_id, status)
        if now is not None:
            self._before.setdefault(resource_id, was)

    def enrich_again(self, resource_id: str) -> None:
        """Add to a known row what is known besides the cloud's record now."""
        row = self.rows.get(resource_id)
        if row is not None and self._enrich is not None:
            now = self._enrich(row)
            if now != row:
                self.rows.put(now)
                self._before.setdefault(resource_id, row)

    def pop_diff(self) -> Diff:
        """Return the net change since the last call."""
        before, self._before = self._before, {}
        return compute_diff(before, self.rows)

    def _request_sweep(self, request: ListRequest) -> ListRequest:
        self._is_sweeping = True
        return self._note_request(request)

    def _note_request(self, request: ListRequest) -> ListRequest:
        self.optimistic.on_request()
        return request

    def _find_hot_position(self, *, only_moving: bool) -> int | None:
        """Return the position of a row expected to change or in transition, in turn with those not ended."""
        beyond = self._covered
        awaited = self.optimistic.find_position_beyond(beyond)
        if awaited is not None:
            return awaited
        if not only_moving:
            self._hot_turn = not self._hot_turn
            if not self._hot_turn:
                return None
        phases = _IN_TRANSITION if only_moving else _NOT_ENDED
        position = self.rows.find_first_in(phases, max(self._hot_from, beyond))
        if position is None:
            position = self.rows.find_first_in(phases, beyond)
        if position is not None:
            size = self._rotation.size
            self._hot_from = (position // size + 1) * size
        return position

    def _put(self, page: tuple[Resource, ...]) -> int:
        """Add or replace the rows of a page; return how many are new."""
        rows, before, seen, sweep = self.rows, self._before, self._seen, self._rotation.sweep
        pending, enrich = self.optimistic.pending_ids, self._enrich
        fresh = 0
        for row in page:
            seen[row.id] = sweep
            if row.id in pending:
                continue
            if enrich is not None:
                row = enrich(row)
            was = rows.put(row)
            if was is None:
                fresh += 1
                before.setdefault(row.id, None)
            elif was != row:
                before.setdefault(row.id, was)
        return fresh

    def _drop(self, resource_id: str) -> None:
        was = self.rows.drop(resource_id)
        self._seen.pop(resource_id, None)
        self.optimistic.forget(resource_id)
        if was is not None:
            self._before.setdefault(resource_id, was)

    def _is_last(self, request: ListRequest, page: Page, *, changed: bool) -> bool:
        """Return whether this is the last page. Without a total only a page shorter than others proves it."""
        count = len(page.resources)
        if page.has_more is not None:
            return not page.has_more
        if page.total is not None:
            return request.number * request.size + count == page.total
        if count < min(request.size, self._most):
            return True
        whole = request.number == 0 and count == self._most == len(self.rows)
        return whole and count != request.size and not changed

    def _remove_absent(self, request: ListRequest, page: Page, *, last: bool) -> None:
        """Remove rows created strictly inside the range of the page that are not on it."""
        here = {row.id for row in page.resources}
        if request.number == 0 and last:
            gone = [known for known in self.rows if known not in here] if len(here) < len(self.rows) else []
        elif here and _is_newest_first(page):
            newer = inf if request.number == 0 else float(page.resources[0].created_at or 0)
            older = -inf if last else float(page.resources[-1].created_at or 0)
            gone = [known for known in self.rows.find_created_between(newer, older) if known not in here]
        else:
            gone = []
        for resource_id in gone:
            self._drop(resource_id)

    def _end_sweep(self, page: Page) -> None:
        """Remove rows that whole sweeps have not found, while the cloud counts fewer rows than are known."""
        ended = self._rotation.sweep - 1
        patience = _UNSEEN_SWEEPS if _is_newest_first(page) else 1
        surplus = page.total is None or len(self.rows) > page.total
        if surplus:
            for resource_id in [known for known, sweep in self._seen.items() if sweep <= ended - patience]:
                self._drop(resource_id)
        self._sweeps_to_fill += 1
        enough = page.total is None or len(self.rows) >= page.total
        self.complete = self.complete or enough or self._sweeps_to_fill >= _FILL_SWEEPS

    def _refill(self) -> None:
        """Start filling again: between the newest page and the known rows there are rows never read."""
        self.complete = False
        self._sweeps_to_fill = 0
        if not self._is_sweeping:
            self._rotation.restart()


def _is_newest_first(page: Page) -> bool:
    if not page.newest_first:
        return False
    moments = [row.created_at for row in page.resources]
    if any(moment is None for moment in moments):
        return False
    return all(newer >= older for newer, older in pairwise(m for m in moments if m is not None))
