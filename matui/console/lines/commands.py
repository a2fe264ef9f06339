"""The commands and the search that every pane and screen of lines has."""

from __future__ import annotations

from typing import Protocol

from matui.console.lines.pane import LinePane


class Searchable(Protocol):
    """A pane that shows what it is searched for."""

    search_text: str


def run_line_command(view: LinePane, command_id: str) -> None:
    """Run a command on a view of lines; others are not for it."""
    if command_id == "next_match":
        view.matches.go_to_next()
    elif command_id == "previous_match":
        view.matches.go_to_previous()
    elif command_id == "wrap":
        view.wrap = not view.wrap
    elif command_id == "top":
        view.action_top()
    elif command_id == "bottom":
        view.action_bottom()
    elif command_id == "half_page_down":
        view.action_half_page(1)
    elif command_id == "half_page_up":
        view.action_half_page(-1)


def search_in(pane: Searchable, view: LinePane, text: str) -> tuple[str, bool]:
    """Search a view; returns how many lines match or what is wrong with the pattern, and whether it is."""
    pane.search_text = text
    wrong = view.matches.look_for(text)
    if wrong:
        return wrong, True
    return (describe_matches(view) if text else ""), False


def describe_matches(view: LinePane, *, all_read: bool = True) -> str:
    """Return the words for the matches found so far; with a + where not all lines have been looked at."""
    more = "+" if view.matches.is_searching or not all_read else ""
    search_state = view.matches.search_state
    place = f"{search_state.place}/" if search_state.place else ""
    return f"{place}{search_state.count:,}{more} match{'' if search_state.count == 1 else 'es'}"
