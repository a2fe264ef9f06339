"""The option ``--filter`` of ``get`` and of actions."""

from __future__ import annotations

from matui.base.errors import UsageError
from matui.resources.filters import Filter, parse_filter


def parse_filter_option(expression: str) -> Filter:
    """Parse the value of --filter. Raises UsageError for wrong terms."""
    chosen = parse_filter(expression)
    if chosen.errors:
        raise UsageError(f"The filter is wrong: {'; '.join(chosen.errors)}.")
    return chosen
