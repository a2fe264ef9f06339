"""The text of the tabs of the kinds, fitted to a width. Pure but for Content."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from textual.content import Content

from matui.console.bars.header import get_phase_style
from matui.console.bars.text_bar import make_clickable
from matui.resources.columns import PHASE_SYMBOLS
from matui.resources.kind import Kind
from matui.resources.model import Phase

CHANGED_SIGN = "•"
_FEW = 2  # triage and one kind, as in a capsule: their plurals, as in most profiles
_HERE = "bold $cursor-text on $cursor"


def build_tabs(
    kinds: Sequence[tuple[str, Kind]],
    here: str,
    trouble: Mapping[str, int],
    width: int,
    changed: Collection[str] = (),
) -> Content:
    """Return the tabs with their keys; the kind shown is marked, and rows in trouble are counted.

    A dot marks the kinds that have ``changed`` unseen.

    Until the tabs fit into ``width`` cells, titles are replaced by plurals and then, from the last kind on,
    names by the key alone; the kind shown keeps its name. A kind without a default key has a tab while it
    is shown.
    """
    kinds = [(key, kind) for key, kind in kinds if key or kind.key or kind.id == here]
    row = Content("")
    for names, pad in _name_sets(kinds, here):
        row = Content("").join(
            _format_tab(
                kind.id, key, names[kind.id], pad, _format_counts(kind.id, trouble, changed), kind.id == here
            )
            for key, kind in kinds
        )
        if row.cell_length <= width:
            break
    return row


def _name_sets(kinds: Sequence[tuple[str, Kind]], here: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Yield the names of the kinds by id and the padding before each key, the longest first."""
    if len(kinds) > _FEW:
        yield {kind.id: kind.title for _, kind in kinds}, " "
    names = {kind.id: kind.id for _, kind in kinds}
    yield names, " "
    yield names, ""
    for key, kind in reversed(kinds):
        if key and kind.id != here:
            names = {**names, kind.id: ""}
            yield names, ""


def _format_counts(kind_id: str, trouble: Mapping[str, int], changed: Collection[str]) -> tuple[str, str]:
    """Return the count of rows in trouble and the mark of unseen changes, each with its space."""
    count = trouble.get(kind_id, 0)
    failed = f"{PHASE_SYMBOLS[Phase.FAILED]}{count} " if count else ""
    return failed, f"{CHANGED_SIGN} " if kind_id in changed else ""


def _format_tab(
    kind_id: str, key: str, word: str, pad: str, counts: tuple[str, str], is_shown: bool
) -> Content:
    failed, changed = counts
    tab = Content.assemble(
        (f"{pad}{key} " if key else pad, _HERE if is_shown else "$accent"),
        (f"{word} " if word else "", _HERE if is_shown else "$text-muted"),
        (failed, _HERE if is_shown else get_phase_style(Phase.FAILED)),
        (changed, _HERE if is_shown else "$accent"),
    )
    return make_clickable(tab, kind_id)
