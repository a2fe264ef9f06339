"""The background look: reads the ends of the logs of running jobs, a few requests a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING

from matui.base.clock import Clock
from matui.base.errors import CloudError, NotFoundError
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.logs.reader import LogReader
from matui.live.poll.loop import Loop, Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.gated_logs import GatedLogs, RateGate
from matui.live.signals.store import SignalFeed, SignalStore

if TYPE_CHECKING:
    from matui.resources.model import Resource

REQUESTS_PER_MINUTE = 5
_MINUTE_S = 60.0
_START_S = 3.0  # in which the start has other requests to send
_MAX_FOLLOWED = 200
_LOOKS_WITHOUT_SIGNALS = 2  # at one file once both were tried, before the other one is again


class _Followed:
    """The reader of one file of a job, its looks, and whether the ``other`` file was read before."""

    def __init__(self, reader: LogReader, feed: SignalFeed, file: str, other: str, *, again: bool) -> None:
        self.reader = reader
        self.feed = feed
        self.file = file
        self.other = other
        self.again = again
        self.looks = 0


class BackgroundLook:
    """Reads the newest lines of running jobs in turn.

    ``running`` returns the running jobs, ``is_read`` whether the log of a job is read by a pane just now;
    ``on_turn`` is called at each turn. Without a ``source`` nothing is read.
    """

    def __init__(
        self,
        source: TailsLogs | None,
        store: SignalStore,
        *,
        on_turn: Callable[[], None],
        running: Callable[[], Iterable[Resource]],
        is_read: Callable[[Resource], bool],
        budget: Callable[[], BudgetState],
        clock: Clock,
        rng: Random,
        parent: LoopControls | None = None,
    ) -> None:
        self._gate = RateGate(budget, clock, REQUESTS_PER_MINUTE)
        self._source = None if source is None else GatedLogs(source, self._gate)
        self._store = store
        self._clock = clock
        self._on_turn = on_turn
        self._has_begun = False
        self._running = running
        self._is_read = is_read
        self._followed: dict[str, _Followed] = {}
        self._looked: dict[str, int] = {}
        self._hurried: set[str] = set()
        self._turn = 0
        self._preferred = ""
        cadence_s = _MINUTE_S / REQUESTS_PER_MINUTE
        self._loop = Loop(self._look, lambda: None, timing=Timing(clock, rng, cadence_s, parent))

    def start(self) -> None:
        """Look until stopped."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop; a request in flight is cancelled."""
        await self._loop.stop()

    def prefer(self, job: Resource) -> None:
        """Look at a job at once, 3 s after the start at the soonest, where no signals of it are known.

        The cursor is on it. It is done once a job.
        """
        self._preferred = job.id
        if self._source is not None and self._is_urgent(job):
            self._loop.trigger()

    async def _look(self) -> None:
        if not self._has_begun:
            await self._clock.sleep(_START_S)
            self._has_begun = True
            return
        self._on_turn()
        jobs = {job.id: job for job in self._running() if not self._is_read(job)}
        self._hurried &= jobs.keys()
        for known in [known for known in self._looked if known not in jobs]:
            self._looked.pop(known)
            self._followed.pop(known, None)
        source = self._source
        if source is None or not jobs:
            return
        job = jobs.get(self._preferred)
        is_urgent = job is not None and self._is_urgent(job) and self._gate.has_budget
        if job is None or not is_urgent:
            job = min(jobs.values(), key=self._build_sort_key)
        if not is_urgent and self._must_wait():
            return
        self._turn += 1
        self._looked[job.id] = self._turn
        self._gate.is_urgent = is_urgent
        try:
            if is_urgent:
                self._hurried.add(job.id)
                await self._look_through(source, job)
            else:
                await self._look_at(source, job)
        except CloudError as error:
            self._followed.pop(job.id, None)
            if not isinstance(error, NotFoundError):
                raise
        finally:
            self._gate.is_urgent = False

    def _build_sort_key(self, job: Resource) -> tuple[int, bool]:
        """Return what orders the jobs: one whose look has begun first, then those longest not looked at.

        Of new ones the preferred one comes first.
        """
        followed = self._followed.get(job.id)
        has_begun = followed is not None and followed.looks == 0
        return -2 if has_begun else self._looked.get(job.id, -1), job.id != self._preferred

    def _must_wait(self) -> bool:
        """Return whether no request may be sent now."""
        return self._gate.wait_s() > 0 or not self._store.take_look(self._clock.monotonic())

    def _is_urgent(self, job: Resource) -> bool:
        """Return whether a job that is preferred is not known yet, and has not been looked through."""
        return job.id not in self._hurried and self._lacks_signals(job)

    def _lacks_signals(self, job: Resource) -> bool:
        """Return whether no signals of a job are known."""
        signals = self._store.find(job.key)
        return signals is None or not signals.log.segments

    async def _look_through(self, source: GatedLogs, job: Resource) -> None:
        """Look at a job until there are signals, or both files were looked at: three requests."""
        for _ in range(3):
            await self._look_at(source, job)
            followed = self._followed.get(job.id)
            if followed is None or followed.looks:
                return

    async def _look_at(self, source: GatedLogs, job: Resource) -> None:
        """Send one request: for the files of a job, or for the newest lines of one of them."""
        followed = self._followed.get(job.id)
        if followed is None:
            files = await source.list_log_files(job)
            if files:
                self._follow(source, job, files[0], files[-1], again=False)
            return
        asked_at = self._clock.now()  # a slow answer says nothing of the time since
        batch = await followed.reader.read_newer()
        is_end = not (batch.more or batch.retry)
        followed.feed.add(batch.lines, asked_at * 1000 if is_end else None)
        followed.looks += 1
        enough = followed.looks >= (_LOOKS_WITHOUT_SIGNALS if followed.again else 1)
        if enough and self._lacks_signals(job) and followed.other != followed.file:
            self._follow(source, job, followed.other, followed.file, again=True)

    def _follow(self, source: GatedLogs, job: Resource, file: str, other: str, *, again: bool) -> None:
        if len(self._followed) >= _MAX_FOLLOWED:
            self._followed.pop(next(iter(self._followed)))
        reader = LogReader(source, job, file)
        self._followed[job.id] = _Followed(
            reader, self._store.build_feed(job, file), file, other, again=again
        )
