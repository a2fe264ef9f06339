"""Visualization jobs (chapter 5.3 of the reference); their statuses are those of jobs."""

from __future__ import annotations

from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    DURATION,
    ID,
    NAME,
    STATUS,
    WORKSPACE,
    build_fact_text_column,
)
from matui.resources.kind import Action, Kind, delete_action, refuse_in
from matui.resources.kinds.jobs import explain_end
from matui.resources.kinds.notebooks import AUTO_STOP
from matui.resources.model import Phase, Resource


def _explain_no_stop(job: Resource) -> str | None:
    if job.status == "JOBSTAT_KILLING":
        return "it is already being canceled"
    return explain_end(job)


def _explain_no_restart(job: Resource) -> str | None:
    if job.phase is Phase.RUNNING:
        return "it is already running"
    if job.status == "JOBSTAT_KILLING":
        return "it is still being canceled"
    return "it is already on its way to run" if job.phase is Phase.PENDING else None


_explain_no_delete = refuse_in({"JOBSTAT_KILLING": "it is still being canceled"})


VISUALIZATIONS = Kind(
    id="visualizations",
    singular="visualization",
    short=("vis",),
    title="Visualization jobs",
    key="5",
    columns=(
        NAME,
        STATUS,
        AUTO_STOP,
        DURATION,
        AGE,
        build_fact_text_column("train_url", "LOGS READ FROM", width=14, max_width=40, drop=9),
        DESCRIPTION,
        WORKSPACE,
        ID,
    ),
    default_sort="age",
    actions=(
        Action(
            "stop",
            "stop",
            _explain_no_stop,
            "The visualization ends; it can be restarted.",
            becomes="JOBSTAT_KILLING",
        ),
        Action(
            "restart",
            "restart",
            _explain_no_restart,
            "The visualization runs again and is billed.",
            becomes="JOBSTAT_INIT",
        ),
        delete_action(
            _explain_no_delete,
            "The visualization job is deleted for good; the logs it reads are kept.",
            "{count} visualization jobs are deleted for good; the logs they read are kept.",
        ),
    ),
)
