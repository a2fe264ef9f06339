"""Saves logs to files: each save goes on when its pane is closed, and leaves nothing when it is stopped."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol

from textual.message import Message

from matui.base.errors import MatuiError
from matui.base.files import name_part_file, open_new_file
from matui.base.text.formatting import pluralize
from matui.base.text.sanitize import clean

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from matui.console.interrupts import Cancellations
    from matui.live.logs.line_store import LogLine
    from matui.resources.model import Resource

_PROGRESS_LINES = 5000
_REST_LINES, _REST_S = 500, 0.001  # after so many lines the screen may work, however fast the lines come
QUIT_AGAIN_S = 2.0


def suggest_path(folder: Path, job: Resource, file: str) -> Path:
    """Return a path in ``folder`` that does not exist yet, named after the job and its log file."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{job.name}-{job.id}-{file}").strip("-.")[:120]
    candidates = (folder / f"{stem}{suffix}.log" for suffix in ("", *(f".{n}" for n in range(1, 1000))))
    return next(path for path in candidates if not path.exists() and not name_part_file(path).exists())


def resolve_path(text: str, name: str) -> tuple[Path, str]:
    """Return the path that was typed, and what is wrong with it or ``""``.

    In a folder the file is ``name``.
    """
    try:
        path = Path(text.strip()).expanduser().absolute()
        if path.is_dir():
            path /= name
        if os.path.lexists(path):
            return path, "The file exists already."
        if not path.parent.is_dir():
            return path, f"No such folder: {clean(str(path.parent))}"
    except (OSError, ValueError, RuntimeError) as error:
        return Path(text), f"Not a path: {error}"
    return path, ""


class ReadBack:
    """Counts the lines that are read backwards, before the first one can be written."""

    def __init__(self) -> None:
        self.lines = 0

    def add(self, lines: int) -> None:
        """Count the lines of a page."""
        self.lines += lines


class LogSave(NamedTuple):
    """Lines to save to ``path``; ``progress`` is called with the lines written, 0 at the end."""

    path: Path
    lines: AsyncIterator[LogLine]
    progress: Callable[[int], None]
    read_back: ReadBack


class SaveRequested(Message):
    """A pane wants its log saved."""

    def __init__(self, save: LogSave) -> None:
        super().__init__()
        self.save = save


class SaveHost(Protocol):
    """The methods that the saves call on the screen."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notice."""

    def show_bars(self) -> None:
        """Update the bars."""

    @property
    def cancellations(self) -> Cancellations:
        """The work that esc cancels."""


class LogSaves:
    """The saves in progress; esc stops the latest."""

    def __init__(self, host: SaveHost) -> None:
        self._host = host
        self._saves: dict[asyncio.Task[None], tuple[LogSave, _Counter]] = {}
        self._quit_asked_at = float("-inf")
        self.ended: list[str] = []
        """What the end of the console stopped: a sentence a log that was not saved."""

    @property
    def status(self) -> str:
        """Words for the status bar, ``""`` when nothing is being saved."""
        return describe_saves(
            [(save.read_back.lines, counted.lines) for save, counted in self._saves.values()]
        )

    def start(self, save: LogSave) -> None:
        """Write the lines in the background, and say at the end where they are."""
        counted = _Counter(lambda count: self._note(save, count))
        task = asyncio.create_task(self._run(save, counted))
        self._saves[task] = (save, counted)
        self._host.show_bars()

    def may_quit(self) -> bool:
        """Return whether nothing would be lost; while a log is being saved only a second request may quit."""
        asked_before = monotonic() - self._quit_asked_at <= QUIT_AGAIN_S
        if not self._saves or asked_before:
            return True
        self._quit_asked_at = monotonic()
        self._host.show_notice(
            "A log is being saved. Press the key again to stop saving and quit.", wrong=True
        )
        return False

    async def close(self) -> None:
        """Stop every save; nothing is left of those that were not whole."""
        tasks = list(self._saves)
        for task, (save, counted) in self._saves.items():
            if task.cancel():
                lines = pluralize(counted.lines, "line")
                self.ended.append(f"Not saved: {clean(str(save.path))}, stopped at {lines}.")
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, save: LogSave, counted: _Counter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it runs in one
        path = clean(str(save.path))
        try:
            with self._host.cancellations.register(task.cancel):
                await write_log(save.lines, save.path, counted)
        except asyncio.CancelledError:
            self._host.show_notice(f"Not saved: stopped at {pluralize(counted.lines, 'line')}.", wrong=True)
        except MatuiError as error:
            cause = error.__cause__
            reason = f"{cause.strerror}." if isinstance(cause, OSError) else str(error)
            words = f"Not saved: {path}: stopped at {pluralize(counted.lines, 'line')}: {reason}"
            self._host.show_notice(words, wrong=True)
        else:
            gaps = f", incomplete: {counted.gaps} gaps are marked in it" if counted.gaps else ""
            self._host.show_notice(
                f"Saved {pluralize(counted.lines, 'line')} to {path}{gaps}", wrong=bool(gaps)
            )
        finally:
            self._saves.pop(task, None)
            save.progress(0)
            self._host.show_bars()

    def _note(self, save: LogSave, count: int) -> None:
        save.progress(count)
        self._host.show_bars()


def describe_saves(saves: Sequence[tuple[int, int]]) -> str:
    """Return the words for saves, each the lines read backwards and the lines written; ``""`` without any."""
    if not saves:
        return ""
    back = sum(read for read, written in saves if not written)
    written = sum(written for _read, written in saves)
    parts = [f"reading back: {pluralize(back, 'line')}"] if back else []
    if written or not back:
        parts.append(f"saving {pluralize(written, 'line')}")
    return " · ".join((*parts, "esc stops"))


class _Counter:
    """Counts lines and gaps; calls ``progress`` every 5,000 lines."""

    def __init__(self, progress: Callable[[int], None]) -> None:
        self.lines = 0
        self.gaps = 0
        self._progress = progress

    def add(self, line: LogLine) -> None:
        """Count a line."""
        self.lines += 1
        self.gaps += line.mark == "gap"
        if self.lines % _PROGRESS_LINES == 0:
            self._progress(self.lines)


async def write_log(lines: AsyncIterator[LogLine], path: Path, counter: _Counter) -> None:
    """Write the lines to a new file. Raises MatuiError, of the disk or the cloud; nothing is left then."""
    source: AsyncGenerator[LogLine, None] = lines  # type: ignore[assignment]
    async with aclosing(source):
        with open_new_file(path) as out:
            async for line in source:
                out.write(f"{line.text}\n")
                counter.add(line)
                if counter.lines % _REST_LINES == 0:
                    await asyncio.sleep(_REST_S)
