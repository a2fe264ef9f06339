"""Protocols: what the parts of the console may call on the application and on the browse screen."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from textual.app import App
    from textual.theme import Theme
    from textual.worker import Worker

    from matui.base.errors import MatuiError
    from matui.console.announcer import TerminalAnnouncer
    from matui.console.cancellation import Cancellations
    from matui.console.changes.unseen import Unseen
    from matui.console.commands.typed_ahead import TypedAhead
    from matui.console.fleet import OpenProfiles
    from matui.console.logs.saving import LogSaves
    from matui.console.memory import Memory
    from matui.console.panes.base import Pane
    from matui.console.session import ConsoleOptions, ConsoleSession
    from matui.console.triage.home import TriageHome
    from matui.live.poll.poller import Update
    from matui.live.recording.playback import Playback
    from matui.live.recording.tape import Tape
    from matui.live.triage.item import Why
    from matui.resources.model import Resource

DEFAULT_KIND = "jobs"
ResourceKey: TypeAlias = tuple[str, str, str]
"""Profile, kind and id of a resource."""


class Application(Protocol):
    """What the browse screen and its commands may call on the application."""

    @property
    def options(self) -> ConsoleOptions:
        """The options of the command line."""
        ...

    @property
    def tape(self) -> Tape | None:
        """What records the run, or None."""
        ...

    @property
    def playback(self) -> Playback | None:
        """What is replayed, None for live profiles."""
        ...

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys of each command, as people read them."""
        ...

    @property
    def displaced_keys(self) -> Mapping[str, str]:
        """The bindings that lost a key to the user's ``[keys]``, with the reason."""
        ...

    @property
    def matui_themes(self) -> Mapping[str, Theme]:
        """The themes by name."""
        ...

    @property
    def memory(self) -> Memory:
        """What was kept from earlier runs."""
        ...

    def keep(self, name: str, value: Any) -> None:
        """Keep a value for the next run, where the settings allow it."""
        ...

    def apply_profile_theme(self, fleet: OpenProfiles) -> None:
        """Apply the theme of a profile that is open alone, else the theme of the settings."""
        ...

    def on_first_rows(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer; ``with_rows`` is false for an empty answer."""
        ...

    def switch_profiles(self, names: Sequence[str]) -> None:
        """Open just these profiles, side by side; asks which when none is named."""
        ...

    def open_capsule(self, capsule_id: str) -> None:
        """Show a capsule alone, like a profile."""
        ...

    def leave_capsule(self) -> bool:
        """Open again what was open before the capsule; return whether a capsule was shown."""
        ...

    def retry_profiles(self) -> None:
        """Retry at once to open the profiles that failed."""
        ...

    def switch_workspace(self, workspace: str) -> None:
        """Make a workspace the scope of every kind; asks which when none is named."""
        ...

    def switch_theme(self, name: str) -> None:
        """Apply another theme."""
        ...


class BrowseView(Protocol):
    """What a command may call on the browse screen."""

    utc: bool
    cancellations: Cancellations
    unseen: Unseen
    typed_ahead: TypedAhead

    @property
    def fleet(self) -> OpenProfiles | None:
        """The open profiles, or None before the first one is open."""
        ...

    @property
    def session(self) -> ConsoleSession | None:
        """The profile that the keys apply to, or None before the first one is open."""
        ...

    @property
    def triage(self) -> TriageHome:
        """What keeps triage up to date."""
        ...

    def say(self, words: str, *, wrong: bool = False) -> None:
        """Show a notification."""
        ...

    @property
    def app(self) -> App[Any]:
        """The running application, as Textual sees it."""
        ...

    def run_worker(self, work: Coroutine[Any, Any, None], *, group: str, exit_on_error: bool) -> Worker[None]:
        """Run ``work`` in a worker of the screen."""
        ...

    def get_selected_text(self) -> str | None:
        """Return the text that is selected on the screen, or None."""
        ...

    def clear_selection(self) -> None:
        """Clear the selection of text."""
        ...

    async def mount_prompt(self) -> None:
        """Mount the prompt, if it is not mounted yet."""
        ...

    @property
    def saves(self) -> LogSaves:
        """The saves of logs in progress."""
        ...

    def toggle_rate(self) -> None:
        """Show in the status bar how many bytes a second go to the terminal, or stop showing it."""
        ...

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""
        ...

    async def show_kind(self, kind_id: str) -> None:
        """Show the table of a kind; the pane of another kind closes."""
        ...

    async def show_pane(self, pane: Pane) -> None:
        """Show a pane and give it the focus."""
        ...

    async def close_pane(self) -> None:
        """Close the pane and give the focus back to the table."""
        ...

    async def leave_pane(self) -> None:
        """Go back to the pane out of which this one was opened; without one, close it."""
        ...

    async def follow(self, key: ResourceKey) -> None:
        """Put the cursor on a resource as soon as its row exists."""
        ...


class ProfileDisplay(Protocol):
    """What the manager of the profiles may call on the browse screen."""

    async def add_profile(self, member: ConsoleSession) -> None:
        """Show one more profile beside those shown."""
        ...

    async def remove_profile(self, name: str, member: ConsoleSession | None) -> None:
        """Drop what is shown of a profile that has been closed."""
        ...

    def drop_rows(self, name: str) -> None:
        """Drop the rows of a profile that could not be opened."""
        ...

    def show_fleet(self) -> None:
        """Update what shows the open profiles."""
        ...

    def show_bars(self) -> None:
        """Update header, tabs, status and key bar."""
        ...


class ProfileHost(Protocol):
    """What the manager of the profiles may call on the application."""

    @property
    def options(self) -> ConsoleOptions:
        """The options of the command line."""
        ...

    @property
    def playback(self) -> Playback | None:
        """What is replayed, None for live profiles."""
        ...

    def state_dir(self) -> Path:
        """Return the folder of the audit."""
        ...

    def publish(self, update: Update) -> None:
        """Pass an update of a poller to every screen."""
        ...

    def note_changes(self, kind: str, resource_ids: frozenset[str]) -> None:
        """Mark the tab of a kind: resources of it have changed."""
        ...

    def show_warning(self, words: str) -> None:
        """Show a warning as a notification."""
        ...

    @property
    def announcer(self) -> TerminalAnnouncer:
        """How changes are announced on the terminal."""
        ...

    def explain(self, resource: Resource, why: Why) -> None:
        """Show in triage why a resource failed."""
        ...

    async def show_profiles(self, fleet: OpenProfiles, session: ConsoleSession) -> None:
        """Show the first profile that is open, with the keys and the theme of its settings."""
        ...

    async def offer_demo(self, error: MatuiError) -> bool:
        """Show why no profile could be opened; return whether to open the demo instead of ending."""
        ...

    def show_error(self, words: str) -> None:
        """Show an error as a notification."""
        ...

    def start_worker(
        self, work: Coroutine[Any, Any, None], group: str, *, exclusive: bool = False
    ) -> Worker[None]:
        """Run ``work`` in a worker; an exclusive one replaces the others of its group."""
        ...

    def cancel_workers(self, group: str) -> None:
        """Cancel the workers of a group."""
        ...


class WorkspaceHost(Protocol):
    """What the choice of a workspace may call on the application."""

    def notify(self, message: str, *, severity: Any = "information", markup: bool = True) -> None:
        """Show a notification."""
        ...

    async def choose(self, title: str, choices: Sequence[tuple[str, str]], chosen: str) -> str | None:
        """Ask for one of ``choices``, pairs of value and text; None when cancelled."""
        ...

    async def reload(self, fleet: OpenProfiles) -> None:
        """Show the open profiles again, from the kind that is shown."""
        ...
