"""Writes log lines to stdout, whole lines only, and what matui has to say about them to stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import TextIO

from matui.cli.output import note
from matui.errors import CloudError, MatuiError
from matui.live.log_store import LogLine
from matui.text import clean_log_line, iso_utc

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
        received = f"{iso_utc(self._now() * 1000)} " if self._timestamps else ""
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
