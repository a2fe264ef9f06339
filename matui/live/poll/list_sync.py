"""Rows shown as an action should make them, until the cloud has told. Pure.

Merging pages of a list that shifts while it is read: nothing lost, nothing doubled. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise
from math import inf

from matui.clouds.protocols import Page, PageAsk
from matui.live.poll.page_rotation import FULL_PAGE, Rotation
from matui.live.poll.rows import Diff, Rows, diff_of
from matui.resources.model import Phase, Resource

_LOOKS = 10


class Expected:
    """Ids acted on: shown as expected, and looked for first in the next polls, whatever page they are on."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._held: set[str] = set()
        self._looks: dict[str, int] = {}

    @property
    def held(self) -> Collection[str]:
        """The ids that the page in flight must not touch: it was asked for before they were acted on."""
        return self._held

    def asked(self) -> None:
        """Note that a page is asked for now: what it says settles every expectation so far."""
        self._held.clear()

    def expect(self, resource_id: str, status: str) -> tuple[Resource | None, Resource | None]:
        """Expect ``status``, or without one just news; return the row as it was and as it is shown now."""
        was = self._rows.get(resource_id)
        if was is None:
            return None, None
        self._looks[resource_id] = _LOOKS
        if not status:
            return was, None
        self._held.add(resource_id)
        shown = replace(was, status=status, phase=Phase.PENDING, facts={**was.facts, "expected": True})
        self._rows.put(shown)
        return was, shown

    def forget(self, resource_id: str) -> None:
        """Let go of a row that is gone."""
        self._looks.pop(resource_id, None)

    def position_beyond(self, start: int) -> int | None:
        """Return where a row acted on stands at or after ``start``, in turn, or None."""
        for known in tuple(self._looks):
            left = self._looks.pop(known) - 1
            if left > 0:
                self._looks[known] = left
            position = self._rows.position(known)
            if position >= start:
                return position
        return None


_FILL_SWEEPS = 3
_UNSEEN_SWEEPS = 3
_MOVING = frozenset({Phase.PENDING})
_ACTIVE = frozenset(phase for phase in Phase if not phase.ended)


class ListBook:
    """All that is known of one list, page by page.

    Ask :meth:`first_ask` and then :meth:`second_ask` what to fetch in a poll, and give each answer to
    :meth:`take`; :meth:`settle` tells what changed since it was last called.
    """

    def __init__(self, kind: str, workspace: str = "", *, page_size: int = FULL_PAGE) -> None:
        self.rows = Rows()
        self.total: int | None = None
        self.complete = False
        self.expected = Expected(self.rows)
        self._rotation = Rotation(kind, workspace, asked=page_size)
        self._before: dict[str, Resource | None] = {}
        self._seen: dict[str, int] = {}
        self._most = 0
        self._sweeps_to_fill = 0
        self._ask_is_sweep = True
        self._hot_turn = False
        self._hot_from = 0
        self._covered = 0

    @property
    def phases(self) -> Mapping[Phase, int]:
        """How many rows are in each phase."""
        return self.rows.phases

    def first_ask(self, *, newest_is_recent: bool = False) -> PageAsk:
        """The first page of a poll: the newest, unless it was just read and older ones are still missing."""
        rotation = self._rotation
        if rotation.number == 0 or (newest_is_recent and not self.complete):
            ask = rotation.following(len(self.rows))
            self._covered = ask.size if ask.number == 0 else 0
            return self._sweeping(ask)
        self._ask_is_sweep = False
        self._covered = rotation.newest_size
        return self._asked(rotation.newest())

    def second_ask(self, *, older_is_recent: bool = False) -> PageAsk | None:
        """The second page of a poll, None when the first said it all.

        When an older page was read only just now, that is one with a row in transition or acted on, or None.
        """
        rotation = self._rotation
        if rotation.number == 0:
            return None
        position = self._hot_position(in_a_hurry=older_is_recent) if self.complete else None
        if position is not None:
            self._ask_is_sweep = False
            return self._asked(rotation.around(position))
        if older_is_recent and self.complete:
            return None
        return self._sweeping(rotation.following(len(self.rows)))

    def take(self, ask: PageAsk, page: Page) -> None:
        """Merge the answer to the ask handed out last."""
        known = len(self.rows)
        fresh = self._put(page.resources)
        last = self._is_last(ask, page, changed=fresh > 0)
        self.total = page.total
        self._remove_absent(ask, page, last=last)
        if ask.number == 0 and fresh == len(page.resources) and 0 < fresh < known and not last:
            self._refill()
        if self._ask_is_sweep and self._rotation.advance(ask, page, last=last):
            self._end_sweep(page)
        self._most = max(self._most, len(page.resources))

    def expect(self, resource_id: str, status: str) -> None:
        """Show ``status`` until a page asked for from now on tells; look for the row first either way."""
        was, now = self.expected.expect(resource_id, status)
        if now is not None:
            self._before.setdefault(resource_id, was)

    def settle(self) -> Diff:
        """Return the net change since the last call."""
        before, self._before = self._before, {}
        return diff_of(before, self.rows)

    # Asking.

    def _sweeping(self, ask: PageAsk) -> PageAsk:
        self._ask_is_sweep = True
        return self._asked(ask)

    def _asked(self, ask: PageAsk) -> PageAsk:
        self.expected.asked()
        return ask

    def _hot_position(self, *, in_a_hurry: bool) -> int | None:
        """Where something is expected or moves, or every other time where it may still change by itself."""
        beyond = self._covered
        awaited = self.expected.position_beyond(beyond)
        if awaited is not None:
            return awaited
        if not in_a_hurry:
            self._hot_turn = not self._hot_turn
            if not self._hot_turn:
                return None
        phases = _MOVING if in_a_hurry else _ACTIVE
        position = self.rows.first_in(phases, max(self._hot_from, beyond))
        if position is None:
            position = self.rows.first_in(phases, beyond)
        if position is not None:
            size = self._rotation.size
            self._hot_from = (position // size + 1) * size
        return position

    # Merging.

    def _put(self, page: tuple[Resource, ...]) -> int:
        """Add or replace the rows of a page; return how many were not known."""
        rows, before, seen, sweep = self.rows, self._before, self._seen, self._rotation.sweep
        held = self.expected.held
        fresh = 0
        for row in page:
            seen[row.id] = sweep
            if row.id in held:
                continue
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
        self.expected.forget(resource_id)
        if was is not None:
            self._before.setdefault(resource_id, was)

    def _is_last(self, ask: PageAsk, page: Page, *, changed: bool) -> bool:
        """Whether nothing can follow this page. Without a total only a page shorter than others proves it."""
        count = len(page.resources)
        if page.total is not None:
            return ask.number * ask.size + count == page.total
        if count < min(ask.size, self._most):
            return True
        whole = ask.number == 0 and count == self._most == len(self.rows)
        return whole and count != ask.size and not changed

    def _remove_absent(self, ask: PageAsk, page: Page, *, last: bool) -> None:
        """Remove what the page proves gone: created strictly inside its range, and not on it."""
        here = {row.id for row in page.resources}
        if ask.number == 0 and last:
            gone = [known for known in self.rows if known not in here] if len(here) < len(self.rows) else []
        elif here and _is_sorted(page):
            newer = inf if ask.number == 0 else float(page.resources[0].created_at or 0)
            older = -inf if last else float(page.resources[-1].created_at or 0)
            gone = [known for known in self.rows.created_between(newer, older) if known not in here]
        else:
            gone = []
        for resource_id in gone:
            self._drop(resource_id)

    def _end_sweep(self, page: Page) -> None:
        """Remove what whole sweeps have not met, as long as the cloud counts fewer rows than are known."""
        ended = self._rotation.sweep - 1
        patience = _UNSEEN_SWEEPS if _is_sorted(page) else 1
        surplus = page.total is None or len(self.rows) > page.total
        if surplus:
            for resource_id in [known for known, sweep in self._seen.items() if sweep <= ended - patience]:
                self._drop(resource_id)
        self._sweeps_to_fill += 1
        enough = page.total is None or len(self.rows) >= page.total
        self.complete = self.complete or enough or self._sweeps_to_fill >= _FILL_SWEEPS

    def _refill(self) -> None:
        """The newest page and what was known do not meet: rows between them have never been seen."""
        self.complete = False
        self._sweeps_to_fill = 0
        if not self._ask_is_sweep:
            self._rotation.restart()


def _is_sorted(page: Page) -> bool:
    if not page.newest_first:
        return False
    moments = [row.created_at for row in page.resources]
    if any(moment is None for moment in moments):
        return False
    return all(newer >= older for newer, older in pairwise(m for m in moments if m is not None))
