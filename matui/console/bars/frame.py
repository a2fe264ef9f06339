"""The bars around the table: header and tabs above it, status and keys below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC
from time import monotonic
from typing import TYPE_CHECKING

from matui.console.bars.bars import HeaderBar, KeyBar, StatusBar, TabsBar
from matui.console.terminal.flow_control import OutputRate
from matui.live.capsules import is_capsule

if TYPE_CHECKING:
    from matui.console.bars.overview import Overview
    from matui.console.changes.unseen import Unseen
    from matui.console.commands.keys import CommandHint
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application
    from matui.console.messages import Mode
    from matui.console.table.kind_tables import KindTables
    from matui.resources.kind import Kind


class Frame:
    """Updates the bars; what has not changed is not repainted.

    ``hints`` returns the commands for the key bar, ``prompt_mode`` the mode of the prompt while it is open.
    """

    def __init__(
        self,
        application: Application,
        tables: KindTables,
        unseen: Unseen,
        hints: Callable[[], Sequence[CommandHint]],
        prompt_mode: Callable[[], Mode | None],
    ) -> None:
        self._application = application
        self._tables = tables
        self._unseen = unseen
        self._hints = hints
        self._prompt_mode = prompt_mode
        self._rate: OutputRate | None = None
        self.header = HeaderBar(id="header")
        self.tabs = TabsBar(id="tabs")
        self.status = StatusBar(id="status")
        self.keys = KeyBar(id="hints")

    def show_opening(self) -> None:
        """Show what is being opened."""
        options = self._application.options
        self.header.show_opening(options.profile or ("demo" if options.demo else ""))
        self.keys.show_hints(self._hints(), self._application.keys)

    def show(self, fleet: OpenProfiles, kind: Kind, now: Overview, *, saving: str, utc: bool) -> None:
        """Show a kind as of ``now``; ``saving`` is the state of the saves, ``utc`` the zone of a replay."""
        keys, unseen = self._application.keys, self._unseen.count_by_kind(kind.id)
        self.header.show_place(fleet, kind, now)
        self.tabs.show_kinds(fleet, kind, keys, unseen)
        self.status.show_state(
            fleet, now, self._tables, keys["errors"], self._describe_source(fleet, utc=utc)
        )
        rate = "" if self._rate is None else self._rate.text
        self.status.show_unseen(unseen, keys["changes"])
        self.status.show_rate(" · ".join(part for part in (saving, rate) if part))
        self.show_keys()

    def show_keys(self) -> None:
        """Show the keys of the prompt, or of what has the focus."""
        mode = self._prompt_mode()
        if mode is not None:
            self.keys.show_prompt(mode, has_history=bool(self._application.history.list_entries(mode)))
        else:
            self.keys.show_hints(self._hints(), self._application.keys)

    def toggle_rate(self) -> None:
        """Show how many bytes a second go to the terminal, or stop showing it."""
        self._rate = OutputRate() if self._rate is None else None

    def add_written(self, written: int) -> None:
        """Take the number of bytes written to the terminal so far."""
        if self._rate is not None:
            self._rate.add(monotonic(), written)

    def _describe_source(self, fleet: OpenProfiles, *, utc: bool) -> str:
        """Return the state of a replay, a capsule or a recording, ``""`` without any."""
        if is_capsule(fleet.primary.cloud):
            from matui.live.capsules.text import describe_capsule

            return describe_capsule(fleet.primary.cloud, UTC if utc else None)
        playback, tape = self._application.playback, self._application.tape
        if playback is not None:
            return playback.describe(UTC if utc else None)
        return "live · recording" if tape is not None and tape.is_open else ""
