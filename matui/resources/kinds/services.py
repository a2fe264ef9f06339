"""Inference services: real-time, batch and edge (chapter 7 of the reference)."""

from __future__ import annotations

from collections.abc import Mapping

from matui.base.errors import UsageError
from matui.base.text.formatting import format_count, format_percent
from matui.resources.columns import (
    AGE,
    ID,
    NAME,
    OWNER,
    STATUS,
    WORKSPACE,
    build_fact_count_column,
    build_fact_text_column,
    build_time_left_column,
)
from matui.resources.kind import Action, Kind, delete_action, refuse_in
from matui.resources.model import Resource, build_status_table

EVENT_STATUSES = {
    "start to deploy service": "deploying",
    "start model success": "running",
    "stop service": "stopped",
}
"""The status that a service enters with an event, by its text (7.8)."""
STATUSES = build_status_table(
    running="running",
    pending="init deploying stopping deleting pending waiting upgrading interrupting restarting",
    done="finished",
    stopped="stopped deleted",
    degraded="concerning",
    failed="failed error",
)

_MOVING = {
    "stopping": "it is stopping",
    "deleting": "it is being deleted",
    "pending": "it is waiting for resources",
    "waiting": "it is waiting for resources",
}
_RUNNING = ("running", "concerning")
_ENDED = {"stopped": "it is already stopped", "finished": "it has finished", "failed": "it is not running"}
_explain_no_start = refuse_in(
    {**_MOVING, "deploying": "it is being deployed", **dict.fromkeys(_RUNNING, "it is already running")}
)
_explain_no_stop = refuse_in({**_MOVING, **_ENDED})  # what is being deployed can be stopped
_explain_no_delete = refuse_in({"deleting": "it is already being deleted"})
_MOST_INSTANCES = 128
_LEAST_RATE, _WHOLE_FROM = 0.1, 9.95
_STOPS_IN = build_time_left_column("due_time", "STOPS IN", "due_time", width=8, drop=11)
_DEPLOYED = ("version", "created_at")  # v1 states no version, and as creation the latest release


def _explain_no_scale(service: Resource) -> str | None:
    return None if service.status.lower() in _RUNNING else "it is not running"


def _parse_scale(argument: str) -> Mapping[str, str]:
    """Return the options of ``COUNT [DEPLOYMENT]``. Raises UsageError."""
    count, _, deployment = argument.partition(" ")
    if not (count.isascii() and count.isdecimal() and 1 <= int(count) <= _MOST_INSTANCES):
        fault = f"scale needs a number of instances from 1 to {_MOST_INSTANCES}."
        raise UsageError(fault, remedy="Such as: 3")
    return {"count": str(int(count))} | ({"deployment": deployment.strip()} if deployment.strip() else {})


def format_rate(percent: float) -> str:
    """Return a rate with a decimal below 10 %: one failure in a million calls is not none."""
    if 0 < percent < _LEAST_RATE:
        return f"<{format_percent(_LEAST_RATE, 1)}"
    return format_percent(percent, 1 if 0 < percent < _WHOLE_FROM else 0)


def _format_failures(service: Resource, _now_ms: float) -> str:
    """Return the rate of failed calls; their number where the cloud counts fewer calls than failed ones."""
    rate, failures = service.get_number("failure_rate"), service.get_number("failures")
    if rate is not None:
        return format_rate(rate)
    return format_count(failures) if failures else "–"


_FAILED = build_fact_count_column("failure_rate", "FAILED", drop=6, width=6)._replace(text=_format_failures)

SERVICES = Kind(
    id="services",
    singular="service",
    short=("svc",),
    title="Services",
    key="3",
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("type", "TYPE", width=9, max_width=9, drop=7),
        build_fact_count_column("progress", "PROGRESS", drop=10, width=8, show=format_percent),
        build_fact_count_column("calls", "CALLS", drop=8, width=6),
        _FAILED,
        _STOPS_IN,
        AGE,
        OWNER,
        WORKSPACE,
        ID,
    ),
    default_sort="status",
    actions=(
        Action(
            "start",
            "start",
            _explain_no_start,
            "The service deploys again and is billed.",
            becomes="deploying",
            concerns=_DEPLOYED,
        ),
        Action(
            "stop",
            "stop",
            _explain_no_stop,
            "Callers get errors until it is started again.",
            becomes="stopping",
            concerns=_DEPLOYED,
        ),
        delete_action(
            _explain_no_delete,
            "The service and its address are deleted for good; callers get errors.",
            "{count} services and their addresses are deleted for good; callers get errors.",
            becomes="deleting",
            concerns=_DEPLOYED,
        ),
        Action(
            "scale",
            "scale",
            _explain_no_scale,
            "The deployment gets this number of instances; no new version is made.",
            argument="COUNT [DEPLOYMENT]",
            parse=_parse_scale,
            concerns=_DEPLOYED,
        ),
    ),
    panes=("detail", "events", "metrics", "versions", "updates", "nodes", "raw"),
)
