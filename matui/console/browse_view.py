"""Protocols: what the parts of the console call on the browse screen."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.app import App
    from textual.worker import Worker

    from matui.console.changes.unseen import Unseen
    from matui.console.early_input import TypedAhead
    from matui.console.fleet import OpenProfiles
    from matui.console.interrupts import Cancellations
    from matui.console.logs.saving import LogSaves
    from matui.console.panes.stack import PaneStack
    from matui.console.session import ConsoleSession
    from matui.console.triage.home import TriageHome
    from matui.resources.model import ResourceKey

DEFAULT_KIND = "jobs"


class KindView(Protocol):
    """The methods that a command calls on the profiles shown."""

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""

    def show_another_time(self) -> None:
        """Read everything as of another time of a replay, and discard what is known of the time before."""

    async def follow(self, key: ResourceKey, kind_id: str | None = None) -> None:
        """Put the cursor on a resource as soon as its row exists, in the table of ``kind_id`` if given."""


class BrowseView(Protocol):
    """The methods that a command calls on the browse screen."""

    panes: PaneStack
    cancellations: Cancellations
    unseen: Unseen
    typed_ahead: TypedAhead

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles, or None before the first one is open."""

    @property
    def shown(self) -> KindView:
        """The part of the open profiles that is shown."""

    @property
    def session(self) -> ConsoleSession | None:
        """The profile that the keys apply to, or None before the first one is open."""

    @property
    def triage(self) -> TriageHome:
        """The updater of triage."""

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""

    @property
    def app(self) -> App[Any]:
        """The running application, as Textual sees it."""

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str, exit_on_error: bool) -> Worker[None]:
        """Run ``work`` in a worker of the screen."""

    def get_selected_text(self) -> str | None:
        """Return the text that is selected on the screen, or None."""

    def clear_selection(self) -> None:
        """Clear the selection of text."""

    @property
    def saves(self) -> LogSaves:
        """The saves of logs in progress."""

    def toggle_rate(self) -> None:
        """Show in the status bar how many bytes a second go to the terminal, or stop showing it."""

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""
