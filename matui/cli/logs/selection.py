"""The lines of one log file that a query selects, and what the query could not be applied to."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matui.base.log_lines.times import TimestampParser
from matui.cli.logs.output import LogPrinter
from matui.live.logs.line_filter import LineFilter, LineQuery
from matui.live.logs.line_store import LogLine
from matui.resources.model import Resource


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
            selected += self._with_file(self._filter.select((line.text,)))
        return selected if hold_back else [*selected, *self._with_file(self._filter.finish())]

    def finish(self, printer: LogPrinter) -> None:
        """Print the lines held back, and note what the query could not be applied to."""
        printer.print_lines(self._with_file(self._filter.finish()))
        unjudged = self._filter.unjudged
        if not (self._query.has_bounds and unjudged):
            return
        options = [("--since", self._query.since_ms), ("--until", self._query.until_ms)]
        names = " and ".join(name for name, ms in options if ms is not None)
        if self._filter.has_times:
            lines = "1 line has" if unjudged == 1 else f"{unjudged:,} lines have"
            kept = "it was" if unjudged == 1 else "they were"
            printer.note_problem(
                self.file, f"{names} could not be applied to {unjudged:,} of {self._count:,} lines: "
                f"{lines} no time and no line with a time before; {kept} printed."
            )  # fmt: skip
        else:
            kept = "1 line was" if unjudged == 1 else f"all {unjudged:,} lines were"
            printer.note_problem(
                self.file, f"No time was found in any line: {names} could not be applied, {kept} printed."
            )

    def _with_file(self, texts: Iterable[str]) -> list[tuple[str, LogLine]]:
        return [(self.file, LogLine(text)) for text in texts]
