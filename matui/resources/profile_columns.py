"""Which profile and which cloud a row is from: columns of every kind where several profiles are shown."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from matui.resources.columns import by_text
from matui.resources.kind import Column, Kind

PROFILE = Column(
    "profile",
    "PROFILE",
    lambda r, _now: r.profile,
    lambda r: by_text(r.profile),
    width=7,
    max_width=16,
    drop=1,
    role="profile",
)
CLOUD = Column(
    "cloud",
    "CLOUD",
    lambda r, _now: r.cloud,
    lambda r: by_text(r.cloud),
    width=10,
    max_width=10,
    drop=6,
    role="profile",
)


@cache
def with_profiles(kind: Kind) -> Kind:
    """Return the kind with columns for profile and cloud after the name."""
    at = next((at for at, column in enumerate(kind.columns) if column.role == "name"), 0) + 1
    return replace(kind, columns=(*kind.columns[:at], PROFILE, CLOUD, *kind.columns[at:]))
