"""Prints one or all log files of a job, to their end or for as long as the job runs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from matui.base.errors import NotFoundError
from matui.base.log_lines.times import TimestampParser
from matui.base.sanitize import clean, clean_log_line
from matui.cli.context import Session
from matui.cli.logs.job import JobWatch, choose_file, log_source
from matui.cli.logs.output import LogPrinter, log_zone, spill_folder
from matui.live.logs.line_filter import LineFilter, LineQuery
from matui.live.logs.line_store import LogLine
from matui.live.logs.retrying_source import RetryingLogSource
from matui.live.logs.stream import HeadlessLog, Pages
from matui.live.logs.stream_merge import merge_by_time, timed_blocks
from matui.resources.model import Resource

_LOOK_AGAIN_S = 10.0
_AT_ONCE = 500  # lines written at once


class LogRun:
    """One run of ``matui logs``; ``tail`` is how many last lines to begin with, None for the whole log."""

    def __init__(
        self,
        session: Session,
        job: Resource,
        printer: LogPrinter,
        *,
        follow: bool,
        tail: int | None,
        wish: LineQuery | None = None,
    ) -> None:
        self._wish = wish or LineQuery()
        self._zone = log_zone(session.settings)
        self._clock = session.clock
        self._cadence_s = session.profile.cadence(session.settings)["logs"]
        self._source = log_source(session)
        self._job = job
        self._printer = printer
        self._follow = follow
        self._tail = tail
        self._watch = JobWatch(session, job)
        self._rng = random.Random()  # noqa: S311  jitter between requests, no secret

    async def one_file(self, wanted: str | None) -> None:
        """Print the file of that name, or the first and say which others there are."""
        async with self._watching():
            files = await self._files()
            if not files:
                return
            file = files[0] if wanted is None else choose_file(files, wanted)
            if wanted is None and len(files) > 1:
                others = ", ".join(map(clean, files[1:]))
                self._printer.once(
                    "", f"Reading {file}. There are also: {others}. See --file and --all-files."
                )
            await self._print(file, self._tail)

    async def every_file(self) -> None:
        """Print all files by the times in them, or while following as lines come, of new files too."""
        async with self._watching():
            files = await self._files()
            if self._follow:
                await self._follow_every(files)
                return
            await self._print_merged(files)

    async def _print_merged(self, files: tuple[str, ...]) -> None:
        """Print the lines of all files in the order of time, as many at once as were read at once."""
        sieves = [self._sieve() for _ in files]
        stamper = TimestampParser(self._job.created_at, self._zone)

        def time_of(text: str) -> float | None:
            stamp = stamper.read(text if text.isprintable() else clean_log_line(text))
            return stamp.ms if stamp else None

        blocks = [
            timed_blocks(self._pages(file, self._tail, sieve), time_of)
            for file, sieve in zip(files, sieves, strict=True)
        ]
        ready: list[tuple[str, LogLine]] = []
        async for number, lines in merge_by_time(blocks):
            ready += [(files[number], line) for line in lines if _wanted(sieves[number], line)]
            if len(ready) >= _AT_ONCE:
                self._printer.lines(ready)
                ready.clear()
        self._printer.lines(ready)

    async def _files(self) -> tuple[str, ...]:
        """Return the names of the log files; while following wait until there is one or the job has ended."""
        while True:
            over = self._watch.ended()
            files = await self._list()
            if files:
                return files
            if not self._follow:
                raise NotFoundError(
                    f"The job {clean(self._job.name)} has no log yet.", remedy="With -f matui waits for it."
                )
            if over:
                self._printer.once("", "The job has ended without a log.")
                return ()
            self._printer.once("", "There is no log yet; waiting for it.")
            await self._clock.sleep(self._cadence_s)

    async def _list(self) -> tuple[str, ...]:
        patient = RetryingLogSource(self._source, self._clock, self._rng, partial(self._printer.failed, ""))
        return await patient.log_files(self._job)

    async def _follow_every(self, files: tuple[str, ...]) -> None:
        running: dict[str, asyncio.Task[None]] = {}
        tail = self._tail
        try:
            while True:
                over = self._watch.ended()
                for file in files:
                    if file not in running:
                        running[file] = asyncio.ensure_future(self._print(file, tail))
                tail = None
                await self._until_one_ends(running)
                if over and all(task.done() for task in running.values()):
                    return
                files = await self._list()
        finally:
            for task in running.values():
                task.cancel()
            await asyncio.gather(*running.values(), return_exceptions=True)

    async def _until_one_ends(self, running: dict[str, asyncio.Task[None]]) -> None:
        """Wait for a file's end, at most a while. Raises what ended it."""
        rest = asyncio.ensure_future(self._clock.sleep(_LOOK_AGAIN_S))
        going = {task for task in running.values() if not task.done()}
        await asyncio.wait({rest, *going}, return_when=asyncio.FIRST_COMPLETED)
        rest.cancel()
        for task in running.values():
            if task.done():
                task.result()

    def _sieve(self) -> LineFilter:
        return LineFilter(self._wish, TimestampParser(self._job.created_at, self._zone))

    async def _print(self, file: str, tail: int | None) -> None:
        sieve = self._sieve()
        async for page in self._pages(file, tail, sieve):
            self._printer.lines((file, line) for line in page if _wanted(sieve, line))

    async def _pages(self, file: str, tail: int | None, sieve: LineFilter) -> Pages:
        log = HeadlessLog(
            self._source,
            self._job,
            file,
            clock=self._clock,
            rng=self._rng,
            failed=partial(self._printer.failed, file),
            spill=spill_folder(),
        )
        goes_back = self._wish.since_ms is not None and tail is None
        pages = log.pages(
            follow=self._follow,
            tail=tail,
            cadence_s=self._cadence_s,
            ended=self._watch.ended,
            is_before=sieve.is_before if goes_back else None,
        )
        async for page in pages:
            if log.fallback:
                self._printer.once(file, f"This log is {log.fallback}.")
            yield page

    @asynccontextmanager
    async def _watching(self) -> AsyncIterator[None]:
        looking = asyncio.ensure_future(self._watch.run()) if self._follow else None
        try:
            yield
        finally:
            if looking is not None:
                looking.cancel()
                await asyncio.gather(looking, return_exceptions=True)


def _wanted(sieve: LineFilter, line: LogLine) -> bool:
    return bool(line.mark) or sieve.matches(line.text)
