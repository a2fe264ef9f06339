"""The outcomes of an action, resource by resource, when not all succeeded."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from matui.console.screens.confirm import MAX_LIST_ROWS, fit_dialog
from matui.console.terminal.screen import DiffModal
from matui.console.terminal.spelling import SpelledStatic
from matui.live.actions.outcome import Outcome
from matui.live.actions.target_text import format_name

_SYMBOLS = {
    "done": ("✓", "$text-success"),
    "partly": ("◑", "bold $text-warning"),
    "unknown": ("?", "bold $text-warning"),
}


class OutcomesScreen(DiffModal[None]):
    """One line a resource, what failed first: the outcome in words, with the cloud's code and request id."""

    BINDINGS = [Binding("escape,q,enter,space", "close", "close")]

    def __init__(self, title: str, outcomes: Sequence[Outcome]) -> None:
        super().__init__()
        self._title = title
        self._outcomes = sorted(outcomes, key=lambda outcome: outcome.result == "done")
        self._tell_profiles = len({outcome.resource.profile for outcome in outcomes}) > 1

    def compose(self) -> ComposeResult:
        """Lay out the outcomes."""
        with Vertical(id="dialog", classes="outcomes"):
            yield SpelledStatic(
                Content.assemble((self._title, "bold"), ("   esc closes", "$text-muted")), id="question"
            )
            with VerticalScroll(id="targets"):
                yield SpelledStatic(
                    Content("\n").join(self._format_outcome(outcome) for outcome in self._outcomes)
                )

    def on_resize(self) -> None:
        """Fit the list to the screen."""
        fit_dialog(self, MAX_LIST_ROWS)

    def _format_outcome(self, outcome: Outcome) -> Content:
        symbol, style = _SYMBOLS.get(outcome.result, ("✗", "bold $text-error"))
        profile = f"{outcome.resource.profile}  " if self._tell_profiles else ""
        return Content.assemble(
            (f"{symbol} ", style),
            (profile, "$text-muted"),
            (f"{format_name(outcome.resource)}  ", "bold"),
            outcome.sentence,
        )
