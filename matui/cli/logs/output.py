"""Writes log lines to stdout, whole lines only, and what matui has to say about them to stderr.

What ``matui logs`` is to print, put into what the reader of logs understands.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from datetime import UTC, tzinfo
from typing import TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matui.base.errors import CloudError, MatuiError, UsageError
from matui.base.formatting import format_iso_utc
from matui.base.regex import compile_user_regex
from matui.base.sanitize import clean_log_line
from matui.cli.output import note
from matui.config.settings import Settings
from matui.live.logs.disk_spill import DiskSpill
from matui.live.logs.line_filter import LineQuery
from matui.live.logs.line_store import LogLine
from matui.live.logs.time_search import parse_moment

_SURROGATE = re.compile("[\ud800-\udfff]")


class LogPrinter:
    """One for all files of a job. On a terminal control characters are made visible, elsewhere text stays.

    ``now`` gives the time in seconds since the epoch, for ``timestamps``.
    """

    def __init__(
        self, *, now: Callable[[], float], timestamps: bool, named: bool, out: TextIO | None = None
    ) -> None:
        self.count = 0
        self._out = out
        self._now = now
        self._timestamps = timestamps
        self._named = named
        self._said: set[tuple[str, str]] = set()
        self._shape = _for_terminal if out is None and sys.stdout.isatty() else _exactly

    def lines(self, lines: Iterable[tuple[str, LogLine]]) -> None:
        """Write lines of files at once and flush; marks go to stderr at their place."""
        received = f"{format_iso_utc(self._now() * 1000)} " if self._timestamps else ""
        texts: list[str] = []
        for file, line in lines:
            if line.mark:
                self._write(texts)
                note(f"{file}: {line.text}")
            else:
                name = f"[{clean_log_line(file)}] " if self._named else ""
                texts.append(f"{received}{name}{self._shape(line.text)}\n")
        self._write(texts)

    def once(self, file: str, sentence: str, more: str = "") -> None:
        """Say something about a file, unless it has been said; ``more`` may differ from time to time."""
        if (file, sentence) not in self._said:
            self._said.add((file, sentence))
            note(f"{file}: {sentence}{more}" if file else f"{sentence}{more}")

    def failed(self, file: str, error: MatuiError, _wait_s: float) -> None:
        """Say once that requests fail and are made again."""
        known = error.reference if isinstance(error, CloudError) else ""
        self.once(file, error.sentence, f"{f' ({known})' if known else ''} Trying again until it works.")

    def _write(self, texts: list[str]) -> None:
        if texts:
            out = self._out or sys.stdout
            out.write("".join(texts))
            out.flush()
            self.count += len(texts)
            texts.clear()
            self._show_progress()

    def _show_progress(self) -> None:
        """Count the lines on a terminal while they go into a file."""
        if self._out is not None and sys.stderr.isatty():
            sys.stderr.write(f"\r{self.count:,} lines")
            sys.stderr.flush()


def _for_terminal(text: str) -> str:
    return clean_log_line(text, colours=not os.environ.get("NO_COLOR"))


def _exactly(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def log_zone(settings: Settings) -> tzinfo | None:
    """Return the zone of times in logs that name none; None for the machine's own."""
    name = settings.logs.zone
    if name.lower() == "local":
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def wish_of(
    grep: str | None, since: str | None, until: str | None, *, now_ms: float, zone: tzinfo | None
) -> LineQuery:
    """Return what was asked for. Raises UsageError that names the option and what would be right."""
    try:
        pattern = compile_user_regex(grep) if grep else None
    except ValueError as wrong:
        raise UsageError(f"--grep: {wrong}.") from wrong
    return LineQuery(
        pattern, _moment("--since", since, now_ms, zone), _moment("--until", until, now_ms, zone)
    )


def _moment(option: str, text: str | None, now_ms: float, zone: tzinfo | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_moment(text, last_ms=now_ms, zone=zone)
    except ValueError as wrong:
        raise UsageError(f"{option} {text} is {wrong}.") from wrong


def spill_folder() -> DiskSpill | None:
    """Return where pages wait while a log is read from its end; None where there is no folder for them."""
    from matui.config.paths import cache_dir

    try:
        return DiskSpill(cache_dir() / "logs")
    except MatuiError:
        return None
