"""Prints one or all log files of a job, to their end or for as long as the job runs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from matui.base.errors import NotFoundError
from matui.base.text.sanitize import clean
from matui.cli.context.session import Session
from matui.cli.logs.output import LogPrinter
from matui.cli.logs.selection import FileSelection, JobWatcher, choose_file, find_log_source, open_spill
from matui.live.logs.line_filter import LineQuery
from matui.live.logs.line_store import LogLine
from matui.live.logs.reader import JobLogFile
from matui.live.logs.retrying_source import RetryingLogSource
from matui.live.logs.stream import HeadlessLog, Pages
from matui.live.logs.stream_merge import build_time_reader, iterate_timed_blocks, merge_by_time, prefetch
from matui.resources.model import Resource

_RELIST_S = 10.0
_RETRY_S = 1.0  # before an empty list of files is believed
_LINES_PER_WRITE = 500
_CONCURRENT_REQUESTS = 4
_NAMED_FILES = 30  # of those that are not read


class LogRun:
    """One run of ``matui logs``; ``tail`` is the number of last lines to begin with, None for all."""

    def __init__(
        self,
        session: Session,
        job: Resource,
        printer: LogPrinter,
        *,
        follow: bool,
        tail: int | None,
        query: LineQuery | None = None,
    ) -> None:
        self._query = query or LineQuery()
        self._new_parser = partial(session.settings.logs.build_time_parser, job.created_at)
        self._clock = session.clock
        self._cadence_s = session.profile.build_cadence(session.settings)["logs"]
        self._source = find_log_source(session)
        self._job = job
        self._printer = printer
        self._follow = follow
        self._tail = tail
        self._watcher = JobWatcher(session, job)
        self._slots = asyncio.Semaphore(_CONCURRENT_REQUESTS)
        self._rng = random.Random()  # noqa: S311  jitter between requests, no secret

    async def print_file(self, name: str | None) -> None:
        """Print the file of that name, or the first one and a note that names the others."""
        async with self._watch_job():
            files = await self._find_files()
            if not files:
                return
            file = files[0] if name is None else choose_file(files, name)
            if name is None and len(files) > 1:
                others = ", ".join(map(clean, files[1 : 1 + _NAMED_FILES]))
                unnamed = len(files) - 1 - _NAMED_FILES
                others += f" and {unnamed:,} more" if unnamed > 0 else ""
                self._printer.warn_once(
                    "", f"Reading {file}. There are also: {others}. See --file and --all-files."
                )
            await self._print_one(file, self._tail)

    async def print_every_file(self) -> None:
        """Print all files in time order; with ``follow`` as lines come, including new files."""
        async with self._watch_job():
            files = await self._find_files()
            if self._follow:
                await self._follow_every(files)
                return
            await self._print_merged(files)

    async def _print_merged(self, files: tuple[str, ...]) -> None:
        """Print the lines of all files in time order, loading several files at a time."""
        selections = [self._select_from(file) for file in files]
        blocks = [
            iterate_timed_blocks(
                prefetch(self._read_pages(self._tail, selection)), build_time_reader(self._new_parser())
            )
            for selection in selections
        ]
        ready: list[tuple[str, LogLine]] = []
        async for number, lines in merge_by_time(blocks):
            ready += selections[number].select(lines)
            if len(ready) >= _LINES_PER_WRITE:
                self._printer.print_lines(ready)
                ready.clear()
        self._printer.print_lines(ready)
        for selection in selections:
            selection.finish(self._printer)

    async def _find_files(self) -> tuple[str, ...]:
        """Return the names of the log files; with ``follow`` wait until there is one or the job has ended."""
        while True:
            ended = self._watcher.has_ended()
            files = await self._list_files()
            if not files and not self._follow:
                await self._clock.sleep(_RETRY_S)
                files = await self._list_files()
            if files:
                return files
            if not self._follow:
                raise self._explain_no_log(ended=ended)
            if ended:
                self._printer.warn_once("", "The job has ended without a log.")
                return ()
            self._printer.warn_once("", "There is no log yet; waiting for it.")
            await self._clock.sleep(self._cadence_s)

    def _explain_no_log(self, *, ended: bool) -> NotFoundError:
        name = _name_job(self._job)
        if ended:
            return NotFoundError(
                f"{name} has ended without a log.",
                remedy=f"See its events: matui describe job {clean(self._job.id.partition('/')[0])}",
            )
        return NotFoundError(f"{name} has no log yet.", remedy="With -f matui waits for it.")

    async def _list_files(self) -> tuple[str, ...]:
        source = RetryingLogSource(
            self._source, self._clock, self._rng, partial(self._printer.report_failure, "")
        )
        return await source.list_log_files(self._job)

    async def _follow_every(self, files: tuple[str, ...]) -> None:
        running: dict[str, asyncio.Task[None]] = {}
        tail = self._tail
        try:
            while True:
                ended = self._watcher.has_ended()
                for file in files:
                    if file not in running:
                        running[file] = asyncio.ensure_future(self._print_one(file, tail))
                tail = None
                await self._wait_for_one(running)
                if ended and all(task.done() for task in running.values()):
                    return
                files = await self._list_files()
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)

    async def _wait_for_one(self, running: dict[str, asyncio.Task[None]]) -> None:
        """Wait until a file ends, at most ten seconds. Raises the error that ended it."""
        timer = asyncio.ensure_future(self._clock.sleep(_RELIST_S))
        pending = {task for task in running.values() if not task.done()}
        await asyncio.wait({timer, *pending}, return_when=asyncio.FIRST_COMPLETED)
        timer.cancel()
        for task in running.values():
            if task.done():
                task.result()

    def _select_from(self, file: str) -> FileSelection:
        return FileSelection(self._query, self._job, file, self._new_parser)

    async def _print_one(self, file: str, tail: int | None) -> None:
        selection = self._select_from(file)
        async for page in self._read_pages(tail, selection):
            self._printer.print_lines(selection.select(page, hold_back=not self._follow))
        selection.finish(self._printer)

    async def _read_pages(self, tail: int | None, selection: FileSelection) -> Pages:
        file = selection.file
        log = HeadlessLog(
            JobLogFile(self._source, self._job, file),
            clock=self._clock,
            rng=self._rng,
            failed=partial(self._printer.report_failure, file),
            spill=open_spill(),
            slots=self._slots,
        )
        goes_back = self._query.since_ms is not None and tail is None
        pages = log.read_pages(
            follow=self._follow,
            tail=tail,
            cadence_s=self._cadence_s,
            ended=self._watcher.has_ended,
            is_before=selection.is_before if goes_back else None,
            observe=selection.observe if self._query.has_bounds else None,
        )
        is_empty = True
        async for page in pages:
            is_empty = False
            if log.fallback:
                self._printer.warn_once(file, f"This log is {log.fallback}.")
            yield page
        if is_empty and tail != 0:
            self._printer.warn_once(file, "This log has no lines.")

    @asynccontextmanager
    async def _watch_job(self) -> AsyncIterator[None]:
        task = asyncio.ensure_future(self._watcher.run()) if self._follow else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


def _name_job(job: Resource) -> str:
    """Return the start of a sentence about a job, or about one version of it."""
    if job.kind != "versions":
        return f"The job {clean(job.name)}"
    whole = job.get_text("job_name") or job.id.partition("/")[0]
    return f"Version {clean(job.name)} of the job {clean(whole)}"
