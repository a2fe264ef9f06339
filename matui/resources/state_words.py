"""The words that name a state: phases, statuses of kinds, ``ended`` and ``deleted``. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import NamedTuple

from matui.resources.columns import shorten_status
from matui.resources.kind import Kind
from matui.resources.model import Phase
from matui.resources.registry import KINDS

GONE = ("deleted", "gone")
ENDED = "ended"
PHASES = tuple(phase.value for phase in Phase)


class WrongWord(NamedTuple):
    """A word that names no state, and the nearest one that does, ``""`` where none is near."""

    word: str
    near: str


def find_wrong_word(kinds: Iterable[Kind], words: Iterable[str]) -> WrongWord | None:
    """Return the first word that is neither a phase nor like a status of one of the kinds.

    A word in capitals that is like none is taken as a status: clouds add some without notice.
    """
    statuses = {shorten_status(status).casefold() for kind in kinds for status in _load_statuses(kind)}
    known = {*PHASES, *statuses, *GONE, ENDED}
    for typed in words:
        word = typed.casefold()
        if not known.isdisjoint((word, f"jobstat_{word}", word.removeprefix("jobstat_"))):
            continue
        near = get_close_matches(word, known, n=1)
        if near or not typed.isupper():
            return WrongWord(typed, near[0] if near else "")
    return None


def find_unlikely_status(
    kind_ids: Collection[str], seen: Iterable[str], matches: Callable[[str], bool]
) -> tuple[str, ...] | None:
    """Return the statuses of kinds, known and ``seen``, where ``matches`` holds for none; else None.

    Also None where nothing is known of the statuses of a kind.
    """
    known: dict[str, None] = {}
    for kind_id in kind_ids:
        kind = KINDS.get(kind_id)
        statuses = _load_statuses(kind) if kind is not None else {}
        if not statuses:
            return None
        known |= dict.fromkeys(statuses)
    known |= dict.fromkeys(filter(None, seen))
    return None if not known or any(map(matches, known)) else tuple(known)


def list_statuses(kind: Kind | None) -> list[str]:
    """Return the statuses of a kind as the tables show them, in small letters; of all kinds for None."""
    kinds = KINDS.values() if kind is None else [kind] if kind.id in KINDS else []
    found = (shorten_status(status).casefold() for one in kinds for status in _load_statuses(one))
    return list(dict.fromkeys(found))


def _load_statuses(kind: Kind) -> Mapping[str, Phase]:
    module = import_module(f"matui.resources.kinds.{kind.id}")
    table: Mapping[str, Phase] = getattr(module, "EVERY_STATUS", None) or getattr(module, "STATUSES", {})
    return table
