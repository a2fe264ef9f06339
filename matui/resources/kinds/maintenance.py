"""Scheduled events of nodes: maintenance, reboots, redeployments (v2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from matui.base.errors import UsageError
from matui.resources.columns import (
    DESCRIPTION,
    ID,
    NAME,
    STATUS,
    build_fact_count_column,
    build_fact_text_column,
    build_time_left_column,
)
from matui.resources.kind import Action, Kind, refuse_in
from matui.resources.kinds.poolnodes import COUNTDOWN_S
from matui.resources.model import build_status_table

STATUSES = build_status_table(
    pending="inquiring scheduled executing", done="completed", failed="failed", stopped="canceled"
)
_explain_no_accept = refuse_in(
    {
        "scheduled": "it is accepted already",
        "executing": "it is under way",
        "completed": "it is over",
        "failed": "it has failed",
        "canceled": "it was canceled",
    }
)


def _parse_time(argument: str) -> Mapping[str, str]:
    if not argument:
        return {}
    try:
        datetime.strptime(argument, "%Y-%m-%dT%H:%M:%SZ")  # noqa: DTZ007 - only its form is checked
    except ValueError:
        raise UsageError(
            f"{argument!r} is not a time.", remedy="Such as: 2026-11-29T03:00:00Z, in UTC."
        ) from None
    return {"not_before": argument}


MAINTENANCE = Kind(
    id="maintenance",
    singular="maintenance",
    short=("maint",),
    title="Maintenance",
    by_workspace=False,
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("type", "TYPE", width=10, max_width=24, drop=6),
        build_time_left_column("begins", "BEGINS IN", "begins_at", width=10, drop=5),
        build_fact_text_column("pool", "POOL", width=8, max_width=24, drop=8),
        build_fact_count_column("work", "WORK", drop=7, width=4),
        build_fact_text_column("on_it", "ON IT", width=10, max_width=40, drop=9),
        DESCRIPTION,
        ID,
    ),
    default_sort="begins",
    cadence_s=60,
    actions=(
        Action(
            "accept",
            "accept",
            _explain_no_accept,
            "The maintenance is authorized: the node is interrupted when it begins.",
            becomes="scheduled",
            countdown_s=COUNTDOWN_S,
            argument="TIME",
            parse=_parse_time,
        ),
    ),
)
