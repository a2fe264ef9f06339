"""Keeps the rows of one kind, or one value, live: polls, merges the pages and publishes what changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from math import inf
from typing import Generic, NamedTuple, Protocol, TypeVar

from matui.base.backoff import is_not_implemented
from matui.base.errors import CloudError, MatuiError, NotFoundError
from matui.clouds.protocols import ListRequest, Lists
from matui.live.poll.freshness import Freshness
from matui.live.poll.list_sync import ListSync
from matui.live.poll.loop import JITTER, Loop, Timing
from matui.live.poll.rows import Diff
from matui.resources.kind import Kind
from matui.resources.model import Phase, Resource

_MAX_TRANSITION_S = 600.0  # a job may wait in a queue for days and must not be polled fast for days
_RECENT = 0.85
_QUIET_POLLS = 2
_SELDOM_S = 600.0 / (1 - JITTER)  # never less than ten minutes
T = TypeVar("T")


class Snapshot(NamedTuple):
    """Every known row of ``kind``, newest first.

    ``rows`` is a read-only view by id that changes with the next poll. ``total`` is the count of the cloud;
    ``complete`` is false while pages are still being read for the first time. ``generation`` grows by one
    whenever a row was added, removed or changed. ``profile`` is the name of the profile.
    """

    kind: str
    rows: Mapping[str, Resource]
    total: int | None
    complete: bool
    freshness: Freshness
    generation: int
    profile: str = ""


class Update(NamedTuple):
    """A snapshot and its diff to the one published before; the diff may be empty."""

    snapshot: Snapshot
    diff: Diff


class Transitions:
    """Rows whose phase is pending and whose status changed in the last ten minutes. Times are in seconds."""

    def __init__(self) -> None:
        self._since: dict[str, tuple[str, float]] = {}

    def note(self, diff: Diff, now: float) -> None:
        """Record what a poll changed."""
        for row in diff.removed:
            self._since.pop(row.id, None)
        for row in (*diff.added, *diff.changed):
            if row.phase is not Phase.PENDING:
                self._since.pop(row.id, None)
            elif self._since.get(row.id, ("", 0.0))[0] != row.status:
                self._since[row.id] = (row.status, now)

    def is_moving(self, now: float) -> bool:
        """Return whether a row is in transition."""
        return any(now - since < _MAX_TRANSITION_S for _, since in self._since.values())


class Recorder(Protocol):
    """Keeps what the polls of one list see change."""

    def note(self, diff: Diff) -> None:
        """Take what changed."""

    def note_action(self, resource_id: str, sent_at: float | None = None) -> None:
        """Record that an action was sent."""

    def reset(self) -> None:
        """Begin another list."""

    def commit(
        self, rows: Mapping[str, Resource], *, asked_at: float, workspace: str, is_whole: bool, pages: int
    ) -> None:
        """Keep what a poll read that was sent at ``asked_at`` (seconds since the epoch)."""


class Poller:
    """Polls one kind of one cloud, at most two requests a poll, and publishes what each poll changed."""

    def __init__(
        self,
        cloud: Lists,
        kind: Kind,
        timing: Timing,
        publish: Callable[[Update], None],
        *,
        workspace: str = "",
        profile: str = "",
        recorder: Recorder | None = None,
        enrich: Callable[[Resource], Resource] | None = None,
    ) -> None:
        self.kind = kind
        self.profile = profile
        self._cloud = cloud
        self._clock = timing.clock
        self._publish = publish
        self._workspace = workspace
        self._enrich = enrich
        self._list = ListSync(kind.id, workspace, enrich=enrich)
        self._transitions = Transitions()
        self._recorder = recorder
        self._asked_at: float | None = None
        self._loop = Loop(self._poll, self._notify, timing)
        self.controls = self._loop.controls
        self._newest_at = -inf
        self._older_at = -inf
        self._generation = 0
        self._unchanged = 0
        self._is_used = True
        self._is_missing = False

    @property
    def snapshot(self) -> Snapshot:
        """The current rows and their freshness."""
        rows = self._list
        return Snapshot(
            self.kind.id, rows.rows, rows.total, rows.complete, self.freshness, self._generation, self.profile
        )

    @property
    def rows(self) -> Mapping[str, Resource]:
        """The known rows by id, newest first; a view that changes with the next poll."""
        return self._list.rows

    @property
    def version(self) -> int:
        """A number that stands for the rows as they are: no other rows of any list have it."""
        return self._list.rows.version

    @property
    def total(self) -> int | None:
        """The count of the cloud, None where it states none."""
        return self._list.total

    @property
    def complete(self) -> bool:
        """Whether all pages have been read once."""
        return self._list.complete

    @property
    def freshness(self) -> Freshness:
        """The age of the rows and the reason for it."""
        return self._loop.freshness

    @property
    def fetched_at(self) -> float | None:
        """When the rows were last fetched, in seconds since the epoch; None before that."""
        return self._loop.fetched_at

    @property
    def error(self) -> MatuiError | None:
        """The error of the last poll, None after a success."""
        return self._loop.error

    @property
    def phases(self) -> Mapping[Phase, int]:
        """The number of rows in each phase, 0 in one that does not occur."""
        return self._list.phases

    @property
    def counts(self) -> Mapping[Phase, int]:
        """The number of rows in each phase that occurs."""
        return {phase: count for phase, count in self.phases.items() if count}

    def start(self) -> None:
        """Poll now, then at the cadence, until stopped."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop; nothing is published afterwards."""
        await self._loop.stop()

    def expect(self, resource: Resource, status: str, sent_at: float | None = None) -> None:
        """Show ``status`` until a poll started after now reports it; poll now, and faster for a while.

        An empty ``status`` (a deletion) only polls faster. ``sent_at`` is when the action was sent, in
        seconds since the epoch, None for now.
        """
        self._list.expect(resource.id, status)
        if self._recorder is not None:
            self._recorder.note_action(resource.id, sent_at)
        self._loop.boost()
        self._loop.trigger()
        if diff := self._pop_diff():
            self._publish(Update(self.snapshot, diff))

    def enrich_again(self, resource_id: str) -> None:
        """Publish a row anew: more is known of it than the cloud says."""
        self._list.enrich_again(resource_id)
        if diff := self._list.pop_diff():
            self._generation += 1
            self._publish(Update(self.snapshot, diff))

    def restart(self) -> None:
        """Discard the list: the time of a replay has jumped, which is no change for the journal.

        The next update has the difference to the rows that were known before.
        """
        self._begin_list(before=self._list.rows)

    def set_workspace(self, workspace: str) -> None:
        """List another workspace (``""``: all): the rows are removed and loaded again at once."""
        if workspace == self._workspace:
            return
        gone = Diff(removed=tuple(self._list.rows.values()))
        self._workspace = workspace
        self._begin_list()
        self._loop.trigger()
        self._generation += 1
        self._publish(Update(self.snapshot, gone))

    def _begin_list(self, before: Mapping[str, Resource] | None = None) -> None:
        self._list = ListSync(self.kind.id, self._workspace, enrich=self._enrich, before=before)
        self._transitions = Transitions()
        self._newest_at = self._older_at = -inf
        self._asked_at = None
        if self._recorder is not None:
            self._recorder.reset()
        self._loop.reset()

    @property
    def is_used(self) -> bool:
        """Whether the kind has been looked at; one that has not is polled at most once in ten minutes."""
        return self._is_used

    @is_used.setter
    def is_used(self, is_used: bool) -> None:
        self._is_used = is_used
        self._set_floor()

    def _set_floor(self) -> None:
        self._loop.set_floor(0.0 if self._is_used and not self._is_missing else _SELDOM_S)

    async def _poll(self) -> None:
        try:
            await self._poll_pages()
        except CloudError as error:
            self._is_missing = isinstance(error, NotFoundError) or is_not_implemented(error)
            self._set_floor()
            raise
        self._is_missing = False
        self._set_floor()

    async def _poll_pages(self) -> None:
        rows = self._list
        request = rows.build_first_request(newest_is_recent=self._is_recent(self._newest_at))
        older_is_recent = self._is_recent(self._older_at)
        for last in (False, True):
            asked_at = self._clock.now()
            page = await self._cloud.list_page(request._replace(brief=True))
            if rows is not self._list:
                return
            self._record_time(request)
            rows.apply_page(request, page)
            if self._asked_at is None:
                self._asked_at = asked_at
            following = None if last else rows.build_second_request(older_is_recent=older_is_recent)
            if following is None:
                return
            self._loop.mark_success()
            if not rows.complete:
                self._notify()
            request = following

    def _record_time(self, request: ListRequest) -> None:
        if request.number == 0:
            self._newest_at = self._clock.monotonic()
        else:
            self._older_at = self._clock.monotonic()

    def _is_recent(self, moment: float) -> bool:
        """Return whether less than a cadence has passed since, jitter included."""
        return self._clock.monotonic() - moment < _RECENT * self._loop.cadence_s

    def _notify(self) -> None:
        diff = self._pop_diff()
        self._publish(Update(self.snapshot, diff))
        self._record()

    def _record(self) -> None:
        """Pass the pages read since the last time to the journal."""
        asked_at, self._asked_at = self._asked_at, None
        if self._recorder is not None and asked_at is not None:
            rows = self._list
            self._recorder.commit(
                rows.rows,
                asked_at=asked_at,
                workspace=self._workspace,
                is_whole=rows.is_whole,
                pages=rows.pages,
            )

    def _pop_diff(self) -> Diff:
        """Return what changed and set the pace by it."""
        diff = self._list.pop_diff()
        now = self._clock.monotonic()
        if diff:
            self._generation += 1
            self._transitions.note(diff, now)
            if self._recorder is not None:
                self._recorder.note(diff)
        self._unchanged = 0 if diff and not diff.only_times else self._unchanged + 1
        quiet = self._unchanged >= _QUIET_POLLS
        filling = bool(self._list.rows) and not self._list.complete
        self._loop.set_activity(filling=filling, moving=self._transitions.is_moving(now), quiet=quiet)
        return diff


class PolledValue(NamedTuple, Generic[T]):
    """The value fetched last, None before the first fetch, and its freshness."""

    value: T | None
    freshness: Freshness


class ValuePoller(Generic[T]):
    """Fetches a value repeatedly; the last good value is kept while fetching fails."""

    def __init__(
        self,
        fetch: Callable[[], Awaitable[T]],
        timing: Timing,
        publish: Callable[[PolledValue[T]], None],
    ) -> None:
        self._fetch = fetch
        self._publish = publish
        self._value: T | None = None
        self._loop = Loop(self._step, self._notify, timing)
        self.controls = self._loop.controls

    @property
    def state(self) -> PolledValue[T]:
        """The current value and its freshness."""
        return PolledValue(self._value, self._loop.freshness)

    def start(self) -> None:
        """Fetch now, paused or not, and go on until stopped."""
        self._loop.start()
        self._loop.trigger()

    def stop(self) -> None:
        """Stop without waiting; nothing is published afterwards."""
        self._loop.cancel()

    def set_cadence(self, seconds: float) -> None:
        """Fetch every so many seconds from now on."""
        self._loop.cadence_s = seconds

    async def _step(self) -> None:
        self._value = await self._fetch()

    def _notify(self) -> None:
        self._publish(self.state)
