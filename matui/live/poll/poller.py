"""What is known of one kind at one moment.

Which rows are on their way from one state to another, and since when. Pure.

Keeps the rows of one kind live.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from random import Random

from matui.base.clock import Clock
from matui.clouds.protocols import Lists, PageAsk
from matui.live.poll.freshness import Freshness
from matui.live.poll.list_sync import ListBook
from matui.live.poll.loop import Loop, LoopControls
from matui.live.poll.rows import Diff
from matui.resources.kind import Kind
from matui.resources.model import Phase, Resource


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every row known of ``kind``, newest first.

    ``rows`` is a live read-only view by id: it moves on with the next poll. ``total`` is the cloud's own
    count; ``complete`` is false while pages are still being read for the first time. ``generation`` grows by
    one whenever a row was added, removed or changed. ``profile`` is the one whose rows these are.
    """

    kind: str
    rows: Mapping[str, Resource]
    total: int | None
    complete: bool
    freshness: Freshness
    generation: int
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """A snapshot and how it differs from the one published before; the diff may be empty."""

    snapshot: Snapshot
    diff: Diff


# A job may wait in a queue for days; that is no reason to hammer the API for days.
LONGEST_S = 600.0


class Transitions:
    """Rows whose phase is pending, until they have kept one status for ten minutes. Times are in seconds."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, float]] = {}

    def note(self, diff: Diff, now: float) -> None:
        """Take in what a poll changed."""
        for row in diff.removed:
            self._since.pop(row.id, None)
        for row in (*diff.added, *diff.changed):
            if row.phase is not Phase.PENDING:
                self._since.pop(row.id, None)
            elif self._since.get(row.id, ("", 0.0))[0] != row.status:
                self._since[row.id] = (row.status, now)

    def moving(self, now: float) -> bool:
        """Whether something is in transition."""
        return any(now - since < LONGEST_S for _, since in self._since.values())


_RECENT = 0.85


class Poller:
    """Polls one kind of one cloud, at most two requests a poll, and publishes what each poll changed."""

    def __init__(
        self,
        cloud: Lists,
        kind: Kind,
        *,
        clock: Clock,
        rng: Random,
        cadence_s: float,
        publish: Callable[[Update], None],
        workspace: str = "",
        profile: str = "",
        parent: LoopControls | None = None,
    ) -> None:
        self.kind = kind
        self.profile = profile
        self._cloud = cloud
        self._clock = clock
        self._publish = publish
        self._workspace = workspace
        self._book = ListBook(kind.id, workspace)
        self._transitions = Transitions()
        self._loop = Loop(self._poll, self._tell, clock=clock, rng=rng, cadence_s=cadence_s, parent=parent)
        self.controls = self._loop.controls
        self._newest_at = -inf
        self._older_at = -inf
        self._generation = 0

    @property
    def snapshot(self) -> Snapshot:
        """What is known now."""
        book = self._book
        freshness = self._loop.freshness
        return Snapshot(
            self.kind.id, book.rows, book.total, book.complete, freshness, self._generation, self.profile
        )

    @property
    def counts(self) -> Mapping[Phase, int]:
        """How many rows are in each phase that occurs."""
        return {phase: count for phase, count in self._book.phases.items() if count}

    def start(self) -> None:
        """Poll now and go on until stopped."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop; nothing is published afterwards."""
        await self._loop.stop()

    def expect(self, resource: Resource, status: str) -> None:
        """Show ``status`` as expected until a poll begun after now tells; poll now, and faster for a while.

        An empty ``status`` (a deletion) only polls faster.
        """
        self._book.expect(resource.id, status)
        self._loop.boost()
        self._loop.trigger()
        if diff := self._settle():
            self._publish(Update(self.snapshot, diff))

    def set_workspace(self, workspace: str) -> None:
        """List another workspace (``""``: all): the rows go, and come anew at once."""
        if workspace == self._workspace:
            return
        gone = Diff(removed=tuple(self._book.rows.values()))
        self._workspace = workspace
        self._book = ListBook(self.kind.id, workspace)
        self._transitions = Transitions()
        self._newest_at = self._older_at = -inf
        self._generation += 1
        self._loop.reset()
        self._publish(Update(self.snapshot, gone))

    async def _poll(self) -> None:
        book = self._book
        ask = book.first_ask(newest_is_recent=self._is_recent(self._newest_at))
        older_is_recent = self._is_recent(self._older_at)
        for last in (False, True):
            page = await self._cloud.list_page(replace(ask, brief=True))
            if book is not self._book:
                return
            self._note_time(ask)
            book.take(ask, page)
            following = None if last else book.second_ask(older_is_recent=older_is_recent)
            if following is None:
                return
            self._loop.mark_success()
            if not book.complete:
                self._tell()
            ask = following

    def _note_time(self, ask: PageAsk) -> None:
        if ask.number == 0:
            self._newest_at = self._clock.monotonic()
        else:
            self._older_at = self._clock.monotonic()

    def _is_recent(self, moment: float) -> bool:
        """Whether less than a cadence has passed, jitter allowed for."""
        return self._clock.monotonic() - moment < _RECENT * self._loop.cadence_s

    def _tell(self) -> None:
        diff = self._settle()
        self._publish(Update(self.snapshot, diff))

    def _settle(self) -> Diff:
        """Take in what changed, and set the pace by it."""
        diff = self._book.settle()
        now = self._clock.monotonic()
        if diff:
            self._generation += 1
            self._transitions.note(diff, now)
        filling = bool(self._book.rows) and not self._book.complete
        self._loop.set_activity(filling=filling, moving=self._transitions.moving(now))
        return diff
