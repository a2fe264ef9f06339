"""The signals of one log file, fed with its lines in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.times import TimestampParser
from matui.signals.findings import (
    DEFAULT_LIMITS,
    LINES_SINCE_STEP,
    REMEMBERED_LINES,
    Finding,
    FindingLimits,
    adapt_limits,
    find_faults,
    find_pause,
    is_initializing,
)
from matui.signals.reader import OwnSignal, SignalReader
from matui.signals.series import SignalLog

_LINES_AT_ONCE = 32
_BYTES_OF_READER, _BYTES_OF_LINE = 4_000, 60


class FileSignals:
    """Reads the signals of a file, page by page.

    ``lines`` is the number of lines read so far, ``complete_at_ms`` when the end of the file was last reached
    (ms since the epoch), None where it was not: only then do missing lines mean anything. ``first_read_ms``
    is when it was reached first, ``grew_at_ms`` when lines were last seen to come, by the clock of this
    machine.
    """

    def __init__(
        self,
        file: str,
        times: TimestampParser,
        own: Sequence[OwnSignal] = (),
        limits: FindingLimits = DEFAULT_LIMITS,
    ) -> None:
        self.file = file
        self.log = SignalLog()
        self.lines = 0
        self.complete_at_ms: float | None = None
        self.grew_at_ms: float | None = None
        self.first_read_ms: float | None = None
        self._reader = SignalReader(own)
        self._times = times
        self._limits = limits
        self._last: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._since_step: list[str] = []
        self._findings: tuple[Finding, ...] = ()
        self._found_for: tuple[int, bool, float | None] | None = None

    def add(self, lines: Sequence[str], seen_ms: float | None = None) -> bool:
        """Read the next lines; return whether any of them had a signal.

        ``seen_ms`` is when they were seen to come in ms since the epoch, None where they may be old.
        """
        log, read, stamp, first = self.log, self._reader.read, self._times.read, self.lines
        found = False
        for text in lines:
            plain = render_plain_text(text)
            at = stamp(plain)
            time_ms = at.ms if at is not None else log.last_line_ms
            log.observe_line(time_ms)
            reading = read(plain)
            if reading is not None:
                found = True
                log.add(reading, time_ms, self.lines, seen_ms if at is None else None)
            self.lines += 1
        self._last.extend(lines[-REMEMBERED_LINES:])
        self._note_since_step(lines, first)
        return found

    def _note_since_step(self, lines: Sequence[str], first: int) -> None:
        """Remember the lines that follow the last step; ``first`` is the number of the first of ``lines``."""
        step_line, begin = self.log.last_step_line, 0
        if step_line is not None and step_line >= first:
            self._since_step, begin = [], step_line - first + 1
        self._since_step += lines[begin : begin + LINES_SINCE_STEP - len(self._since_step)]

    def add_some(
        self, lines: Sequence[str], is_spent: Callable[[], bool], seen_ms: float | None = None
    ) -> int:
        """Read the first lines until ``is_spent``, which is asked now and then; return how many were read.

        For ``seen_ms`` see :meth:`add`.
        """
        for begin in range(0, len(lines), _LINES_AT_ONCE):
            self.add(lines[begin : begin + _LINES_AT_ONCE], seen_ms)
            if is_spent():
                return min(begin + _LINES_AT_ONCE, len(lines))
        return len(lines)

    @property
    def size(self) -> int:
        """The bytes that this takes, roughly: those of a log without signals, too."""
        lines = sum(_BYTES_OF_LINE + len(line) for line in (*self._last, *self._since_step))
        return _BYTES_OF_READER + lines + self.log.size

    @property
    def last_line_at(self) -> float | None:
        """When the last line came in ms since the epoch: by its own time, or later as it was seen to come.

        Where lines have no time and none was seen to come, it is when the end was first read: it came before.
        """
        known = [time for time in (self.log.written_ms, self.grew_at_ms) if time is not None]
        return max(known, default=self.first_read_ms if self.lines else None)

    @property
    def is_initializing(self) -> bool:
        """Whether the last lines are of the initialization of NCCL or HCCL."""
        return is_initializing(self._last)

    def select_unread(self, page: Sequence[str]) -> Sequence[str]:
        """Return the lines of a newest page that come after those read; all of them where none is known."""
        known = tuple(self._last)
        for end in range(len(page), len(known) - 1, -1) if known else ():
            if tuple(page[end - len(known) : end]) == known:
                return page[end:]
        return page

    def find_findings(self, *, running: bool, at_ms: float | None) -> tuple[Finding, ...]:
        """Return the findings as of ``at_ms``; None where the end of the file has not been reached."""
        state = (self.lines, running, at_ms)
        if state != self._found_for:
            self._found_for = state
            self._findings = find_faults(
                self.log,
                now_ms=at_ms or 0.0,
                running=running and at_ms is not None,
                limits=self._limits_now,
                grew_at_ms=self.grew_at_ms,
            )
        return self._findings

    def is_stalled(self, at_ms: float) -> bool:
        """Return whether lines, but no step, come for long before ``at_ms`` (ms since the epoch)."""
        pauses = find_pause(self.log, now_ms=at_ms, limits=self._limits_now, grew_at_ms=self.grew_at_ms)
        return any(pause.kind == "stalled" for pause in pauses)

    @property
    def _limits_now(self) -> FindingLimits:
        return adapt_limits(self._last, self._limits, self._since_step)
