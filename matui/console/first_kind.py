"""The kind that the console opens with."""

from __future__ import annotations


def find_first_kind(name: str | None) -> str | None:
    """Return the id of the kind that ``--screen`` names, None for that of the settings. Raises UsageError."""
    if name is None:
        return None
    from matui.resources.kinds.triage import TRIAGE
    from matui.resources.registry import find_kind

    return TRIAGE.id if name.casefold() == TRIAGE.id else find_kind(name, (TRIAGE.id,)).id
