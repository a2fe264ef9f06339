"""Columns that several kinds share, and those for profile and cloud where several profiles are shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, tzinfo
from functools import cache
from typing import Any

from matui.base.text.formatting import (
    format_age,
    format_count,
    format_duration,
    format_local_time,
    format_short_time,
)
from matui.base.text.sanitize import clean
from matui.resources.kind import Column, Kind, SortKey
from matui.resources.model import Phase, Resource

PHASE_SYMBOLS = {
    Phase.RUNNING: "●",
    Phase.PENDING: "◐",
    Phase.DONE: "✓",
    Phase.STOPPED: "○",
    Phase.DEGRADED: "▲",
    Phase.FAILED: "✗",
    Phase.UNKNOWN: "?",
}

# Failures sort first, then transitions, then stable phases.
PHASE_ORDER = {
    Phase.FAILED: 0,
    Phase.DEGRADED: 1,
    Phase.UNKNOWN: 2,
    Phase.PENDING: 3,
    Phase.RUNNING: 4,
    Phase.STOPPED: 5,
    Phase.DONE: 6,
}


def build_text_key(value: str) -> SortKey:
    """Return a sort key for text that ignores case and puts empty text last."""
    return (0, value.casefold()) if value else (1, "")


def build_number_key(value: float | None) -> SortKey:
    """Return a sort key for numbers that puts None last."""
    return (0, value) if value is not None else (1, 0.0)


def format_age_at(ms: float | None, now: float) -> str:
    """Return the time from ``ms`` to ``now`` (both ms since the epoch) in one unit, ``–`` when unknown."""
    return format_age((now - ms) / 1000) if ms is not None else "–"


def format_time_left(ms: float | None, now: float) -> str:
    """Return the time from ``now`` to ``ms`` (both ms since the epoch), rounded so that it changes rarely.

    ``–`` when unknown or past.
    """
    seconds = (ms - now) / 1000 if ms is not None else 0.0
    if seconds <= 0:
        return "–"
    return format_duration(seconds // 60 * 60 if 60 <= seconds < 600 else seconds).removesuffix("00s")


def format_full_status(resource: Resource) -> str:
    """Return the status word, followed by the secondary phase if the cloud reports one."""
    word, more = shorten_status(resource.status), resource.get_text("secondary_phase")
    return f"{word} · {more}" if more and not resource.facts.get("expected") else word


def shorten_status(status: str) -> str:
    """Return a status word without the common prefix ``JOBSTAT_``."""
    return status.removeprefix("JOBSTAT_")


def choose_state_word(status: str | None, absent: str) -> str:
    """Return the word for a state: ``absent`` for None, ``listed`` for what has no status."""
    return absent if status is None else shorten_status(status) or "listed"


def format_status(resource: Resource) -> str:
    """Return the symbol of the phase and the status word, the symbol alone without a status."""
    return f"{PHASE_SYMBOLS[resource.phase]} {shorten_status(resource.status)}".rstrip()


def build_text_column(
    ident: str, title: str, text: Callable[[Resource], str], *, width: int, max_width: int, **shape: Any
) -> Column:
    """Return a column of a text, by which its rows are ordered; ``–`` without one."""

    def cell(resource: Resource, _now: float) -> str:
        return text(resource) or "–"

    return Column(
        ident, title, cell, lambda r: build_text_key(text(r)), width=width, max_width=max_width, **shape
    )


def build_fact_text_column(
    fact: str, title: str, *, width: int, max_width: int, drop: int, wide: bool = False
) -> Column:
    """Return a column of a text fact, ``–`` without a value."""
    return build_text_column(
        fact, title, lambda r: r.get_text(fact), width=width, max_width=max_width, drop=drop, wide=wide
    )


def build_fact_count_column(
    fact: str,
    title: str,
    *,
    drop: int,
    width: int = 5,
    show: Callable[[float], str] = format_count,
) -> Column:
    """Return a right-aligned column of a numeric fact, ``–`` without a value."""

    def text(resource: Resource, _now: float) -> str:
        value = resource.get_number(fact)
        return show(value) if value is not None else "–"

    return Column(
        fact,
        title,
        text,
        lambda r: build_number_key(r.get_number(fact)),
        width=width,
        max_width=12,
        align="right",
        drop=drop,
    )


def build_time_column(ident: str, title: str, *, drop: int, stays: bool = False) -> Column:
    """Return a column of the time at which a row was created, local or in UTC.

    In few cells it is without year and seconds, in the fewest it is the time or the day.
    """
    whole = Column(
        ident,
        title,
        lambda _r, _now: "",
        lambda r: build_number_key(r.created_at),
        width=19,
        max_width=19,
        drop=drop,
        stays=stays,
        zoned=True,
        role="muted",
    )
    local, utc = (_build_zoned_column(whole, zone) for zone in (None, UTC))
    return local._replace(utc=utc)


def _build_zoned_column(column: Column, zone: tzinfo | None) -> Column:
    whole = column._replace(text=lambda r, _now: format_local_time(r.created_at, zone)[:19], zone=zone)
    least = whole._replace(
        text=lambda r, now: format_short_time(r.created_at, now, zone), width=5, max_width=5, ticks=True
    )
    brief = whole._replace(
        text=lambda r, _now: format_local_time(r.created_at, zone)[5:16], width=11, max_width=11, brief=least
    )
    return whole._replace(brief=brief)


def build_time_left_column(ident: str, title: str, fact: str, *, width: int, drop: int) -> Column:
    """Return a column of the time until a fact in ms since the epoch, ``–`` for what has ended."""

    def moment(resource: Resource) -> float | None:
        return None if resource.phase.ended else resource.get_number(fact)

    return Column(
        ident,
        title,
        lambda r, now: format_time_left(moment(r), now),
        lambda r: build_number_key(moment(r)),
        width=width,
        max_width=width,
        align="right",
        ticks=True,
        drop=drop,
    )


NAME = Column(
    "name",
    "NAME",
    lambda r, _now: r.name,
    lambda r: build_text_key(r.name),
    width=16,
    max_width=64,
    role="name",
)
STATUS = Column(
    "status",
    "STATUS",
    lambda r, _now: f"{PHASE_SYMBOLS[r.phase]} {format_full_status(r)}",
    lambda r: (PHASE_ORDER[r.phase], r.status),
    width=11,
    max_width=24,
    role="phase",
)
AGE = Column(
    "age",
    "AGE",
    lambda r, now: format_age_at(r.created_at, now),
    lambda r: build_number_key(-r.created_at if r.created_at is not None else None),
    width=6,
    max_width=7,
    align="right",
    ticks=True,
    drop=1,
)
DURATION = Column(
    "duration",
    "DURATION",
    lambda r, _now: format_duration(r.duration_ms / 1000) if r.duration_ms is not None else "–",
    lambda r: build_number_key(r.duration_ms),
    width=8,
    max_width=8,
    align="right",
    drop=1,
)
OWNER = build_text_column("owner", "OWNER", lambda r: r.owner, width=8, max_width=20, drop=21)
WORKSPACE = build_text_column(
    "workspace", "WORKSPACE", lambda r: r.workspace, width=9, max_width=32, drop=11, wide=True
)
KIND = build_text_column("kind", "KIND", lambda r: r.kind, width=9, max_width=14, drop=5, role="muted")
ID = build_text_column("id", "ID", lambda r: clean(r.id), width=8, max_width=40, drop=12, wide=True)
DESCRIPTION = build_fact_text_column("description", "DESCRIPTION", width=11, max_width=60, drop=13, wide=True)
PROFILE = build_text_column(
    "profile", "PROFILE", lambda r: r.profile, width=7, max_width=16, drop=5, role="profile"
)
CLOUD = build_text_column(
    "cloud", "CLOUD", lambda r: r.cloud, width=10, max_width=10, drop=24, role="profile"
)


@cache
def add_profile_columns(kind: Kind, longest: int = 0) -> Kind:
    """Return the kind with columns for profile and cloud after the name.

    ``longest`` is the width in cells of the longest name of a profile: the column is as wide from the start.
    """
    at = next((at for at, column in enumerate(kind.columns) if column.role == "name"), 0) + 1
    width = max(len(PROFILE.title) + 1, min(longest, PROFILE.max_width))
    profile = PROFILE._replace(width=width, max_width=width) if longest else PROFILE
    return kind._replace(columns=(*kind.columns[:at], profile, CLOUD, *kind.columns[at:]))
