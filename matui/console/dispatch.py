"""Runs commands by id, whether they came by key, palette or command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matui.console.app_commands import AppCommands
from matui.console.commands import BY_ID, COMMANDS
from matui.console.panes.catalog import PANES, why_no_pane
from matui.console.resource_commands import ResourceCommands
from matui.console.table_commands import TableCommands
from matui.console.view_commands import ViewCommands

if TYPE_CHECKING:
    from matui.console.command_line import CommandLine
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application, BrowseView
    from matui.console.kind_tables import KindTables
    from matui.console.pane_host import PaneHost, SplitBody
    from matui.console.selection import Selection
    from matui.console.session import ConsoleSession
    from matui.console.typing_line import TypingLine
    from matui.resources.form import Deed
    from matui.resources.kind import Kind

ACTIONS = ("start", "stop", "restart", "delete", "delete-versions")
FORMS: dict[str, Deed] = {"edit": "edit", "add": "create", "rerun": "rerun"}
CATALOGS = ("flavors", "engines", "algorithms", "specs")
KIND_COMMANDS = (
    *("notebooks", "jobs", "services", "workspaces"),
    *("visualizations", "models", "pools", "configs", "devservers"),
)


class Dispatcher:
    """Runs each command on what it applies to, and returns why one does not apply."""

    def __init__(
        self,
        application: Application,
        view: BrowseView,
        body: SplitBody,
        tables: KindTables,
        panes: PaneHost,
        selection: Selection,
        typing: TypingLine,
    ) -> None:
        self._application = application
        self._view = view
        self._panes = panes
        self._selection = selection
        self._typing = typing
        self._on_resources = ResourceCommands(view, panes, selection)
        self._by_id = {
            **TableCommands(view, panes, selection, typing).by_id,
            **ViewCommands(application, view, body, tables, panes, selection, typing).by_id,
            **AppCommands(application, view, panes, self.why_not).by_id,
        }

    async def run(self, command_id: str, argument: str = "") -> None:
        """Run a command; one that does not apply here shows why."""
        if self._view.session is None and command_id not in ("quit", "quit_now", "help", "palette"):
            return
        await self._view.mount_prompt()
        command = self._by_id.get(command_id)
        if command is not None:
            await command(argument)
        elif command_id in PANES:
            await self._on_resources.open_pane(command_id, self.why_not(command_id))
        elif command_id in CATALOGS:
            self._on_resources.open_catalog(command_id)
        elif command_id in ACTIONS:
            self._on_resources.act(command_id, argument)
        elif command_id in FORMS:
            self._on_resources.fill_form(FORMS[command_id], self.why_not(command_id))
        elif BY_ID[command_id].group == "Go to":
            await self._view.show_kind(command_id)
            if argument:
                self._typing.filter(argument)
        elif self._panes.pane is not None:
            self._panes.pane.run_with(command_id, argument)

    def why_not(self, command_id: str) -> str:
        """Return why a command does nothing here, now; ``""`` when it works."""
        session, kind = self._view.session, self._selection.kind
        if session is None or kind is None:
            return ""
        if command_id in PANES:
            return why_no_pane(command_id, kind, session.cloud) or ""
        if command_id in ACTIONS:
            return self._why_not_act(kind, command_id)
        if command_id in FORMS:
            return self._why_no_form(session, kind, command_id)
        if BY_ID[command_id].scope in ("log", "lines"):
            return "" if self._selection.in_lines else "only in a pane of lines"
        return self._why_no_kind(command_id) if command_id in KIND_COMMANDS else ""

    def _why_no_kind(self, kind_id: str) -> str:
        from matui.live.panes import why_no_kind

        fleet = self._view.fleet
        if fleet is None or kind_id in fleet.kinds:
            return ""
        return (
            "no open profile has any" if fleet.is_multi else why_no_kind(fleet.primary.cloud, kind_id) or ""
        )

    def _why_not_act(self, kind: Kind, action_id: str) -> str:
        fleet = self._view.fleet
        if fleet is None or kind.action(action_id) is None:
            return f"{kind.title.lower()} have no {action_id}"
        targets = self._selection.many()
        if not targets:
            return "nothing is selected"
        plan = fleet.executor.plan(kind, action_id, targets)
        return "" if plan.ready else (plan.targets[0].refusal or "")

    def forms_of(self, kind: Kind) -> list[str]:
        """Return the commands that fill in a form about something of the kind."""
        from matui.clouds.form_port import Forms

        session = self._view.session
        if session is None or not isinstance(session.cloud, Forms):
            return []
        forms = [(command, deed) for command, deed in FORMS.items() if deed != "create"]
        return [
            command
            for command, deed in forms
            if session.cloud.has_form(kind.id, deed) and session.executor.forbids(deed) is None
        ]

    def _why_no_form(self, session: ConsoleSession, kind: Kind, command_id: str) -> str:
        deed = FORMS[command_id]
        resource = self._selection.one() if deed != "create" else None
        if deed != "create" and resource is None:
            return "nothing is selected"
        return session.filling.why_not(deed, kind.id, resource) or ""

    def hints(self) -> Sequence[str]:
        """Return the ids of the commands worth naming in the key bar here."""
        pane, kind = self._panes.pane, self._selection.kind
        if kind is None:
            return ("help", "quit")
        if pane is not None and self._selection.in_lines:
            return (*pane.HINTS, "filter", "zoom", "back", "help")
        session = self._view.session
        if session is None:
            return ("filter", "command", "help")
        looks = [
            command
            for command in PANES
            if command != "raw" and why_no_pane(command, kind, session.cloud) is None
        ]
        acts = [action.id for action in session.executor.offered(kind)]
        return (*looks, *acts, *self.forms_of(kind), "filter", "command", "help")

    def command_line(self) -> CommandLine:
        """Return what understands typed commands, with the arguments there are now."""
        from matui.console.command_line import CommandLine

        table, fleet = self._selection.table, self._view.fleet
        columns = table.kind.columns if table is not None and table.kind is not None else ()
        profiles = known_profiles(fleet) if fleet else ()
        return CommandLine(
            [command.id for command in COMMANDS if command.id in BY_ID],
            {
                "profile": profiles,
                "profiles": profiles,
                "theme": sorted(self._application.matui_themes),
                "sort": [column.id for column in columns],
            },
        )


def known_profiles(fleet: OpenProfiles) -> tuple[str, ...]:
    """Return the profiles there are to choose from: those configured, the open ones, the demo's."""
    from matui.config.demo_names import DEMO_PROFILES

    configured = tuple(fleet.primary.settings.profiles) if fleet.members else ()
    return tuple(dict.fromkeys((*configured, *fleet.names, *DEMO_PROFILES)))
