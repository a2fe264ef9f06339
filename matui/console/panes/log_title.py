"""What the title of a log pane says: the files, the tail, the reader, and what is being looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.console.panes.line_commands import matches
from matui.live.tail import TailState
from matui.text import clean

if TYPE_CHECKING:
    from matui.console.panes.log_pane import LogPane

_WIDEST = 24
Marks = list[tuple[str, str]]


def marks(pane: LogPane) -> Marks:
    """Return words and their styles, the most telling first."""
    if pane.alerts.flashing:
        return [(f"⚑ {pane.alerts.flashing}", "bold reverse $text-warning"), *_file(pane)]
    return [*_work(pane), *_file(pane), *_finding(pane), *_tail(pane)]


def _file(pane: LogPane) -> Marks:
    if pane.together is not None:
        count = len(pane.together.files)
        return [(f"{count - len(pane.together.off)} of {count} files merged", "$text-muted")]
    if not pane.file:
        return []
    place = f" ({pane.files.index(pane.file) + 1}/{len(pane.files)})" if len(pane.files) > 1 else ""
    return [(f"{_short(pane.file)}{place}", "$text-muted")]


def _short(text: str) -> str:
    """Return what fits beside everything else; a title never wraps within a word."""
    shown = clean(text)
    return shown if len(shown) <= _WIDEST else f"{shown[: _WIDEST - 1]}…"


def _tail(pane: LogPane) -> Marks:
    state = pane.state
    if state is None:
        return []
    found: Marks = [("bytes", "$text-warning")] if state.fallback else []
    if state.capped:
        found.append(("disk cap: old lines are fetched again", "$text-warning"))
    if _ended(pane, state):
        found.append(("ended", "$text-muted"))
    elif pane.view.follow:
        behind = any(each.behind for each in pane.logs.states.values())
        found.append(("catching up" if behind else "following", "$text-success"))
    if pane.view.new_below:
        found.append((f"↓ {pane.view.new_below:,} new", "bold $accent"))
    return found


def _ended(pane: LogPane, state: TailState) -> bool:
    states = pane.logs.states.values() if pane.together else [state]
    return all(each.phase == "drained" for each in states)


def _finding(pane: LogPane) -> Marks:
    view, found = pane.view, list[tuple[str, str]]()
    if pane.lookup.only_text:
        count = view.filter.found if view.filter else 0
        found.append((f"&{_short(pane.lookup.only_text)} {count:,}", "bold $accent"))
    if pane.search_text:
        found.append((f"/{_short(pane.search_text)} {matches(view, all_read=pane.at_top)}", "bold $accent"))
    place, count = view.problems
    if place:
        found.append((f"error {place:,}/{count:,}", "$text-error"))
    return found


def _work(pane: LogPane) -> Marks:
    found: Marks = [(f"saving {pane.saved:,}", "$accent")] if pane.saved else []
    if pane.lookup.hunt.active:
        held = pane.view.end - pane.view.first
        found.append((f"{pane.lookup.hunt.words} · {held:,} lines · esc stops", "bold $accent"))
    elif any(state.loading_older for state in pane.logs.states.values()):
        found.append(("older …", "$text-muted"))
    return found
