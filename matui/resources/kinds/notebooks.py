"""Notebooks: development environment instances (chapter 4 of the reference)."""

from __future__ import annotations

from matui.resources.columns import (
    AGE,
    ID,
    NAME,
    OWNER,
    STATUS,
    WORKSPACE,
    build_fact_text_column,
    build_number_key,
    format_time_left,
)
from matui.resources.kind import Action, Column, Kind, delete_action, refuse_in
from matui.resources.model import Resource, build_status_table
from matui.resources.save_image import SAVE_IMAGE

STATUSES = build_status_table(
    running="RUNNING",
    pending=(
        "INIT CREATE_QUEUING CREATING START_QUEUING READY_TO_START STARTING RESTARTING STOPPING DELETING"
        " RESIZING SNAPSHOTTING"
    ),
    stopped="STOPPED DELETED",
    degraded="UNAVAILABLE FROZEN",
    failed="CREATE_FAILED START_FAILED RESIZE_FAILED DELETE_FAILED ERROR",
)

_MOVING = {
    "CREATING": "it is still being created",
    "CREATE_QUEUING": "it is queuing to be created",
    "STARTING": "it is starting",
    "RESTARTING": "it is restarting",
    "STOPPING": "it is stopping",
    "RESIZING": "it is being resized",
    "DELETING": "it is being deleted",
    "DELETED": "it is deleted",
}
_QUEUING = dict.fromkeys(("START_QUEUING", "READY_TO_START"), "it is already queuing to start")
_IDLE = dict.fromkeys(("STOPPED", "CREATE_FAILED", "START_FAILED"), "it is not running")
_explain_no_start = refuse_in({**_MOVING, **_QUEUING, "RUNNING": "it is already running"})
_explain_no_stop = refuse_in({**_MOVING, **_IDLE})
_explain_no_delete = refuse_in({**_MOVING, "RUNNING": "it is running: stop it first"})


def _format_auto_stop(notebook: Resource, now: float) -> str:
    ends = notebook.get_number("auto_stop_at")
    if ends is not None:
        return format_time_left(ends, now)
    return "off" if notebook.facts.get("auto_stop") is False else "–"


AUTO_STOP = Column(
    "auto_stop_left_s",
    "AUTO-STOP",
    _format_auto_stop,
    lambda r: build_number_key(r.get_number("auto_stop_left_s")),
    width=9,
    max_width=9,
    align="right",
    ticks=True,
    drop=7,
)

NOTEBOOKS = Kind(
    id="notebooks",
    singular="notebook",
    short=("nb",),
    title="Notebooks",
    key="1",
    columns=(
        NAME,
        STATUS,
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=28, drop=8),
        AUTO_STOP,
        AGE,
        OWNER,
        WORKSPACE,
        ID,
    ),
    actions=(
        Action(
            "start",
            "start",
            _explain_no_start,
            "The instance starts and is billed.",
            becomes="STARTING",
            concerns=("flavor",),
        ),
        Action(
            "stop",
            "stop",
            _explain_no_stop,
            "Kernels and unsaved work in memory are lost.",
            becomes="STOPPING",
        ),
        Action(
            "restart",
            "restart",
            _explain_no_stop,
            "Kernels and unsaved work in memory are lost.",
            becomes="RESTARTING",
        ),
        delete_action(
            _explain_no_delete,
            "The instance and its local storage are deleted for good.",
            "{count} instances and their local storage are deleted for good.",
            becomes="DELETING",
        ),
        SAVE_IMAGE,
    ),
)
