"""Taking a log away: into a file, or through a command.

Saves a whole log, every page of it, to a file.

Saves or pipes the whole log of a pane, every page of it.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from textual.app import SuspendNotSupported

from matui.base.errors import MatuiError, UsageError
from matui.live.logs.line_store import LogLine
from matui.live.logs.stream import read_log
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.console.logs.host import LogHost
    from matui.console.logs.navigation import BackfillSearch
    from matui.console.logs.shown import ShownLog
    from matui.console.logs.view import LogView
    from matui.console.session import ConsoleSession


def pager() -> str:
    """Return the command of the pager to use without another wish."""
    return os.environ.get("MATUI_PAGER") or os.environ.get("PAGER") or "less -R"


def command_of(text: str) -> list[str]:
    """Return a command as its words: no shell ever sees it. Raises UsageError where it is none."""
    try:
        words = shlex.split(text or pager())
    except ValueError as error:
        raise UsageError(f"This is no command: {error}.") from error
    if not words:
        raise UsageError("A command is missing.")
    return words


def run_through(words: list[str], lines: Iterator[str], *, wait: bool = False) -> int:
    """Run a command with the lines as its input, the terminal being its own; returns its exit status.

    With ``wait`` what it printed stays until enter is pressed. Raises UsageError where it cannot be run.
    """
    try:
        process = subprocess.Popen(words, stdin=subprocess.PIPE)  # noqa: S603 - the user's own words
    except OSError as error:
        raise UsageError(f"{words[0]} cannot be run: {error.strerror}.") from error
    assert process.stdin is not None  # noqa: S101 - asked for above
    feeder = threading.Thread(target=_feed, args=(process.stdin, lines), daemon=True)
    feeder.start()
    status = 130
    with suppress(KeyboardInterrupt, EOFError):
        status = process.wait()
        feeder.join(timeout=5)
        if wait:
            input(f"\n{words[0]} ended with {status}; enter goes back to matui ")
    return status


def _feed(pipe: IO[bytes], lines: Iterator[str]) -> None:
    """Write until the command has read enough."""
    try:
        with pipe:
            for text in lines:
                pipe.write(text.encode("utf-8", "replace") + b"\n")
    except (BrokenPipeError, ValueError):
        return


_PROGRESS_LINES = 5000


def log_path(folder: Path, job: Resource, file: str) -> Path:
    """Return a path in ``folder`` that does not exist yet, named after the job and its log file."""
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{job.name}-{job.id}-{file}").strip("-.")[:120]
    candidates = (folder / f"{stem}{suffix}.log" for suffix in ("", *(f".{n}" for n in range(1, 1000))))
    return next(path for path in candidates if not path.exists())


async def save_log(lines: AsyncIterator[LogLine], path: Path, progress: Callable[[int], None]) -> int:
    """Write the lines to a new file and return how many there were; ``progress`` hears of every 5,000.

    Raises OSError when the file cannot be written and the cloud's error when a page cannot be had.
    """
    count = 0
    with path.open("x", encoding="utf-8", errors="surrogatepass", newline="\n") as out:
        async for line in lines:
            out.write(f"{line.text}\n")
            count += 1
            if count % _PROGRESS_LINES == 0:
                progress(count)
    return count


_BREATH = 2000  # lines written between two turns of the event loop


class LogExport:
    """Writes the log that is shown to a file or a command; ``saved`` counts the lines written so far."""

    def __init__(
        self,
        session: ConsoleSession,
        host: LogHost,
        view: LogView,
        shown: ShownLog,
        backfill: BackfillSearch,
    ) -> None:
        self.saved = 0
        self._session = session
        self._host = host
        self._view = view
        self._shown = shown
        self._backfill = backfill

    async def save(self) -> None:
        """Save all lines of what is shown into a new file of the current folder, with progress."""
        if self._is_empty():
            return
        name = "all-files" if self._shown.merged else self._shown.file
        path = log_path(Path.cwd(), self._host.resource, name)
        try:
            count = await save_log(self._lines(), path, self._show_progress)
        except (MatuiError, OSError) as error:
            self._host.say(f"The log was not saved: {error}", wrong=True)
        else:
            self._host.say(f"Saved {count:,} lines to {path}")
        self._show_progress(0)

    def _show_progress(self, count: int) -> None:
        self.saved = count
        self._host.show_title()

    async def pipe(self, text: str) -> None:
        """Pipe the whole log to a command, which gets the terminal for as long as it runs."""
        try:
            words = command_of(text)
        except UsageError as error:
            self._host.say(str(error), wrong=True)
            return
        if self._is_empty():
            return
        if not await self._load_all("loading the rest to pipe it"):
            self._host.say("Not piped: loading the rest was stopped.", wrong=True)
            return
        try:
            with self._host.app.suspend():
                run_through(words, self._texts(), wait=bool(text))
        except SuspendNotSupported:
            self._host.say("This terminal cannot be lent to another program.", wrong=True)
        except UsageError as error:
            self._host.say(str(error), wrong=True)
        self._host.app.refresh(layout=True)

    def _is_empty(self) -> bool:
        """Return whether there is no log yet, and say so."""
        if not self._shown.file:
            self._host.say("There is no log yet.", wrong=True)
        return not self._shown.file

    def _lines(self) -> AsyncIterator[LogLine]:
        """Return all lines: those held where these are all, else the log read again from the first."""
        shown, session = self._shown, self._session
        if shown.at_top or shown.merged is not None:
            return self._held()
        return read_log(
            shown.source,
            self._host.resource,
            shown.file,
            follow=False,
            tail=None,
            clock=session.clock,
            rng=session.rng,
            cadence_s=session.cadence_of("logs"),
            ended=lambda: self._host.resource.phase.ended,
        )

    async def _held(self) -> AsyncIterator[LogLine]:
        import asyncio

        if not await self._load_all("loading the rest to save it"):
            raise UsageError("loading the rest was stopped.")
        source = self._view.base
        number, end = source.first, source.end
        while number < end:
            for text in source.texts(number, min(end, number + _BREATH)):
                yield LogLine(text)
            number += _BREATH
            await asyncio.sleep(0)

    async def _load_all(self, words: str) -> bool:
        """Load what lies above; return whether all was loaded before it was cancelled."""
        import asyncio

        if self._shown.at_top:
            return True
        done = asyncio.Event()
        self._backfill.start(words, lambda: False, lambda _found: done.set())
        while not done.is_set() and self._backfill.active:
            try:
                await asyncio.wait_for(done.wait(), 0.2)
            except TimeoutError:
                continue
        return done.is_set() or self._shown.at_top

    def _texts(self) -> Iterator[str]:
        source = self._view.filter or self._view.base
        for begin in range(source.first, source.end, _BREATH):
            yield from source.texts(begin, min(source.end, begin + _BREATH))
