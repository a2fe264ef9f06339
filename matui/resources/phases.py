"""Status words to phases, by table. A word in no table keeps its text and has the phase ``unknown``."""

from __future__ import annotations

from collections.abc import Mapping

from matui.resources.model import Phase


def table(**words_by_phase: str) -> Mapping[str, Phase]:
    """Build a status table from ``phase="WORD WORD"`` arguments; look-ups ignore case."""
    return {word.upper(): Phase(phase) for phase, words in words_by_phase.items() for word in words.split()}


def phase_of(status: str, statuses: Mapping[str, Phase]) -> Phase:
    """Return the phase of a status word; ``unknown`` for one that nobody knows."""
    return statuses.get(status.upper(), Phase.UNKNOWN)
