"""Completes the last term of a filter: fields, and the phases. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from matui.resources.model import Phase

_PHASES = tuple(phase.value for phase in Phase)


def complete_filter(text: str, fields: Sequence[str]) -> list[str]:
    """Return the texts that ``text`` becomes when its last term is completed; none for a blank term."""
    before, space, term = text.rpartition(" ")
    sign = "!" if term.startswith("!") else ""
    typed = term.removeprefix("!")
    if typed.startswith("phase:"):
        *given, last = typed.removeprefix("phase:").split(",")
        start = ",".join([*given, ""])
        choices = [f"phase:{start}{phase}" for phase in _PHASES if phase.startswith(last) and phase != last]
    elif typed.isidentifier():
        choices = [f"{field}:" for field in fields if field.startswith(typed.casefold())]
    else:
        choices = []
    return [f"{before}{space}{sign}{choice}" for choice in choices]
