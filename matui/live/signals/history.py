"""Reads the log of a job from its first line for its signals, and goes on while it grows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from matui.base.errors import CloudError, MatuiError
from matui.base.text.formatting import pluralize
from matui.clouds.protocols import BudgetState, TailsLogs
from matui.live.logs.reader import LogReader, explain_no_log
from matui.live.logs.retrying_source import RetryingLogSource
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.signals.file_signals import FileSignals
from matui.live.signals.gated_logs import BudgetGate, GatedLogs
from matui.live.signals.store import ReadingPosition, SignalStore
from matui.resources.model import Resource

_FOLLOW_FACTOR = 4.0  # of the cadence of an open log
_LINES_BEFORE_OTHER = 2_000  # without a signal, before the last file is tried
_EMPTY_READS_AFTER_END = 2
_MAX_PAGES_BACK = 40
SLICE_S = 0.004  # lines are read for their signals this long at a time
_REST_S = 0.004

T = TypeVar("T")


class SignalHistory:
    """The signals of one whole log file of a job; ``changed`` is called after each page.

    ``words`` says what is read or why it could not be, ``""`` once the end of the log has been reached.
    """

    def __init__(
        self,
        source: TailsLogs,
        job: Callable[[], Resource],
        store: SignalStore,
        *,
        budget: Callable[[], BudgetState],
        controls: LoopControls,
        timing: Timing,
        changed: Callable[[], None],
    ) -> None:
        self.files: tuple[str, ...] = ()
        self.signals: FileSignals | None = None
        self.words = "looking for log files"
        gated = GatedLogs(source, BudgetGate(budget, controls, timing.clock))
        self._source = RetryingLogSource(
            gated,
            timing.clock,
            timing.rng,
            lambda error, _wait_s: self._set_words(f"waiting: {error.sentence}"),
        )
        self._source.endless = True
        self._job = job
        self._store = store
        self._clock = timing.clock
        self._cadence_s = timing.cadence_s * _FOLLOW_FACTOR
        self._changed = changed

    async def run(self, file: str = "") -> None:
        """Read a file, or the one that has signals, until its job has ended and its log is read."""
        kept = self._store.positions.find(self._job().key, file)
        if kept is not None:
            self.signals = kept.signals
            self._changed()
        try:
            self.files = await self._source.list_log_files(self._job())
            if not self.files:
                self.words = explain_no_log(self._job())
            else:
                await self._read_first_with_signals(file)
        except MatuiError as error:
            self.words = f"the log could not be read: {error.sentence}"
        self._changed()

    async def _read_first_with_signals(self, file: str) -> None:
        candidates = (file,) if file in self.files else tuple(dict.fromkeys((self.files[0], self.files[-1])))
        for candidate in candidates:
            await self._read(candidate, may_leave=candidate != candidates[-1])
            if self.signals is not None and self.signals.log.segments:
                return
        self.words = "no signals in the log"

    async def _read(self, file: str, *, may_leave: bool) -> None:
        """Read a file until the job has ended; only to its end where it has no signals and another may."""
        job = self._job()
        position = self._store.positions.take(job.key, file)
        if position is None:
            position = ReadingPosition(
                self._store.build_file_reader(job, file), LogReader(self._source, job, file)
            )
        position.reader.read_from(self._source)
        self.signals = position.signals
        try:
            await self._read_on(job, position, may_leave=may_leave)
        finally:
            self._store.positions.keep(job.key, position)

    async def _read_on(self, job: Resource, position: ReadingPosition, *, may_leave: bool) -> None:
        signals = position.signals
        async for lines, is_end in self._read_pages(position):
            await self._add(position, lines)
            if is_end:
                signals.complete_at_ms = self._clock.now() * 1000
            if signals.log.segments and is_end:  # before, its last step is an old one
                self._store.replace(job, signals)
            has_none = not signals.log.segments
            self.words = f"{pluralize(signals.lines, 'line')} read" if not is_end or has_none else ""
            self._changed()
            if may_leave and has_none and (is_end or signals.lines > _LINES_BEFORE_OTHER):
                return

    async def _add(self, position: ReadingPosition, lines: Sequence[str]) -> None:
        """Read lines for their signals, in slices between which keys are answered."""
        position.unread = [*position.unread, *lines]
        seen_ms = None if position.signals.complete_at_ms is None else self._clock.now() * 1000
        while position.unread:
            until = self._clock.monotonic() + SLICE_S
            count = position.signals.add_some(
                position.unread,
                lambda: self._clock.monotonic() >= until,  # noqa: B023 - called at once
                seen_ms,
            )
            position.unread = position.unread[count:]
            if position.unread:
                await self._clock.sleep(_REST_S)

    async def _read_pages(self, position: ReadingPosition) -> AsyncIterator[tuple[Sequence[str], bool]]:
        """Yield pages of lines in order, each with whether the end of the log has been reached."""
        reader = position.reader
        batch = None if position.is_open else await self._retry(reader, reader.open_top)
        if batch is not None:
            position.is_open = True
            yield batch.lines, False
        elif not position.is_open:
            for lines in await self._read_backwards(reader):
                yield lines, False
            position.is_open = True
        empty_reads = 0
        while empty_reads < _EMPTY_READS_AFTER_END:
            ended = self._job().phase.ended
            if reader.opened:
                following = await self._retry(reader, lambda: reader.read_newer(verify=ended))  # noqa: B023
            else:
                following = await self._retry(reader, reader.read_newer)
            is_end = not following.more
            yield following.lines, is_end
            if is_end:
                empty_reads = empty_reads + 1 if ended and not following.lines else 0
                await self._clock.sleep(self._cadence_s)

    async def _read_backwards(self, reader: LogReader) -> list[Sequence[str]]:
        """Return the newest pages, oldest first: for a cloud that cannot begin at the first line."""
        pages: list[Sequence[str]] = [(await self._retry(reader, reader.read_newer)).lines]
        while reader.opened and not reader.at_top and len(pages) < _MAX_PAGES_BACK:
            pages.append((await self._retry(reader, reader.read_older)).lines)
            self._set_words(f"{pluralize(sum(map(len, pages)), 'line')} loaded")
        return pages[::-1]

    async def _retry(self, reader: LogReader, ask: Callable[[], Awaitable[T]]) -> T:
        """Request once more where the cloud has refused the place in the log for the first time."""
        try:
            return await ask()
        except CloudError as error:
            if not reader.should_retry:
                raise
            await self._source.wait(error, 1)
            return await ask()

    def _set_words(self, words: str) -> None:
        self.words = words
        self._changed()
