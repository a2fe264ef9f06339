"""Commands of the application: other screens, profiles, workspaces and themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matui.console.browse_view import BrowseView
    from matui.console.host import Application
    from matui.console.panes.split import PaneHost
    from matui.console.screens.help import Focus, HelpEntry
    from matui.resources.model import Resource

_IN_LINES = ("top", "bottom", "half_page_down", "half_page_up")


class AppCommands:
    """Runs the commands that apply to no resource."""

    def __init__(
        self,
        view: BrowseView,
        panes: PaneHost,
        application: Application,
        disabled_reason: Callable[[str], str],
    ) -> None:
        self._view = view
        self._panes = panes
        self._application = application
        self._disabled_reason = disabled_reason
        self.by_id = {
            "help": self._show_help,
            "audit": self._show_audit,
            "capacity": self._show_capacity,
            "errors": self._show_errors,
            "changes": self._show_changes,
            "workspace": self._switch_workspace,
            "profile": self._switch_profile,
            "profiles": self._switch_profiles,
            "theme": self._apply_theme,
        }

    async def _show_help(self, topic: str) -> None:
        """Show the keys, or a topic of the guide."""
        from matui.config.keymap import build_default_keys
        from matui.console.commands.keys import format_keys
        from matui.console.screens.help import HelpScreen, list_entries, list_own_entries, list_screen_entries
        from matui.console.screens.text_screen import GuideScreen
        from matui.resources.registry import KIND_KEYS

        if topic:
            self._view.app.push_screen(GuideScreen(topic))
            return
        application, focus, screen = self._application, self._focus(), self._view.app.screen
        if len(self._view.app.screen_stack) > 1:
            entries = list_screen_entries(list_own_entries(screen), application.keys, self._list_working())
            self._view.app.push_screen(HelpScreen(lambda: entries))
            return

        def list_now() -> Sequence[HelpEntry]:
            keys = application.keys
            if self._view.fleet is None:  # those of the kinds are not bound before their profile is open
                keys = {name: format_keys(joined) for name, joined in build_default_keys(KIND_KEYS).items()}
            return list_entries(keys, self._disabled_reason, application.displaced_keys, focus)

        self._view.app.push_screen(HelpScreen(list_now))

    def _focus(self) -> Focus:
        pane = self._panes.pane
        if pane is None or not pane.has_focus_within or pane.table is not None:
            return "table"
        if pane.NAME == "log":
            return "log"
        from matui.console.curves.view import CurveView

        return "curves" if isinstance(self._view.app.focused, CurveView) else "lines"

    def _list_working(self) -> Sequence[str]:
        """Return the commands of panes that work in what has the focus on a screen above the tables."""
        from matui.console.commands.registry import list_commands
        from matui.console.curves.view import CurveView
        from matui.console.lines.pane import LinePane

        focused = self._view.app.focused
        if isinstance(focused, CurveView):
            return [command.id for command in list_commands() if command.scope == "curves"]
        return _IN_LINES if isinstance(focused, LinePane) else ()

    async def _show_errors(self, _argument: str) -> None:
        from matui.console.screens.errors import ErrorsScreen

        if self._view.fleet is not None:
            self._view.app.push_screen(ErrorsScreen(self._view.fleet.errors, utc=self._view.panes.utc))

    async def _show_audit(self, _argument: str) -> None:
        from matui.console.screens.audit import AuditScreen

        if self._view.session is not None:
            screen = AuditScreen(self._view.session)
            screen.set_utc(self._view.panes.utc)
            self._view.app.push_screen(screen)

    async def _show_capacity(self, _argument: str) -> None:
        from matui.console.screens.capacity import CapacityScreen
        from matui.live.capacity.gather import read_capacity
        from matui.live.capacity.summary import PriceList

        fleet, session = self._view.fleet, self._view.session
        if fleet is None or session is None:
            return
        clouds = [member.cloud for member in fleet.members]
        table = session.settings.prices
        prices = PriceList(table.currency, table.by_flavor)
        self._view.app.push_screen(
            CapacityScreen(session, lambda: read_capacity(clouds, session.cloud_clock, prices))
        )

    async def _show_changes(self, filter_text: str) -> None:
        from matui.console.changes.screen import ChangesScreen

        fleet, session = self._view.fleet, self._view.session
        if fleet is None or session is None:
            return

        async def go(row: Resource) -> None:
            from matui.console.changes.screen import go_to_change

            await go_to_change(self._view, row)

        unseen, playback = self._view.unseen, self._application.playback
        screen = ChangesScreen(session, fleet.members, unseen, go, filter_text=filter_text, playback=playback)
        screen.set_utc(self._view.panes.utc)
        self._view.app.push_screen(screen)

    async def _switch_workspace(self, workspace: str) -> None:
        self._application.profiles.switch_workspace(workspace)

    async def _switch_profile(self, profile: str) -> None:
        self._application.profiles.switch((profile,))

    async def _switch_profiles(self, names: str) -> None:
        parts = (name.strip() for name in names.split(","))
        self._application.profiles.switch(tuple(name for name in parts if name))

    async def _apply_theme(self, theme: str) -> None:
        self._application.themes.apply(theme)
