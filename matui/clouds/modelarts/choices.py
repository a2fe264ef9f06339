"""An entry of a catalog that a form chooses from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a catalog: requests take its ``id``; ``why_not`` is the reason it is unavailable."""

    id: str
    label: str
    note: str = ""
    why_not: str = ""


def sold_out(choices: Iterable[Choice]) -> frozenset[str]:
    """Return the ids and labels of the flavors that are sold out."""
    return frozenset(
        name for one in choices if one.why_not == "sold out" for name in (one.id, one.label) if name
    )
