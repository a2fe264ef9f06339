"""Runs commands by id, from keys, palette and command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from matui.base.errors import CHANGED_ON_DISK, is_own_import_error
from matui.console.commands.application import AppCommands
from matui.console.commands.availability import Situation
from matui.console.commands.keys import CommandHint
from matui.console.commands.registry import (
    ABOUT_PANE,
    ABOUT_ROWS,
    TABLE_ONLY,
    ActionCommand,
    CatalogCommand,
    Command,
    FormCommand,
    KindCommand,
    PaneCommand,
    get_command,
    list_commands,
    refuse_argument,
)
from matui.console.commands.replay import ReplayCommands
from matui.console.commands.resources import ResourceCommands, as_sentence
from matui.console.commands.table import TableCommands
from matui.console.commands.view import LeaveCommands, PaneCommands, PollingCommands
from matui.console.commands.watching import WatchCommands
from matui.live.capsules import is_capsule

if TYPE_CHECKING:
    from matui.console.bars.prompt_controller import PromptController
    from matui.console.browse_view import BrowseView
    from matui.console.commands.command_line import CommandLine, ParsedCommand
    from matui.console.fleet import OpenProfiles
    from matui.console.host import Application
    from matui.console.panes.split import PaneHost, SplitBody
    from matui.console.table.kind_tables import KindTables
    from matui.console.table.selection import Selection

RunCommand: TypeAlias = Callable[[str], Awaitable[None]]
"""Runs a command with its argument, ``""`` for none."""

_WITHOUT_PROFILE = ("quit", "quit_now", "help", "palette")
_NO_PROFILE = "no profile is open yet"
_NOTHING_KEPT = "nothing is kept or announced"
_NO_JOURNAL = "it has no journal"
_NOT_IN_REPLAY = {
    "notify": _NOTHING_KEPT,
    "acknowledge": _NOTHING_KEPT,
    "report": f"{_NO_JOURNAL}; C lists the changes",
    "capsules": "it has no capsules",
    "pause": "nothing is polled; play/pause stops its time",
}
_NOT_IN_CAPSULE = {
    "notify": _NOTHING_KEPT,
    "acknowledge": _NOTHING_KEPT,
    "changes": _NO_JOURNAL,
    "report": _NO_JOURNAL,
}
# The same for every row of triage, whatever its kind; what only one kind has is in the help.
_TRIAGE_HINTS = ("logs", "events", "metrics", "start", "stop", "restart", "delete", "edit", "rerun")
_REPLAY_HINTS: tuple[str, ...] = ("replay_play", "replay_step", "replay_back", "replay_faster", "replay_goto")


class BrowseParts(NamedTuple):
    """The parts of the browse screen; each family of commands is given those that it uses."""

    application: Application
    view: BrowseView
    body: SplitBody
    tables: KindTables
    panes: PaneHost
    selection: Selection
    typing: PromptController


class _Offers(NamedTuple):
    """The commands that some cloud offers, and those that are never allowed, for what is shown."""

    judged_for: object = None
    offered: tuple[str, ...] = ()
    forbidden: frozenset[str] = frozenset()


class Dispatcher:
    """Runs each command on its target, and returns why a command is disabled."""

    def __init__(self, parts: BrowseParts) -> None:
        application, view, body, tables, panes, selection, typing = parts
        self._application = application
        self._view = view
        self._tables = tables
        self._panes = panes
        self._selection = selection
        self._typing = typing
        self._on_resources = ResourceCommands(view, panes, selection)
        self._offers = _Offers()
        self.by_id: dict[str, RunCommand] = {
            "acknowledge": self._acknowledge,
            "palette": self._open_palette,
            **TableCommands(view, panes, selection, typing).by_id,
            **WatchCommands(view, selection, application).by_id,
            **ReplayCommands(view, panes, selection, typing, application.playback).by_id,
            **PaneCommands(view, body, tables, panes, selection).by_id,
            **PollingCommands(view, tables, panes, application).by_id,
            **LeaveCommands(view, body, tables, panes, typing, application).by_id,
            **AppCommands(view, panes, application, self.explain_disabled).by_id,
        }

    async def run(self, command_id: str, argument: str = "") -> None:
        """Run a command, or show why it is disabled or cannot be imported any more."""
        try:
            await self._run(command_id, argument)
        except ImportError as error:
            if not is_own_import_error(error):
                raise
            self._view.show_notice(CHANGED_ON_DISK, wrong=True)

    async def _run(self, command_id: str, argument: str) -> None:
        if self._view.session is None and command_id not in _WITHOUT_PROFILE:
            self._view.show_notice(as_sentence(_NO_PROFILE), wrong=True)
            return
        if command_id in ABOUT_ROWS and self._tables.table is not None:
            self._tables.table.cursor.hold()
        await self._typing.mount()
        run = self.by_id.get(command_id)
        if (
            self._explain_not_live(command_id)
            or (command_id in TABLE_ONLY and self._selection.in_lines)
            or (command_id in ABOUT_PANE and not self._selection.has_pane)
        ):
            self._view.show_notice(as_sentence(self.explain_disabled(command_id)), wrong=True)
        elif run is not None:
            await run(argument)
        else:
            await self._run_by_class(get_command(command_id), argument)

    async def _run_by_class(self, command: Command, argument: str) -> None:
        command_id = command.id
        match command:
            case PaneCommand():
                await self._on_resources.open_pane(command.pane, self.explain_disabled(command_id))
            case CatalogCommand():
                self._on_resources.open_catalog(command_id)
            case ActionCommand():
                self._on_resources.act(command_id, argument)
            case FormCommand():
                self._on_resources.fill_form(command.mode, self.explain_disabled(command_id))
            case KindCommand():
                await self._view.shown.show_kind(command_id)
                if argument:
                    self._typing.filter(argument)
            case _ if self._panes.pane is not None and command.scope in self._panes.pane.SCOPES:
                self._panes.pane.run_with(command_id, argument)
            case _ if reason := self.explain_disabled(command_id):
                self._view.show_notice(as_sentence(reason), wrong=True)

    async def _open_palette(self, _argument: str) -> None:
        from matui.console.commands.palette import list_palette_entries
        from matui.console.screens.palette import PaletteScreen

        if len(self._view.app.screen_stack) > 1:
            self._view.show_notice("Close this first: the palette opens over the table.", wrong=True)
            return
        if self._typing.is_open:
            self._typing.leave()
        entries = list_palette_entries(self._application.keys, self.explain_disabled, self._list_arguments())
        self._view.app.push_screen(PaletteScreen(entries, self.build_command_line()), self._run_chosen)

    async def _run_chosen(self, chosen: ParsedCommand | None) -> None:
        if chosen is not None:
            await self.run(chosen.verb, chosen.argument)

    async def _acknowledge(self, note: str) -> None:
        """Prompt for a note and acknowledge; an acknowledgement that exists is withdrawn."""
        known, targets = self._view.triage.acknowledgements, self._selection.get_many()
        if reason := self.explain_disabled("acknowledge"):
            self._view.show_notice(as_sentence(reason), wrong=True)
        elif known.cover(targets) and not note:
            known.take_back(targets)
        elif note:
            known.acknowledge(targets, note)
        else:
            hint = "why it may wait; may be empty"
            self._typing.ask("acknowledge", hint, lambda text: known.acknowledge(targets, text.strip()))

    def explain_disabled(self, command_id: str) -> str:
        """Return why a command does nothing here, now; ``""`` when it works."""
        return self._explain_disabled(command_id, self._situation, self._explain_not_live(command_id))

    def _explain_disabled(self, command_id: str, here: Situation | None, not_live: str) -> str:
        if here is None and self._view.session is None and command_id not in _WITHOUT_PROFILE:
            return _NO_PROFILE
        return not_live or get_command(command_id).explain_disabled(here)

    def explain_unhandled(self, command_id: str) -> str:
        """Return as a sentence why the key of a command of a pane was not handled by what has the focus."""
        return as_sentence(self.explain_disabled(command_id) or "no curves are shown")

    def _explain_not_live(self, command_id: str) -> str:
        """Return why a command about the present does nothing in a replay or a capsule."""
        what, reasons = self._find_not_live()
        reason = reasons.get(command_id)
        return f"this is a {what}: {reason}" if reason else ""

    def _find_not_live(self) -> tuple[str, Mapping[str, str]]:
        """Return what is shown in place of live data, if anything is, and why commands do nothing in it."""
        if self._application.playback is not None:
            return "replay", _NOT_IN_REPLAY
        session = self._view.session
        if session is not None and is_capsule(session.cloud):
            return "capsule", _NOT_IN_CAPSULE
        return "", {}

    @property
    def _situation(self) -> Situation | None:
        """The state that commands depend on; None before the first profile is open."""
        fleet, session, kind = self._view.fleet, self._view.session, self._selection.kind
        if fleet is None or session is None or kind is None:
            return None
        return Situation(fleet, session, kind, self._selection)

    def list_hints(self) -> list[CommandHint]:
        """Return the commands for the key bar, which are the same for every row of a kind."""
        here = self._situation
        is_empty = not self._selection.get_many()
        offers, not_live = self._judge_commands(here), self._find_not_live()[1]
        return [
            CommandHint(
                command_id,
                works=not (is_empty and command_id in ABOUT_ROWS)
                and not self._explain_disabled(command_id, here, not_live.get(command_id, "")),
                gives_way=command_id in not_live or command_id in offers.forbidden,
                words="search" if command_id == "filter" and self._selection.in_lines else "",
            )
            for command_id in self._list_hinted(offers)
        ]

    def _judge_commands(self, here: Situation | None) -> _Offers:
        """Return what the clouds offer for what is shown: the same as long as that and the profiles are."""
        if here is None:
            return _Offers()  # before the first paint, after which the kinds are imported
        in_triage = self._shows_triage
        judged_for = (here.fleet.members, None if in_triage else (here.session, here.kind.id))
        if judged_for != self._offers.judged_for:
            judged = self._list_triage_situations() if in_triage else (here,)
            self._offers = _Offers(
                judged_for,
                tuple(command.id for command in list_commands() if command.is_offered(*judged)),
                frozenset(command.id for command in list_commands() if command.is_never_allowed(*judged)),
            )
        return self._offers

    @property
    def _shows_triage(self) -> bool:
        """Whether the keys are those of triage, whose rows are of many kinds."""
        return self._tables.in_triage and not self._selection.in_pane and not self._selection.in_lines

    def _list_triage_situations(self) -> tuple[Situation, ...]:
        """Return a situation for each kind: the keys of triage are those of all of them."""
        from matui.resources.registry import KINDS

        fleet = self._view.fleet
        if fleet is None:
            return ()
        return tuple(
            Situation(fleet, next(iter(fleet.find_with_kind(kind_id))), KINDS[kind_id], self._selection)
            for kind_id in fleet.kinds
        )

    def _list_hinted(self, offers: _Offers) -> Sequence[str]:
        pane = self._panes.pane
        if self._selection.kind is None:
            return ("help", "quit")
        if pane is not None and self._selection.in_lines:
            return (*pane.HINTS, "filter", "zoom", "back", "help")
        first = _REPLAY_HINTS if self._application.playback is not None else ()
        if self._shows_triage:
            offered = [each for each in _TRIAGE_HINTS if each in offers.offered]
            return (*first, "why", "acknowledge", *offered, "filter", "command", "help")
        if self._tables.in_triage:
            can_acknowledge = not self.explain_disabled("acknowledge")
            first = (*first, "why", *(("acknowledge",) if can_acknowledge else ()))
        hidden = ("detail",) if self._tables.in_triage else ()
        offered = [command_id for command_id in offers.offered if command_id not in hidden]
        return (*first, *offered, "filter", "command", "help")

    def build_command_line(self) -> CommandLine:
        """Return the parser of typed commands, with the current arguments."""
        from matui.console.commands.command_line import CommandLine

        return CommandLine(
            [command.id for command in list_commands()], self._list_arguments(), refuse_argument
        )

    def _list_arguments(self) -> dict[str, Sequence[str]]:
        """Return the arguments that verbs can take now."""
        from matui.guide import TOPICS

        table, fleet = self._selection.table, self._view.fleet
        columns = table.kind.columns if table is not None and table.kind is not None else ()
        profiles = list_profiles(fleet) if fleet else ()
        return {
            "profile": profiles,
            "profiles": profiles,
            "help": TOPICS,
            "theme": self._application.themes.names,
            "sort": [column.id for column in columns],
        }


def list_profiles(fleet: OpenProfiles) -> tuple[str, ...]:
    """Return the profiles there are to choose from: those configured, the open ones, the demo's."""
    from matui.config.values import NAMED_DEMO_PROFILES

    configured = tuple(fleet.primary.settings.profiles) if fleet.members else ()
    return tuple(dict.fromkeys((*configured, *fleet.names, *NAMED_DEMO_PROFILES)))
