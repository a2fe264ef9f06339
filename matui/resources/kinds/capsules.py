"""The saved capsules as a table."""

from __future__ import annotations

from matui.base.text.formatting import format_bytes
from matui.resources.columns import (
    NAME,
    STATUS,
    build_fact_count_column,
    build_fact_text_column,
    build_text_column,
    build_time_column,
)
from matui.resources.kind import Kind

FACTS = ("of", "resource_id", "bytes", "lines", "cut", "withheld")

CAPSULES = Kind(
    id="capsules",
    singular="capsule",
    short=(),
    title="Capsules",
    listed=False,
    columns=(
        build_time_column("saved", "SAVED", drop=1, stays=True),
        build_fact_text_column("of", "KIND", width=8, max_width=12, drop=7),
        NAME,
        STATUS._replace(drop=6),
        build_fact_count_column("lines", "LINES", drop=8, width=7),
        build_fact_count_column("bytes", "SIZE", drop=9, width=9, show=format_bytes),
        build_fact_text_column("cut", "CUT", width=8, max_width=40, drop=10),
        build_text_column("profile", "PROFILE", lambda r: r.profile, width=7, max_width=40, drop=11),
    ),
    default_sort="saved",
    default_reverse=True,
    cadence_s=5,
)  # fmt: skip
