"""Draw the versions of a job as a graph of their origins, newest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matui.resources.model import Resource

GRAPH = "graph"
_MOST_LANES = 8


def add_graph(versions: Sequence[Resource]) -> tuple[Resource, ...]:
    """Return versions, newest first, each with its line of the graph in the fact ``graph``.

    The main line stays at the left; each further branch has its own lane down to the version it was
    created from. Without branches no graph is added.
    """
    lines = _draw_lines(versions)
    if all(len(line) <= 1 for line in lines):
        return tuple(versions)
    width = max(map(len, lines))
    return tuple(
        replace(version, facts={**version.facts, GRAPH: line.ljust(width)})
        for version, line in zip(versions, lines, strict=True)
    )


def remove_graph(version: Resource) -> Resource:
    """Return a version without its graph line: in another order the lines would not connect."""
    if GRAPH not in version.facts:
        return version
    return replace(version, facts={name: value for name, value in version.facts.items() if name != GRAPH})


def _draw_lines(versions: Sequence[Resource]) -> list[str]:
    known = {version.get_text("version_id") for version in versions}
    lanes: list[str] = []  # the version each lane leads down to, "" for a free one
    drawn: set[str] = set()
    lines = []
    for version in versions:
        ident, previous = version.get_text("version_id"), version.get_text("pre_version_id")
        waiting = [at for at, wanted in enumerate(lanes) if wanted == ident and ident]
        place = waiting[0] if waiting else _free(lanes)
        lines.append(_draw_line(lanes, place, waiting))
        drawn.add(ident)
        for at in waiting:
            lanes[at] = ""
        lanes[place] = previous if previous in known and previous not in drawn else ""
        while lanes and not lanes[-1]:
            lanes.pop()
    return lines


def _free(lanes: list[str]) -> int:
    if "" not in lanes:
        lanes.append("")
    return lanes.index("")


def _draw_line(lanes: Sequence[str], place: int, waiting: Sequence[int]) -> str:
    last = waiting[-1] if waiting else place
    cells = []
    for at, wanted in enumerate(lanes[:_MOST_LANES]):
        joined = place < at <= last
        cells.append("─" if joined else " ")
        if at == place:
            cells.append("•")
        elif at in waiting:
            cells.append("┴" if at != last else "╯")
        elif joined:
            cells.append("┼" if wanted else "─")
        else:
            cells.append("│" if wanted else " ")
    more = "…" if len(lanes) > _MOST_LANES else ""
    return "".join(cells[1:]).rstrip() + more
