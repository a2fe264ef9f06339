"""The log files of a job: their list, those that a pane has open, their merge, and what is copied of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from matui.base.errors import MatuiError
from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import LOOK_AHEAD
from matui.base.log_lines.times import TimestampParser
from matui.base.text.cells import fit
from matui.base.text.sanitize import clean
from matui.clouds.protocols import TailsLogs
from matui.console.logs.view import FILE_COLOURS
from matui.console.session import ConsoleSession
from matui.live.logs.file_cursor import FileCursor
from matui.live.logs.merge import MergedLog
from matui.live.logs.page_store import MAX_BYTES, DiskSpill
from matui.live.logs.reader import JobLogFile
from matui.live.logs.tail import LogTail, TailState
from matui.live.poll.loop import Timing
from matui.live.poll.loop_controls import LoopControls
from matui.live.poll.poller import PolledValue, ValuePoller
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.console.logs.view import LogView

_NONE_YET_S = 10.0
_MORE_S = 60.0
_NEVER_S = 1e9
_WIDEST = 10
HELD_SHOWN_S = 2.0
_FAILED_S = 10.0  # until a file that cannot be read is no longer waited for


class OpenLogFiles:
    """A tail per open file; ``changed`` is called with the file that has new lines."""

    def __init__(
        self,
        session: ConsoleSession,
        source: Callable[[], TailsLogs],
        job: Callable[[], Resource],
        changed: Callable[[str, TailState], None],
        *,
        controls: LoopControls,
    ) -> None:
        self.tails: dict[str, LogTail] = {}
        self.states: dict[str, TailState] = {}
        self._session = session
        self._source = source
        self._job = job
        self._changed = changed
        self._controls = controls

    def open(self, files: tuple[str, ...]) -> None:
        """Follow these files; those open already go on. Several share the pace of one."""
        for file in files:
            if file not in self.tails:
                self.tails[file] = self._build_tail(file, len(files))
                self.tails[file].start()
        for tail in self.tails.values():
            tail.cadence_s = self._session.get_cadence("logs") * len(self.tails)

    def _build_tail(self, file: str, files: int) -> LogTail:
        return LogTail(
            JobLogFile(self._source(), self._job(), file),
            timing=Timing(
                self._session.clock, self._session.rng, self._session.get_cadence("logs"), self._controls
            ),
            ended=lambda: self._job().phase.ended,
            publish=partial(self._receive, file),
            spill=_spill(MAX_BYTES // files),
            observe=self._session.signals.build_feed(self._job(), file),
        )

    def _receive(self, file: str, state: TailState) -> None:
        self.states[file] = state
        self._changed(file, state)

    async def close(self, *, but: str = "") -> None:
        """Stop following, all files or all but one."""
        for file in [file for file in self.tails if file != but]:
            self.states.pop(file, None)
            await self.tails.pop(file).stop()

    def trigger(self) -> None:
        """Request new lines now."""
        for tail in self.tails.values():
            tail.trigger()

    def reset_idle(self) -> None:
        """Go back to the full pace."""
        for tail in self.tails.values():
            tail.reset_idle()

    @property
    def job_ended(self) -> bool:
        """Whether the job has ended."""
        return self._job().phase.ended

    @property
    def at_top(self) -> bool:
        """Whether nothing lies above what is held of any file."""
        return bool(self.states) and all(state.at_top for state in self.states.values())

    def request_older(self, files: list[str]) -> None:
        """Load one more page above in each of these files."""
        for file in files:
            self.tails[file].request_older()


def _spill(most_bytes: int) -> DiskSpill | None:
    """Return where pages may go, None where there is no folder for them."""
    from matui.config.paths import make_cache_dir

    try:
        folder: Path = make_cache_dir() / "logs"
    except MatuiError:
        return None
    return DiskSpill(folder, most_bytes)


class LogListing(ValuePoller[tuple[str, ...]]):
    """Calls ``listed`` with the files each time they have been listed."""

    def __init__(
        self,
        session: ConsoleSession,
        source: Callable[[], TailsLogs],
        job: Callable[[], Resource],
        listed: Callable[[PolledValue[tuple[str, ...]]], None],
        *,
        controls: LoopControls,
    ) -> None:
        timing = Timing(session.clock, session.rng, _NONE_YET_S, controls)
        super().__init__(lambda: source().list_log_files(job()), timing, self._receive)
        self._job = job
        self._listed = listed

    def _receive(self, state: PolledValue[tuple[str, ...]]) -> None:
        if state.value:
            self.set_cadence(_NEVER_S if self._job().phase.ended else _MORE_S)
        self._listed(state)

    def look(self) -> None:
        """List now: the user asks for it, or the job has changed."""
        self.controls.trigger()


class MergedFiles:
    """The merged log of ``files``; ``off`` are those the reader does not want to see."""

    def __init__(self, logs: OpenLogFiles, files: tuple[str, ...], stamper: TimestampParser) -> None:
        self.files = files
        self.off: set[str] = set()
        self._held_since: float | None = None
        self._failed_since: dict[str, float] = {}
        self._left_out: list[int] = []
        self._logs = logs
        stores = [logs.tails[file].store for file in files]
        self._cursors = [FileCursor(store, stamper.copy_fresh(), render_plain_text) for store in stores]
        self.log = MergedLog(self._cursors, stores)
        names = label_files(files)
        width = max(map(len, names))
        self._labels = [
            (f"{fit(name, width)}▏", f"log-view--file-{n % FILE_COLOURS}") for n, name in enumerate(names)
        ]

    def step(self, now: float) -> bool:
        """Place what can be placed; whether more is left for another turn. ``now`` is monotonic.

        A file that cannot be read for ten seconds is not waited for: its lines come late.
        """
        self._left_out.clear()
        for number, (file, cursor) in enumerate(zip(self.files, self._cursors, strict=True)):
            state = self._logs.states.get(file)
            if state is None:
                continue
            cursor.at_top = state.at_top
            complete = state.at_end or state.phase == "drained"
            cursor.caught_up_at = float("inf") if complete else self._logs.tails[file].caught_up_at
            if complete or state.freshness.error is None:
                self._failed_since.pop(file, None)
            elif now - self._failed_since.setdefault(file, now) >= _FAILED_S:
                cursor.caught_up_at = now
                self._left_out.append(number)
        more = self.log.step(now)
        if self.log.describe_held_back() is None:
            self._held_since = None
        elif self._held_since is None:
            self._held_since = now
        return more

    @property
    def is_held(self) -> bool:
        """Whether lines wait for other files, for however short a time."""
        return self._held_since is not None

    def describe_held_back(self, now: float) -> str:
        """Return how many lines wait for which files, else which are left out; ``""`` for none."""
        if self._left_out:
            return f"without {self._name_files(self._left_out)}"
        held = self.log.describe_held_back()
        is_long = self._held_since is not None and now - self._held_since >= HELD_SHOWN_S
        if held is None and self.is_complete:
            return self._describe_unfinished()
        if held is None or not (is_long or self.is_complete):
            return ""
        waiting = "1 line waits" if held.lines == 1 else f"{held.lines:,} lines wait"
        return f"{waiting} for {self._name_files(held.files)}" if held.files else waiting

    def _name_files(self, numbers: Sequence[int]) -> str:
        others = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
        return self._labels[numbers[0]][0][:-1].strip() + others

    def _describe_unfinished(self) -> str:
        """Return the first file of an ended job whose end has not been read, ``""`` where there is none."""
        for (label, _), cursor in zip(self._labels, self._cursors, strict=True):
            if cursor.caught_up_at < float("inf"):
                return f"reading {label[:-1].strip()} to its end"
        return ""

    @property
    def is_complete(self) -> bool:
        """Whether the job has ended, so that no lines come after those that the files have."""
        return self._logs.job_ended

    def request_older(self, lines: int = 500) -> None:
        """Let more lines be placed above, and load those that are needed for it."""
        self.log.request_older(lines)
        self.load()

    def load(self) -> None:
        """Load the pages without which nothing more can be placed above."""
        self._logs.request_older([self.files[n] for n in self.log.list_files_needing_older()])

    def build_file_label(self, number: int) -> tuple[str, str]:
        """Return what stands before a line: its file, and a sign where it came late."""
        file, late = self.log.get_file(number)
        text, style = self._labels[file]
        return (f"{text[:-1]}!" if late else text, style)

    def find(self, begin: int, end: int) -> list[int]:
        """Return the lines of files that are on."""
        off = {n for n, file in enumerate(self.files) if file in self.off}
        return [number for number in range(begin, end) if self.log.get_file(number)[0] not in off]


def label_files(files: tuple[str, ...]) -> list[str]:
    """Return the names of files without what all share at either end."""
    head = _count_common_characters(files)
    tails = [file[head:] for file in files]
    tail = _count_common_characters([name[::-1] for name in tails])
    shared = [name[: len(name) - tail] if tail else name for name in tails]
    names = shared if all(shared) and len(set(shared)) == len(files) else list(files)
    return [clean(name)[-_WIDEST:] for name in names]


def _count_common_characters(names: Sequence[str]) -> int:
    """Return how many characters all names begin with."""
    columns = zip(*names, strict=False) if len(names) > 1 else ()
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, columns))


def read_found_text(view: LogView, merged: MergedFiles | None) -> str:
    """Return the match or the error in view as the log has it, ``""`` where there is none.

    In a traceback it is the whole error, also of lines that a filter leaves out.
    """
    found = view.find_current_line()
    if found is None:
        return ""
    origin = view.find_origin(found)
    numbers = _list_numbers_around(view, merged, origin)
    texts = [render_plain_text(view.base.get_line(number).text) for number in numbers]
    error = view.looks.rules.find_traceback(texts, numbers.index(origin)) if origin in numbers else []
    return "\n".join(view.get_copied_source_text(numbers[at]) for at in error) or view.get_copied_text(found)


def _list_numbers_around(view: LogView, merged: MergedFiles | None, origin: int) -> list[int]:
    """Return the numbers of the lines of one file around a line, up to gaps; notes are left out."""
    base = view.base

    def is_same_file(number: int) -> bool:
        return merged is None or merged.log.get_file(number)[0] == merged.log.get_file(origin)[0]

    def is_no_gap(number: int) -> bool:
        return base.get_line(number).mark != "gap"

    above = range(origin - 1, max(base.first, origin - LOOK_AHEAD) - 1, -1)
    below = range(origin, min(base.end, origin + LOOK_AHEAD))
    around = (*reversed(list(takewhile(is_no_gap, above))), *takewhile(is_no_gap, below))
    return [number for number in around if is_same_file(number) and not base.get_line(number).mark]
