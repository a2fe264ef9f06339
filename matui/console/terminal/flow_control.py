"""Flow control of the output to a terminal, and a measure of its rate. Pure.

A probe (a request for the cursor's position) follows a frame: the reply comes once the terminal has read all
that was written before it. Where that takes long, only so much is sent at once that a key's echo is on time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import inf
from typing import NamedTuple

PROBE = "\x1b[6n"
MIN_WINDOW = 200  # bytes that may always be unread, and as many again after a key
_MAX_QUEUED_S = 0.08  # wanted limit of the time that unread bytes take, beyond the round trip
_MAX_ROUND_TRIP_S = 0.6
_MOST_LAG_S = 2.0
_LEAST_QUEUED_S = 0.02
_GROWTH = 1.25
_MAX_WINDOW = 64_000  # bytes; a line that needs more is not limited
_FAST_PROBE_S = 30.0  # between probes on a fast local line
_IDLE_PROBE_S = 10.0  # between probes of the round trip on a slow line
_MIN_PROBED = 800  # bytes worth a probe; a quarter of that on a remote line
_TIMEOUT_S = 2.0
_MIN_RATE = 250.0  # bytes a second, by which the timeout of a probe grows
_MAX_TIMEOUTS = 3
_UNRESPONSIVE_RATE = 8_000.0  # bytes a second that a terminal without replies is assumed to read
_MEAN_S = 10.0
_STEPS = (1, 2, 5)
_LEAST_EXPLAINED = 0.5  # of a delay; a smaller part that goes with the bytes is no slow line


class _LateReply(NamedTuple):
    """A reply that made the window smaller: the bytes before it, the delay beyond the round trip."""

    size: float
    took_s: float
    queued_s: float
    window_before: float


class FlowControl:
    """Counts the bytes written and not yet read, and says how many more may be written.

    ``remote``: the terminal is at the other end of a network, so smaller frames are probed too.
    """

    def __init__(self, monotonic: Callable[[], float], *, remote: bool = False) -> None:
        self.written = 0
        self.unresponsive = False
        self._monotonic = monotonic
        self._remote = remote
        self._window = inf
        self._round_trip_s = _MAX_ROUND_TRIP_S
        self._idle_probe_at = -inf
        self._unread = 0.0
        self._wrote_at = -inf
        self._probe_sent_at = -inf
        self._probe_size: float | None = None  # bytes before the probe that has no reply yet
        self._key_bonus = 0
        self._timeouts = 0
        self._late: _LateReply | None = None

    @property
    def limited(self) -> bool:
        """Whether the line is known to be slow."""
        return self._window < inf or (self.unresponsive and self._remote)

    @property
    def is_slow(self) -> bool:
        """Whether to omit what is only decoration: the line is slow or remote."""
        return self._remote or self.limited

    @property
    def is_probing(self) -> bool:
        """Whether a probe has had no reply yet."""
        return self._probe_size is not None

    def compute_budget(self, *, low_priority: bool) -> float:
        """Return how many bytes may be written now; ``low_priority`` for those that come after a key's."""
        if not self.limited:
            return inf
        if self.unresponsive:
            read = (self._monotonic() - self._wrote_at) * _UNRESPONSIVE_RATE
            return _UNRESPONSIVE_RATE / 4 - max(0.0, self._unread - read) if low_priority else inf
        left = self._window - self._unread
        if low_priority:
            return left if left >= self._window / 2 else 0
        return left + self._key_bonus

    def on_key(self) -> None:
        """Allow the echo of a key, beyond what is unread."""
        self._key_bonus = MIN_WINDOW

    def on_write(self, size: int) -> None:
        """Count ``size`` bytes that were written."""
        now = self._monotonic()
        if self.unresponsive:
            self._unread = max(0.0, self._unread - (now - self._wrote_at) * _UNRESPONSIVE_RATE)
        elif not self.limited and not self.is_probing and now - self._wrote_at > 1:
            self._unread = 0
        self._wrote_at = now
        self._unread += size
        self.written += size

    @property
    def is_doubted(self) -> bool:
        """Whether to probe before more is written: the last reply may have been late by chance."""
        return self._late is not None and not self.is_probing

    @property
    def should_probe(self) -> bool:
        """Whether a probe is to follow what has been written."""
        if self.unresponsive or self.is_probing:
            return False
        now = self._monotonic()
        if self._late is not None:
            return True
        if self.limited:
            return self._unread > 0 or now - self._idle_probe_at > _IDLE_PROBE_S
        if self._unread >= (_MIN_PROBED / 4 if self._remote else _MIN_PROBED):
            return True
        return self._unread > 0 and now - self._probe_sent_at > _FAST_PROBE_S

    def on_probe(self) -> None:
        """Record a probe that was written."""
        self._probe_size, self._probe_sent_at = self._unread, self._monotonic()

    def on_reply(self, at: float) -> None:
        """Record a reply that came ``at`` monotonic seconds, maybe some time ago, and adapt the window."""
        if self._probe_size is None:
            return
        size, self._probe_size = self._probe_size, None
        self._unread = max(0.0, self._unread - size)
        self._key_bonus = self._timeouts = 0
        took = max(0.0, at - self._probe_sent_at)
        if self._was_delay(size, took):
            self._round_trip_s = min(_MAX_ROUND_TRIP_S, took)
        elif size <= len(PROBE):
            self._round_trip_s, self._idle_probe_at = min(_MAX_ROUND_TRIP_S, took), at
        else:
            self._round_trip_s = min(self._round_trip_s, took)
            lag_s = min(_MOST_LAG_S, max(0.0, self._monotonic() - at))
            self._adapt(size, took - self._round_trip_s, lag_s)

    def _adapt(self, size: float, queued_s: float, lag_s: float) -> None:
        """Adapt the window to a reply that was handled ``lag_s`` after it came: so long the line is idle."""
        if queued_s <= _MAX_QUEUED_S:
            if self.limited and size * _GROWTH >= self._window:
                self._window = self._window * _GROWTH if self._window < _MAX_WINDOW else inf
                self._window = max(self._window, size / max(queued_s, _LEAST_QUEUED_S) * lag_s)
        elif size >= MIN_WINDOW / 2:
            window = max(MIN_WINDOW, size / queued_s * (_MAX_QUEUED_S + self._round_trip_s + lag_s))
            if window < self._window:
                self._late = _LateReply(size, queued_s + self._round_trip_s, queued_s, self._window)
            self._window = window

    def _was_delay(self, size: float, took_s: float) -> bool:
        """Take back that a late reply made the window smaller, if this one for fewer bytes took as long.

        A busy machine delays replies whatever their size. Return whether it was taken back.
        """
        late, self._late = self._late, None
        if late is None or size > late.size / 2:
            return False
        if late.took_s - took_s >= late.queued_s * _LEAST_EXPLAINED * (1 - size / late.size):
            return False
        self._window = max(self._window, late.window_before)
        return True

    def check_timeout(self) -> None:
        """Give up a probe without a reply; after three of them, probe no more."""
        if self._probe_size is None:
            return
        if self._monotonic() - self._probe_sent_at < _TIMEOUT_S + self._probe_size / _MIN_RATE:
            return
        self._probe_size, self._unread = None, 0
        self._timeouts += 1
        if self._timeouts >= _MAX_TIMEOUTS:
            self.unresponsive, self._window = True, inf


class OutputRate:
    """The bytes a second that go to the terminal, as a mean over ten seconds and in steps."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, now: float, written: int) -> None:
        """Add a sample: monotonic seconds and the bytes written so far."""
        self._samples.append((now, written))
        while len(self._samples) > 2 and self._samples[1][0] <= now - _MEAN_S:
            self._samples.popleft()

    @property
    def text(self) -> str:
        """The rate as a text that seldom changes, as it costs bytes itself."""
        if len(self._samples) < 2:
            return "… B/s"
        (began, before), (now, written) = self._samples[0], self._samples[-1]
        rate = (written - before) / max(now - began, 0.1)
        step = next(
            (ten * n for ten in (10, 100, 1000, 10_000, 100_000) for n in _STEPS if rate <= ten * n), 0
        )
        if not step:
            return "> 500 kB/s"
        return f"≤ {step} B/s" if step < 1000 else f"≤ {step // 1000} kB/s"
