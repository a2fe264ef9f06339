"""Saves or pipes the log of a pane."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from textual.app import SuspendNotSupported

from matui.base.errors import UsageError
from matui.base.redaction.known import drop_secrets
from matui.console.logs.saving import LogSave, ReadBack, SaveRequested, resolve_path, suggest_path
from matui.live.logs.line_store import LogLine
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import HeadlessLog, read_log
from matui.live.logs.stream_merge import build_time_reader, iterate_timed_blocks, merge_by_time
from matui.live.poll.loop import Timing

if TYPE_CHECKING:
    from matui.base.errors import MatuiError
    from matui.console.logs.navigation import BackfillSearch
    from matui.console.logs.shown import LogHost, ShownLog
    from matui.console.logs.view import LogView
    from matui.console.session import ConsoleSession

_LINES_PER_TURN = 2000  # lines written between two turns of the event loop


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
        self._writing_held = 0
        self._held_written = asyncio.Event()
        self._held_written.set()
        self._session = session
        self._host = host
        self._view = view
        self._shown = shown
        self._backfill = backfill

    def suggest_path(self) -> str:
        """Return the path that is suggested for the log shown, ``""`` without a log."""
        if not self._shown.file:
            return ""
        name = "all-files" if self._shown.merged else self._shown.file
        return str(suggest_path(Path.cwd(), self._host.resource, name))

    def save(self, text: str) -> str:
        """Save all lines of what is shown to a new file; return what is wrong with the path, or ``""``.

        The save goes on when the pane is closed.
        """
        if self._is_empty():
            return ""
        wanted = self.suggest_path()
        path, wrong = resolve_path(text or wanted, Path(wanted).name)
        if not wrong:
            back = ReadBack()
            save = LogSave(path, self._iterate_lines(back), self._show_progress, back)
            self._host.post_message(SaveRequested(save))
        return wrong

    async def finish_held(self) -> None:
        """Wait until the lines held, which end with the pane, have been written by a save."""
        await self._held_written.wait()

    def _show_progress(self, count: int) -> None:
        self.saved = count
        if self._host.is_mounted:
            self._host.show_title()

    async def pipe(self, text: str) -> None:
        """Pipe the whole log to a command, which gets the terminal for as long as it runs."""
        try:
            words = split_command(text)
        except UsageError as error:
            self._host.show_notice(str(error), wrong=True)
            return
        if self._is_empty():
            return
        if not await self._load_all("loading the rest to pipe it"):
            self._host.show_notice("Not piped: loading the rest was stopped.", wrong=True)
            return
        try:
            with self._host.app.suspend():
                run_through(words, self._iterate_texts(), typed=bool(text))
        except SuspendNotSupported:
            self._host.show_notice("Another program cannot be run in this terminal.", wrong=True)
        except UsageError as error:
            self._host.show_notice(str(error), wrong=True)
        self._host.app.refresh(layout=True)

    def _is_empty(self) -> bool:
        """Return whether there is no log yet, and say so."""
        if not self._shown.file:
            self._host.show_notice("There is no log yet.", wrong=True)
        return not self._shown.file

    def _iterate_lines(self, back: ReadBack) -> AsyncIterator[LogLine]:
        """Return all lines: those held where these are all, else the log read again from the first."""
        shown, session, job = self._shown, self._session, self._host.resource
        if shown.at_top:
            return self._read_held_lines()
        if shown.merged is not None:
            return self._merge_files(shown.merged.files, back)
        return read_log(
            JobLogFile(shown.source, job, shown.file),
            timing=Timing(session.clock, session.rng, session.get_cadence("logs")),
            follow=False,
            tail=None,
            ended=lambda: job.phase.ended,
            read_back=back.add,
        )

    async def _read_held_lines(self) -> AsyncIterator[LogLine]:
        source = self._view.base
        number, end = source.first, source.end
        self._writing_held += 1
        self._held_written.clear()
        try:
            while number < end:
                for text in source.list_texts(number, min(end, number + _LINES_PER_TURN)):
                    yield LogLine(text)
                number += _LINES_PER_TURN
                await asyncio.sleep(0)
        finally:
            self._writing_held -= 1
            if not self._writing_held:
                self._held_written.set()

    async def _merge_files(self, files: Sequence[str], back: ReadBack) -> AsyncIterator[LogLine]:
        """Read every file from its first line, and yield the lines in the order of time."""
        blocks = [
            iterate_timed_blocks(
                self._read_pages(file, back), build_time_reader(self._shown.build_time_parser())
            )
            for file in files
        ]
        async for _file, lines in merge_by_time(blocks):
            for line in lines:
                yield line

    def _read_pages(self, file: str, back: ReadBack) -> AsyncIterator[tuple[LogLine, ...]]:
        session, job = self._session, self._host.resource
        log = HeadlessLog(
            JobLogFile(self._shown.source, job, file),
            clock=session.clock,
            rng=session.rng,
            failed=_ignore_retry,
            read_back=back.add,
        )
        cadence_s = session.get_cadence("logs")
        return log.read_pages(follow=False, tail=None, cadence_s=cadence_s, ended=lambda: job.phase.ended)

    async def _load_all(self, words: str) -> bool:
        """Load what lies above; return whether all was loaded before it was cancelled."""
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

    def _iterate_texts(self) -> Iterator[str]:
        source = self._view.filter or self._view.base
        for begin in range(source.first, source.end, _LINES_PER_TURN):
            yield from source.list_texts(begin, min(source.end, begin + _LINES_PER_TURN))


def _ignore_retry(_error: MatuiError, _wait_s: float) -> None:
    """A failure that is retried costs time only; one that is not ends the save."""


def get_pager() -> str:
    """Return the command that is run where none is typed: the pager."""
    return os.environ.get("MATUI_PAGER") or os.environ.get("PAGER") or "less -R"


def split_command(text: str) -> list[str]:
    """Return the words of a command, which is run without a shell. Raises UsageError where it is none."""
    try:
        words = shlex.split(text or get_pager())
    except ValueError as error:
        raise UsageError(
            f"This is no command: {error}.", remedy="Close each quote, and leave out a backslash at the end."
        ) from error
    if not words:
        raise UsageError("A command is missing.", remedy="Type one, such as: less")
    return words


def run_through(words: list[str], lines: Iterator[str], *, typed: bool = False) -> int:
    """Run a command with the lines as its input, the terminal being its own; returns its exit status.

    What a ``typed`` command printed stays until enter is pressed, and it has the whole environment, as in a
    shell; a pager has no credentials of it. Raises UsageError where it cannot be run.
    """
    try:
        environ = dict(os.environ) if typed else drop_secrets(os.environ)
        process = subprocess.Popen(words, stdin=subprocess.PIPE, env=environ)  # noqa: S603 - the user's words
    except OSError as error:
        raise UsageError(
            f"{words[0]} cannot be run: {error.strerror or error}.",
            remedy="Check that it is installed and in PATH.",
        ) from error
    assert process.stdin is not None  # noqa: S101 - asked for above
    feeder = threading.Thread(target=_feed_pipe, args=(process.stdin, lines), daemon=True)
    feeder.start()
    status = 130
    with suppress(KeyboardInterrupt, EOFError):
        status = process.wait()
        feeder.join(timeout=5)
        if typed:
            input(f"\n{words[0]} ended with {status}; enter goes back to matui ")
    return status


def _feed_pipe(pipe: IO[bytes], lines: Iterator[str]) -> None:
    """Write until the command has read enough."""
    try:
        with pipe:
            for text in lines:
                pipe.write(text.encode("utf-8", "replace") + b"\n")
    except (BrokenPipeError, ValueError):
        return
