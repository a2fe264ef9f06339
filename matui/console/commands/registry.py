"""Every command of the console once: its keys, footer hint, help, palette entry, keymap id, and why not.

Keys as people read them, and the row of those worth knowing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from textual.binding import Binding
from textual.content import Content

from matui.config.keymap import DEFAULT_KEYS
from matui.console.commands.availability import (
    Situation,
    action_reason,
    form_reason,
    kind_reason,
    offers_form,
    pane_reason,
)

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode
    from matui.resources.kind import Pane

Scope: TypeAlias = Literal["browse", "log", "lines", "app", "typed"]


@dataclass(frozen=True)
class Command:
    """One command. ``id`` is its keymap id and the name of its action; ``hint`` its word in the key bar.

    One of the scope ``typed`` has no key: it is typed after ``:`` or found in the palette.
    """

    id: str
    title: str
    group: str
    scope: Scope = "browse"
    hint: str = ""

    def binding(self, key: str = "") -> Binding:
        """Return the binding that a widget or screen declares for this command."""
        return Binding(
            key or DEFAULT_KEYS[self.id], f"run('{self.id}')", self.title, id=self.id, show=bool(self.hint)
        )

    def disabled_reason(self, here: Situation | None) -> str:
        """Return why the command does nothing here, now; ``""`` when it works."""
        return "" if here is None else self._reason(here)

    def is_offered(self, here: Situation | None) -> bool:
        """Whether the key bar names the command for the selected kind, in whatever state it is."""
        return bool(self.hint) and here is not None and self._offered(here)

    def _reason(self, here: Situation) -> str:
        is_for_lines = self.scope in ("log", "lines")
        return "only in a pane of lines" if is_for_lines and not here.selection.in_lines else ""

    def _offered(self, _here: Situation) -> bool:
        return False


@dataclass(frozen=True)
class KindCommand(Command):
    """Shows the table of the kind that has the id of the command."""

    def _reason(self, here: Situation) -> str:
        return kind_reason(here.fleet, self.id)


@dataclass(frozen=True)
class PaneCommand(Command):
    """Opens a pane for the selected resource."""

    pane: Pane = "detail"

    def _reason(self, here: Situation) -> str:
        return pane_reason(here, self.pane)

    def _offered(self, here: Situation) -> bool:
        return not pane_reason(here, self.pane)


@dataclass(frozen=True)
class ActionCommand(Command):
    """Does the action that has the id of the command; ``verb`` is what it does to a kind."""

    verb: str = ""

    def _reason(self, here: Situation) -> str:
        return action_reason(here, self.id, self.verb or self.id)

    def _offered(self, here: Situation) -> bool:
        return any(action.id == self.id for action in here.session.executor.offered(here.kind))


@dataclass(frozen=True)
class FormCommand(Command):
    """Opens a form about the selected resource, or about a new one."""

    mode: FormMode = "edit"

    def _reason(self, here: Situation) -> str:
        return form_reason(here, self.mode)

    def _offered(self, here: Situation) -> bool:
        return offers_form(here, self.mode)


@dataclass(frozen=True)
class CatalogCommand(Command):
    """Shows the catalog that has the id of the command."""


_GO = "Go to"
_LOOK = "View"
_CHOOSE = "Catalogs"
_ACT = "Actions"
_TABLE = "Table"
_LOG = "In a log"
_APP = "matui"

_COMMANDS: tuple[Command, ...] = (
    KindCommand("triage", "triage: everything in trouble", _GO),
    Command("command", "type a command, a kind or a profile", _GO, hint="command"),
    Command("workspace", "switch workspace", _GO),
    Command("profiles", "profiles: which are open side by side", _GO, "typed"),
    PaneCommand("detail", "detail", _LOOK, hint="detail", pane="detail"),
    PaneCommand("logs", "logs in the split pane", _LOOK, hint="logs", pane="log"),
    PaneCommand("events", "events", _LOOK, hint="events", pane="events"),
    PaneCommand("metrics", "metrics", _LOOK, hint="metrics", pane="metrics"),
    PaneCommand("versions", "versions of a job", _LOOK, hint="versions", pane="versions"),
    PaneCommand("raw", "raw record", _LOOK, pane="raw"),
    PaneCommand("updates", "update history of a service", _LOOK, hint="updates", pane="updates"),
    PaneCommand(
        "nodes", "edge nodes of a service, to start and stop each", _LOOK, hint="nodes", pane="nodes"
    ),
    Command("errors", "the last errors, whole, with what to do", _LOOK),
    Command("next_pane", "next pane", _LOOK),
    Command("zoom", "the focused pane fills the screen, and back", _LOOK),
    Command("audit", "audit: what was done, by whom, and what became of it", _LOOK),
    CatalogCommand("flavors", "flavors of training jobs", _CHOOSE, "typed"),
    CatalogCommand("engines", "engines of training jobs", _CHOOSE, "typed"),
    CatalogCommand("algorithms", "built-in algorithms", _CHOOSE, "typed"),
    CatalogCommand("specs", "deployment specifications", _CHOOSE, "typed"),
    ActionCommand("start", "start", _ACT, hint="start"),
    ActionCommand("stop", "stop", _ACT, hint="stop"),
    ActionCommand("restart", "restart", _ACT, hint="restart"),
    ActionCommand("delete", "delete (type the name to confirm)", _ACT, hint="delete"),
    ActionCommand(
        "delete-versions",
        "delete every version of a model (type the name)",
        _ACT,
        hint="all versions",
        verb="delete all versions of",
    ),
    FormCommand("edit", "edit in $EDITOR", _ACT, hint="edit", mode="edit"),
    FormCommand("add", "create a new one in $EDITOR", _ACT, mode="create"),
    FormCommand(
        "rerun", "run a job again as a new version, changed in $EDITOR", _ACT, hint="rerun", mode="rerun"
    ),
    Command("mark", "mark; actions apply to the marks", _ACT),
    Command("filter", "filter the table, search in a log", _TABLE, hint="filter"),
    Command("sort", "sort by the next column", _TABLE),
    Command("sort_reverse", "reverse the sort order", _TABLE),
    Command("copy", "copy the id", _TABLE),
    Command("refresh", "refresh now", _TABLE),
    Command("pause", "pause polling, and go on", _TABLE),
    Command("utc", "times in UTC, and back to local time", _TABLE),
    Command("bytes", "bytes a second to the terminal in the status bar, and off", _TABLE),
    Command("requests", "requests of the last minute, and how many are allowed", _TABLE, "typed"),
    Command("follow", "follow new lines", _LOG, "log", hint="follow"),
    Command("next_match", "next match", _LOG, "lines"),
    Command("previous_match", "previous match", _LOG, "lines"),
    Command("next_error", "next error", _LOG, "log", hint="next error"),
    Command("previous_file", "previous log file", _LOG, "log"),
    Command("next_file", "next log file", _LOG, "log", hint="file"),
    Command("top", "top", _LOG, "lines"),
    Command("bottom", "bottom", _LOG, "lines"),
    Command("wrap", "wrap long lines, and back", _LOG, "lines", hint="wrap"),
    Command("previous_error", "previous error", _LOG, "log"),
    Command("only", "only matching lines, with what stands around them", _LOG, "log", hint="only"),
    Command("goto_time", "go to a time: 03:12, -10m", _LOG, "log"),
    Command("mark_line", "mark the line at the top or found, or take the mark back", _LOG, "log"),
    Command("next_marked", "next marked line", _LOG, "log"),
    Command("merge", "all files of the job in the order of time, and back", _LOG, "log", hint="merge"),
    Command("choose_files", "which files are in the merged log", _LOG, "log"),
    Command("times", "times: as written, local, UTC, since the start, hidden", _LOG, "log", hint="times"),
    Command("line_numbers", "line numbers, and back", _LOG, "log"),
    Command("select", "select lines with the keys; c copies them", _LOG, "log"),
    Command("save", "save the whole log to a file", _LOG, "log", hint="save"),
    Command("pipe", "pipe the whole log to a command, or into a pager", _LOG, "log"),
    Command("alert", "alert on a match while the terminal is not focused", _LOG, "log"),
    Command("help", "help: the keys that work here, now", _APP, "app", hint="help"),
    Command("palette", "command palette", _APP, "app"),
    Command("back", "clear, close, go back", _APP, "browse"),
    Command("quit", "back; at the top, quit", _APP, "app", hint="quit"),
    Command("quit_now", "quit from anywhere", _APP, "app"),
)


_BY_ID = {command.id: command for command in _COMMANDS}


@lru_cache(maxsize=1)
def all_commands() -> tuple[Command, ...]:
    """Return every command in the order of the help: one a kind, then the others."""
    from matui.resources.registry import KINDS

    shown = [
        KindCommand(kind.id, kind.label, _GO, "browse" if kind.key else "typed") for kind in KINDS.values()
    ]
    return (*shown, *_COMMANDS)


def command_by_id(command_id: str) -> Command:
    """Return the command of that id. Raises KeyError."""
    return _BY_ID.get(command_id) or next(c for c in all_commands() if c.id == command_id)


def key_of(command: Command, keys: Mapping[str, str]) -> str:
    """Return what to press for a command; ``keys`` are as people read them."""
    return keys.get(command.id) or f":{command.id}"


def bindings(*scopes: Scope) -> list[Binding]:
    """Return the bindings of the commands of these scopes, except those of the kinds."""
    return [command.binding() for command in _COMMANDS if command.scope in scopes]


def kind_bindings(keys: Mapping[str, str]) -> list[Binding]:
    """Return the bindings of the kinds; ``keys`` are the keys in force by binding id."""
    return [
        command.binding(keys[command.id])
        for command in all_commands()
        if isinstance(command, KindCommand) and command.id not in _BY_ID and command.id in keys
    ]


_KEY_WORDS = {
    "colon": ":",
    "slash": "/",
    "question_mark": "?",
    "exclamation_mark": "!",
    "ampersand": "&",
    "apostrophe": "'",
    "number_sign": "#",
    "vertical_line": "|",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "escape": "esc",
    "space": "space",
}


def key_words(keys: str) -> str:
    """Return keys as people read them: ``enter,d`` is ``enter d``, ``colon`` is ``:``."""
    return " ".join(_KEY_WORDS.get(key, key) for key in keys.split(","))


def key_bar(hints: Sequence[tuple[str, str]], width: int) -> Content:
    """Return as many ``key hint`` pairs as fit into ``width`` cells; the last one always does."""
    if not hints:
        return Content("")
    cells = [len(key) + len(hint) + 3 for key, hint in hints]
    left, shown = width - cells[-1], []
    for hint, size in zip(hints[:-1], cells[:-1], strict=True):
        left -= size
        if left < 0:
            break
        shown.append(hint)
    return Content("").join(
        Content.assemble((f" {key} ", "bold $accent"), (f"{words} ", "$text-muted"))
        for key, words in (*shown, hints[-1])
    )
