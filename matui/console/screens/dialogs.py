"""Dialogs with a choice: of a list, of the demo without any configuration, of ending a wait."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Literal, Protocol, TypeVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from matui.base.calls.send_gate import ANSWER
from matui.console.terminal.screen import DiffModal, DiffScreen
from matui.console.terminal.spelling import SpelledStatic, spell_for
from matui.live.actions.outcome import Outcome

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_RETRY_S = 0.1


class ChooseScreen(DiffModal[str | None]):
    """Asks for one of several choices, pairs of value and text. None when cancelled."""

    BINDINGS = [
        Binding("escape,q", "close", "cancel"),
        Binding("j", "move(1)", show=False),
        Binding("k", "move(-1)", show=False),
    ]

    def __init__(
        self, title: str, choices: Sequence[tuple[str, str]], current: str = "", *, one_line: bool = False
    ) -> None:
        """With ``one_line`` the dialog is wide, and a text that does not fit is cut, not wrapped."""
        super().__init__()
        self._shape = "choose one-line" if one_line else "choose"
        self._title = title
        self._choices = choices
        self._current = current

    def compose(self) -> ComposeResult:
        """Lay out the title and the choices."""
        with Vertical(id="dialog", classes=self._shape):
            yield SpelledStatic(
                Content.assemble((self._title, "bold"), ("   esc cancels", "$text-muted")), id="question"
            )
            options = [
                Option(spell_for(self, self._format_choice(value, words))) for value, words in self._choices
            ]
            choices = OptionList(*options, id="choices")
            values = [value for value, _ in self._choices]
            choices.highlighted = values.index(self._current) if self._current in values else 0
            yield choices

    def _format_choice(self, value: str, words: str) -> Content:
        mark = ("● ", "$accent") if value == self._current else "  "
        return Content.assemble(mark, words)

    @on(OptionList.OptionSelected)
    def _choose(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.dismiss(self._choices[event.option_index][0])

    def action_move(self, step: int) -> None:
        """Move the highlight."""
        choices = self.query_one(OptionList)
        choices.action_cursor_down() if step > 0 else choices.action_cursor_up()


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


class Cancellable(Protocol[T_co]):
    """Sends an action; reports waits, and all outcomes where it is cancelled."""

    def __call__(
        self, *, on_wait: Callable[[str], None], on_cancel: Callable[[Sequence[Outcome]], None]
    ) -> Awaitable[T_co]: ...


class WaitingScreen(DiffModal[None]):
    """The reason why an action waits; ``esc`` and ``ctrl+c`` cancel it.

    Once it was sent the first one still waits for the answer, the second one does not.
    """

    BINDINGS = [Binding("escape,ctrl+c", "cancel", "cancel", priority=True)]

    def __init__(self, title: str, reason: str, cancel: Callable[[], object]) -> None:
        super().__init__()
        self._title = title
        self._reason = reason
        self._cancel = cancel

    def compose(self) -> ComposeResult:
        """Lay out the title and the wait."""
        with Vertical(id="dialog"):
            yield SpelledStatic(Content.styled(self._title, "bold"), id="question")
            yield SpelledStatic(self._wait(), id="answers")

    def show_reason(self, reason: str) -> None:
        """Show another wait."""
        self._reason = reason
        for answers in self.query("#answers").results(Static):
            answers.update(self._wait())

    def _wait(self) -> Content:
        if self._reason == ANSWER:
            key, does = " esc esc ", "leaves: it was sent, and whether it was done is not known then"
        else:
            key, does = " esc ", "cancels: nothing is sent"
        return Content.assemble(
            (f"waiting for {self._reason} · ", "$text-warning"), (key, "bold $accent"), (does, "$text-muted")
        )

    def action_cancel(self) -> None:
        """Cancel the action; the screen goes once that is recorded."""
        self._cancel()


async def run_cancellable(app: App[int], title: str, send: Cancellable[T]) -> T | list[Outcome]:
    """Return the result of ``send``, or the outcomes where the user cancelled it while it waited."""
    screen: WaitingScreen | None = None
    cancelled: list[Outcome] = []
    by_user = False

    def cancel() -> None:
        nonlocal by_user
        by_user = True
        running.cancel()

    def on_wait(reason: str) -> None:
        app.call_later(show, reason)

    def show(reason: str) -> None:
        nonlocal screen
        if screen is not None and (not reason or running.done()):
            if screen is app.screen:
                screen.dismiss(None)
                screen = None
            else:  # something was opened on top of it
                app.set_timer(_RETRY_S, partial(show, ""))
        elif screen is not None:
            screen.show_reason(reason)
        elif reason and not running.done():
            screen = WaitingScreen(title, reason, cancel)
            app.push_screen(screen)

    running = asyncio.ensure_future(send(on_wait=on_wait, on_cancel=cancelled.extend))
    try:
        return await running
    except asyncio.CancelledError:
        if not by_user:
            raise
        return cancelled
    finally:
        show("")
