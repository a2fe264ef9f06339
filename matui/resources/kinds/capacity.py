"""The capacity of resource pools as tables: a row a flavor of a pool, and a row a workload."""

from __future__ import annotations

from matui.base.text.formatting import format_bar, format_percent
from matui.resources.columns import (
    NAME,
    OWNER,
    STATUS,
    build_fact_count_column,
    build_fact_text_column,
    build_number_key,
    build_text_column,
)
from matui.resources.kind import Column, Kind
from matui.resources.model import Resource, build_status_table

STATUSES = build_status_table(running="running", pending="waits", degraded="full", stopped="unused")
POOL_FACTS = ("flavor", "used", "free", "total", "faulty", "waiting", "used_percent")
_BAR = 10  # cells
WORKLOAD_FACTS = ("type", "cards", "card_hours", "position", "why")


def _format_bar(row: Resource, _now: float) -> str:
    percent = row.get_number("used_percent")
    if percent is None:
        return "–"
    return f"{format_bar(percent, _BAR)} {format_percent(percent):>4}"


def _format_used_percent(row: Resource, _now: float) -> str:
    return format_percent(row.get_number("used_percent"))


def _build_number_column(fact: str, title: str, *, drop: int, width: int = 5) -> Column:
    return build_fact_count_column(fact, title, drop=drop, width=width, show=lambda value: f"{value:g}")


_IN_USE = Column(
    "used_percent",
    "IN USE",
    _format_bar,
    lambda r: build_number_key(r.get_number("used_percent")),
    width=15,
    max_width=15,
    role="phase",
)

CAPACITY = Kind(
    id="capacity",
    singular="pool",
    short=(),
    title="Capacity",
    listed=False,
    columns=(
        NAME,
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=30, drop=8),
        _IN_USE._replace(brief=_IN_USE._replace(text=_format_used_percent, width=6, max_width=6)),
        _build_number_column("used", "USED", drop=1),
        _build_number_column("free", "FREE", drop=1),
        _build_number_column("biggest_free", "LARGEST", drop=7, width=7),
        _build_number_column("faulty", "FAULTY", drop=5, width=6),
        _build_number_column("total", "TOTAL", drop=6),
        _build_number_column("waiting", "WAITING", drop=1, width=7),
        build_fact_text_column("cost", "AN HOUR", width=12, max_width=16, drop=10),
        build_text_column("profile", "PROFILE", lambda r: r.profile, width=7, max_width=40, drop=11),
        build_fact_text_column("problem", "NOT KNOWN", width=9, max_width=60, drop=12),
    ),
    cadence_s=60,
)  # fmt: skip

WORKLOADS = Kind(
    id="workloads",
    singular="workload",
    short=(),
    title="Workloads",
    listed=False,
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("type", "KIND", width=5, max_width=12, drop=6),
        _build_number_column("cards", "CARDS", drop=0),
        build_fact_count_column(
            "card_hours", "CARD-HOURS", width=10, drop=5, show=lambda hours: f"{hours:,.1f}"
        ),
        _build_number_column("position", "PLACE", drop=7),
        OWNER,
        build_fact_text_column("why", "WHY", width=24, max_width=80, drop=1)._replace(role="prose"),
        build_fact_text_column("workload_id", "ID", width=8, max_width=40, drop=12, wide=True),
    ),
    default_sort="cards",
    default_reverse=True,
    cadence_s=60,
)  # fmt: skip
