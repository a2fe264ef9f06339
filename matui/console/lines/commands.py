"""The commands and the search that every pane and screen of lines has."""

from __future__ import annotations

from typing import Protocol

from matui.console.lines.pane import LinePane


class Searchable(Protocol):
    """A pane that shows what it is searched for."""

    search_text: str


def run_line_command(view: LinePane, command_id: str) -> str:
    """Run a command on a view of lines; return why it changed nothing that is shown, or ``""``."""
    if command_id in ("next_match", "previous_match"):
        before = view.matches.search_state.current
        view.matches.go_to_next() if command_id == "next_match" else view.matches.go_to_previous()
        is_same = before is not None and view.matches.search_state.current == before
        return explain_no_match(view) or ("No other line matches." if is_same else "")
    if command_id == "wrap":
        return _switch_wrap(view)
    if command_id == "top":
        view.action_top()
    elif command_id == "bottom":
        view.action_bottom()
    elif command_id == "half_page_down":
        view.action_half_page(1)
    elif command_id == "half_page_up":
        view.action_half_page(-1)
    return ""


def explain_no_match(view: LinePane, *, all_read: bool = True) -> str:
    """Return why there is no match to go to, or ``""``; ``all_read`` is whether every line was looked at."""
    search_state = view.matches.search_state
    if search_state.search is None:
        return "Nothing is searched for: / searches."
    if search_state.count:
        return ""
    return "No line matches so far." if view.matches.is_searching or not all_read else "No line matches."


def _switch_wrap(view: LinePane) -> str:
    if view.switch_wrap():
        return ""
    return f"Long lines are {'wrapped' if view.wrap else 'cut'}: none is in view."


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
