"""When a log is drained: the rule of the pane and of ``matui logs``.

Follows one log file: the newest page, then whatever comes, older pages on demand, until drained.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from random import Random
from typing import Literal, TypeAlias

from matui.base.clock import Clock
from matui.clouds.protocols import TailsLogs
from matui.live.logs.cursor_log import LOST_PLACE, UNDECIDED, Batch
from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import Spill
from matui.live.logs.reader import LogReader
from matui.live.poll.freshness import Freshness
from matui.live.poll.loop import Loop, LoopControls
from matui.resources.model import Resource


class Quiet:
    """Decides when a log is drained: the job has ended, and then twice nothing came, a cadence apart."""

    def __init__(self, clock: Clock, cadence_s: float) -> None:
        self.proven = False
        self._clock = clock
        self._cadence_s = cadence_s
        self._since: float | None = None

    def saw(self, *, empty: bool, over: bool) -> None:
        """Note one look at the log's end; ``over``: the job had ended before the look."""
        now = self._clock.monotonic()
        if not (empty and over):
            self._since, self.proven = None, False
        elif self._since is None:
            self._since = now
        else:
            self.proven = self.proven or now - self._since >= 0.8 * self._cadence_s


TailPhase: TypeAlias = Literal["opening", "following", "drained"]

_NEVER_S = 1e9
_MARGIN = 1000
_PATIENT = 3  # empty looks before the pace slows
_SLOWER = 1.4
_SLOWEST = 4.0


@dataclass(frozen=True, slots=True)
class TailState:
    """How the tail stands. ``behind``: more lines are known to wait. ``fallback``: why it reads by bytes.

    ``capped``: the disk takes no more of it, so that old lines are let go of and fetched again.
    """

    phase: TailPhase
    at_top: bool
    loading_older: bool
    freshness: Freshness
    behind: bool = False
    fallback: str = ""
    capped: bool = False


class LogTail:
    """Keeps ``store`` in step with a log file of a job; ``publish`` is told after each page and failure.

    ``ended`` says whether the job has ended: the log is drained once it then proves empty twice, a cadence
    apart. ``cadence_s`` is in seconds; a log that stays quiet is asked up to four times less often.
    ``looked_at`` is when the log was last seen to its end, in monotonic seconds.
    """

    def __init__(
        self,
        source: TailsLogs,
        job: Resource,
        file: str,
        *,
        clock: Clock,
        rng: Random,
        cadence_s: float,
        ended: Callable[[], bool],
        publish: Callable[[TailState], None],
        max_lines: int = 200_000,
        spill: Spill | None = None,
        parent: LoopControls | None = None,
    ) -> None:
        self.store = LogStore(max_lines, spill=spill)
        self._reader = LogReader(source, job, file)
        self._clock = clock
        self._cadence_s = cadence_s
        self._ended = ended
        self._publish = publish
        self._loop = Loop(self._step, self._tell, clock=clock, rng=rng, cadence_s=cadence_s, parent=parent)
        self.controls = self._loop.controls
        self._phase: TailPhase = "opening"
        self._older_wanted = False
        self._newer_wanted = False
        self._triggered = False
        self._reading: int | None = None
        self._full = self._served = False
        self._lost_above = False
        self._quiet = Quiet(clock, cadence_s)
        self._idle = 0
        self.looked_at = -inf

    @property
    def state(self) -> TailState:
        """How the tail stands now."""
        at_top = not self.store.above and (self._reader.at_top or self._lost_above)
        behind = self._full or bool(self.store.below)
        return TailState(
            self._phase,
            at_top,
            self._older_wanted,
            self._loop.freshness,
            behind,
            self._reader.fallback,
            self.store.capped,
        )

    def start(self) -> None:
        """Open the log now, paused or not, and follow it until stopped."""
        self._loop.start()
        self.trigger()

    async def stop(self) -> None:
        """Stop; nothing is published afterwards, and what lies on the disk is given back."""
        await self._loop.stop()
        self.store.close()

    def trigger(self) -> None:
        """Ask for newer lines now, drained or paused too, and go on at the full pace."""
        self._triggered = True
        self.liven()
        self._loop.trigger()

    @property
    def cadence_s(self) -> float:
        """Seconds between looks at a log that is not quiet."""
        return self._cadence_s

    @cadence_s.setter
    def cadence_s(self, seconds: float) -> None:
        self._cadence_s = seconds
        self._pace()

    def liven(self) -> None:
        """Go back to the full pace: something may be coming."""
        self._idle = 0
        self._pace()

    def want_older(self) -> None:
        """Load one more page above the first line held, paused or not."""
        if not self.state.at_top:
            self._older_wanted = True
            self._loop.trigger()

    def want_newer(self) -> None:
        """Load again one page below the last line held, where pages were let go of there."""
        if self.store.below:
            self._newer_wanted = True
            self._loop.trigger()

    @property
    def reading(self) -> int | None:
        """The number of the line a reader is at, None while the view follows the end.

        Nothing near a reader is let go of; a full store waits with newer lines until the reader moves on.
        """
        return self._reading

    @reading.setter
    def reading(self, number: int | None) -> None:
        moved_down = number is None and self._reading is not None
        self._reading = number
        if moved_down and self.store.below:
            self.store.jump_below()
            self.want_newer()
        elif number is not None and self.store.end - number < _MARGIN:
            self.want_newer()

    # What a step does: serve the reader, then pull newer pages until there are no more.

    async def _step(self) -> None:
        more, self._served = True, self._older_wanted or self._newer_wanted
        while more:
            if self._older_wanted:
                await self._try_older()
            if self._newer_wanted:
                await self._load_below()
            more = await self._pull() if self._may_pull() else False
        self._triggered = False

    def _may_pull(self) -> bool:
        if self.store.below:
            return False
        idle = self._phase == "drained" or self._loop.freshness.paused
        return self._triggered or not (idle or self._asked_just_now)

    @property
    def _asked_just_now(self) -> bool:
        """Whether a step that only serves the reader comes before the log is due again."""
        since = self._clock.monotonic() - self.looked_at
        return self._served and since < 0.8 * self._loop.interval_s

    async def _pull(self) -> bool:
        """Take one newer page; return whether another should be asked for at once."""
        self._full = not self._make_room()
        if self._full:
            return False
        ended = self._ended()
        batch = await self._reader.newer()
        self._loop.mark_success()
        self._append(batch)
        if self._reader.opened and self._phase == "opening":
            self._phase = "following"
        if not batch.more:
            self.looked_at = self._clock.monotonic()
            self._judge_end(batch, ended)
        else:
            self._quiet.saw(empty=False, over=ended)
            if batch.lines:
                self._tell()
        return batch.more

    def _append(self, batch: Batch) -> None:
        if batch.gap:
            self.store.mark(batch.gap, "gap")
        self.store.append(batch.lines, batch.place)
        self._make_room()

    def _make_room(self) -> bool:
        """Let go of pages at the top; return whether more may be taken in."""
        end = self.store.end
        self.store.drop_above(end if self._reading is None else self._reading - _MARGIN)
        return self._reading is None or not self.store.full

    def _judge_end(self, batch: Batch, ended: bool) -> None:
        empty = not (batch.lines or batch.gap)
        self._quiet.saw(empty=empty, over=ended)
        if self._quiet.proven and self._phase != "drained":
            self._drain(batch)
        elif not empty and self._phase == "drained":
            self._phase = "following"
        self._idle = self._idle + 1 if empty and not ended else 0
        self._pace()

    def _pace(self) -> None:
        """Ask a log that stays quiet less often, at a quarter of the pace in the end; a drained one never."""
        pace = self._cadence_s * min(_SLOWEST, _SLOWER ** max(0, self._idle - _PATIENT))
        self._loop.cadence_s = _NEVER_S if self._phase == "drained" else pace

    def _drain(self, batch: Batch) -> None:
        self._append(self._reader.finish())
        if batch.waiting:
            self.store.mark(UNDECIDED, "note")
        self._phase = "drained"

    async def _try_older(self) -> None:
        try:
            await self._load_older()
        finally:
            self._older_wanted = False
        self._tell()

    async def _load_older(self) -> None:
        if self.store.above:
            await self._load_above()
        elif self._reader.opened:
            batch = await self._reader.older()
            if batch.gap:
                self.store.mark(batch.gap, "gap", above=True)
            self.store.prepend(batch.lines, batch.place)
        if self._reading is not None:
            self.store.drop_below(self.store.first + _MARGIN)

    async def _load_above(self) -> None:
        dropped = self.store.above[-1]
        lines = await self._reader.replay(dropped)
        if lines is None:
            self.store.above.clear()
            self._lost_above = True
            self.store.mark(LOST_PLACE, "gap", above=True)
            return
        self.store.above.pop()
        self.store.prepend(lines, dropped.place)

    async def _load_below(self) -> None:
        dropped = self.store.below[-1]
        lines = await self._reader.replay(dropped)
        self.store.below.pop()
        if lines is None:
            self.store.mark(LOST_PLACE, "gap")
        else:
            self.store.append(lines, dropped.place)
        self._newer_wanted = False
        self._make_room()
        self._tell()

    def _tell(self) -> None:
        self._publish(self.state)
