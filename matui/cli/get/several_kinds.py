"""The lists of several kinds: what needs a person, and everything."""

from __future__ import annotations

from matui.resources.kinds.triage import ALL_COLUMNS, TRIAGE

ALL = TRIAGE._replace(
    id="all",
    singular="resource",
    title="All kinds",
    key="",
    columns=ALL_COLUMNS,
    default_sort="since",
)
SEVERAL_KINDS = {kind.id: kind for kind in (TRIAGE, ALL)}
