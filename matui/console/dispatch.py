"""Runs commands by id, whether they came by key, palette or command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from matui.console.commands import BY_ID, COMMANDS
from matui.console.panes.catalog import PANES, why_no_pane

if TYPE_CHECKING:
    from matui.console.command_line import CommandLine
    from matui.console.fleet import OpenProfiles
    from matui.console.screens.browse import BrowseScreen
    from matui.console.session import ConsoleSession
    from matui.resources.form import Deed
    from matui.resources.kind import Kind

Do = Callable[[str], Awaitable[None]]
ACTIONS = ("start", "stop", "restart", "delete", "delete-versions")
FORMS: dict[str, Deed] = {"edit": "edit", "add": "create", "rerun": "rerun"}
CATALOGS = ("flavors", "engines", "algorithms", "specs")
KIND_COMMANDS = (
    *("notebooks", "jobs", "services", "workspaces"),
    *("visualizations", "models", "pools", "configs", "devservers"),
)


class Dispatcher:
    """Knows what each command id means on the browse screen."""

    def __init__(self, screen: BrowseScreen) -> None:
        self._screen = screen
        self._table_commands: dict[str, Do] = {
            "mark": self._mark,
            "sort": self._sort,
            "sort_reverse": self._sort_reverse,
            "copy": self._copy,
            "filter": self._filter,
            "command": self._command,
        }
        self._screen_commands: dict[str, Do] = {
            "refresh": self._refresh,
            "pause": self._pause,
            "utc": self._utc,
            "bytes": self._bytes,
            "next_pane": self._next_pane,
            "zoom": self._zoom,
            "back": self._back,
            "quit": self._quit,
            "quit_now": self._quit_now,
            "help": self._help,
            "audit": self._audit,
            "errors": self._errors,
            "palette": self._palette,
            "workspace": self._workspace,
            "profile": self._profile,
            "profiles": self._profiles,
            "theme": self._theme,
        }

    async def run(self, command_id: str, argument: str = "") -> None:
        """Run a command; one that does not apply here says why."""
        screen = self._screen
        if screen.session is None and command_id not in ("quit", "quit_now", "help", "palette"):
            return
        await screen.furnish()
        command = self._table_commands.get(command_id) or self._screen_commands.get(command_id)
        if command is not None:
            await command(argument)
        elif command_id in PANES:
            await self._open_pane(command_id)
        elif command_id in CATALOGS:
            self._catalog(command_id)
        elif command_id in ACTIONS:
            self._act(command_id, argument)
        elif command_id in FORMS:
            self._fill(command_id)
        elif BY_ID[command_id].group == "Go to":
            await screen.show_kind(command_id)
            if argument:
                screen.typing.filter(argument)
        elif screen.host.pane is not None:
            screen.host.pane.run_with(command_id, argument)

    def why_not(self, command_id: str) -> str:
        """Return why a command does nothing here, now; ``""`` when it works."""
        screen = self._screen
        session, kind = screen.session, screen.selection.kind
        if session is None or kind is None:
            return ""
        if command_id in PANES:
            return why_no_pane(command_id, kind, session.cloud) or ""
        if command_id in ACTIONS:
            return self._why_not_act(kind, command_id)
        if command_id in FORMS:
            return self._why_no_form(session, kind, command_id)
        if BY_ID[command_id].scope in ("log", "lines"):
            return "" if screen.selection.in_lines else "only in a pane of lines"
        return self._why_no_kind(command_id) if command_id in KIND_COMMANDS else ""

    def _why_no_kind(self, kind_id: str) -> str:
        from matui.live.panes import why_no_kind

        fleet = self._screen.fleet
        if fleet is None or kind_id in fleet.kinds:
            return ""
        return (
            "no open profile has any" if fleet.is_multi else why_no_kind(fleet.primary.cloud, kind_id) or ""
        )

    def _why_not_act(self, kind: Kind, action_id: str) -> str:
        fleet = self._screen.fleet
        if fleet is None or kind.action(action_id) is None:
            return f"{kind.title.lower()} have no {action_id}"
        targets = self._screen.selection.many()
        if not targets:
            return "nothing is selected"
        plan = fleet.executor.plan(kind, action_id, targets)
        return "" if plan.ready else (plan.targets[0].refusal or "")

    def forms_of(self, kind: Kind) -> list[str]:
        """Return the commands that fill in a form about something of the kind."""
        from matui.clouds.form_port import Forms

        session = self._screen.session
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
        resource = self._screen.selection.one() if deed != "create" else None
        if deed != "create" and resource is None:
            return "nothing is selected"
        return session.filling.why_not(deed, kind.id, resource) or ""

    def command_line(self) -> CommandLine:
        """Return what understands typed commands, with the arguments there are now."""
        from matui.console.command_line import CommandLine

        screen = self._screen
        table = screen.selection.table
        columns = table.kind.columns if table is not None and table.kind is not None else ()
        profiles = known_profiles(screen.fleet) if screen.fleet else ()
        return CommandLine(
            [command.id for command in COMMANDS if command.id in BY_ID],
            {
                "profile": profiles,
                "profiles": profiles,
                "theme": sorted(screen.matui.matui_themes),
                "sort": [column.id for column in columns],
            },
        )

    async def _open_pane(self, command_id: str) -> None:
        screen = self._screen
        why_not = self.why_not(command_id)
        if why_not:
            screen.say(f"{why_not[0].upper()}{why_not[1:]}.", wrong=True)
            return
        await screen.open_pane(command_id)

    def _act(self, action_id: str, argument: str) -> None:
        screen = self._screen
        fleet = screen.fleet
        targets = screen.selection.many()
        if fleet is None:
            return
        if argument:
            screen.say(f"{action_id} is for what is selected or marked, and takes no name.", wrong=True)
            return
        table = screen.selection.table

        async def run() -> None:
            from matui.console.acting import act

            if screen.host.pane is not None and screen.selection.in_pane:
                screen.host.pane.refresh_now()  # so that the dialog learns of what it did not know
            if await act(screen.app, fleet, action_id, targets) and table is not None:
                table.clear_marks()
                if screen.host.pane is not None:
                    screen.host.pane.refresh_now()

        screen.run_worker(run(), group="act", exit_on_error=True)

    def _fill(self, command_id: str) -> None:
        screen = self._screen
        session, kind = screen.session, screen.selection.kind
        why_not = self.why_not(command_id)
        if session is None or kind is None or why_not:
            screen.say(f"{why_not[:1].upper()}{why_not[1:]}.", wrong=True)
            return
        deed = FORMS[command_id]
        resource = screen.selection.one() if deed != "create" else None

        async def run() -> None:
            from matui.console.filling_in import fill_form, lead_to

            sent = await fill_form(screen.app, session, deed, kind.id, resource)
            if sent is not None:
                await lead_to(screen, session, sent)

        screen.run_worker(run(), group="act", exit_on_error=True)

    async def _mark(self, _argument: str) -> None:
        if self._screen.selection.table is not None:
            self._screen.selection.table.toggle_mark()
            self._screen.show_bars()

    async def _sort(self, column: str) -> None:
        table = self._screen.selection.table
        if table is None:
            return
        if column:
            table.sort_by(column, reverse=False)
        else:
            table.sort_next()

    async def _sort_reverse(self, _argument: str) -> None:
        if self._screen.selection.table is not None:
            self._screen.selection.table.toggle_reverse()

    async def _copy(self, _argument: str) -> None:
        selected = self._screen.get_selected_text()
        if selected:
            self._screen.app.copy_to_clipboard(selected)
            self._screen.clear_selection()
            if self._screen.host.pane is not None:
                self._screen.host.pane.step_back()
            count = selected.count("\n") + 1
            self._screen.say(f"Copied {count:,} line{'' if count == 1 else 's'}.")
            return
        resources = self._screen.selection.many()
        if resources:
            self._screen.app.copy_to_clipboard("\n".join(resource.id for resource in resources))
            what = resources[0].id if len(resources) == 1 else f"{len(resources)} ids"
            self._screen.say(f"Copied {what}.")

    async def _filter(self, expression: str) -> None:
        if expression:
            self._screen.typing.filter(expression)
        else:
            self._screen.typing.open_filter()

    async def _command(self, _argument: str) -> None:
        self._screen.typing.open_command()

    async def _refresh(self, _argument: str) -> None:
        screen = self._screen
        if screen.fleet is not None and screen.tables.kind is not None:
            screen.fleet.kick(screen.tables.kind.id)
            screen.matui.retry_profiles()
        if screen.host.pane is not None:
            screen.host.pane.refresh_now()

    async def _pause(self, _argument: str) -> None:
        screen = self._screen
        if screen.fleet is None:
            return
        screen.fleet.toggle_pause()
        if screen.host.pane is not None:
            screen.host.pane.set_paused(screen.fleet.paused)
        screen.show_bars()

    async def _utc(self, _argument: str) -> None:
        screen = self._screen
        screen.utc = not screen.utc
        if screen.host.pane is not None:
            screen.host.pane.set_utc(screen.utc)
        screen.say(f"Times are in {'UTC' if screen.utc else 'local time'}.")

    async def _bytes(self, _argument: str) -> None:
        self._screen.show_rate(on=self._screen.rate is None)

    async def _next_pane(self, _argument: str) -> None:
        screen = self._screen
        if screen.host.pane is None or screen.tables.table is None:
            return
        if screen.selection.in_pane:
            screen.tables.table.focus()
        else:
            screen.host.pane.focus_body()
        screen.call_after_refresh(screen.show_bars)

    async def _zoom(self, _argument: str) -> None:
        screen = self._screen
        body = screen.query_one("#body")
        zoomed = body.has_class("zoom-pane") or body.has_class("zoom-table")
        body.remove_class("zoom-pane", "zoom-table")
        if not zoomed and screen.host.pane is not None:
            body.add_class("zoom-pane" if screen.selection.in_pane else "zoom-table")

    async def _back(self, _argument: str) -> None:
        """Undo the innermost thing: zoom, search, pane, marks, filter."""
        screen = self._screen
        body, table, pane = screen.query_one("#body"), screen.tables.table, screen.host.pane
        if body.has_class("zoom-pane") or body.has_class("zoom-table"):
            body.remove_class("zoom-pane", "zoom-table")
        elif pane is not None and pane.step_back():
            pane.show_title()
        elif pane is not None:
            await screen.close_pane()
        elif table is not None and table.marked:
            table.clear_marks()
        elif screen.tables.filter_text:
            screen.typing.filter("")
        screen.show_bars()

    async def _quit(self, _argument: str) -> None:
        if self._screen.host.pane is not None:
            await self._screen.close_pane()
        else:
            self._screen.app.exit(0)

    async def _quit_now(self, _argument: str) -> None:
        self._screen.app.exit(0)

    async def _help(self, _argument: str) -> None:
        from matui.console.helping import help_screen

        self._screen.app.push_screen(help_screen(self._screen.matui.keys, self.why_not))

    async def _errors(self, _argument: str) -> None:
        from matui.console.screens.errors import ErrorsScreen

        screen = self._screen
        if screen.fleet is not None:
            screen.app.push_screen(ErrorsScreen(screen.fleet.errors, utc=screen.utc))

    def _catalog(self, catalog: str) -> None:
        from matui.console.screens.catalog import CatalogScreen

        if self._screen.session is not None:
            self._screen.app.push_screen(CatalogScreen(self._screen.session, catalog))

    async def _audit(self, _argument: str) -> None:
        from matui.console.screens.audit import AuditScreen

        if self._screen.session is not None:
            self._screen.app.push_screen(AuditScreen(self._screen.session))

    async def _palette(self, _argument: str) -> None:
        self._screen.app.action_command_palette()

    async def _workspace(self, workspace: str) -> None:
        self._screen.matui.switch_workspace(workspace)

    async def _profile(self, profile: str) -> None:
        self._screen.matui.switch_profiles((profile,))

    async def _profiles(self, names: str) -> None:
        self._screen.matui.switch_profiles(tuple(name.strip() for name in names.split(",") if name.strip()))

    async def _theme(self, theme: str) -> None:
        self._screen.matui.switch_theme(theme)


def known_profiles(fleet: OpenProfiles) -> tuple[str, ...]:
    """Return the profiles there are to choose from: those configured, the open ones, the demo's."""
    from matui.config.demo_names import DEMO_PROFILES

    configured = tuple(fleet.primary.settings.profiles) if fleet.members else ()
    return tuple(dict.fromkeys((*configured, *fleet.names, *DEMO_PROFILES)))
