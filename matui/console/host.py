"""The methods that the browse screen and its commands call on the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from matui.console.kept_state import KeptState, PromptHistory
    from matui.console.profile_switcher import ProfileSwitcher
    from matui.console.session import ConsoleOptions
    from matui.console.themes import ThemeSwitcher
    from matui.live.recording.playback import Playback
    from matui.live.recording.tape import Tape


class Application(Protocol):
    """The methods of the application that the browse screen and its commands may call."""

    @property
    def is_running(self) -> bool:
        """Whether the console has started and not ended."""

    @property
    def options(self) -> ConsoleOptions:
        """The options of the command line."""

    @property
    def tape(self) -> Tape | None:
        """The recording of the run, or None."""

    @property
    def playback(self) -> Playback | None:
        """The recording that is replayed, None for live profiles."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys of each command, as people read them."""

    @property
    def displaced_keys(self) -> Mapping[str, str]:
        """The bindings that lost a key to the user's ``[keys]``, with the reason."""

    @property
    def explained_commands(self) -> frozenset[str]:
        """The commands of panes whose key says on a table where it works."""

    @property
    def history(self) -> PromptHistory:
        """The earlier entries of the prompts."""

    @property
    def themes(self) -> ThemeSwitcher:
        """The themes, and which is applied."""

    @property
    def profiles(self) -> ProfileSwitcher:
        """Which profiles, capsule and workspace are open."""

    @property
    def kept(self) -> KeptState:
        """What is kept between runs."""

    def on_first_rows(self, *, with_rows: bool) -> None:
        """Start what was deferred until the first answer; ``with_rows`` is false for an empty answer."""
