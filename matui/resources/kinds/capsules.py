"""The saved capsules as a table."""

from __future__ import annotations

from matui.base.formatting import format_bytes, format_local_time
from matui.resources.columns import NAME, STATUS, fact_count, fact_text, number_key, text_key
from matui.resources.kind import Column, Kind

FACTS = ("of", "resource_id", "bytes", "lines", "cut", "withheld")

_SAVED = Column(
    "saved",
    "SAVED",
    lambda r, _now: format_local_time(r.created_at)[:19],
    lambda r: number_key(r.created_at),
    width=19,
    max_width=19,
    drop=1,
    zoned=True,
    role="muted",
)
_BRIEF_SAVED = _SAVED._replace(
    text=lambda r, _now: format_local_time(r.created_at)[5:16], width=11, max_width=11
)

CAPSULES = Kind(
    id="capsules",
    singular="capsule",
    short=(),
    title="Capsules",
    listed=False,
    columns=(
        _SAVED._replace(brief=_BRIEF_SAVED),
        fact_text("of", "KIND", width=8, max_width=12, drop=7),
        NAME,
        STATUS._replace(drop=6),
        fact_count("lines", "LINES", drop=8, width=7),
        fact_count("bytes", "SIZE", drop=9, width=9, show=format_bytes),
        fact_text("cut", "CUT", width=8, max_width=40, drop=10),
        Column(
            "profile", "PROFILE", lambda r, _now: r.profile, lambda r: text_key(r.profile), width=7, drop=11
        ),
    ),
    default_sort="saved",
    default_reverse=True,
    cadence_s=5,
)  # fmt: skip
