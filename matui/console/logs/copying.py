"""What is copied of a log where nothing is selected: the line meant, or the whole error of a traceback."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from matui.base.log_lines.control import render_plain_text
from matui.base.log_lines.errors import LOOK_AHEAD

if TYPE_CHECKING:
    from matui.console.logs.files import MergedFiles
    from matui.console.logs.view import LogView


def read_found_text(view: LogView, merged: MergedFiles | None) -> str:
    """Return the match or the error in view as the log has it, ``""`` where there is none.

    In a traceback it is the whole error, also of lines that a filter leaves out.
    """
    found = view.find_current_line()
    if found is None:
        return ""
    origin = view.find_origin(found)
    numbers = _list_numbers_around(view, merged, origin)
    texts = [render_plain_text(view.base.get_line(number).text) for number in numbers]
    error = view.looks.rules.find_traceback(texts, numbers.index(origin)) if origin in numbers else []
    return "\n".join(view.get_copied_source_text(numbers[at]) for at in error) or view.get_copied_text(found)


def _list_numbers_around(view: LogView, merged: MergedFiles | None, origin: int) -> list[int]:
    """Return the numbers of the lines of one file around a line, up to gaps; notes are left out."""
    base = view.base

    def is_same_file(number: int) -> bool:
        return merged is None or merged.log.get_file(number)[0] == merged.log.get_file(origin)[0]

    def is_no_gap(number: int) -> bool:
        return base.get_line(number).mark != "gap"

    above = range(origin - 1, max(base.first, origin - LOOK_AHEAD) - 1, -1)
    below = range(origin, min(base.end, origin + LOOK_AHEAD))
    around = (*reversed(list(takewhile(is_no_gap, above))), *takewhile(is_no_gap, below))
    return [number for number in around if is_same_file(number) and not base.get_line(number).mark]
