"""Writes log lines to stdout, whole lines only, and messages about them to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

from matui.base.errors import CloudError, IncompleteOutputError, MatuiError
from matui.base.log_lines.control import render_coloured_text, render_plain_text
from matui.base.text.formatting import format_iso_utc, pluralize
from matui.base.text.sanitize import clean
from matui.cli.output.streams import note
from matui.live.logs.line_store import LogLine

_REMEDY_GAPS = "Repeat the command: the cloud may give them then."
_REMEDY_TIMES = "Where its times have a form of their own, name that in [logs] times of the config file."
_SURROGATE = re.compile("[\ud800-\udfff]")


class LogPrinter:
    """Prints the lines of all files of a job.

    On a terminal control characters are made visible; into a pipe or file the text is written unchanged.
    ``now`` returns the time in seconds since the epoch, for ``timestamps``.
    """

    def __init__(
        self, *, now: Callable[[], float], timestamps: bool, named: bool, out: TextIO | None = None
    ) -> None:
        self.count = 0
        self.gaps = 0
        self._problems: list[str] = []
        self._out = out
        self._now = now
        self._timestamps = timestamps
        self._named = named
        self._warned: set[tuple[str, str]] = set()
        self._format = format_for_terminal if out is None and sys.stdout.isatty() else _replace_surrogates

    def print_lines(self, lines: Iterable[tuple[str, LogLine]]) -> None:
        """Write lines and flush; marks are written to stderr at their position."""
        received = f"{format_iso_utc(self._now() * 1000)} " if self._timestamps else ""
        texts: list[str] = []
        for file, line in lines:
            if line.mark:
                self.gaps += line.mark == "gap"
                self._write(texts)
                note(f"{file}: {line.text}")
            else:
                name = f"[{clean(file)}] " if self._named else ""
                texts.append(f"{received}{name}{self._format(line.text)}\n")
        self._write(texts)

    def warn_once(self, file: str, sentence: str, more: str = "") -> None:
        """Write a message about a file once; ``more`` is not compared."""
        if (file, sentence) not in self._warned:
            self._warned.add((file, sentence))
            note(f"{file}: {sentence}{more}" if file else f"{sentence}{more}")

    def note_problem(self, file: str, sentence: str) -> None:
        """Record that a filter could not be applied to all lines of a file."""
        self._problems.append(f"{file}: {sentence}")

    def raise_if_incomplete(self) -> None:
        """Raise IncompleteOutputError where lines may be missing or a filter could not be applied."""
        gaps = f"Lines may be missing at {pluralize(self.gaps, 'marked place')}."
        sentences = [*self._problems, *([gaps] if self.gaps else [])]
        remedies = [_REMEDY_TIMES] if self._problems else []
        remedies += [_REMEDY_GAPS] if self.gaps else []
        if sentences:
            raise IncompleteOutputError(" ".join(sentences), remedy=" ".join(remedies))

    def report_failure(self, file: str, error: MatuiError, _wait_s: float) -> None:
        """Write once that requests fail and are retried."""
        known = error.reference if isinstance(error, CloudError) else ""
        self.warn_once(file, error.sentence, f"{f' ({known})' if known else ''} Trying again.")

    def _write(self, texts: list[str]) -> None:
        if texts:
            out = self._out or sys.stdout
            out.write("".join(texts))
            out.flush()
            self.count += len(texts)
            texts.clear()
            self._show_progress()

    def _show_progress(self) -> None:
        """Show the number of lines on a terminal while they are written into a file."""
        if self._out is not None and sys.stderr.isatty():
            sys.stderr.write(f"\r{pluralize(self.count, 'line')}")
            sys.stderr.flush()


def format_for_terminal(text: str) -> str:
    """Return a line with control characters made visible, and in its colours unless NO_COLOR is set."""
    return render_plain_text(text, whole=True) if os.environ.get("NO_COLOR") else render_coloured_text(text)


def _replace_surrogates(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)
