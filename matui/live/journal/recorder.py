"""Turns the polls of one list into readings for the journal: what changed at once, the whole now and then."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from itertools import chain, islice
from operator import attrgetter

from matui.live.journal.change import SPAN_EVERY_MS, ListScope, Reading
from matui.live.journal.journal import Journal
from matui.live.poll.rows import Diff
from matui.resources.model import Phase, Resource

_WHOLE_EVERY_MS = 300_000
_KEEP_EVERY_MS = 600_000
_MOST_KEPT = 1000
_SLACK_POLLS = 4
_MOST_GONE = 10_000

_SeenState = tuple[str, Phase, int | None]
_ID = attrgetter("id")


class ListRecorder:
    """Records the polls of one kind of one profile. It runs on the event loop and never waits.

    While not all rows are known, the newest 10,000 deletions are kept for when they are: a cloud may always
    count more than it lists. Rows that are shown with an expected status are left out: no poll has confirmed
    it. ``on_change`` gets the kind and the ids of what has changed since the first whole list.
    """

    def __init__(
        self,
        journal: Journal,
        kind: str,
        profile: str,
        on_change: Callable[[str, frozenset[str]], None] = lambda _kind, _ids: None,
    ) -> None:
        self._journal = journal
        self._kind = kind
        self._profile = profile
        self._on_change = on_change
        self._states: dict[str, _SeenState] = {}
        self._moved: set[str] = set()
        self._stale: set[str] = set()
        self._gone: dict[str, None] = {}
        self._polls: deque[int] = deque(maxlen=512)
        self._is_known = False
        self._kept_at: int | None = None
        self._whole_at: int | None = None
        self._span_at: int | None = None

    def note(self, diff: Diff) -> None:
        """Collect what a poll changed; :meth:`commit` follows."""
        if diff.only_times and not diff.added and not diff.removed:
            self._stale.update(map(_ID, diff.changed))
            return
        states, stale, moved = self._states, self._stale, self._moved
        for row in chain(diff.added, diff.changed):
            rid = row.id
            stale.add(rid)
            known = states.get(rid)
            if (
                known is None
                or known[0] != row.status
                or known[1] is not row.phase
                or known[2] != row.created_at
            ):
                moved.add(rid)
        for row in diff.added:
            self._gone.pop(row.id, None)
        for row in diff.removed:
            self._gone[row.id] = None
            self._moved.discard(row.id)
        while len(self._gone) > _MOST_GONE:
            self._forget(next(iter(self._gone)))

    def note_action(self, resource_id: str, sent_at: float | None = None) -> None:
        """Note that an action was sent; a change in the next ten minutes is attributed to it."""
        self._journal.note_action(self._profile, self._kind, resource_id, sent_at)

    def reset(self) -> None:
        """Begin another list: the workspace has changed."""
        for known in (self._states, self._moved, self._stale, self._gone, self._polls):
            known.clear()
        self._whole_at = self._span_at = self._kept_at = None
        self._is_known = False

    def commit(
        self, rows: Mapping[str, Resource], *, asked_at: float, workspace: str, is_whole: bool, pages: int
    ) -> None:
        """Record what a poll read; ``asked_at`` is when it was sent (seconds since the epoch).

        ``is_whole`` says that every row of the list is known; they were read over the last ``pages`` polls.
        """
        at = int(asked_at * 1000)
        self._polls.append(at)
        changed = self._take_changed(rows)
        missing = self._take_missing() if is_whole else ()
        if self._is_known and (changed or missing):
            self._on_change(self._kind, frozenset((*(row.id for row in changed), *missing)))
        self._is_known = self._is_known or is_whole
        scope = ListScope(
            self._journal.accounts.get_account(self._profile), self._profile, self._kind, workspace
        )
        if is_whole and pages <= 1 and self._is_whole_due(at):
            self._whole_at = self._span_at = at
            keep = self._take_stale(rows)
            is_complete = not any(row.facts.get("expected") for row in rows.values())
            self._journal.record(Reading(scope, at, _select_confirmed(rows), missing, is_complete, keep))
            return
        if changed or missing or self._span_at is None or at - self._span_at >= SPAN_EVERY_MS:
            self._span_at = at
            keep = frozenset(row.id for row in islice(changed, _MOST_KEPT))
            self._journal.record(Reading(scope, at, changed, missing, keep=keep))
        if is_whole and pages > 1 and self._is_whole_due(at):
            self._record_all_pages(rows, scope, pages)

    def _record_all_pages(self, rows: Mapping[str, Resource], scope: ListScope, pages: int) -> None:
        """Record a list of several pages as of the last time by which every page was read again."""
        back = min(2 * pages + _SLACK_POLLS, self._polls.maxlen or 1)
        if len(self._polls) < back:
            return
        self._whole_at = self._polls[-1]
        is_complete = not any(row.facts.get("expected") for row in rows.values())
        keep = self._take_stale(rows)
        self._journal.record(
            Reading(scope, self._polls[-back], _select_confirmed(rows), (), is_complete, keep)
        )

    def _take_changed(self, rows: Mapping[str, Resource]) -> tuple[Resource, ...]:
        """Return the rows whose state has changed, and remember the others for the next start."""
        changed = []
        for rid in self._moved:
            row = rows.get(rid)
            if row is None or row.facts.get("expected"):
                continue
            state = (row.status, row.phase, row.created_at)
            if self._states.get(rid) != state:
                self._states[rid] = state
                changed.append(row)
        self._moved.clear()
        return tuple(changed)

    def _take_missing(self) -> tuple[str, ...]:
        """Return the ids that the list no longer has, once."""
        missing = tuple(self._gone)
        for rid in missing:
            self._forget(rid)
        return missing

    def _forget(self, rid: str) -> None:
        """Drop what is known of a row that its list no longer has."""
        del self._gone[rid]
        self._states.pop(rid, None)
        self._stale.discard(rid)

    def _take_stale(self, rows: Mapping[str, Resource]) -> frozenset[str]:
        """Return the ids of the newest rows that differ from the stored ones, at most every ten minutes."""
        now = self._polls[-1]
        if self._kept_at is not None and 0 <= now - self._kept_at < _KEEP_EVERY_MS:
            return frozenset()
        self._kept_at = now
        keep = frozenset(rid for rid in islice(rows, _MOST_KEPT) if rid in self._stale)
        self._stale.clear()
        return keep

    def _is_whole_due(self, at: int) -> bool:
        return self._whole_at is None or not 0 <= at - self._whole_at < _WHOLE_EVERY_MS


def _select_confirmed(rows: Mapping[str, Resource]) -> tuple[Resource, ...]:
    return tuple(row for row in rows.values() if not row.facts.get("expected"))
