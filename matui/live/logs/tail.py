"""Follows one log file: the newest page first, then what is added, older pages on demand, until drained."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Literal, NamedTuple, TypeAlias

from matui.live.logs.batch import LOST_POSITION, Batch
from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import DiskSpill
from matui.live.logs.reader import DrainDetector, JobLogFile, LogReader
from matui.live.poll.freshness import Freshness
from matui.live.poll.loop import Loop, Timing

TailPhase: TypeAlias = Literal["opening", "following", "drained"]

_NEVER_S = 1e9
_MARGIN = 1000
_IDLE_READS = 3  # empty reads before the pace slows
_IDLE_FACTOR = 1.4
_MAX_IDLE_FACTOR = 4.0


class TailState(NamedTuple):
    """The state of a tail. ``behind``: more lines are known to exist. ``fallback``: why it reads by bytes.

    ``capped``: the disk is full, so that old lines are evicted and requested again. ``at_end``: the job has
    ended, and the end of its log has been read since.
    """

    phase: TailPhase
    at_top: bool
    loading_older: bool
    freshness: Freshness
    behind: bool = False
    fallback: str = ""
    capped: bool = False
    at_end: bool = False


class LogTail:
    """Keeps ``store`` in step with a log file of a job; ``publish`` is called after each page and failure.

    ``ended`` says whether the job has ended: the log is drained once two reads after that, a cadence apart,
    are empty. An idle log is read up to four times less often.
    ``observe`` receives the lines of each newer page, in order, and whether they are the last so far.
    ``caught_up_at`` is when the end of the log was last read, in monotonic seconds.
    """

    def __init__(
        self,
        file: JobLogFile,
        timing: Timing,
        *,
        ended: Callable[[], bool],
        publish: Callable[[TailState], None],
        max_lines: int = 200_000,
        spill: DiskSpill | None = None,
        observe: Callable[[Sequence[str], bool], None] | None = None,
    ) -> None:
        self.store = LogStore(max_lines, spill=spill)
        self._reader = LogReader(*file)
        self._clock = timing.clock
        self._cadence_s = timing.cadence_s
        self._ended = ended
        self._publish = publish
        self._observe = observe
        self._loop = Loop(self._step, self._notify, timing)
        self.controls = self._loop.controls
        self._phase: TailPhase = "opening"
        self._older_requested = False
        self._newer_requested = False
        self._triggered = False
        self._reading_at: int | None = None
        self._full = self._served = False
        self._lost_above = False
        self._drain_detector = DrainDetector(timing.clock, timing.cadence_s)
        self._idle = 0
        self._at_end = False
        self.caught_up_at = -inf

    @property
    def state(self) -> TailState:
        """The state of the tail now."""
        is_empty = self.caught_up_at > -inf and not self._reader.has_lines
        at_top = not self.store.above and (self._reader.at_top or self._lost_above or is_empty)
        behind = self._full or bool(self.store.below)
        return TailState(
            self._phase,
            at_top,
            self._older_requested,
            self._loop.freshness,
            behind,
            self._reader.fallback,
            self.store.capped,
            self._at_end,
        )

    def start(self) -> None:
        """Open the log now, paused or not, and follow it until stopped."""
        self._loop.start()
        self.trigger()

    async def stop(self) -> None:
        """Stop; nothing is published afterwards, and the disk space is released."""
        await self._loop.stop()
        self.store.close()

    def trigger(self) -> None:
        """Request newer lines now, even when drained or paused, and continue at the full pace."""
        self._triggered = True
        self.reset_idle()
        self._loop.trigger()

    @property
    def cadence_s(self) -> float:
        """Seconds between reads of a log that is not idle."""
        return self._cadence_s

    @cadence_s.setter
    def cadence_s(self, seconds: float) -> None:
        self._cadence_s = seconds
        self._set_pace()

    def reset_idle(self) -> None:
        """Return to the full pace."""
        self._idle = 0
        self._set_pace()

    def request_older(self) -> None:
        """Load one more page above the first line held, paused or not; nothing where no line has come."""
        if (self.store.above or self._reader.opened) and not self.state.at_top:
            self._older_requested = True
            self._loop.trigger()

    def request_newer(self) -> None:
        """Load again one page below the last line held, where pages were evicted there."""
        if self.store.below:
            self._newer_requested = True
            self._loop.trigger()

    @property
    def reading_at(self) -> int | None:
        """The number of the line that the reader is at, None while the view follows the end.

        No line near the reader is evicted; while the store is full, no newer lines are requested.
        """
        return self._reading_at

    @reading_at.setter
    def reading_at(self, number: int | None) -> None:
        moved_down = number is None and self._reading_at is not None
        self._reading_at = number
        if moved_down and self.store.below:
            self.store.jump_below()
            self.request_newer()
        elif number is not None and self.store.end - number < _MARGIN:
            self.request_newer()

    async def _step(self) -> None:
        """Serve the reader, then load newer pages until there are no more."""
        more, self._served = True, self._older_requested or self._newer_requested
        while more:
            if self._older_requested:
                await self._try_older()
            if self._newer_requested:
                await self._load_below()
            more = await self._pull() if self._may_pull() else False
        self._triggered = False

    def _may_pull(self) -> bool:
        if self.store.below:
            return False
        idle = self._phase == "drained" or self._loop.freshness.paused
        return self._triggered or not (idle or self._only_serves_reader)

    @property
    def _only_serves_reader(self) -> bool:
        """Whether this step only serves the reader, before the log is due again."""
        since = self._clock.monotonic() - self.caught_up_at
        return self._served and since < 0.8 * self._loop.interval_s

    async def _pull(self) -> bool:
        """Load one newer page; return whether to request another one at once."""
        self._full = not self._make_room()
        if self._full:
            return False
        ended = self._ended()
        batch = await self._reader.read_newer(verify=ended)
        self._loop.mark_success()
        self._append(batch)
        if self._reader.opened and self._phase == "opening":
            self._phase = "following"
        more = batch.more or (ended and bool(batch.lines))
        if not more:
            if not batch.retry:
                self.caught_up_at = self._clock.monotonic()
            self._check_end(batch, ended)
        else:
            self._drain_detector.observe(empty=False, ended=ended)
            if batch.lines:
                self._idle = 0
                self._notify()
        return more

    def _append(self, batch: Batch) -> None:
        if batch.gap:
            self.store.mark(batch.gap, "gap")
        self.store.append(batch.lines, batch.ref)
        if self._observe is not None:
            self._observe(batch.lines, not (batch.more or batch.retry))
        self._make_room()

    def _make_room(self) -> bool:
        """Evict pages at the top; return whether more lines may be loaded."""
        end = self.store.end
        self.store.evict_above(end if self._reading_at is None else self._reading_at - _MARGIN)
        return self._reading_at is None or not self.store.full

    def _check_end(self, batch: Batch, ended: bool) -> None:
        empty = not (batch.lines or batch.gap or batch.retry)
        self._at_end = ended and empty
        self._drain_detector.observe(empty=empty, ended=ended)
        if self._drain_detector.drained and self._phase != "drained":
            self._drain()
        elif not empty and self._phase == "drained":
            self._phase = "following"
        self._idle = self._idle + 1 if empty and not ended else 0
        self._set_pace()

    def _set_pace(self) -> None:
        """Read an idle log less often, down to a quarter of the pace; a drained one never."""
        pace = self._cadence_s * min(_MAX_IDLE_FACTOR, _IDLE_FACTOR ** max(0, self._idle - _IDLE_READS))
        self._loop.cadence_s = _NEVER_S if self._phase == "drained" else pace

    def _drain(self) -> None:
        self._append(self._reader.finish())
        self._phase = "drained"

    async def _try_older(self) -> None:
        try:
            await self._load_older()
        finally:
            self._older_requested = False
        self._notify()

    async def _load_older(self) -> None:
        if self.store.above:
            await self._load_above()
        elif self._reader.opened:
            batch = await self._reader.read_older()
            if batch.gap:
                self.store.mark(batch.gap, "gap", above=True)
            self.store.prepend(batch.lines, batch.ref)
        if self._reading_at is not None:
            self.store.evict_below(self.store.first + _MARGIN)

    async def _load_above(self) -> None:
        evicted = self.store.above[-1]
        lines = await self._reader.replay(evicted)
        if lines is None:
            self.store.above.clear()
            self._lost_above = True
            self.store.mark(LOST_POSITION, "gap", above=True)
            return
        self.store.above.pop()
        self.store.prepend(lines, evicted.ref)

    async def _load_below(self) -> None:
        evicted = self.store.below[-1]
        lines = await self._reader.replay(evicted)
        self.store.below.pop()
        if lines is None:
            self.store.mark(LOST_POSITION, "gap")
        else:
            self.store.append(lines, evicted.ref)
        self._newer_requested = False
        self._make_room()
        self._notify()

    def _notify(self) -> None:
        self._publish(self.state)
