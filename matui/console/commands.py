"""Every command of the console, told once: its keys, footer hint, help, palette entry and keymap id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from textual.binding import Binding

from matui.config.keymap import DEFAULT_KEYS

Scope: TypeAlias = Literal["browse", "log", "lines", "app", "typed"]


@dataclass(frozen=True, slots=True)
class Command:
    """One command. ``id`` is its keymap id and the name of its action; ``hint`` its word in the key bar.

    One of the scope ``typed`` has no key: it is typed after ``:`` or found in the palette.
    """

    id: str
    title: str
    group: str
    scope: Scope = "browse"
    hint: str = ""

    def binding(self) -> Binding:
        """Return the binding that a widget or screen declares for this command."""
        return Binding(
            DEFAULT_KEYS[self.id], f"run('{self.id}')", self.title, id=self.id, show=bool(self.hint)
        )


_GO = "Go to"
_LOOK = "Look closer"
_CHOOSE = "What there is to choose from"
_ACT = "Act"
_TABLE = "Table"
_LOG = "In a log"
_APP = "matui"

COMMANDS: tuple[Command, ...] = (
    Command("notebooks", "notebooks", _GO),
    Command("jobs", "training jobs", _GO),
    Command("services", "services", _GO),
    Command("workspaces", "workspaces", _GO),
    Command("visualizations", "visualization jobs", _GO),
    Command("models", "models", _GO),
    Command("pools", "resource pools", _GO),
    Command("configs", "job configurations", _GO),
    Command("devservers", "DevServers", _GO),
    Command("triage", "triage: everything in trouble", _GO),
    Command("command", "type a command, a kind or a profile", _GO, hint="command"),
    Command("workspace", "switch workspace", _GO),
    Command("profiles", "profiles: which are open side by side", _GO, "typed"),
    Command("detail", "detail", _LOOK, hint="detail"),
    Command("logs", "logs in the split pane", _LOOK, hint="logs"),
    Command("events", "events", _LOOK, hint="events"),
    Command("metrics", "metrics", _LOOK, hint="metrics"),
    Command("versions", "versions of a job", _LOOK, hint="versions"),
    Command("raw", "raw record", _LOOK),
    Command("updates", "update history of a service", _LOOK, hint="updates"),
    Command("nodes", "edge nodes of a service, to start and stop each", _LOOK, hint="nodes"),
    Command("errors", "the last errors, whole, with what to do", _LOOK),
    Command("flavors", "flavors of training jobs", _CHOOSE, "typed"),
    Command("engines", "engines of training jobs", _CHOOSE, "typed"),
    Command("algorithms", "built-in algorithms", _CHOOSE, "typed"),
    Command("specs", "deployment specifications", _CHOOSE, "typed"),
    Command("next_pane", "next pane", _LOOK),
    Command("zoom", "the focused pane fills the screen, and back", _LOOK),
    Command("audit", "audit: what was done, by whom, and what became of it", _LOOK),
    Command("start", "start", _ACT, hint="start"),
    Command("stop", "stop", _ACT, hint="stop"),
    Command("restart", "restart", _ACT, hint="restart"),
    Command("delete", "delete (type the name to confirm)", _ACT, hint="delete"),
    Command("delete-versions", "delete every version of a model (type the name)", _ACT, hint="all versions"),
    Command("edit", "edit in $EDITOR", _ACT, hint="edit"),
    Command("add", "create a new one in $EDITOR", _ACT),
    Command("rerun", "run a job again as a new version, changed in $EDITOR", _ACT, hint="rerun"),
    Command("mark", "mark; actions apply to the marks", _ACT),
    Command("filter", "filter the table, search in a log", _TABLE, hint="filter"),
    Command("sort", "sort by the next column", _TABLE),
    Command("sort_reverse", "reverse the sort order", _TABLE),
    Command("copy", "copy the id", _TABLE),
    Command("refresh", "refresh now", _TABLE),
    Command("pause", "pause polling, and go on", _TABLE),
    Command("utc", "times in UTC, and back to local time", _TABLE),
    Command("bytes", "bytes a second to the terminal in the status bar, and off", _TABLE),
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
    Command("alert", "alert when a pattern comes while nobody looks", _LOG, "log"),
    Command("help", "help: the keys that work here, now", _APP, "app", hint="help"),
    Command("palette", "command palette", _APP, "app"),
    Command("back", "clear, close, go back", _APP, "browse"),
    Command("quit", "back; at the top, quit", _APP, "app", hint="quit"),
    Command("quit_now", "quit from anywhere", _APP, "app"),
)


def key_of(command: Command, keys: Mapping[str, str]) -> str:
    """Return what to press for a command; ``keys`` are as people read them."""
    return f":{command.id}" if command.scope == "typed" else keys[command.id]


BY_ID = {command.id: command for command in COMMANDS}


def bindings(*scopes: Scope) -> list[Binding]:
    """Return the bindings of the commands of these scopes."""
    return [command.binding() for command in COMMANDS if command.scope in scopes]


def named(ids: Iterable[str]) -> list[Command]:
    """Return commands by id, in the order given."""
    return [BY_ID[command_id] for command_id in ids]
