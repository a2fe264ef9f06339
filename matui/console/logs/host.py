"""Protocol: what the parts of the log pane call on the pane."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

    from matui.console.messages import Mode
    from matui.live.poll.freshness import Freshness
    from matui.resources.model import Resource


class LogHost(Protocol):
    """The pane that shows a log: its job, its title, its notices and its timers."""

    resource: Resource
    search_text: str

    @property
    def app(self) -> App[Any]:
        """The running application, as Textual sees it."""

    @property
    def is_mounted(self) -> bool:
        """Whether the pane is on the screen."""

    def post_message(self, message: Message) -> bool:
        """Send a message to the screen."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notice."""

    def ask(self, mode: Mode, text: str = "", hint: str = "") -> None:
        """Open the prompt for a line of the pane."""

    def show_title(self) -> None:
        """Update the title."""

    def show_freshness(self, freshness: Freshness) -> None:
        """Show in the title how old the content is, and its last error."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call ``callback`` after ``delay`` seconds."""

    def run_in_background(self, work: Callable[[], Coroutine[Any, Any, None]], group: str) -> None:
        """Run ``work`` in a worker, which replaces the one of its group."""

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Prompt for one of ``choices``, pairs of value and text; None when cancelled."""
