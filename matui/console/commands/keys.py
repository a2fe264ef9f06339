"""The keys of the commands with what ``[keys]`` changes, formatted for people, and the key bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from matui.config.keymap import (
    DEFAULT_KEYS,
    build_default_keys,
    find_alt_keys,
    find_displaced,
    resolve_keys,
    select_replay_keys,
)
from matui.console.bars.text_bar import make_clickable, make_pressable
from matui.console.commands.registry import find_explained

if TYPE_CHECKING:
    from matui.console.messages import Mode

_KEY_NAMES = {
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
    "asterisk": "*",
    "equals_sign": "=",
    "plus": "+",
    "minus": "-",
    "tilde": "~",
    "full_stop": ".",
    "comma": ",",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "shift+left": "shift+←",
    "shift+right": "shift+→",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "ctrl+up": "ctrl+↑",
    "ctrl+down": "ctrl+↓",
    "shift+down": "shift+↓",
    "escape": "esc",
    "space": "space",
}
_ENTER: dict[Mode, str] = {
    "filter": "keep",
    "search": "keep",
    "command": "run",
    "only": "keep",
    "goto_time": "go",
    "pipe": "run",
    "alert": "add",
    "save": "save",
    "acknowledge": "acknowledge",
    "palette": "run",
}
_NO_KEY = "no-key"  # Textual would keep the default of a binding without keys


def format_keys(keys: str) -> str:
    """Return joined keys as users read them: ``enter,d`` is ``enter d``, ``colon`` is ``:``."""
    return " ".join(_KEY_NAMES.get(key, key) for key in keys.split(","))


class CommandHint(NamedTuple):
    """A command for the key bar.

    ``works`` is whether it does something for what is selected. One that ``gives_way`` does nothing for any
    row, and is shown only where there is room. ``words`` stand for the command's own.
    """

    command_id: str
    works: bool = True
    gives_way: bool = False
    words: str = ""


class KeyHint(NamedTuple):
    """A key in the key bar, dimmed unless it ``works``; a click runs the command, else presses the key."""

    key: str
    words: str
    command_id: str = ""
    works: bool = True
    gives_way: bool = False

    @property
    def cells(self) -> int:
        """The width with the blanks around it."""
        return len(self.key) + len(self.words) + 3


def build_key_bar(hints: Sequence[KeyHint], width: int) -> Content:
    """Return as many ``key hint`` pairs as fit into ``width`` cells; the last one is always there.

    Which ones fit does not depend on whether they work: none moves while the cursor goes from row to row.
    """
    if not hints:
        return Content("")
    *first, last = hints
    left, shown = width - last.cells, {len(first)}
    for gives_way in (False, True):
        for at, hint in enumerate(first):
            if hint.gives_way is not gives_way:
                continue
            if hint.cells > left:
                left = 0
                break
            left -= hint.cells
            shown.add(at)
    return Content("").join(_format_hint(hints[at]) for at in sorted(shown))


def build_prompt_hints(mode: Mode, *, has_history: bool, completes: bool) -> list[KeyHint]:
    """Return the keys of a prompt; ``completes`` is whether tab does something in it."""
    clears = mode in ("filter", "search")
    hints = [
        KeyHint("enter", _ENTER[mode]),
        KeyHint("esc", "clear" if clears else "cancel"),
        KeyHint("↑", "history", works=has_history),
    ]
    return [*hints, KeyHint("tab", "complete")] if completes else hints


def fit_hints(hints: Sequence[str], width: int) -> str:
    """Return as many hints as fit into ``width`` cells; the last one is always there."""
    *first, last = hints
    shown, left = "", width - len(f" {last}")
    for hint in first:
        if len(f"{shown} {hint} ") > left:
            break
        shown += f" {hint} "
    return f"{shown} {last}"


def build_screen_hints(hints: Sequence[str], width: int) -> Content:
    """Return the hints that fit into ``width`` cells; a click on one presses its key."""
    line = fit_hints(hints, width)
    content = Content.styled(line, "$text-muted")
    for hint in hints:
        if (at := line.find(f" {hint}")) >= 0:
            content = make_pressable(content, _parse_label(hint.split()[0]), at, at + len(hint) + 1)
    return content


def _parse_label(label: str) -> str:
    return next((key for key, name in _KEY_NAMES.items() if name == label), label)


def _format_hint(hint: KeyHint) -> Content:
    if hint.works:
        content = Content.assemble((f" {hint.key} ", "bold $accent"), (f"{hint.words} ", "$text-muted"))
    else:
        content = Content.styled(f" {hint.key} {hint.words} ", "$text-disabled")
    if hint.command_id:
        return make_clickable(content, hint.command_id)
    return make_pressable(content, _parse_label(hint.key))


class CommandKeys:
    """The keys of each command.

    ``labels`` has them as people read them, ``displaced`` the bindings that lost a key to the user's
    ``[keys]``, with the reason, and ``bound`` the keys by their names in Textual, joined by commas.
    ``explained`` are the commands of panes whose key says on a table where it works.
    """

    def __init__(self, *, is_replay: bool) -> None:
        self._is_replay = is_replay
        self._is_default = True
        self.bound: Mapping[str, str] = DEFAULT_KEYS
        self.labels = _format_labels(DEFAULT_KEYS)
        self.displaced: dict[str, str] = {}
        self.explained = find_explained(self.bound, is_replay=is_replay)

    def load_kinds(self, kind_keys: Mapping[str, str]) -> None:
        """Add the labels of the keys that show the kinds, before any profile is open."""
        self.labels = _format_labels(build_default_keys(kind_keys))

    def apply(self, overrides: Mapping[str, str], kind_keys: Mapping[str, str]) -> None:
        """Apply the user's ``[keys]``."""
        keys = resolve_keys(overrides, kind_keys)
        self.bound = select_replay_keys(keys) if self._is_replay else keys
        self.explained = find_explained(self.bound, is_replay=self._is_replay)
        self._is_default = self.bound == build_default_keys(kind_keys)
        self.labels = _format_labels(self.bound)
        self.displaced = {
            name: f"{format_keys(','.join(sorted(lost)))} is set for {taker} in [keys]"
            for name, (lost, taker) in find_displaced(overrides, kind_keys).items()
        }

    def find_command(self, key: str) -> str:
        """Return the id of a command of a key, by the key's name in Textual; ``""`` without any."""
        return next((name for name, joined in self.bound.items() if key in joined.split(",")), "")

    def build_keymap(self) -> dict[str, str]:
        """Return the keymap for Textual, empty for the defaults.

        Textual lays it over every binding again at each key, which takes as long as all the rest.
        """
        if self._is_default:
            return {}
        return {name: joined or _NO_KEY for name, joined in self.bound.items()}

    def find_alt_names(self) -> dict[str, str]:
        """Return the names of the bound keys with alt, by their character."""
        return find_alt_keys(self.bound.values())


def _format_labels(keys: Mapping[str, str]) -> dict[str, str]:
    return {name: format_keys(joined) for name, joined in keys.items()}
