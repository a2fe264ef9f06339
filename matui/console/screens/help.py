"""The help screen: the keys that work here, and why others do not."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import Any, Literal, NamedTuple, TypeAlias

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import Screen

from matui.base.text.cells import fit, measure_width
from matui.console.bars.prompt import LocalPrompt
from matui.console.bars.text_bar import TextBar
from matui.console.commands.command_line import VERBS
from matui.console.commands.keys import format_keys as format_key_names
from matui.console.commands.registry import (
    GROUP_CURVES,
    GROUP_LOG,
    Command,
    CommandScope,
    explain_on_screen,
    format_keys,
    list_commands,
)
from matui.console.lines.view import LineView, Spans
from matui.console.messages import KeysChanged
from matui.console.screens.text_screen import GuideScreen, choose_topic
from matui.console.terminal.screen import DiffModal

Focus: TypeAlias = Literal["table", "lines", "log", "curves"]
"""What has the focus: a table, a pane of lines, the log, or the curves."""

_SCOPES: Mapping[Focus, tuple[CommandScope, ...]] = {
    "table": (),
    "lines": ("lines",),
    "log": ("log", "lines"),
    "curves": ("curves", "lines"),
}

_KEY_CELLS, _ID_CELLS, _GAP = 9, 15, 2
_TWO_COLUMNS_FROM = 104  # cells of width
_IDS_BESIDE_FROM = 56
_BETWEEN_COLUMNS = 3
_IN_PANE = "In this pane"
_HERE = "On this screen"
_ON_EACH_SCREEN = ("command", "help", "quit_now")
_PROMPT_KEYS = (
    ("enter", "keep the filter or search, run the command"),
    ("esc ctrl+c", "discard it"),
    ("↑ ↓", "earlier and later entries"),
    ("tab", "complete"),
)
_DIALOG_KEYS = (
    ("y", "confirm"),
    ("n esc", "cancel"),
    ("enter", "confirm where the name has to be typed"),
)
_TYPED = (
    (":KIND FILTER", "show a kind, filtered: :jobs status:failed"),
    (":BINDING-ID", "run any command: :pause"),
    (":alert REGEX", "alert on a pattern in the open log"),
)
_VERB_TEXT = {
    "profile": "open one profile",
    "profiles": "open several profiles side by side",
    "workspace": "show one workspace",
    "theme": "change the theme",
    "sort": "sort the table",
    "filter": "filter the table",
    "help": "show a topic of the guide",
}
_KEYS = ("   / filter · tab guide · esc close", "  / filter · tab guide · esc close", "   esc close")


class HelpEntry(NamedTuple):
    """A key and what it does; ``why_not`` is why it does nothing now, ``""`` when it works."""

    key: str
    does: str
    group: str
    binding: str = ""
    why_not: str = ""

    def matches(self, words: Iterable[str]) -> bool:
        """Return whether every word occurs in the entry, in any case."""
        text = f"{self.key} {self.binding} {self.does} {self.group}".casefold()
        return all(word in text for word in words)


def list_entries(
    keys: Mapping[str, str],
    why_not: Callable[[str], str],
    displaced: Mapping[str, str],
    focus: Focus = "table",
) -> list[HelpEntry]:
    """Return every command, those of the focused pane first; ``keys`` are formatted.

    ``displaced`` has the reason why a binding lost a key. A key that the focused pane has for another command
    is listed with that one alone. The keys of a replay are listed in one alone.
    """
    taken = {
        key: command
        for command in list_commands()
        if command.scope in _SCOPES[focus]
        for key in format_keys(command, keys).split()
    }
    entries = []
    for command in list_commands():
        reason = why_not(command.id)
        if command.scope == "replay" and reason:
            continue
        key, elsewhere = _leave_out_taken(command, format_keys(command, keys), taken)
        reasons = (displaced.get(command.id, ""), reason or elsewhere)
        group = _IN_PANE if focus == "lines" and command.scope == "lines" else command.group
        entries.append(HelpEntry(key, command.title, group, command.id, "; ".join(filter(None, reasons))))
    first = {"log": GROUP_LOG, "lines": _IN_PANE, "curves": GROUP_CURVES}.get(focus)
    entries.sort(key=lambda entry: entry.group != first)
    return [*entries, *_iterate_other_entries()]


def list_screen_entries(
    own: Sequence[HelpEntry], keys: Mapping[str, str], working: Collection[str] = ()
) -> list[HelpEntry]:
    """Return the keys of a screen above the tables, ``own``, and every command that has none of them.

    ``working`` are the commands that work there besides. ``keys`` are formatted.
    """
    taken = {key for entry in own for key in entry.key.split()}
    reachable = {*_ON_EACH_SCREEN, *working}
    labels = ((command, format_keys(command, keys)) for command in list_commands())
    others = [
        HelpEntry(
            label,
            command.title,
            _HERE if command.id in reachable else command.group,
            command.id,
            "" if command.id in reachable else explain_on_screen(command.scope),
        )
        for command, label in labels
        if command.scope != "replay" and taken.isdisjoint(label.split())
    ]
    others.sort(key=lambda entry: entry.group != _HERE)
    return [*own, *others, *_iterate_other_entries()]


def list_own_entries(screen: Screen[Any]) -> list[HelpEntry]:
    """Return the keys that a screen has itself, those of one action together."""
    declared = [each for one in type(screen).__mro__ for each in one.__dict__.get("BINDINGS", ())]
    shown = [each for each in declared if isinstance(each, Binding) and each.show]
    return [
        HelpEntry(
            format_key_names(",".join(each.key for each in shown if each.action == action)), words, _HERE
        )
        for action, words in {each.action: each.description for each in shown}.items()
    ]


def _leave_out_taken(command: Command, keys: str, taken: Mapping[str, Command]) -> tuple[str, str]:
    """Return the keys that run a command here; where there is none all, and what the first runs instead."""
    takers = [taken[key] for key in keys.split() if taken.get(key, command) is not command]
    left = [key for key in keys.split() if taken.get(key, command) is command]
    if left or not takers:
        return " ".join(left), ""
    return keys, f"{keys.split()[0]} is {takers[0].id} here"


def _iterate_other_entries() -> Iterator[HelpEntry]:
    for key, does in _TYPED:
        yield HelpEntry(key, does, "Typed commands")
    for verb, argument in VERBS.items():
        yield HelpEntry(f":{verb} {argument}", _VERB_TEXT[verb], "Typed commands")
    for key, does in _PROMPT_KEYS:
        yield HelpEntry(key, does, "In a prompt")
    for key, does in _DIALOG_KEYS:
        yield HelpEntry(key, does, "In a dialog")


def format_entries(entries: Iterable[HelpEntry], width: int) -> list[Spans]:
    """Return the entries as lines of at most ``width`` cells, in two columns where there is room."""
    width = max(1, width)
    is_wide = width >= _TWO_COLUMNS_FROM
    column = (width - _BETWEEN_COLUMNS) // 2 if is_wide else width
    groups = [
        _format_group(group, list(members), column)
        for group, members in groupby(entries, key=lambda entry: entry.group)
    ]
    if not is_wide:
        return _stack(groups)
    left, right = _split(groups)
    return [
        (*_pad(one or (), column + _BETWEEN_COLUMNS), *(other or ()))
        for one, other in zip_longest(_stack(left), _stack(right))
    ]


def _stack(groups: Sequence[list[Spans]]) -> list[Spans]:
    """Return the groups below each other, with a blank line between them."""
    return [line for number, group in enumerate(groups) for line in ([()] if number else []) + group]


def _split(groups: list[list[Spans]]) -> tuple[list[list[Spans]], list[list[Spans]]]:
    """Return two columns of about the same height, in the order of the groups."""
    total = sum(len(group) + 1 for group in groups)
    at = min(
        range(len(groups) + 1), key=lambda at: abs(2 * sum(len(group) + 1 for group in groups[:at]) - total)
    )
    return groups[:at], groups[at:]


def _pad(line: Spans, width: int) -> Spans:
    used = sum(measure_width(text) for text, _style in line)
    return (*line, (" " * max(0, width - used), ""))


def _format_group(group: str, entries: Sequence[HelpEntry], width: int) -> list[Spans]:
    reasons = {entry.why_not for entry in entries}
    shared = reasons.pop() if len(reasons) == 1 and len(entries) > 1 else ""
    lines: list[Spans] = [((group, "title"),)]
    if shared and measure_width(f"{group}  {shared}") <= width:
        lines = [((group, "title"), (f"  {shared}", "muted"))]
    elif shared:
        lines += [((line, "muted"),) for line in textwrap.wrap(shared, width)]
    keys = max(_KEY_CELLS, *(measure_width(entry.key) for entry in entries if entry.binding), 0)
    for entry in entries:
        lines += _format_entry(entry, width, "" if shared else entry.why_not, key_cells=keys)
    return lines


def _format_entry(entry: HelpEntry, width: int, why_not: str, *, key_cells: int) -> Iterator[Spans]:
    is_beside = width >= _IDS_BESIDE_FROM
    binding = entry.binding if is_beside else ""
    keys = f"{fit(entry.key, key_cells)}  {binding}" if binding else entry.key
    column = (key_cells + _GAP + _ID_CELLS) if is_beside else min(key_cells, width // 3)
    head = f"  {fit(keys, max(measure_width(keys), column))}  "
    indent = 2 + column + _GAP
    after = f" ({entry.binding})" if entry.binding and not is_beside else ""
    reason = f" – {why_not}" if why_not else ""
    cells = measure_width(head)
    first, *rest = textwrap.wrap(
        f"{entry.does}{after}{reason}",
        max(width, indent + 16),
        initial_indent="·" * cells,
        subsequent_indent=" " * indent,
    )
    muted = "muted" if entry.why_not else ""
    at = head.index(binding, len(entry.key) + 2) if binding else len(head)
    yield ((head[:at], "muted" if entry.why_not else "title"), (head[at:], "muted"), (first[cells:], muted))
    for line in rest:
        yield ((line, muted),)


def filter_entries(entries: Iterable[HelpEntry], text: str) -> list[HelpEntry]:
    """Return the entries that contain every word of ``text``."""
    words = text.casefold().split()
    return [entry for entry in entries if entry.matches(words)]


class HelpScreen(DiffModal[None]):
    """Lists the keys by group, in two columns where there is room; ``/`` filters them."""

    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("escape", "back", "back"),
        Binding("q,question_mark", "close", "close"),
        Binding("slash", "filter", "filter"),
        Binding("tab", "guide", "guide", priority=True),
        Binding("space", "page(1)", show=False),
        Binding("b", "page(-1)", show=False),
    ]

    def __init__(self, list_now: Callable[[], Sequence[HelpEntry]]) -> None:
        super().__init__()
        self._list_now = list_now
        self._entries = list_now()
        self._filter = ""
        self._title = TextBar(id="help-title")
        self._view = LineView(id="help-lines")
        self._input = LocalPrompt(self._view, self._set_filter)

    def compose(self) -> ComposeResult:
        """Lay out the title, the keys and the prompt."""
        with Vertical(id="dialog", classes="help"):
            yield self._title
            yield self._view
            yield self._input

    def on_mount(self) -> None:
        """Focus the keys; they are laid out when the size is known."""
        self._view.focus()

    def on_resize(self, _event: events.Resize) -> None:
        """Lay the keys out for the width, once the dialog has been resized."""
        self.call_after_refresh(self._show)

    @on(KeysChanged)
    def _update_keys(self) -> None:
        """List what works now; the place that is read stays."""
        self._entries = self._list_now()
        self._show()

    def _show(self, *, home: bool = False) -> None:
        if not self._view.size.width:
            return
        found = filter_entries(self._entries, self._filter)
        count = f"  {len(found)} of {len(self._entries)}" if self._filter else ""
        room = self._view.size.width - len(f"Keys{count}")
        keys = next((keys for keys in _KEYS if len(keys) <= room), "")
        self._title.show(Content.assemble(("Keys", "bold"), (count, "$accent"), (keys, "$text-muted")))
        lines = format_entries(found, self._view.size.width - 1)
        self._view.set_lines(lines or [(("  Nothing matches.", "muted"),)], home=home)

    def action_filter(self) -> None:
        """Type what to filter by."""
        self._input.open("filter", self._filter)

    def _set_filter(self, text: str) -> None:
        self._filter = text.strip()
        self._show(home=True)

    def action_page(self, pages: int) -> None:
        """Scroll by pages."""
        self._view.action_scroll_pages(pages)

    def action_guide(self) -> None:
        """Choose a topic of the guide, and read it."""

        def show(topic: str | None) -> None:
            if topic is not None:
                self.app.push_screen(GuideScreen(topic))

        self.app.push_screen(choose_topic(), show)

    def action_back(self) -> None:
        """Clear the selection, the filter, or close the help: the first that applies."""
        if self.drop_selection():
            return
        if self._filter:
            self._input.clear()
        else:
            self.dismiss(None)
