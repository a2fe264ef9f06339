"""The text of the tabs of the kinds, fitted to a width. Pure but for Content."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from textual.content import Content

from matui.console.bars.header import phase_style
from matui.console.bars.text_bar import clickable
from matui.resources.columns import PHASE_SYMBOLS
from matui.resources.kind import Kind
from matui.resources.model import Phase

_HERE = "bold $cursor-text on $cursor"


def build_tabs(
    kinds: Sequence[tuple[str, Kind]], here: str, trouble: Mapping[str, int], width: int
) -> Content:
    """Return the tabs with their keys; the kind shown is marked, and rows in trouble are counted.

    Until the tabs fit into ``width`` cells, titles are replaced by plurals and then, from the last kind on,
    names by the key alone; the kind shown keeps its name.
    """
    row = Content("")
    for names, pad in _name_sets(kinds, here):
        row = Content("").join(
            _tab(kind.id, key, names[kind.id], pad, trouble.get(kind.id, 0), is_shown=kind.id == here)
            for key, kind in kinds
        )
        if row.cell_length <= width:
            break
    return row


def _name_sets(kinds: Sequence[tuple[str, Kind]], here: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the names of the kinds by id and the padding before each key, the longest first."""
    yield {kind.id: kind.title for _, kind in kinds}, " "
    names = {kind.id: kind.id for _, kind in kinds}
    yield names, " "
    yield names, ""
    for key, kind in reversed(kinds):
        if key and kind.id != here:
            names = {**names, kind.id: ""}
            yield names, ""


def _tab(kind_id: str, key: str, word: str, pad: str, trouble: int, *, is_shown: bool) -> Content:
    count = f"{PHASE_SYMBOLS[Phase.FAILED]}{trouble} " if trouble else ""
    tab = Content.assemble(
        (f"{pad}{key} " if key else pad, _HERE if is_shown else "$accent"),
        (f"{word} " if word else "", _HERE if is_shown else "$text-muted"),
        (count, _HERE if is_shown else phase_style(Phase.FAILED)),
    )
    return clickable(tab, kind_id)
