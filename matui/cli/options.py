"""Options that commands share: the global ones and the filter."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from matui.base.errors import UsageError

if TYPE_CHECKING:
    from matui.resources.filters import Filter


@dataclass(frozen=True, slots=True)
class Options:
    """The global options as typed; None for those not given."""

    profile: str | None = None
    config: Path | None = None
    workspace: str | None = None
    screen: str | None = None
    read_only: bool = False
    theme: str | None = None
    debug: bool = False
    demo: bool = False
    all_profiles: bool = False
    record: Path | None = None
    redact: bool = False
    replay: Path | None = None


def parse_filter_option(expression: str) -> Filter | None:
    """Parse the value of --filter; None for an empty one. Raises UsageError for wrong terms."""
    if not expression.strip():
        return None
    from matui.resources.filters import parse_filter

    chosen = parse_filter(expression)
    if chosen.errors:
        raise UsageError(f"The filter is wrong: {'; '.join(chosen.errors)}.")
    return chosen
