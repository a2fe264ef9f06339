"""The last errors, with their remedies and what their codes mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.binding import Binding

from matui.base.codes.error_codes import Explanation, explain, explain_peer_code
from matui.base.errors import CloudError
from matui.base.text.sanitize import clean
from matui.console.lines.view import Spans
from matui.console.panes.rendering import format_time, render_error
from matui.console.screens.text_screen import TextScreen
from matui.console.terminal.clipboard import copy
from matui.live.error_log import ErrorEntry, ErrorLog


class ErrorsScreen(TextScreen):
    """Shows the errors so far, latest first; repetitions are counted."""

    label = "errors"
    hints = ("/ searches", "c copies all", "W wraps", "esc closes")
    BINDINGS = [
        Binding("c", "copy", "copy all errors"),
        Binding("u", "utc", "times in UTC, and back to local time"),
    ]

    def __init__(self, errors: ErrorLog, *, utc: bool) -> None:
        super().__init__("errors-lines", wrap=True)
        self._errors = errors
        self._utc = utc

    def build_heading(self) -> str:
        """Return how many errors there are."""
        return f"{len(self._errors)}, the latest first"

    def build_lines(self, width: int) -> Sequence[Spans]:
        """Return the errors as lines."""
        return render_errors(self._errors, utc=self._utc, width=max(40, width))

    def action_utc(self) -> None:
        """Show times in UTC, or in local time again."""
        self._utc = not self._utc
        self.show_lines()

    def action_copy(self) -> None:
        """Copy everything as text, for a ticket."""
        lines = ("".join(text for text, _style in line) for line in self.build_lines(self.size.width - 2))
        copy(self.app, "\n".join(lines), "all errors")


def render_errors(errors: Iterable[ErrorEntry], *, utc: bool, width: int) -> list[Spans]:
    """Return the errors as lines, a blank one between them."""
    lines: list[Spans] = []
    for entry in errors:
        lines += [(), *_render_entry(entry, utc, width)] if lines else _render_entry(entry, utc, width)
    return lines or [(("  No error so far.", "muted"),)]


def _render_entry(entry: ErrorEntry, utc: bool, width: int) -> Sequence[Spans]:
    times = f" ×{entry.count}" if entry.count > 1 else ""
    since = f"  since {format_time(entry.first_at * 1000, utc=utc)}" if entry.count > 1 else ""
    head: Spans = (
        (format_time(entry.last_at * 1000, utc=utc), "muted"),
        (f"  {clean(entry.about)}", "title"),
        (times, "warning"),
        (since, "muted"),
    )
    return [head, *render_error(entry.error, width), *_render_meaning(entry.error)]


def _render_meaning(error: Exception) -> list[Spans]:
    code = error.code if isinstance(error, CloudError) else ""
    entry = _explain(code) if code else None
    if entry is None:
        return []
    said = entry.meaning.rstrip(".") in str(error)
    meaning = "" if said else f": {entry.meaning}"
    return [((f"  {entry.code} ", "label"), (f"{entry.kind}{meaning}", "muted"))]


def _explain(code: str) -> Explanation | None:
    """Return the meaning of a code as it was sent; a bare number is Qianfan's."""
    peers = explain_peer_code(code)
    return explain(code) if not code.isdigit() and not peers else peers[0] if len(peers) == 1 else None
