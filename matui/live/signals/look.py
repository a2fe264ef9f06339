"""The background look: reads the ends of the logs of running jobs, a few requests a minute."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random
from typing import TYPE_CHECKING

from matui.base.clock import Clock
from matui.base.errors import CloudError, NotFoundError
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.logs.reader import LogReader
from matui.live.poll.loop import Loop
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.gated_logs import GatedLogs, RateGate
from matui.live.signals.store import SignalFeed, SignalStore

if TYPE_CHECKING:
    from matui.resources.model import Resource

REQUESTS_PER_MINUTE = 5
_MINUTE_S = 60.0
_MAX_FOLLOWED = 200
_LOOKS_WITHOUT_SIGNALS = 2  # at one file, before the last one is tried


class _Followed:
    """The reader of one file of a job, and how often it was looked at."""

    def __init__(self, reader: LogReader, feed: SignalFeed, file: str, other: str) -> None:
        self.reader = reader
        self.feed = feed
        self.file = file
        self.other = other
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
        self._begun = False
        self._running = running
        self._is_read = is_read
        self._followed: dict[str, _Followed] = {}
        self._looked: dict[str, int] = {}
        self._turn = 0
        cadence_s = _MINUTE_S / REQUESTS_PER_MINUTE
        self._loop = Loop(self._look, lambda: None, clock=clock, rng=rng, cadence_s=cadence_s, parent=parent)

    def start(self) -> None:
        """Look until stopped."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop; a request in flight is cancelled."""
        await self._loop.stop()

    async def _look(self) -> None:
        if not self._begun:
            self._begun = True  # the start has other requests to send
            return
        self._on_turn()
        jobs = {job.id: job for job in self._running() if not self._is_read(job)}
        for known in [known for known in self._looked if known not in jobs]:
            self._looked.pop(known)
            self._followed.pop(known, None)
        source = self._source
        if source is None or not jobs or self._gate.wait_s() > 0:
            return
        if not self._store.take_look(self._clock.monotonic()):
            return
        job = min(jobs.values(), key=lambda job: self._looked.get(job.id, -1))
        self._turn += 1
        self._looked[job.id] = self._turn
        try:
            await self._look_at(source, job)
        except CloudError as error:
            self._followed.pop(job.id, None)
            if not isinstance(error, NotFoundError):
                raise

    async def _look_at(self, source: GatedLogs, job: Resource) -> None:
        followed = self._followed.get(job.id)
        if followed is None:
            files = await source.log_files(job)
            if not files:
                return
            followed = self._follow(source, job, files[0], files[-1])
        asked_at = self._clock.now()  # a slow answer says nothing of the time since
        batch = await followed.reader.newer()
        is_end = not (batch.more or batch.retry)
        followed.feed.add(batch.lines, asked_at * 1000 if is_end else None)
        followed.looks += 1
        signals = self._store.of(job.key)
        has_none = signals is None or not signals.log.segments
        if has_none and followed.looks >= _LOOKS_WITHOUT_SIGNALS and followed.other != followed.file:
            self._follow(source, job, followed.other, followed.file)

    def _follow(self, source: GatedLogs, job: Resource, file: str, other: str) -> _Followed:
        if len(self._followed) >= _MAX_FOLLOWED:
            self._followed.pop(next(iter(self._followed)))
        reader = LogReader(source, job, file)
        followed = _Followed(reader, self._store.feed(job, file), file, other)
        self._followed[job.id] = followed
        return followed
