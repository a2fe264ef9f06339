"""The first screen without any configuration or credentials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content

from matui.console.terminal.screen import DiffScreen
from matui.console.terminal.spelling import SpelledStatic


class FirstRunScreen(DiffScreen[Literal["demo", "quit"]]):
    """Lists where credentials were looked for and how to connect, and offers the demo."""

    DEFAULT_CSS = "#first-run { padding: 1 2; }"
    BINDINGS = [
        Binding("d,enter", "answer('demo')", "demo"),
        Binding("q,escape,ctrl+q", "answer('quit')", "quit"),
    ]

    def __init__(self, looked_for: Sequence[str], config_file: str) -> None:
        super().__init__()
        self._looked_for = looked_for
        self._config_file = config_file

    def compose(self) -> ComposeResult:
        """Lay out the page."""
        with VerticalScroll(id="first-run"):
            yield SpelledStatic(Content("\n").join(self._build_lines()))

    def _build_lines(self) -> list[Content]:
        return [
            Content.styled("Welcome to matui", "bold $accent"),
            Content(""),
            Content("No profile and no credentials were found. Looked for:"),
            *(Content.styled(f"  ✗ {place}", "$text-muted") for place in self._looked_for),
            Content(""),
            Content.assemble(
                (" d ", "bold $accent"), "start the demo: a simulated cloud, no network, no credentials"
            ),
            Content.assemble((" q ", "bold $accent"), "quit"),
            Content(""),
            Content("To connect to an account, either"),
            Content.assemble(
                ("  matui config init", "bold"), ("   writes a commented ", "$text-muted"), self._config_file
            ),
            Content("or set these and start matui again:"),
            Content.styled("  HUAWEICLOUD_SDK_AK  HUAWEICLOUD_SDK_SK  MATUI_REGION", "bold"),
        ]

    def action_answer(self, answer: Literal["demo", "quit"]) -> None:
        """Close with what the user chose."""
        self.dismiss(answer)
