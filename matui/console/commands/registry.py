"""The table of commands: keymap id, title, group, key-bar hint, and the reason why one is disabled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.binding import Binding

from matui.config.keymap import DEFAULT_KEYS
from matui.console.commands.availability import (
    Situation,
    acknowledge_reason,
    explain_no_action,
    explain_no_form,
    explain_no_kind,
    explain_no_open_pane,
    explain_no_pane,
    explain_no_timeline,
    notify_reason,
    offers_action,
    offers_form,
    replay_reason,
)

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode
    from matui.resources.kind import PaneName

CommandScope: TypeAlias = Literal["browse", "log", "lines", "curves", "replay", "app", "typed"]
_GROUP_GO = "Go to"
_GROUP_VIEW = "View"
_GROUP_CATALOGS = "Catalogs"
_GROUP_ACTIONS = "Actions"
_GROUP_TABLE = "Table"
GROUP_LOG = "In a log"
GROUP_CURVES = "In the curves"
GROUP_REPLAY = "In a replay"
_GROUP_APP = "matui"
_ELSEWHERE: Mapping[CommandScope, str] = {
    "log": "only in a log",
    "lines": "only in a pane of lines",
    "curves": "only in metrics",
}
_ON_CURSOR = ("compare", "copy")
_WITH_ARGUMENT = frozenset(
    (
        *("acknowledge", "alert", "changes", "filter", "goto_time", "help", "only", "pipe", "profiles"),
        *("replay_goto", "report", "save", "sort", "workspace"),
    )
)


@dataclass(eq=False)
class Command:
    """One command. ``id`` is its keymap id and the name of its action; ``hint`` its word in the key bar.

    A command of the scope ``typed`` has no key: it is typed after ``:`` or chosen in the palette. One that is
    ``table_only`` is refused while a pane of lines has the focus. ``why_not`` returns why it does nothing.
    """

    id: str
    title: str
    group: str
    scope: CommandScope = "browse"
    hint: str = ""
    table_only: bool = field(default=False, kw_only=True)
    why_not: Callable[[Situation], str] | None = field(default=None, kw_only=True)

    def build_binding(self, key: str = "") -> Binding:
        """Return the binding that a widget or screen declares for this command."""
        return Binding(
            key or DEFAULT_KEYS[self.id], f"run('{self.id}')", self.title, id=self.id, show=bool(self.hint)
        )

    def explain_disabled(self, here: Situation | None) -> str:
        """Return why the command does nothing here, now; ``""`` when it works."""
        if here is None:
            return ""
        if self.table_only and here.selection.in_lines:
            return "only with the table focused"
        return self._explain_disabled(here)

    def is_offered(self, *_situations: Situation | None) -> bool:
        """Whether the key bar names the command: some open profile has it for the kind of a situation."""
        return False

    def is_never_allowed(self, *_situations: Situation | None) -> bool:
        """Whether a rule, a replay or a capsule forbids the command on every row of those kinds."""
        return False

    def _explain_disabled(self, here: Situation) -> str:
        if self.why_not is not None:
            return self.why_not(here)
        return "" if self.scope in here.selection.line_scopes else _ELSEWHERE.get(self.scope, "")


class ResourceCommand(Command):
    """A command about resources, which only some clouds have, and for some kinds."""

    def is_offered(self, *situations: Situation | None) -> bool:
        """Whether the key bar names the command: some open profile has it for the kind of a situation."""
        return bool(self.hint) and any(self._list_offering(situations))

    def is_never_allowed(self, *situations: Situation | None) -> bool:
        """Whether a rule, a replay or a capsule forbids the command on every row of those kinds."""
        is_offered = False
        for each in self._list_offering(situations):
            if not self._is_forbidden(each):
                return False
            is_offered = True
        return is_offered

    def _list_offering(self, situations: Iterable[Situation | None]) -> Iterator[Situation]:
        known = filter(None, situations)
        return (each for here in known for each in here.iterate_profiles() if self._is_offered(each))

    def _is_offered(self, _here: Situation) -> bool:
        return False

    def _is_forbidden(self, _here: Situation) -> bool:
        return False


class KindCommand(Command):
    """Shows the table of the kind that has the id of the command."""

    def _explain_disabled(self, here: Situation) -> str:
        return explain_no_kind(here.fleet, self.id)


@dataclass(eq=False)
class PaneCommand(ResourceCommand):
    """Opens a pane for the selected resource."""

    pane: PaneName = "detail"

    def _explain_disabled(self, here: Situation) -> str:
        return explain_no_timeline(here) if self.pane == "events" else explain_no_pane(here, self.pane)

    def _is_offered(self, here: Situation) -> bool:
        return not explain_no_pane(here, self.pane)


@dataclass(eq=False)
class ActionCommand(ResourceCommand):
    """Does the action that has the id of the command.

    ``verb`` is what it does; with ``names_kind`` the reason against it ends with the kind.
    """

    verb: str = ""
    names_kind: bool = True

    def _explain_disabled(self, here: Situation) -> str:
        verb = self.verb or self.id
        return explain_no_action(here, self.id, f"{verb} {here.kind.label}" if self.names_kind else verb)

    def _is_offered(self, here: Situation) -> bool:
        return offers_action(here, self.id)

    def _is_forbidden(self, here: Situation) -> bool:
        return here.session.executor.explain_never(here.kind, self.id) is not None


@dataclass(eq=False)
class FormCommand(ResourceCommand):
    """Opens a form about the selected resource, or about a new one."""

    mode: FormMode = "edit"

    def _explain_disabled(self, here: Situation) -> str:
        return explain_no_form(here, self.mode)

    def _is_offered(self, here: Situation) -> bool:
        return offers_form(here, self.mode)

    def _is_forbidden(self, here: Situation) -> bool:
        return here.session.executor.explain_forbidden(self.mode) is not None


class CatalogCommand(Command):
    """Shows the catalog that has the id of the command."""


def _replay(command_id: str, title: str, hint: str = "") -> Command:
    """Return a command that moves the time of a replay."""
    return Command(command_id, title, GROUP_REPLAY, "replay", hint, why_not=replay_reason)


_COMMANDS: tuple[Command, ...] = (
    KindCommand("triage", "triage: everything in trouble", _GROUP_GO),
    Command("command", "type a command, a kind or a profile", _GROUP_GO, hint="command"),
    Command("workspace", "switch workspace", _GROUP_GO),
    Command("profiles", "profiles: which are open side by side", _GROUP_GO, "typed"),
    PaneCommand("detail", "detail", _GROUP_VIEW, hint="detail", pane="detail"),
    PaneCommand("logs", "logs in the split pane", _GROUP_VIEW, hint="logs", pane="log"),
    PaneCommand("events", "events", _GROUP_VIEW, hint="events", pane="events"),
    PaneCommand("metrics", "metrics", _GROUP_VIEW, hint="metrics", pane="metrics"),
    PaneCommand("versions", "versions of a job", _GROUP_VIEW, hint="versions", pane="versions"),
    PaneCommand("why", "why: what explains the state", _GROUP_VIEW, pane="why"),
    PaneCommand("raw", "raw record", _GROUP_VIEW, pane="raw"),
    PaneCommand("updates", "update history of a service", _GROUP_VIEW, hint="updates", pane="updates"),
    PaneCommand("nodes", "nodes of a pool; edge nodes of a service", _GROUP_VIEW, hint="nodes", pane="nodes"),
    Command("compare", "compare two marked, or with the last version that succeeded", _GROUP_VIEW),
    Command("errors", "the last errors, whole, with what to do", _GROUP_VIEW),
    Command("next_pane", "next pane", _GROUP_VIEW, why_not=explain_no_open_pane),
    Command("zoom", "the focused pane fills the screen, and back", _GROUP_VIEW, why_not=explain_no_open_pane),
    Command("split_grow", "more room for the pane", _GROUP_VIEW, why_not=explain_no_open_pane),
    Command("split_shrink", "less room for the pane", _GROUP_VIEW, why_not=explain_no_open_pane),
    Command("report", "report: the hand-over of the last hours, :report 12 of twelve", _GROUP_VIEW, "typed"),
    Command("capsules", "capsules: what was saved when something failed", _GROUP_VIEW, "typed"),
    Command("capacity", "capacity: cards by pool, who holds them, what waits and why", _GROUP_VIEW, "typed"),
    Command("changes", "changes: what changed, seen by any console or command", _GROUP_VIEW),
    Command("audit", "audit: what was done, by whom, and what became of it", _GROUP_VIEW),
    CatalogCommand("flavors", "flavors of training jobs", _GROUP_CATALOGS, "typed"),
    CatalogCommand("engines", "engines of training jobs", _GROUP_CATALOGS, "typed"),
    CatalogCommand("algorithms", "algorithms", _GROUP_CATALOGS, "typed"),
    CatalogCommand("specs", "deployment specifications", _GROUP_CATALOGS, "typed"),
    CatalogCommand("experiments", "experiments of training jobs", _GROUP_CATALOGS, "typed"),
    CatalogCommand("images", "images to start from", _GROUP_CATALOGS, "typed"),
    ActionCommand("start", "start", _GROUP_ACTIONS, hint="start"),
    ActionCommand("stop", "stop", _GROUP_ACTIONS, hint="stop"),
    ActionCommand("restart", "restart", _GROUP_ACTIONS, hint="restart"),
    ActionCommand(
        "delete", "delete (type the name to confirm)", _GROUP_ACTIONS, hint="delete", table_only=True
    ),
    ActionCommand(
        "delete-versions",
        "delete every version of a model (type the name)",
        _GROUP_ACTIONS,
        hint="all versions",
        verb="delete all versions",
        names_kind=False,
        table_only=True,
    ),
    ActionCommand(
        "rollback",
        "switch a deployment to this version (v)",
        _GROUP_ACTIONS,
        "typed",
        hint="switch to it",
        verb="switch",
    ),
    ActionCommand("scale", "number of instances of a deployment: scale 3", _GROUP_ACTIONS, "typed"),
    ActionCommand("lock", "lock functions of nodes (h on a pool)", _GROUP_ACTIONS, "typed"),
    ActionCommand("unlock", "unlock functions of nodes", _GROUP_ACTIONS, "typed"),
    ActionCommand("drain", "move away what runs on nodes", _GROUP_ACTIONS, "typed", hint="move work away"),
    ActionCommand("reboot", "reboot nodes", _GROUP_ACTIONS, "typed"),
    ActionCommand("reset", "install nodes anew (type the name)", _GROUP_ACTIONS, "typed", table_only=True),
    ActionCommand(
        "save-image",
        "keep a task or notebook as an image: save-image ORG/NAME:TAG",
        _GROUP_ACTIONS,
        "typed",
        verb="save the image of",
    ),
    ActionCommand(
        "accept", "accept maintenance, at its time or: accept TIME", _GROUP_ACTIONS, "typed", hint="authorize"
    ),
    FormCommand("edit", "edit in $EDITOR", _GROUP_ACTIONS, hint="edit", mode="edit"),
    FormCommand("add", "create a new one in $EDITOR", _GROUP_ACTIONS, mode="create"),
    FormCommand(
        "rerun",
        "run a job again as a new version, changed in $EDITOR",
        _GROUP_ACTIONS,
        hint="rerun",
        mode="rerun",
    ),
    Command(
        "acknowledge",
        "acknowledge in triage, with a note, or take it back",
        _GROUP_ACTIONS,
        why_not=acknowledge_reason,
    ),
    Command(
        "notify",
        "announce when it ends, or not any more",
        _GROUP_ACTIONS,
        table_only=True,
        why_not=notify_reason,
    ),
    Command("mark", "mark; actions apply to the marks", _GROUP_ACTIONS, table_only=True),
    Command(
        "mark_all", "mark all rows that match the filter, or unmark them", _GROUP_ACTIONS, table_only=True
    ),
    Command("mark_down", "mark a range: this row and the next", _GROUP_ACTIONS, table_only=True),
    Command("filter", "filter the table, search in a log", _GROUP_TABLE, hint="filter"),
    Command("sort", "sort by the next column", _GROUP_TABLE),
    Command("sort_reverse", "reverse the sort order", _GROUP_TABLE),
    Command("copy", "copy the id", _GROUP_TABLE),
    Command("refresh", "refresh now", _GROUP_TABLE),
    Command("pause", "pause polling, and go on", _GROUP_TABLE),
    Command("utc", "times in UTC, and back to local time", _GROUP_TABLE),
    Command("bytes", "bytes a second to the terminal in the status bar, and off", _GROUP_TABLE),
    Command("requests", "requests of the last minute, and how many are allowed", _GROUP_TABLE, "typed"),
    Command("follow", "follow new lines", GROUP_LOG, "log", hint="follow"),
    Command("next_match", "next match", GROUP_LOG, "lines"),
    Command("previous_match", "previous match", GROUP_LOG, "lines"),
    Command("next_error", "next error", GROUP_LOG, "log", hint="next error"),
    Command("previous_file", "previous log file", GROUP_LOG, "log"),
    Command("next_file", "next log file", GROUP_LOG, "log", hint="file"),
    Command("top", "top", GROUP_LOG, "lines"),
    Command("bottom", "bottom", GROUP_LOG, "lines"),
    Command("half_page_down", "half a page down", GROUP_LOG, "lines"),
    Command("half_page_up", "half a page up", GROUP_LOG, "lines"),
    Command("wrap", "wrap long lines, and back", GROUP_LOG, "lines", hint="wrap"),
    Command("previous_error", "previous error", GROUP_LOG, "log"),
    Command("only", "only matching lines, with what stands around them", GROUP_LOG, "log", hint="only"),
    Command("ranks", "only the lines of some ranks", GROUP_LOG, "log"),
    Command("fold_repeats", "a traceback of several ranks once, and back", GROUP_LOG, "log"),
    Command("fold_platform", "fold the platform's own lines, and back", GROUP_LOG, "log"),
    Command("open_line", "the whole line, a JSON record in full", GROUP_LOG, "log"),
    Command("json", "JSON lines with the message first, and as they are", GROUP_LOG, "log"),
    Command("goto_time", "go to a time: 03:12, -10m", GROUP_LOG, "log"),
    Command("mark_line", "mark the line at the top or found, or take the mark back", GROUP_LOG, "log"),
    Command("next_marked", "next marked line", GROUP_LOG, "log"),
    Command("merge", "all files of the job in the order of time, and back", GROUP_LOG, "log", hint="merge"),
    Command("choose_files", "which files are in the merged log", GROUP_LOG, "log"),
    Command(
        "times", "times: as written, local, UTC, since the start, hidden", GROUP_LOG, "log", hint="times"
    ),
    Command("line_numbers", "line numbers, and back", GROUP_LOG, "log"),
    Command("select", "select lines with the keys; c copies them", GROUP_LOG, "log"),
    Command("save", "save the whole log to a file", GROUP_LOG, "log", hint="save"),
    Command("pipe", "pipe the whole log to a command, or into a pager", GROUP_LOG, "log"),
    Command("alert", "alert on a match while the terminal is not focused", GROUP_LOG, "log"),
    Command("curve_left", "cursor to the left", GROUP_CURVES, "curves"),
    Command("curve_right", "cursor to the right", GROUP_CURVES, "curves"),
    Command("curve_pan_left", "show what is to the left", GROUP_CURVES, "curves"),
    Command("curve_pan_right", "show what is to the right", GROUP_CURVES, "curves"),
    Command("curve_zoom_in", "zoom in", GROUP_CURVES, "curves", hint="zoom in"),
    Command("curve_zoom_out", "zoom out", GROUP_CURVES, "curves"),
    Command("curve_axis", "by step, by time", GROUP_CURVES, "curves", hint="step/time"),
    Command("curve_log", "logarithmic scale, and back", GROUP_CURVES, "curves", hint="log scale"),
    Command("curve_smooth", "smoothing: off, 0.6, 0.9, 0.97", GROUP_CURVES, "curves", hint="smooth"),
    Command("curve_previous", "previous series", GROUP_CURVES, "curves"),
    Command("curve_next", "next series", GROUP_CURVES, "curves"),
    Command("curve_series", "draw the selected series, and not", GROUP_CURVES, "curves", hint="draw"),
    Command("curve_line", "the line of the log at the cursor", GROUP_CURVES, "curves", hint="log line"),
    Command("curve_file", "read the signals of the next log file", GROUP_CURVES, "curves"),
    _replay("replay_play", "play, and pause", hint="play/pause"),
    _replay("replay_step", "step to the next change", hint="step"),
    _replay("replay_back", "step back to the change before", hint="back"),
    _replay("replay_faster", "play faster, up to 60×", hint="faster"),
    _replay("replay_slower", "play slower"),
    _replay("replay_goto", "go to a time: 03:12, -10m", hint="time"),
    Command("help", "help: the keys that work here, now", _GROUP_APP, "app", hint="help"),
    Command("palette", "command palette", _GROUP_APP, "app"),
    Command("back", "clear, close, go back", _GROUP_APP, "browse"),
    Command("quit", "back; at the top, quit", _GROUP_APP, "app", hint="quit"),
    Command("quit_now", "quit from anywhere", _GROUP_APP, "app"),
)


_BY_ID = {command.id: command for command in _COMMANDS}
ABOUT_PANE = frozenset(each.id for each in _COMMANDS if each.why_not is explain_no_open_pane)
TABLE_ONLY = frozenset(command.id for command in _COMMANDS if command.table_only)
ABOUT_ROWS = frozenset(
    command.id
    for command in _COMMANDS
    if isinstance(command, PaneCommand) or command.group == _GROUP_ACTIONS or command.id in _ON_CURSOR
)
"""The commands that apply to the row under the cursor or to the marks."""


def refuse_argument(command_id: str) -> str:
    """Return why a typed command takes no argument; ``""`` where it takes one or checks it itself."""
    command = get_command(command_id)
    if command_id in _WITH_ARGUMENT or isinstance(command, (ActionCommand, KindCommand)):
        return ""
    if command_id in ABOUT_ROWS:
        return f"{command_id} is for what is selected or marked, and takes no name."
    return f"{command_id} takes no argument."


@lru_cache(maxsize=1)
def list_commands() -> tuple[Command, ...]:
    """Return every command in the order of the help: the kinds, then the others."""
    from matui.resources.registry import KINDS

    shown = [
        KindCommand(kind.id, kind.label, _GROUP_GO, "browse" if kind.key else "typed")
        for kind in KINDS.values()
    ]
    return (*shown, *_COMMANDS)


def get_command(command_id: str) -> Command:
    """Return the command of that id. Raises KeyError."""
    return _BY_ID.get(command_id) or next(c for c in list_commands() if c.id == command_id)


def format_keys(command: Command, keys: Mapping[str, str]) -> str:
    """Return the keys of a command, or ``:id`` without any; ``keys`` are formatted."""
    return keys.get(command.id) or f":{command.id}"


def build_bindings(*scopes: CommandScope) -> list[Binding]:
    """Return the bindings of the commands of these scopes, except those of the kinds."""
    return [command.build_binding() for command in _COMMANDS if command.scope in scopes]


def build_explained_bindings() -> list[Binding]:
    """Return bindings of a screen that explain the keys of a pane that does not have the focus."""
    return [
        Binding(
            DEFAULT_KEYS[command.id], f"explain('{command.id}')", command.title, id=command.id, show=False
        )
        for command in _COMMANDS
        if command.scope in _ELSEWHERE
    ]


def find_explained(keys: Mapping[str, str], *, is_replay: bool) -> frozenset[str]:
    """Return the commands of panes with a key that no command of the screen has; ``keys`` are by binding id.

    On a table the others are keys of the screen's command: of a replay, or by the user's ``[keys]``.
    """
    scopes = {"browse", "app", "replay"} if is_replay else {"browse", "app"}
    taken = {key for one in _COMMANDS if one.scope in scopes for key in keys.get(one.id, "").split(",")}
    return frozenset(
        one.id
        for one in _COMMANDS
        if one.scope in _ELSEWHERE and taken.isdisjoint(keys.get(one.id, "").split(","))
    )


def explain_on_screen(scope: CommandScope) -> str:
    """Return why a command of the tables and their panes does nothing on a screen above them."""
    return _ELSEWHERE.get(scope, "only on the tables: esc goes back")


def build_kind_bindings(keys: Mapping[str, str]) -> list[Binding]:
    """Return the bindings of the kinds; ``keys`` are the current keys by binding id."""
    return [
        command.build_binding(keys[command.id])
        for command in list_commands()
        if isinstance(command, KindCommand) and command.id not in _BY_ID and keys.get(command.id)
    ]
