"""The command ``signals JOB[/VERSION]``."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click

from matui.base.calls.gather import gather_two
from matui.cli.completion.candidates import complete_jobs
from matui.cli.context.session import Session, open_session, run_async
from matui.cli.options import Options, output_option
from matui.cli.signals.run import OUTPUTS, PointWriter, SignalRun

if TYPE_CHECKING:
    from matui.cli.logs.selection import JobWatcher
    from matui.resources.model import Resource
    from matui.signals.findings import Finding


class FileReading(Protocol):
    """The reading of one file.

    ``found`` is set at the first signal, ``at_end`` when the end of the file is reached for the first time.
    """

    found: asyncio.Event
    at_end: asyncio.Event

    async def read(self, *, follow: bool, tail: int | None = None) -> None:
        """Read the file to its end; with ``follow`` until the job has ended."""

    def release(self) -> None:
        """Write what has been read, and the rest as it is read."""


R = TypeVar("R", bound=FileReading)


async def read_first_with_signals(runs: Sequence[R], tail: int | None, *, follow: bool = False) -> R | None:
    """Read the files side by side and return the first in order that has signals, read to its end.

    With ``follow`` it is read until the job has ended, and the last file where none has signals at its end.
    A file is written in its turn only; the files after the one with signals are given up. Raises the error
    of a file up to it.
    """
    readings = [asyncio.ensure_future(run.read(follow=follow, tail=tail)) for run in runs]
    try:
        for at, run in enumerate(runs):
            run.release()
            await _wait_for_first(readings[at], run.found, *((run.at_end,) if follow else ()))
            is_chosen = run.found.is_set() or (follow and run is runs[-1])
            if is_chosen:
                for other in (*readings[:at], *readings[at + 1 :]):
                    other.cancel()
            if is_chosen or readings[at].done():
                await readings[at]
            if is_chosen:
                return run
        return None
    finally:
        for reading in readings:
            reading.cancel()
        await asyncio.gather(*readings, return_exceptions=True)


async def _wait_for_first(reading: asyncio.Future[None], *events: asyncio.Event) -> None:
    """Return when the reading has ended or one of the events has been set."""
    waiting: set[asyncio.Future[Any]] = {asyncio.ensure_future(event.wait()) for event in events}
    await asyncio.wait(waiting | {reading}, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()


@click.command("signals")
@click.argument("words", metavar="JOB[/VERSION]", nargs=-1, required=True, shell_complete=complete_jobs)
@click.option("--file", metavar="NAME", help="The log file to read; by default the one that has signals.")
@click.option("--tail", type=click.IntRange(min=1), metavar="N", help="Begin with the last N lines.")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job has ended and its log is drained.")
@output_option(*OUTPUTS)
@click.pass_obj
def command(
    options: Options, words: tuple[str, ...], file: str | None, tail: int | None, follow: bool, output: str
) -> None:
    """Read the training signals out of a job's log: loss, learning rate, step time, throughput and others.

    JOB is an id, or a name that only one job has. Without --file the first and the last file are read until
    one has signals: rank 0 reports them in most frameworks, the last rank in Megatron-LM. jsonl writes
    a point a line, csv the fields segment, name, step, time and value; both as they come, with -f too.
    """
    from matui.cli.context.resolve import parse_job

    run_async(_print_signals(options, parse_job(words), file, tail, follow, output))


async def _print_signals(
    options: Options, name: str, file: str | None, tail: int | None, follow: bool, output: str
) -> None:
    from matui.base.text.sanitize import clean
    from matui.cli.context.resolve import find_one
    from matui.cli.logs.selection import JobWatcher, choose_file
    from matui.cli.output.streams import note
    from matui.resources.registry import KINDS

    async with open_session(options) as session:
        job = await find_one(session, KINDS["jobs"], name)
        watcher = JobWatcher(session, job)
        files = await _find_files(session, job, watcher, wait=follow)
        if not files and file is None:
            note("The job has ended without a log." if watcher.has_ended() else "The job has no log yet.")
            empty = SignalRun(session, job, "", watcher, PointWriter(output))
            empty.release()
            empty.finish()
            return
        chosen = [choose_file(files, file)] if file is not None else _list_candidates(files)
        runs = [SignalRun(session, job, each, watcher, PointWriter(output)) for each in chosen]
        several = files if file is None and len(files) > 1 else ()
        watching = [asyncio.ensure_future(watcher.run())] if follow else []
        try:
            found, stragglers = await gather_two(
                read_first_with_signals(runs, tail, follow=follow), _read_stragglers(session, job, several)
            )
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        run = found or runs[-1]
        if not run.log.segments:
            note(f"No signals were found in {' or '.join(map(clean, chosen))}.")
        run.stragglers = stragglers
        run.finish()
        run.raise_if_incomplete()


async def _find_files(session: Session, job: Resource, watcher: JobWatcher, *, wait: bool) -> tuple[str, ...]:
    """Return the names of the log files; with ``wait`` once there is one or the job has ended."""
    from matui.cli.logs.selection import find_log_source
    from matui.cli.output.streams import note

    source = find_log_source(session)
    watching = asyncio.ensure_future(watcher.run()) if wait else None
    is_noted = False
    try:
        while True:
            ended = watcher.has_ended()
            files = await source.list_log_files(job)
            if files or ended or not wait:
                return files
            if not is_noted:
                is_noted = True
                note("There is no log yet; waiting for it.")
            await session.clock.sleep(session.profile.build_cadence(session.settings)["logs"])
    finally:
        if watching is not None:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def _read_stragglers(session: Session, job: Resource, files: Sequence[str]) -> tuple[Finding, ...]:
    """Return the findings that need several files, none without files."""
    if not files:
        return ()
    from matui.cli.signals.jobs import read_log_ends

    return (await read_log_ends(session, job, files, at_once=2)).find_stragglers(job.key)


def _list_candidates(files: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys((files[0], files[-1]))) if files else []
