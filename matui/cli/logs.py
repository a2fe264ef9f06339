"""``matui logs JOB[/VERSION]``: a job's log on stdout, each line exactly once, in order."""

from __future__ import annotations

from dataclasses import dataclass

import click

from matui.cli.context import Options, open_session, run_async


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; ``tail`` is None for the whole log."""

    job: str
    file: str | None
    every_file: bool
    follow: bool
    tail: int | None
    timestamps: bool


@click.command("logs", short_help="A job's log, each line once and in order; -f follows.")
@click.argument("job", metavar="JOB[/VERSION]")
@click.option("--file", metavar="NAME", help="The log file to read; by default the first.")
@click.option("--all-files", is_flag=True, help="Every file, each line after [its name].")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job has ended and its log is drained.")
@click.option("--tail", type=click.IntRange(min=0), metavar="N", help="Begin with the last N lines.")
@click.option(
    "--timestamps",
    is_flag=True,
    help="Put before each line when matui received it (ISO 8601, UTC); the cloud tells no time for a line.",
)
@click.pass_obj
def command(
    options: Options,
    job: str,
    file: str | None,
    all_files: bool,
    follow: bool,
    tail: int | None,
    timestamps: bool,
) -> None:
    """Write a job's log to stdout, each line exactly once, in order.

    JOB is an id, or a name that only one job has. Into a pipe or a file the text goes exactly as it came;
    on a terminal control characters are made visible, and colours stay unless NO_COLOR is set. What matui
    itself has to say goes to stderr, also where lines may be missing.
    """
    if file is not None and all_files:
        raise click.UsageError("--file and --all-files cannot be combined.")
    run_async(_logs(options, Wanted(job, file, all_files, follow, tail, timestamps)))


async def _logs(options: Options, wanted: Wanted) -> None:
    from matui.cli.log_job import find_job
    from matui.cli.log_printer import LogPrinter
    from matui.cli.log_run import LogRun

    async with open_session(options) as session:
        job = await find_job(session, wanted.job)
        named, now = wanted.every_file, session.clock.now
        printer = LogPrinter(now=now, timestamps=wanted.timestamps, named=named)
        run = LogRun(session, job, printer, follow=wanted.follow, tail=wanted.tail)
        await (run.every_file() if wanted.every_file else run.one_file(wanted.file))
