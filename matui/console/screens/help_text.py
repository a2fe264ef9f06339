"""The text of the help: keys with their binding ids by group, typed commands, keys of prompts. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, zip_longest
from typing import Literal, NamedTuple, TypeAlias

from matui.base.cells import cell_width, fit
from matui.console.commands.command_line import VERBS
from matui.console.commands.registry import GROUP_LOG, all_commands, key_of
from matui.console.lines.view import Spans

Focus: TypeAlias = Literal["table", "lines", "log"]
"""What has the focus: a table, a pane of lines, or the log."""

_KEY_CELLS, _ID_CELLS, _GAP = 9, 15, 2
_TWO_COLUMNS_FROM = 104  # cells of width
_IDS_BESIDE_FROM = 56
_BETWEEN_COLUMNS = 3
_IN_PANE = "In this pane"
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

    ``displaced`` has the reason why a binding lost a key. The keys of a replay are listed in one alone.
    """
    entries = [
        HelpEntry(
            key_of(command, keys),
            command.title,
            _IN_PANE if focus == "lines" and command.scope == "lines" else command.group,
            command.id,
            "; ".join(reason for reason in (displaced.get(command.id, ""), why_not(command.id)) if reason),
        )
        for command in all_commands()
        if command.scope != "replay" or not why_not(command.id)
    ]
    first = {"log": GROUP_LOG, "lines": _IN_PANE}.get(focus)
    entries.sort(key=lambda entry: entry.group != first)
    return [*entries, *_other_entries()]


def _other_entries() -> Iterator[HelpEntry]:
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
    used = sum(cell_width(text) for text, _style in line)
    return (*line, (" " * max(0, width - used), ""))


def _format_group(group: str, entries: Sequence[HelpEntry], width: int) -> list[Spans]:
    reasons = {entry.why_not for entry in entries}
    shared = reasons.pop() if len(reasons) == 1 and len(entries) > 1 else ""
    lines: list[Spans] = [((group, "title"),)]
    if shared and cell_width(f"{group}  {shared}") <= width:
        lines = [((group, "title"), (f"  {shared}", "muted"))]
    elif shared:
        lines += [((line, "muted"),) for line in textwrap.wrap(shared, width)]
    keys = max(_KEY_CELLS, *(cell_width(entry.key) for entry in entries if entry.binding), 0)
    for entry in entries:
        lines += _format_entry(entry, width, "" if shared else entry.why_not, key_cells=keys)
    return lines


def _format_entry(entry: HelpEntry, width: int, why_not: str, *, key_cells: int) -> Iterator[Spans]:
    is_beside = width >= _IDS_BESIDE_FROM
    binding = entry.binding if is_beside else ""
    keys = f"{fit(entry.key, key_cells)}  {binding}" if binding else entry.key
    column = (key_cells + _GAP + _ID_CELLS) if is_beside else min(key_cells, width // 3)
    head = f"  {fit(keys, max(cell_width(keys), column))}  "
    indent = 2 + column + _GAP
    after = f" ({entry.binding})" if entry.binding and not is_beside else ""
    reason = f" – {why_not}" if why_not else ""
    cells = cell_width(head)
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
