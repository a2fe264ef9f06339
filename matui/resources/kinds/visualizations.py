"""Visualization jobs (chapter 5.3 of the reference); their statuses are those of jobs."""

from __future__ import annotations

from matui.resources.columns import AGE, DESCRIPTION, DURATION, ID, NAME, STATUS, WORKSPACE, fact_text
from matui.resources.kind import Action, Kind, delete_action
from matui.resources.kinds.jobs import why_ended
from matui.resources.kinds.notebooks import AUTO_STOP
from matui.resources.model import Phase, Resource


def _why_not_stop(job: Resource) -> str | None:
    if job.status == "JOBSTAT_KILLING":
        return "it is already being canceled"
    return why_ended(job)


def _why_not_restart(job: Resource) -> str | None:
    if job.phase is Phase.RUNNING:
        return "it is already running"
    if job.status == "JOBSTAT_KILLING":
        return "it is still being canceled"
    return "it is already on its way to run" if job.phase is Phase.PENDING else None


def _why_not_delete(job: Resource) -> str | None:
    return "it is still being canceled" if job.status == "JOBSTAT_KILLING" else None


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
        fact_text("train_url", "LOGS READ FROM", width=14, max_width=40, drop=9),
        DESCRIPTION,
        WORKSPACE,
        ID,
    ),
    default_sort="age",
    actions=(
        Action(
            "stop",
            "stop",
            _why_not_stop,
            "The visualization ends; it can be restarted.",
            becomes="JOBSTAT_KILLING",
        ),
        Action(
            "restart",
            "restart",
            _why_not_restart,
            "The visualization runs again and is billed.",
            becomes="JOBSTAT_INIT",
        ),
        delete_action(
            _why_not_delete,
            "The visualization job is deleted for good; the logs it reads are kept.",
            "{count} visualization jobs are deleted for good; the logs they read are kept.",
        ),
    ),
)
