"""The first error in the logs of a job, across the files of all workers."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from matui.base.calls.gather import gather_limited
from matui.base.clock import Clock
from matui.base.errors import MatuiError
from matui.base.log_lines.consequences import is_consequence
from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import DEFAULT_RULES, LOOK_AHEAD, ErrorRules
from matui.base.log_lines.records import split_line
from matui.base.log_lines.times import TimestampParser
from matui.base.redaction.masking import hide_in_lines, hide_in_text
from matui.base.text.formatting import format_iso_utc, pluralize
from matui.base.text.sanitize import clean
from matui.clouds.protocols import TailsLogs
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import HeadlessLog
from matui.resources.model import Resource

_TRACEBACK = "Traceback (most recent call last)"
_LONGEST_TRACEBACK = 200
_LEAST_TAIL = 500
AROUND = 5  # lines shown before and after the error
_CADENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class FirstError:
    """An error line: its file, its number from 1 (None where the top of the file was not read), its time.

    ``at`` is ms since the epoch, None where the line and those above state none. ``summary`` is the line that
    names the error: of a traceback its last. ``around`` are the lines around it, ``index`` is its place among
    them, ``whole`` those of its traceback, else the line. Secrets are masked: the card is handed on.
    """

    file: str
    line: int | None
    at: float | None
    text: str
    summary: str = ""
    around: tuple[str, ...] = ()
    index: int = 0
    whole: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the place, time and text as JSON values."""
        return {"file": self.file, "line": self.line, "at": format_iso_utc(self.at), "text": self.text}


class LogSearch(NamedTuple):
    """The result of a search: ``error`` is None without one; ``searched`` and ``failed`` name files.

    With ``cut`` only the last lines of some file were read; ``lines`` counts those read.
    """

    error: FirstError | None
    searched: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: int = 0
    lines: int = 0
    cut: bool = False

    def describe(self) -> str:
        """Return what was searched in words."""
        count = len(self.searched)
        lines = pluralize(self.lines, "line")
        parts = [f"{'last ' if self.cut else ''}{lines} of {pluralize(count, 'file')}"]
        parts += [f"not read: {', '.join(self.failed)}"] if self.failed else []
        parts += [pluralize(self.skipped, "more file")] if self.skipped else []
        return "; ".join(parts)


class LogLimits(NamedTuple):
    """The limits of a read: last lines of a file, files, files at a time, lines and requests in all.

    A file is sent ``least_requests``, however many files there are. With ``until_found`` no further files are
    read once some have an error.
    """

    tail: int = 5000
    files: int = 32
    at_once: int = 4
    lines: int = 40_000
    requests: int = 1000
    least_requests: int = 40
    until_found: bool = False

    def compute_tail(self, files: int) -> int:
        """Return how many last lines of each of so many files are read."""
        return min(self.tail, max(_LEAST_TAIL, self.lines // max(1, files)))

    def compute_requests(self, files: int) -> int:
        """Return how many requests are sent for each of so many files."""
        return max(self.least_requests, self.requests // max(1, files))


async def find_first_error(
    source: TailsLogs,
    job: Resource,
    *,
    clock: Clock,
    new_parser: Callable[[], TimestampParser],
    rules: ErrorRules = DEFAULT_RULES,
    limits: LogLimits | None = None,
) -> LogSearch:
    """Return the first error in the last lines of the files of a job.

    The error with the earliest time counts; where no file states times, that of the first file. Raises
    the errors of the list of files, and that of the last file where none could be read.
    """
    limits = limits or LogLimits()
    files = await source.list_log_files(job)
    chosen = _choose(files, limits.files)
    tail, most = limits.compute_tail(len(chosen)), limits.compute_requests(len(chosen))

    async def search(file: str) -> LogSearch | MatuiError:
        try:
            lines, cut = await _read_tail(source, job, file, clock, tail, most)
        except MatuiError as error:
            return error
        return _search(file, lines, new_parser(), rules, cut=cut)

    at_a_time = limits.at_once if limits.until_found else max(1, len(chosen))
    found: list[LogSearch | MatuiError] = []
    for first in range(0, len(chosen), at_a_time):
        found += await gather_limited(search, chosen[first : first + at_a_time], limits.at_once)
        if any(isinstance(one, LogSearch) and one.error is not None for one in found):
            break
    read = [one for one in found if isinstance(one, LogSearch)]
    errors = [one for one in found if isinstance(one, MatuiError)]
    if errors and not read:
        raise errors[-1]
    return LogSearch(
        find_earliest_error([one.error for one in read if one.error is not None]),
        tuple(file for file, one in zip(chosen, found, strict=False) if isinstance(one, LogSearch)),
        tuple(file for file, one in zip(chosen, found, strict=False) if isinstance(one, MatuiError)),
        len(files) - len(found),
        sum(one.lines for one in read),
        any(one.cut for one in read),
    )


def _choose(files: Sequence[str], most: int) -> list[str]:
    """Return the files to read: the first ones, and the last."""
    return list(files) if len(files) <= most else [*files[: most - 1], files[-1]]


async def _read_tail(
    source: TailsLogs, job: Resource, file: str, clock: Clock, tail: int, most_requests: int
) -> tuple[list[str], bool]:
    """Return the last lines of a file, and whether there may be others above them."""
    log = HeadlessLog(
        JobLogFile(source, job, file),
        clock=clock,
        rng=random.Random(),  # noqa: S311  jitter between requests, no secret
        failed=lambda _error, _wait_s: None,
    )
    lines: list[str] = []
    pages = log.read_pages(
        follow=False, tail=tail, cadence_s=_CADENCE_S, ended=lambda: True, most_requests=most_requests
    )
    async for page in pages:
        lines += [line.text for line in page if not line.mark]
        await asyncio.sleep(0)
    return lines, len(lines) >= tail or not log.is_whole


def _search(
    file: str, raw: Sequence[str], parser: TimestampParser, rules: ErrorRules, *, cut: bool
) -> LogSearch:
    texts = [render_plain_text(line) for line in raw]
    heads = rules.find_error_heads(texts)
    if not heads:
        return LogSearch(None, (file,), lines=len(texts), cut=cut)
    at = heads[0]
    first = max(0, at - AROUND)
    shown = hide_in_lines(texts[first : at + AROUND + 1])
    error = FirstError(
        clean(file),
        None if cut else at + 1,
        _find_time(texts[: at + 1], parser),
        shown[at - first],
        hide_in_text(summarize_error(texts, at)),
        tuple(shown),
        at - first,
        tuple(hide_in_lines(_list_whole(texts[at : at + LOOK_AHEAD], rules))),
    )
    return LogSearch(error, (file,), lines=len(texts), cut=cut)


def _list_whole(texts: Sequence[str], rules: ErrorRules) -> list[str]:
    """Return the lines of the error that begins with the first line."""
    return [texts[at] for at in rules.find_traceback(texts, 0)] or [texts[0]]


def summarize_error(texts: Sequence[str], at: int) -> str:
    """Return the line that names the error which begins at ``at``: of a traceback the first outside of it."""
    if _TRACEBACK not in texts[at]:
        return texts[at]
    prefix = split_line(texts[at]).prefix
    for text in texts[at + 1 : at + _LONGEST_TRACEBACK]:
        line = split_line(text)
        if line.prefix == prefix and line.body.strip() and not line.body[0].isspace():
            return line.body
    return texts[at]


def _find_time(texts: Sequence[str], parser: TimestampParser) -> float | None:
    """Return the time of the last line, or of the nearest line above that states one."""
    stamp = None
    for text in texts:
        stamp = parser.read(text) or stamp
    return stamp.ms if stamp is not None else None


def find_earliest_error(errors: Sequence[FirstError]) -> FirstError | None:
    """Return the error with the earliest time, the first one where none states a time.

    Of several at that time a cause goes before what follows from it: a summary of a launcher, an abort of a
    collective operation.
    """
    earliest = min((error.at for error in errors if error.at is not None), default=None)
    at_once = [error for error in errors if error.at == earliest]
    return min(at_once, key=_is_consequence, default=None)


def _is_consequence(error: FirstError) -> bool:
    return is_consequence(error.text) or is_consequence(error.summary)
