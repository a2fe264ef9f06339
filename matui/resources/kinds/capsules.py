"""The saved capsules as a table."""

from __future__ import annotations

from matui.base.formatting import format_bytes
from matui.resources.columns import NAME, STATUS, fact_count, fact_text, text_column, time_column
from matui.resources.kind import Kind

FACTS = ("of", "resource_id", "bytes", "lines", "cut", "withheld")

CAPSULES = Kind(
    id="capsules",
    singular="capsule",
    short=(),
    title="Capsules",
    listed=False,
    columns=(
        time_column("saved", "SAVED", drop=1),
        fact_text("of", "KIND", width=8, max_width=12, drop=7),
        NAME,
        STATUS._replace(drop=6),
        fact_count("lines", "LINES", drop=8, width=7),
        fact_count("bytes", "SIZE", drop=9, width=9, show=format_bytes),
        fact_text("cut", "CUT", width=8, max_width=40, drop=10),
        text_column("profile", "PROFILE", lambda r: r.profile, width=7, max_width=40, drop=11),
    ),
    default_sort="saved",
    default_reverse=True,
    cadence_s=5,
)  # fmt: skip
