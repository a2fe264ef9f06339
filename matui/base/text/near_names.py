"""Suggest known names for a mistyped one."""

from __future__ import annotations

from collections.abc import Collection, Iterable

_LONGEST = 64


def find_nearest_names(word: str, names: Iterable[str]) -> list[str]:
    """Return up to three names that begin with ``word`` or resemble it, the likeliest first."""
    from difflib import get_close_matches

    folded = word[:_LONGEST].casefold()
    known = list(names)
    begun = sorted((name for name in known if folded and name.startswith(folded)), key=len)
    return list(dict.fromkeys([*begun, *get_close_matches(folded, known, n=3, cutoff=0.6)]))[:3]


def format_suggestion(word: str, names: Iterable[str]) -> str:
    """Return `` Did you mean NAME?`` with a space before it, ``""`` where no name is near."""
    near = find_nearest_names(word, names)
    return f" Did you mean {near[0]}?" if near else ""


def suggest_or_list(word: str, names: Collection[str]) -> str:
    """Return ``Did you mean NAME?``, the list of ``names`` where none is near, ``""`` for no names."""
    near = find_nearest_names(word, names)
    if near:
        return f"Did you mean {near[0]}?"
    return f"Known here: {', '.join(names)}." if names else ""
