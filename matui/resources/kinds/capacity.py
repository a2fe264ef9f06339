"""The capacity of resource pools as tables: a row a flavor of a pool, and a row a workload."""

from __future__ import annotations

from matui.base.formatting import format_bar, format_percent
from matui.resources.columns import NAME, OWNER, STATUS, fact_count, fact_text, number_key, text_key
from matui.resources.kind import Align, Column, Kind
from matui.resources.model import Resource, build_status_table

STATUSES = build_status_table(running="running", pending="waits", degraded="full", stopped="unused")
POOL_FACTS = ("flavor", "used", "free", "total", "faulty", "waiting", "used_percent")
_BAR = 10  # cells
WORKLOAD_FACTS = ("type", "cards", "card_hours", "position", "why")
_RIGHT: Align = "right"


def _bar(row: Resource, _now: float) -> str:
    percent = row.number_fact("used_percent")
    if percent is None:
        return "–"
    return f"{format_bar(percent, _BAR)} {format_percent(percent):>4}"


def _percent(row: Resource, _now: float) -> str:
    return format_percent(row.number_fact("used_percent"))


def _number(fact: str, title: str, *, drop: int, width: int = 5) -> Column:
    return fact_count(fact, title, drop=drop, width=width, show=lambda value: f"{value:g}")


def _place(row: Resource, _now: float) -> str:
    position = row.number_fact("position")
    return "–" if position is None else f"{position:g}"


def _hours(row: Resource, _now: float) -> str:
    hours = row.number_fact("card_hours")
    return "–" if hours is None else f"{hours:,.1f}"


_IN_USE = Column(
    "used_percent",
    "IN USE",
    _bar,
    lambda r: number_key(r.number_fact("used_percent")),
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
        fact_text("flavor", "FLAVOR", width=10, max_width=30, drop=8),
        _IN_USE._replace(brief=_IN_USE._replace(text=_percent, width=6, max_width=6)),
        _number("used", "USED", drop=1),
        _number("free", "FREE", drop=1),
        _number("biggest_free", "LARGEST", drop=7, width=7),
        _number("faulty", "FAULTY", drop=5, width=6),
        _number("total", "TOTAL", drop=6),
        _number("waiting", "WAITING", drop=1, width=7),
        fact_text("cost", "AN HOUR", width=12, max_width=16, drop=10),
        Column(
            "profile", "PROFILE", lambda r, _now: r.profile, lambda r: text_key(r.profile), width=7, drop=11
        ),
        fact_text("problem", "NOT KNOWN", width=9, max_width=60, drop=12),
    ),
    default_sort="name",
    default_reverse=False,
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
        fact_text("type", "KIND", width=5, max_width=12, drop=6),
        _number("cards", "CARDS", drop=0),
        Column(
            "card_hours", "CARD-HOURS", _hours, lambda r: number_key(r.number_fact("card_hours")),
            width=10, align=_RIGHT, drop=5,
        ),
        Column(
            "position", "PLACE", _place, lambda r: number_key(r.number_fact("position")),
            width=5, align=_RIGHT, drop=7,
        ),
        OWNER,
        Column(
            "why", "WHY", lambda r, _now: r.text_fact("why") or "–", lambda r: text_key(r.text_fact("why")),
            width=24, max_width=80, drop=1, role="prose",
        ),
        fact_text("workload_id", "ID", width=8, max_width=40, drop=12, wide=True),
    ),
    default_sort="cards",
    default_reverse=True,
    cadence_s=60,
)  # fmt: skip
