"""Keeps the signals of jobs, and how far their logs were read, in bounded memory: the oldest go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Container, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from math import inf, isfinite
from statistics import median

from matui.base.log_lines.times import TimestampParser
from matui.base.text.regex import compile_user_regex
from matui.live.logs.reader import LogReader
from matui.live.signals.file_signals import FileSignals
from matui.resources.model import Resource, ResourceKey
from matui.signals.findings import DEFAULT_LIMITS, Finding, FindingLimits, find_stragglers
from matui.signals.reader import OwnSignal

_MOST_POSITIONS = 4
MAX_BYTES = 64 * 1024 * 1024
_LOOK_APART_S = 2.0
_SPEED_POINTS = 3


@dataclass(slots=True)
class ReadingPosition:
    """The place of a reader in a file, the signals up to there, and the lines before it still ``unread``.

    ``is_open`` is False until every line before the place of the reader is in one of them.
    """

    signals: FileSignals
    reader: LogReader
    unread: Sequence[str] = ()
    is_open: bool = False


class ReadingPositions:
    """The positions in the logs read last, by the key of the job and the file."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[ResourceKey, str], ReadingPosition] = OrderedDict()

    @property
    def size(self) -> int:
        """The bytes that the signals take, roughly."""
        return sum(position.signals.size for position in self._kept.values())

    def keep(self, key: ResourceKey, position: ReadingPosition) -> None:
        """Keep a copy of a position: its signals may be added to by other readers of the log."""
        if position.is_open:
            name = (key, position.signals.file)
            self._kept[name] = replace(position, signals=deepcopy(position.signals))
            self._kept.move_to_end(name)
            while len(self._kept) > _MOST_POSITIONS:
                self.drop_oldest()

    def find(self, key: ResourceKey, file: str) -> ReadingPosition | None:
        """Return the position in a file, which stays kept."""
        return self._kept.get((key, file))

    def take(self, key: ResourceKey, file: str) -> ReadingPosition | None:
        """Return the position in a file, and keep it no longer."""
        return self._kept.pop((key, file), None)

    def drop_oldest(self) -> bool:
        """Drop the position kept longest; return whether there was one."""
        if self._kept:
            self._kept.popitem(last=False)
            return True
        return False

    def clear(self) -> None:
        """Drop every position."""
        self._kept.clear()


class SignalFeed:
    """Takes the lines of one file from one reader of its log, which begins at the newest page."""

    def __init__(self, store: SignalStore, job: Resource, file: str) -> None:
        self._store = store
        self._job = job
        self._file = file
        self._joined = False

    def add(self, lines: Sequence[str], complete_at_ms: float | None) -> None:
        """Take the next lines; those of the first page that are known already are skipped.

        ``complete_at_ms`` is the time in ms since the epoch where the end of the file has been reached.
        """
        signals = self._store.open(self._job, self._file)
        if not self._joined and lines:
            self._joined = True
            lines = signals.select_unread(lines)
        signals.complete_at_ms = complete_at_ms or signals.complete_at_ms
        if signals.first_read_ms is None:
            signals.first_read_ms = complete_at_ms
        is_followed = signals.lines > 0 and complete_at_ms is not None
        if is_followed and lines:
            signals.grew_at_ms = complete_at_ms
        signals.add(lines, complete_at_ms if is_followed else None)
        self._store.note_read(self._job)


class SignalStore:
    """The signals of the jobs of every profile, by their key and file, in ``max_bytes``.

    ``positions`` says how far whole logs were read, ``reported`` which kinds of findings of a job were
    announced: a profile that is closed and opened again announces none of them again.
    """

    def __init__(
        self,
        new_times: Callable[[float | None], TimestampParser],
        own: Sequence[OwnSignal] = (),
        *,
        limits: FindingLimits = DEFAULT_LIMITS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._listeners: dict[str, Callable[[ResourceKey], None]] = {}
        self._new_times = new_times
        self._own = tuple(own)
        self._limits = limits
        self._max_bytes = max_bytes
        self._jobs: OrderedDict[ResourceKey, dict[str, FileSignals]] = OrderedDict()
        self._used: dict[ResourceKey, int] = {}
        self._chosen: dict[ResourceKey, str] = {}
        self.positions = ReadingPositions()
        self.reported: set[tuple[ResourceKey, str]] = set()
        self._looked_at = -inf
        self._confirmed_ms: dict[str, float] = {}

    def take_look(self, now: float) -> bool:
        """Return whether a background look may begin at ``now`` (monotonic seconds), and count it.

        All profiles together begin one in two seconds, so that many open profiles stay cheap.
        """
        if now - self._looked_at < _LOOK_APART_S:
            return False
        self._looked_at = now
        return True

    def confirm(self, profile: str, at_ms: float) -> None:
        """Note when the jobs of a profile were last known to run, in ms since the epoch."""
        self._confirmed_ms[profile] = at_ms

    def get_judged_ms(self, key: ResourceKey) -> float | None:
        """Return the time for which a job's log is judged, None where its end was not reached.

        A job that was last known to run some time ago may have ended since then: no line is missing later.
        """
        signals = self.find(key)
        if signals is None or signals.complete_at_ms is None:
            return None
        return min(signals.complete_at_ms, self._confirmed_ms.get(key[0], inf))

    def forget_reported(self, keys: Container[ResourceKey]) -> None:
        """Forget which findings of some jobs were announced."""
        self.reported = {one for one in self.reported if one[0] not in keys}

    def add_listener(self, profile: str, listener: Callable[[ResourceKey], None]) -> None:
        """Call ``listener`` with each job of a profile whose log was read."""
        self._listeners[profile] = listener

    def clear(self) -> None:
        """Discard everything."""
        self._jobs.clear()
        self.positions.clear()
        self.reported.clear()
        self._used.clear()
        self._chosen.clear()

    @property
    def keys(self) -> tuple[ResourceKey, ...]:
        """The jobs that are kept."""
        return tuple(self._jobs)

    def build_file_reader(self, job: Resource, file: str) -> FileSignals:
        """Return an empty reader of a file, which is not kept."""
        return FileSignals(file, self._new_times(job.created_at), self._own, self._limits)

    def open(self, job: Resource, file: str) -> FileSignals:
        """Return the signals of a file of a job, made at first use."""
        files = self._jobs.setdefault(job.key, {})
        self._jobs.move_to_end(job.key)
        if file not in files:
            files[file] = self.build_file_reader(job, file)
        return files[file]

    def replace(self, job: Resource, signals: FileSignals) -> None:
        """Keep the signals of a whole file in place of those of its end."""
        self._jobs.setdefault(job.key, {})[signals.file] = signals
        self._chosen[job.key] = signals.file
        self.note_read(job)

    def build_feed(self, job: Resource, file: str) -> SignalFeed:
        """Return a feed for a reader that begins at the newest page of a file."""
        return SignalFeed(self, job, file)

    def find(self, key: ResourceKey) -> FileSignals | None:
        """Return the signals of a job: of the file chosen, else of the first that has any."""
        files = self._jobs.get(key, {})
        chosen = files.get(self._chosen.get(key, ""))
        if chosen is not None:
            return chosen
        return next((one for one in files.values() if one.log.segments), next(iter(files.values()), None))

    def list_files(self, key: ResourceKey) -> tuple[FileSignals, ...]:
        """Return the signals of every file of a job that was read."""
        return tuple(self._jobs.get(key, {}).values())

    def find_findings(self, key: ResourceKey, *, running: bool) -> tuple[Finding, ...]:
        """Return what is wrong with the run of a job by its signals; nothing where its log was not read."""
        signals = self.find(key)
        if signals is None:
            return ()
        at_ms = self.get_judged_ms(key)
        return (*signals.find_findings(running=running, at_ms=at_ms), *self.find_stragglers(key))

    def find_stragglers(self, key: ResourceKey) -> tuple[Finding, ...]:
        """Return the workers slower than the others: by throughput, or by step time where no file has it."""
        for name in ("throughput", "step_time"):
            series = {file.file: _select_recent_values(file, name) for file in self.list_files(key)}
            usual = {file: median(values) for file, values in series.items() if values}
            if name == "step_time":
                usual = {file: 1 / seconds for file, seconds in usual.items() if seconds > 0}
            if usual:
                return find_stragglers(usual, "" if name == "throughput" else " steps/s")
        return ()

    def note_read(self, job: Resource) -> None:
        """Announce that the log of a job was read, and drop the jobs used least recently beyond the limit."""
        key = job.key
        self._used[key] = sum(signals.size for signals in self.list_files(key))
        while self._is_full and self.positions.drop_oldest():
            pass
        while self._is_full and len(self._jobs) > 1:
            dropped, _files = self._jobs.popitem(last=False)
            self._used.pop(dropped, None)
            self._chosen.pop(dropped, None)
        if listener := self._listeners.get(job.profile):
            listener(key)

    @property
    def _is_full(self) -> bool:
        return sum(self._used.values()) + self.positions.size > self._max_bytes


def _select_recent_values(signals: FileSignals, name: str) -> list[float]:
    """Return the last values of a series in the newest segment of a file, at most three."""
    series = signals.log.segments[-1].series.get(name) if signals.log.segments else None
    recent = series.points[-_SPEED_POINTS:] if series is not None else []
    return [point.value for point in recent if isfinite(point.value)]


def build_store(
    new_times: Callable[[float | None], TimestampParser],
    own: Iterable[tuple[str, str]],
    silent_minutes: float,
) -> SignalStore:
    """Return an empty store; ``own`` holds names and regular expressions of the user's signals.

    A log that says nothing for ``silent_minutes`` is a finding.
    """
    compiled = [OwnSignal(name, compile_user_regex(regex)) for name, regex in own]
    return SignalStore(new_times, compiled, limits=FindingLimits(silent_minutes))
