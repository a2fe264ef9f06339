"""``matui logs JOB[/VERSION]``: a job's log on stdout, each line exactly once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from matui.base.errors import UsageError
from matui.base.text.formatting import pluralize
from matui.cli.completion.candidates import complete_jobs, complete_times
from matui.cli.context.session import open_session, run_async, wait_out_throttling
from matui.cli.options import DASH, FilePath, Options, decode_text

if TYPE_CHECKING:
    from matui.cli.logs.output import LogPrinter


class LogOptions(NamedTuple):
    """The options of ``matui logs``; ``tail`` is None for the whole log."""

    job: str
    file: str | None
    every_file: bool
    follow: bool
    tail: int | None
    timestamps: bool
    grep: str | None
    since: str | None
    until: str | None
    output: Path | None


@click.command("logs", short_help="A job's log, each line once and in order; -f follows.")
@click.argument("words", metavar="JOB[/VERSION]", nargs=-1, required=True, shell_complete=complete_jobs)
@click.option("--file", metavar="NAME", help="The log file to read; by default the first.")
@click.option("--all-files", is_flag=True, help="Every file, merged by time, each line after [its name].")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job has ended and its log is drained.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Begin with the last N lines.")
@click.option(
    "--timestamps",
    is_flag=True,
    help="Put before each line when matui received it (ISO 8601, UTC); the cloud gives no time for a line.",
)
@click.option(
    "--grep",
    metavar="REGEX",
    callback=decode_text,
    help="Only lines in which the pattern is, without regard to case.",
)
@click.option(
    "--since",
    metavar="TIME",
    shell_complete=complete_times,
    help="Only lines written at or after 03:12, 10m (ago), 2020-07-16 08:22.",
)
@click.option(
    "--until", metavar="TIME", shell_complete=complete_times, help="Only lines written at or before a time."
)
@click.option(
    "--output",
    metavar="FILE",
    type=FilePath(allow_dash=True),
    help="Write into a new file instead of stdout, which is -.",
)
@click.pass_obj
def command(
    options: Options,
    words: tuple[str, ...],
    file: str | None,
    all_files: bool,
    follow: bool,
    tail: int | None,
    timestamps: bool,
    grep: str | None,
    since: str | None,
    until: str | None,
    output: Path | None,
) -> None:
    """Write a job's log to stdout, each line exactly once, in order.

    JOB is an id, or a name that only one job has. Into a pipe or a file the text goes exactly as it came;
    on a terminal control characters are made visible, and colours stay unless NO_COLOR is set. What matui
    itself has to say goes to stderr, also where lines may be missing.

    --since and --until go by the times in the lines; a line without one stays with the line before it.
    """
    if file is not None and all_files:
        raise click.UsageError("--file and --all-files cannot be combined.")
    from matui.cli.context.resolve import parse_job

    job = parse_job(words)
    run_async(
        _print_log(
            options, LogOptions(job, file, all_files, follow, tail, timestamps, grep, since, until, output)
        )
    )


async def _print_log(options: Options, chosen: LogOptions) -> None:
    from matui.cli.context.resolve import find_one
    from matui.cli.logs.run import LogRun
    from matui.cli.logs.selection import build_query
    from matui.cli.output.streams import note
    from matui.resources.registry import KINDS

    async with open_session(options) as session:
        now = session.clock.now
        asked_ms = now() * 1000
        query = build_query(
            chosen.grep, chosen.since, chosen.until, now_ms=asked_ms, zone=session.settings.logs.find_zone()
        )
        if chosen.since is not None and not chosen.follow and query.since_ms == asked_ms:
            raise UsageError(f"--since {chosen.since} is now: no line is later.", remedy="Follow with -f.")
        if chosen.follow and query.since_ms is not None and query.since_ms > now() * 1000:
            note(f"--since {chosen.since} is in the future: nothing is written before a line of that time.")
        find = partial(find_one, session, KINDS["jobs"], chosen.job)
        job = await (wait_out_throttling(session, find) if chosen.follow else find())
        with _open_printer(chosen, now) as printer:
            run = LogRun(session, job, printer, follow=chosen.follow, tail=chosen.tail, query=query)
            await (run.print_every_file() if chosen.every_file else run.print_file(chosen.file))
        printer.raise_if_incomplete()


@contextmanager
def _open_printer(chosen: LogOptions, now: Callable[[], float]) -> Iterator[LogPrinter]:
    """Yield the printer to stdout or to the new file of ``--output``, and report what was written.

    Without ``follow`` an interrupt or an error leaves no file. The lines of a log that is followed are kept:
    the cloud may not have them any more.
    """
    from matui.base.errors import MatuiError
    from matui.base.files import open_new_file
    from matui.cli.logs.output import LogPrinter
    from matui.cli.output.streams import note, require_raw_stdout

    build = partial(LogPrinter, now=now, timestamps=chosen.timestamps, named=chosen.every_file)
    if chosen.output in (None, DASH):
        require_raw_stdout()
        yield build()
        return
    printer: LogPrinter | None = None

    def keep_after(error: BaseException) -> bool:
        passing = (asyncio.CancelledError, KeyboardInterrupt, MatuiError, OSError)
        has_lines = printer is not None and printer.count > 0
        return chosen.follow and has_lines and isinstance(error, passing)

    try:
        with open_new_file(chosen.output, keep_after=keep_after) as out:
            printer = build(out=out)
            yield printer
    except BaseException as error:
        count = printer.count if printer is not None else 0
        if keep_after(error) and not isinstance(error.__cause__, OSError):
            note(f"Stopped: wrote {pluralize(count, 'line')} to {chosen.output}.")
        elif isinstance(error, asyncio.CancelledError):
            note(f"Not saved: {chosen.output}, stopped at {pluralize(count, 'line')}.")
        raise
    note(f"Wrote {pluralize(printer.count, 'line')} to {chosen.output}.")
