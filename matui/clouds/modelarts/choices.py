"""An entry of a catalog that a form chooses from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a catalog: requests take its ``id``; ``why_not`` is the reason it is unavailable."""

    id: str
    label: str
    note: str = ""
    why_not: str = ""
