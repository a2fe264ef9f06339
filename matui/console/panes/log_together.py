"""All files of a job in one view: the merge, fed by their tails, and the label of each file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from matui.base.cells import fit
from matui.base.log_lines.control import plain_text
from matui.base.log_lines.times import TimestampParser
from matui.console.panes.log_files import LogFiles
from matui.console.widgets.log_view import FILE_COLOURS
from matui.live.log_merge import MergedLog
from matui.live.log_strand import FileCursor
from matui.text import clean

_WIDEST = 10


class MergedFiles:
    """The merged log of ``files``; ``off`` are those the reader does not want to see."""

    def __init__(self, logs: LogFiles, files: tuple[str, ...], stamper: TimestampParser) -> None:
        self.files = files
        self.off: set[str] = set()
        self._logs = logs
        stores = [logs.tails[file].store for file in files]
        self._cursors = [
            FileCursor(store, TimestampParser(stamper.reference_ms, stamper.zone), plain_text)
            for store in stores
        ]
        self.log = MergedLog(self._cursors, stores)
        names = label_files(files)
        width = max(map(len, names))
        self._labels = [
            (f"{fit(name, width)}▏", f"log-view--file-{n % FILE_COLOURS}") for n, name in enumerate(names)
        ]

    def step(self, now: float) -> bool:
        """Place what can be placed; whether more is left for another turn. ``now`` is monotonic."""
        for file, cursor in zip(self.files, self._cursors, strict=True):
            state = self._logs.states.get(file)
            if state is not None:
                cursor.at_top = state.at_top
                drained = state.phase == "drained"
                cursor.looked_at = float("inf") if drained else self._logs.tails[file].looked_at
        return self.log.step(now)

    def want_older(self, lines: int = 500) -> None:
        """Let more lines be placed above, and load those that are needed for it."""
        self.log.want_older(lines)
        self.load()

    def load(self) -> None:
        """Load the pages without which nothing more can be placed above."""
        self._logs.want_older([self.files[n] for n in self.log.short()])

    def file_label(self, number: int) -> tuple[str, str]:
        """Return what stands before a line: its file, and a sign where it came late."""
        file, late = self.log.file_of(number)
        text, style = self._labels[file]
        return (f"{text[:-1]}!" if late else text, style)

    def find(self, begin: int, end: int) -> list[int]:
        """Return the lines of files that are on."""
        off = {n for n, file in enumerate(self.files) if file in self.off}
        return [number for number in range(begin, end) if self.log.file_of(number)[0] not in off]


def label_files(files: tuple[str, ...]) -> list[str]:
    """Return what tells files apart: their names without what all share at either end."""
    head = _alike(files)
    tails = [file[head:] for file in files]
    tail = _alike([name[::-1] for name in tails])
    shared = [name[: len(name) - tail] if tail else name for name in tails]
    names = shared if all(shared) and len(set(shared)) == len(files) else list(files)
    return [clean(name)[-_WIDEST:] for name in names]


def _alike(names: Sequence[str]) -> int:
    """Return how many characters all names begin with."""
    columns = zip(*names, strict=False) if len(names) > 1 else ()
    return sum(1 for _ in takewhile(lambda each: len(set(each)) == 1, columns))
