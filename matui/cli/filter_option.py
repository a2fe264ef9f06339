"""The option ``--filter`` of ``get`` and of actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.resources.filters import Filter


def parse_filter_option(expression: str) -> Filter | None:
    """Parse the value of --filter; None for an empty one. Raises UsageError for wrong terms."""
    if not expression.strip():
        return None
    from matui.resources.filters import parse_filter

    chosen = parse_filter(expression)
    if chosen.errors:
        raise UsageError(f"The filter is wrong: {'; '.join(chosen.errors)}.")
    return chosen
