"""Alerts: a pattern that comes while the terminal is not focused rings, notifies and flashes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

from textual.app import App

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.text.sanitize import clean
from matui.console.lines.search import compile_pattern
from matui.console.terminal.app import DiffApp
from matui.console.terminal.clipboard import build_notification
from matui.live.logs.line_store import LogStore

ERRORS = "@errors"  # in place of a pattern: every error that ``E`` finds
_APART_S = 10.0
_MOST_LINES = 20_000  # that are looked at after a burst
_WORDS = 120


class Alerts:
    """Looks at each new line of the files that are open; ``by`` is what an alert does."""

    def __init__(
        self,
        patterns: Sequence[str],
        by: Sequence[str],
        monotonic: Callable[[], float],
        rules: ErrorRules = DEFAULT_RULES,
    ) -> None:
        self.patterns: list[re.Pattern[str]] = []
        self.on_errors = False
        self._rules = rules
        self.flashing = ""
        self._by = by
        self._monotonic = monotonic
        self._looked: dict[str, int] = {}
        self._said_at = float("-inf")
        for text in patterns:
            self.add(text)

    def add(self, text: str) -> str:
        """Alert on a pattern too, ``""`` on none any more; returns what is wrong with it, or ``""``."""
        if not text:
            self.patterns.clear()
            self.on_errors = False
            return ""
        if text == ERRORS:
            self.on_errors = True
            return ""
        pattern = compile_pattern(text)
        if isinstance(pattern, str):
            return pattern
        self.patterns.append(pattern)
        return ""

    def forget(self, file: str) -> None:
        """Begin anew with a file."""
        self._looked.pop(file, None)

    def look(self, file: str, store: LogStore) -> str:
        """Look at the lines that came since; returns the first that alerts, or ``""``."""
        begin = self._looked.get(file, store.end)
        self._looked[file] = store.end
        if not (self.patterns or self.on_errors) or begin >= store.end:
            return ""
        for text in store.list_texts(max(begin, store.first, store.end - _MOST_LINES), store.end):
            plain = render_plain_text(text)
            if self._alerts_on(plain):
                return plain
        return ""

    def _alerts_on(self, plain: str) -> bool:
        if self.on_errors and self._rules.is_error(plain):
            return True
        return any(pattern.search(plain) for pattern in self.patterns)

    def raise_alert(self, app: App[object], job: str, words: str) -> None:
        """Ring, notify and flash, as wished, at most every ten seconds."""
        if "flash" in self._by:
            self.flashing = clean(words)[:_WORDS]
        now = self._monotonic()
        if now - self._said_at < _APART_S:
            return
        self._said_at = now
        if "bell" in self._by:
            app.bell()
        if "notify" in self._by and isinstance(app, DiffApp):
            app.write_raw(build_notification(f"matui {clean(job)}", clean(words)[:_WORDS], os.environ))
