"""The time of a replay: a clock that plays at a speed, pauses and jumps, and what moves it."""

from __future__ import annotations

import asyncio
from datetime import tzinfo
from threading import Lock
from time import monotonic, sleep

from matui.base.clock import Clock
from matui.base.moments import parse_moment
from matui.base.text.formatting import format_local_time, parse_duration
from matui.live.recording.changes import RecordedChanges, read_changes
from matui.live.recording.reading import Recording

SPEEDS = (1, 2, 5, 10, 30, 60)
_AT_ONCE_S = 0.001
_LONGEST_HOLD_S, _HELD_S = 1.0, 0.01
_LEAST_SLEEP_S = 0.25  # of the machine's time, however fast the replay is


class ReplayClock:
    """A clock that runs from ``begin`` to ``end`` (seconds since the epoch), and stops there.

    ``base`` is the clock of the machine. Monotonic seconds are those that were played.
    """

    def __init__(self, base: Clock, begin: float, end: float) -> None:
        self.begin, self.end = begin, max(begin, end)
        self.is_playing = False
        self.speed = SPEEDS[0]
        self._base = base
        self._at = begin
        self._played = 0.0
        self._since = base.monotonic()
        self._changed = asyncio.Event()

    def now(self) -> float:
        return self._at + self._measure_elapsed()

    def monotonic(self) -> float:
        return self._played + self._measure_elapsed()

    async def sleep(self, seconds: float) -> None:
        """Return after ``seconds`` were played; never while the replay is paused."""
        until = self.monotonic() + seconds
        await self._base.sleep(min(_LEAST_SLEEP_S, max(0.0, seconds)))
        while (left := until - self.monotonic()) > _AT_ONCE_S:
            waiting: set[asyncio.Future[object]] = {asyncio.ensure_future(self._changed.wait())}
            if self.is_playing and self.now() < self.end:
                waiting.add(asyncio.ensure_future(self._base.sleep(left / self.speed)))
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for one in waiting:
                    one.cancel()

    def play(self, *, is_playing: bool) -> None:
        """Play or pause."""
        self._settle()
        self.is_playing = is_playing
        self._announce()

    def set_speed(self, speed: int) -> None:
        """Play so many seconds in a second."""
        self._settle()
        self.speed = speed
        self._announce()

    def jump(self, at: float) -> None:
        """Go to a time, the nearest one that was recorded."""
        self._settle()
        self._at = min(self.end, max(self.begin, at))
        self._announce()

    def _measure_elapsed(self) -> float:
        if not self.is_playing:
            return 0.0
        return min((self._base.monotonic() - self._since) * self.speed, self.end - self._at)

    def _settle(self) -> None:
        elapsed = self._measure_elapsed()
        self._at += elapsed
        self._played += elapsed
        self._since = self._base.monotonic()

    def _announce(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()


class Playback:
    """Moves the clock of a replay over its recording."""

    def __init__(self, recording: Recording, base: Clock) -> None:
        self.recording = recording
        self.clock = ReplayClock(base, recording.from_ms / 1000, recording.until_ms / 1000)
        self._changes: RecordedChanges | None = None
        self._reading = Lock()
        self._held_until = 0.0  # by the machine's clock, in seconds

    def read_changes(self) -> RecordedChanges:
        """Return the changes of the whole recording; the first call reads all of it. Raises UsageError."""
        with self._reading:
            if self._changes is None:
                self._changes = read_changes(self.recording.file, self.give_way)
            return self._changes

    def hold_reading(self) -> None:
        """Let :meth:`read_changes` wait in its thread, for a second at most, while a jump is shown."""
        self._held_until = monotonic() + _LONGEST_HOLD_S

    def release_reading(self) -> None:
        """Let :meth:`read_changes` go on."""
        self._held_until = 0.0

    def give_way(self) -> None:
        """Wait in a thread while a jump is shown."""
        while monotonic() < self._held_until:
            sleep(_HELD_S)

    @property
    def at_ms(self) -> int:
        """The time of the recording that is shown."""
        return int(self.clock.now() * 1000)

    @property
    def is_playing(self) -> bool:
        """Whether the replay is playing and has not reached the end."""
        return self.clock.is_playing and self.clock.now() < self.clock.end

    def toggle(self) -> None:
        """Play or pause; at the end, play from the beginning."""
        is_playing = self.is_playing
        if not is_playing and self.clock.now() >= self.clock.end:
            self.clock.jump(self.clock.begin)
        self.clock.play(is_playing=not is_playing)

    def change_speed(self, steps: int) -> bool:
        """Play faster, or slower for negative ``steps``; return whether the speed is another one now."""
        before = self.clock.speed
        at = SPEEDS.index(before) + steps
        self.clock.set_speed(SPEEDS[min(len(SPEEDS) - 1, max(0, at))])
        return self.clock.speed != before

    def step(self, *, forward: bool) -> bool:
        """Pause at the next change that was recorded, or the one before; return whether there is one."""
        self.clock.play(is_playing=False)
        at = self.recording.find_next_change(self.at_ms, forward=forward)
        if at is None or at < self.recording.from_ms:
            return False
        self.clock.jump(at / 1000)
        return True

    def go_to(self, text: str) -> str:
        """Go to a typed time; ``-10m`` and ``+10m`` count from the time shown. Raises ValueError.

        Return in a sentence that the recording begins later or ends earlier, ``""`` where it holds the time.
        """
        words = text.strip()
        if words[:1] in ("+", "-"):
            sign = 1 if words[0] == "+" else -1
            at = self.clock.now() + sign * parse_duration(words[1:])
        else:
            at = parse_moment(words, last_ms=self.recording.until_ms, zone=None) / 1000
        self.clock.jump(at)
        if at < self.clock.begin:
            return f"The recording begins at {format_local_time(int(self.clock.begin * 1000))}."
        if at > self.clock.end:
            return f"The recording ends at {format_local_time(int(self.clock.end * 1000))}."
        return ""

    def describe(self, zone: tzinfo | None = None) -> str:
        """Return the state for the status bar: the time of the recording, the speed, whether it plays.

        ``zone`` is that of the time; None is the machine's.
        """
        state = "playing" if self.is_playing else "paused"
        if self.clock.now() >= self.clock.end:
            state = "at the end"
        return f"replay {format_local_time(self.at_ms, zone)} · {state} · {self.clock.speed}×"
