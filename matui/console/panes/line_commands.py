"""Commands that every pane of lines knows."""

from __future__ import annotations

from typing import Protocol

from matui.console.widgets.line_pane import LinePane


class Searchable(Protocol):
    """A pane that shows what it is searched for."""

    search_text: str


def run_line_command(view: LinePane, command_id: str) -> None:
    """Run a command on a view of lines; others are not for it."""
    if command_id == "next_match":
        view.matches.next()
    elif command_id == "previous_match":
        view.matches.previous()
    elif command_id == "wrap":
        view.wrap = not view.wrap
    elif command_id == "top":
        view.action_top()
    elif command_id == "bottom":
        view.action_bottom()


def search_in(pane: Searchable, view: LinePane, text: str) -> tuple[str, bool]:
    """Search a view; returns how many lines match or what is wrong with the pattern, and whether it is."""
    pane.search_text = text
    wrong = view.matches.look_for(text)
    if wrong:
        return wrong, True
    return (matches(view) if text else ""), False


def matches(view: LinePane, *, all_read: bool = True) -> str:
    """Return the words for the matches found so far; with a + where not all lines have been looked at."""
    more = "+" if view.matches.is_searching or not all_read else ""
    finding = view.matches.finding
    place = f"{finding.place}/" if finding.place else ""
    return f"{place}{finding.count:,}{more} match{'' if finding.count == 1 else 'es'}"
