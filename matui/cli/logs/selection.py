"""What ``matui logs`` reads: the job and the file, and the lines that the options select."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import tzinfo

from matui.base.errors import MatuiError, NotFoundError, RefusedError, UsageError
from matui.base.log_lines.times import TimestampParser
from matui.base.moments import parse_moment
from matui.base.text.formatting import format_local_time, pluralize
from matui.base.text.regex import compile_user_regex
from matui.base.text.sanitize import clean
from matui.cli.context.session import Session
from matui.cli.logs.output import LogPrinter
from matui.cli.options import refuse_bare_number
from matui.clouds.protocols import Reads, TailsLogs, require
from matui.live.capabilities import explain_missing_pane
from matui.live.logs.line_filter import LineFilter, LineQuery
from matui.live.logs.line_store import LogLine
from matui.live.logs.page_store import DiskSpill
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Resource

_CADENCE_S = 5.0


def find_log_source(session: Session) -> TailsLogs:
    """Return the session's cloud as a log source. Raises RefusedError where it has no logs."""
    reason = explain_missing_pane(session.cloud, JOBS, "log")
    if reason is not None:
        raise RefusedError(f"{reason}.")
    return require(session.cloud, TailsLogs)


def choose_file(files: Collection[str], name: str) -> str:
    """Return the file of that name. Raises UsageError that lists the files."""
    if name in files:
        return name
    known = ", ".join(map(clean, files)) or "none"
    raise UsageError(f"There is no log file {clean(name)}.", remedy=f"There are: {known}.")


class JobWatcher:
    """Reads a job every few seconds, while its log is followed, until it has ended."""

    def __init__(self, session: Session, job: Resource) -> None:
        self._session = session
        self._job = job
        self._is_over = job.phase.ended

    def has_ended(self) -> bool:
        """Whether the job has ended."""
        return self._is_over

    async def run(self) -> None:
        """Read the job until it has ended. Failures are ignored: the log requests report them."""
        cloud, clock = self._session.cloud, self._session.clock
        while not self._is_over and isinstance(cloud, Reads):
            await clock.sleep(_CADENCE_S)
            try:
                self._is_over = (await cloud.read(self._job.kind, self._job.id)).phase.ended
            except NotFoundError:
                self._is_over = True
            except MatuiError:
                continue


class FileSelection:
    """Applies a query to the lines of one file, given in order; marks always pass.

    A second filter checks the lines above the first one to print, which are not read in order.
    """

    def __init__(
        self, query: LineQuery, job: Resource, file: str, new_parser: Callable[[], TimestampParser]
    ) -> None:
        self.file = file
        self._query = query
        self._count = 0
        self._filter = LineFilter(query, new_parser(), earliest_ms=job.created_at)
        self._search = LineFilter(query, new_parser())
        self.observe = self._filter.observe
        self.is_before = self._search.is_before

    def select(self, lines: Iterable[LogLine], *, hold_back: bool = True) -> list[tuple[str, LogLine]]:
        """Return the selected lines with their file; ``hold_back`` keeps lines until a time decides."""
        selected: list[tuple[str, LogLine]] = []
        for line in lines:
            if line.mark:
                selected.append((self.file, line))
                continue
            self._count += 1
            selected += self._add_file(self._filter.select((line.text,)))
        return selected if hold_back else [*selected, *self._add_file(self._filter.finish())]

    def finish(self, printer: LogPrinter) -> None:
        """Print the lines held back, and note what the query could not be applied to."""
        printer.print_lines(self._add_file(self._filter.finish()))
        unjudged = self._filter.unjudged
        if self._query.has_bounds and not unjudged and (none := self._explain_none()):
            printer.warn_once(self.file, none)
        if not (self._query.has_bounds and unjudged):
            return
        options = [("--since", self._query.since_ms), ("--until", self._query.until_ms)]
        names = " and ".join(name for name, ms in options if ms is not None)
        if self._filter.has_times:
            lines = "1 line has" if unjudged == 1 else f"{unjudged:,} lines have"
            kept = "it was" if unjudged == 1 else "they were"
            printer.note_problem(
                self.file,
                f"{names} could not be applied to {unjudged:,} of {pluralize(self._count, 'line')}: "
                f"{lines} no time and no line with a time before; {kept} printed.",
            )
        else:
            kept = "1 line was" if unjudged == 1 else f"all {unjudged:,} lines were"
            printer.note_problem(
                self.file, f"No time was found in any line: {names} could not be applied, {kept} printed."
            )

    def _explain_none(self) -> str:
        """Return why no line lies between the bounds, with the nearest time; ``""`` where one does."""
        read, since, until = self._filter, self._query.since_ms, self._query.until_ms
        if read.has_lines_in_time or read.first_ms is None or read.last_ms is None:
            return ""
        if since is not None and read.last_ms < since:
            return f"No line was written at or after --since: the last one is of {_format(read.last_ms)}."
        if until is not None and read.first_ms > until:
            return f"No line was written at or before --until: the first is of {_format(read.first_ms)}."
        return "No line was written between --since and --until."

    def _add_file(self, texts: Iterable[str]) -> list[tuple[str, LogLine]]:
        return [(self.file, LogLine(text)) for text in texts]


def _format(ms: float) -> str:
    return format_local_time(int(ms))[:19]


def build_query(
    grep: str | None, since: str | None, until: str | None, *, now_ms: float, zone: tzinfo | None
) -> LineQuery:
    """Return the query of the options. Raises UsageError that names the option and the accepted forms."""
    try:
        pattern = compile_user_regex(grep) if grep else None
    except ValueError as wrong:
        raise UsageError(
            f"--grep: {wrong}.",
            remedy="Write a simpler one; a sign that stands for itself needs a backslash: \\( or \\[.",
        ) from wrong
    first, last = _parse_bound("--since", since, now_ms, zone), _parse_bound("--until", until, now_ms, zone)
    if first is not None and last is not None and first > last:
        raise UsageError(
            f"--since {since} is after --until {until}: no line can be in between.",
            remedy="Name an earlier --since or a later --until.",
        )
    return LineQuery(pattern, first, last)


def _parse_bound(option: str, text: str | None, now_ms: float, zone: tzinfo | None) -> float | None:
    if text is None:
        return None
    refuse_bare_number(option, text)
    try:
        return parse_moment(text, last_ms=now_ms, zone=zone)
    except ValueError as wrong:
        raise UsageError(f"{option} {text} is {wrong}.") from wrong


def open_spill() -> DiskSpill | None:
    """Return a disk store for pages of logs read from the end; None where there is no cache folder."""
    from matui.config.paths import make_cache_dir

    try:
        return DiskSpill(make_cache_dir() / "logs")
    except MatuiError:
        return None
