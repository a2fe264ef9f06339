"""Shown while an action or a form waits: what for, and what esc does before and after it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from matui.base.calls.send_gate import ANSWER
from matui.console.terminal.screen import DiffModal
from matui.console.terminal.spelling import SpelledStatic
from matui.live.actions.outcome import Outcome

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
_RETRY_S = 0.1


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
