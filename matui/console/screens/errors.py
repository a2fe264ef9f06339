"""The last errors: message, code, request id, meaning and remedy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.content import Content

from matui.base.codes.error_codes import Explanation, explain, explain_peer_code
from matui.base.errors import CloudError
from matui.base.text.sanitize import clean
from matui.console.bars.prompt import PROMPT_KEY
from matui.console.bars.text_bar import TextBar, append_hints
from matui.console.lines.view import LineView, Spans
from matui.console.panes.rendering import format_time, render_error
from matui.console.terminal.clipboard import copy
from matui.console.terminal.screen import DiffScreen
from matui.live.error_log import ErrorEntry, ErrorLog

_HINTS = ("c copies all", "W wraps", "esc closes")


class ErrorsScreen(DiffScreen[None]):
    """Shows the errors so far, latest first; repetitions are counted."""

    BINDINGS = [
        Binding("escape,q", "close", "close"),
        Binding("c", "copy", "copy"),
        Binding("W", "wrap", "wrap"),
        PROMPT_KEY,
    ]

    def __init__(self, errors: ErrorLog, *, utc: bool) -> None:
        super().__init__()
        self._errors = errors
        self._utc = utc
        self._title = TextBar(classes="pane-title")
        self._view = LineView(id="errors-lines", wrap=True)

    def compose(self) -> ComposeResult:
        """Lay out the title above the errors."""
        yield self._title
        yield self._view

    def on_mount(self) -> None:
        """Show the errors."""
        self._view.focus()

    def on_resize(self, event: events.Resize) -> None:
        """Lay the title and the lines out for the width."""
        title = Content.assemble(
            (" errors ", "bold $cursor-text on $cursor"), (f"  {len(self._errors)}, the latest first", "bold")
        )
        self._title.show(append_hints(title, _HINTS, event.size.width))
        self._view.set_lines(self._render_errors())

    def _render_errors(self) -> list[Spans]:
        return render_errors(self._errors, utc=self._utc, width=max(40, self.size.width - 2))

    def action_wrap(self) -> None:
        """Wrap what is too long, or not."""
        self._view.wrap = not self._view.wrap

    def action_copy(self) -> None:
        """Copy everything as text, for a ticket."""
        lines = ("".join(text for text, _style in line) for line in self._render_errors())
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
