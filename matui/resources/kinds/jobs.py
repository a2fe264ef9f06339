"""Training jobs and their versions (5.1 and 5.5 of the reference), of every cloud."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.text.formatting import format_duration, format_local_time, format_percent
from matui.resources.columns import (
    AGE,
    DESCRIPTION,
    DURATION,
    ID,
    NAME,
    STATUS,
    WORKSPACE,
    build_fact_count_column,
    build_fact_text_column,
    build_number_key,
    build_text_key,
)
from matui.resources.kind import Action, Column, Kind, build_consequence
from matui.resources.model import Phase, Resource, build_status_table
from matui.resources.save_image import SAVE_IMAGE
from matui.resources.version_graph import GRAPH

NO_TASK, UNTRAINED = "no task", "untrained"
NEVER_RUN = (NO_TASK, UNTRAINED)

# V2 tasks in the first line, V1 runs in the second.
QIANFAN_STATUSES = build_status_table(
    running="Running", pending="Waiting", done="Done FINISH", stopped="Stopped STOP", failed="Failed FAIL"
)
# Of a training, and of the graph an instance is trained by.
OPENSEARCH_STATUSES = build_status_table(
    running="running", pending="pending", done="success", stopped=UNTRAINED, failed="failed"
)


NO_DELETE = "no_delete"
"""The fact that holds why a row cannot be deleted; absent on other rows."""

STATUS_NAMES = {
    0: "JOBSTAT_UNKNOWN",
    1: "JOBSTAT_INIT",
    2: "JOBSTAT_IMAGE_CREATING",
    3: "JOBSTAT_IMAGE_FAILED",
    4: "JOBSTAT_SUBMIT_TRYING",
    5: "JOBSTAT_SUBMIT_FAILED",
    6: "JOBSTAT_DELETE_FAILED",
    7: "JOBSTAT_WAITING",
    8: "JOBSTAT_RUNNING",
    9: "JOBSTAT_KILLING",
    10: "JOBSTAT_COMPLETED",
    11: "JOBSTAT_FAILED",
    12: "JOBSTAT_KILLED",
    13: "JOBSTAT_CANCELED",
    14: "JOBSTAT_LOST",
    15: "JOBSTAT_SCALING",
    16: "JOBSTAT_SUBMIT_MODEL_FAILED",
    17: "JOBSTAT_DEPLOY_SERVICE_FAILED",
    18: "JOBSTAT_CHECK_INIT",
    19: "JOBSTAT_CHECK_RUNNING",
    20: "JOBSTAT_CHECK_RUNNING_COMPLETED",
    21: "JOBSTAT_CHECK_FAILED",
}

STATUSES = build_status_table(
    running="JOBSTAT_RUNNING JOBSTAT_SCALING Running",
    pending=(
        "JOBSTAT_INIT JOBSTAT_IMAGE_CREATING JOBSTAT_SUBMIT_TRYING JOBSTAT_WAITING JOBSTAT_KILLING"
        " JOBSTAT_CHECK_INIT JOBSTAT_CHECK_RUNNING Creating Pending Waiting Queuing Terminating"
    ),
    done="JOBSTAT_COMPLETED JOBSTAT_CHECK_RUNNING_COMPLETED Completed",
    stopped="JOBSTAT_KILLED JOBSTAT_CANCELED Terminated",
    failed=(
        "JOBSTAT_IMAGE_FAILED JOBSTAT_SUBMIT_FAILED JOBSTAT_DELETE_FAILED JOBSTAT_FAILED JOBSTAT_LOST"
        " JOBSTAT_SUBMIT_MODEL_FAILED JOBSTAT_DEPLOY_SERVICE_FAILED JOBSTAT_CHECK_FAILED"
        " Failed Abnormal CreateFailed TerminatedFailed Lost"
    ),
)

# Every status word of a job in any cloud.
EVERY_STATUS = {**STATUSES, **QIANFAN_STATUSES, **OPENSEARCH_STATUSES}
_PROGRESS = build_fact_count_column("progress", "PROGRESS", drop=7, width=8, show=format_percent)._replace(
    sparse=True
)
_WITHOUT_LOGS = ("qianfan", "opensearch")
# Facts that the log of a job gives only while it runs.
RUNNING_FACTS = frozenset(
    {
        *("eta_at", "eta_ms", "irregular", "stalled", "last_line_at", "log_read_at", "initializing"),
        *("finding", "finding_words", "finding_since", "finding_line"),
    }
)
SIGNAL_FACTS = RUNNING_FACTS | {
    *("step", "total_steps", "epoch", "total_epochs", "loss", "loss_name", "loss_trend"),
}


def _describe_ending(job: Resource) -> str:
    """Return the status of a job that is being stopped; Qianfan has none, v1 and v2 differ."""
    if job.cloud != "modelarts":
        return ""
    return "JOBSTAT_KILLING" if job.status.startswith("JOBSTAT_") or job.status.isdigit() else "Terminating"


def _explain_no_stop(job: Resource) -> str | None:
    if job.status in NEVER_RUN:
        return "nothing of it has run"
    if job.status in ("JOBSTAT_KILLING", "Terminating"):
        return "it is already being canceled"
    return explain_end(job)


def explain_end(job: Resource) -> str | None:
    """Return how a job or visualization job ended, None for one that has not."""
    if job.phase is Phase.DONE:
        return "it has completed"
    if job.phase is Phase.STOPPED:
        return "it is already canceled"
    return "it has already failed" if job.phase is Phase.FAILED else None


def _explain_no_delete(job: Resource) -> str | None:
    return job.get_text(NO_DELETE) or None


def _delete_consequence(jobs: Sequence[Resource]) -> str:
    """Return the consequence with the number of versions, if the cloud reports it for each job."""
    counts = [job.get_number("version_count") for job in jobs]
    known = [count for count in counts if count is not None]
    total = sum(known)
    versions = f"{total:g} version{'' if total == 1 else 's'}" if len(known) == len(jobs) else "versions"
    if any(job.cloud not in _WITHOUT_LOGS for job in jobs):
        versions += " and logs"
    if len(jobs) == 1:
        return f"The job is deleted for good, with its {versions}."
    return f"{len(jobs)} jobs are deleted for good, with their {versions}."


def _stop_consequence(jobs: Sequence[Resource]) -> str:
    """Return what ends with the jobs; those that have only waited have nothing to lose."""
    if all(job.phase is Phase.PENDING and job.duration_ms == 0 for job in jobs):
        return f"{'It is not' if len(jobs) == 1 else 'None of them is'} training yet: no work is lost."
    return "Training ends now; work since the last checkpoint is lost."


_STOP = Action(
    "stop",
    "stop",
    _explain_no_stop,
    _stop_consequence,
    becomes=_describe_ending,
    concerns=("version_id",),
)


def _explain_no_train(job: Resource) -> str | None:
    return "it is training already" if job.phase in (Phase.RUNNING, Phase.PENDING) else None


_TRAIN = Action(
    "start",
    "train",
    _explain_no_train,
    "A new training begins with the settings of the job.",
    concerns=("version_id",),
)


def _format_version(job: Resource, _now: float) -> str:
    """Return the newest version's name, or its id: lists contain nothing else."""
    return job.get_text("version_name") or job.get_text("version_id") or "–"


_VERSION = Column(
    "version",
    "VERSION",
    _format_version,
    lambda r: build_text_key(_format_version(r, 0)),
    width=7,
    max_width=14,
    drop=22,
)


def _format_step(job: Resource, _now: float) -> str:
    step, total = job.get_number("step"), job.get_number("total_steps")
    if step is None:
        return _format_epoch(job)
    return f"{step:.0f}/{total:.0f} {step / total:.0%}" if total else f"{step:.0f}"


def _format_step_percent(job: Resource, _now: float) -> str:
    """Return the share of the steps that were made; without a total the step."""
    share = _compute_step_share(job)
    return _format_step(job, 0.0) if share is None else f"{share:.0%}"


def _measure_widest_step(job: Resource) -> int:
    """Return the cells of the last step of a job: ``1000/1000 100%``."""
    step, total = job.get_number("step"), job.get_number("total_steps")
    return len(f"{total:.0f}/{total:.0f} 100%") if step is not None and total else 0


def _format_epoch(job: Resource) -> str:
    """Return the epoch of a job whose log has no steps."""
    epoch, total = job.get_number("epoch"), job.get_number("total_epochs")
    if epoch is None:
        return "–"
    return f"epoch {epoch:.3g}/{total:.0f}" if total else f"epoch {epoch:.3g}"


def _compute_step_share(job: Resource) -> float | None:
    step, total = job.get_number("step"), job.get_number("total_steps")
    if step is None:
        step, total = job.get_number("epoch"), job.get_number("total_epochs")
    return step / total if step is not None and total else None


def _format_loss(job: Resource, _now: float) -> str:
    loss = job.facts.get("loss")
    if loss is None:
        return "–"
    words = f"{loss:.4g}" if isinstance(loss, int | float) else str(loss)
    return f"{words} {job.get_text('loss_trend')}".rstrip()


def _format_eta(job: Resource, now: float) -> str:
    if job.facts.get("stalled"):
        return "stalled"
    end = job.get_number("eta_ms")
    if end is None:
        return "?" if job.facts.get("irregular") else "–"
    return format_duration(max(0.0, end - now) / 1000 // 60 * 60) if end - now >= 60_000 else "<1m"


def _format_end(job: Resource, _now: float) -> str:
    """Return the local time of the expected end, without year, seconds and zone."""
    return format_local_time(job.get_number("eta_ms"))[5:16] or "–"


def _may_report(job: Resource) -> bool:
    """Whether the log of a job may still give its first numbers."""
    return job.phase in (Phase.RUNNING, Phase.PENDING)


_STEP = Column(
    "step",
    "STEP",
    _format_step,
    lambda r: build_number_key(_compute_step_share(r)),
    width=10,
    max_width=20,
    align="right",
    drop=2,
    sparse=True,
    widest=_measure_widest_step,
    may_get=_may_report,
)
_SIGNAL_COLUMNS = (
    _STEP._replace(brief=_STEP._replace(text=_format_step_percent, width=6, max_width=6, widest=None)),
    Column(
        "loss",
        "LOSS",
        _format_loss,
        lambda r: build_number_key(r.get_number("loss")),
        width=8,
        max_width=12,
        align="right",
        drop=3,
        sparse=True,
        may_get=_may_report,
    ),
    Column(
        "eta",
        "ETA",
        _format_eta,
        lambda r: build_number_key(r.get_number("eta_ms")),
        width=7,
        max_width=8,
        align="right",
        drop=4,
        ticks=True,
        sparse=True,
        may_get=_may_report,
    ),
    Column(
        "eta_at",
        "ENDS",
        _format_end,
        lambda r: build_number_key(r.get_number("eta_ms")),
        width=11,
        max_width=11,
        drop=25,
        wide=True,
        zoned=True,
        sparse=True,
    ),
)

JOBS = Kind(
    id="jobs",
    singular="job",
    short=("j",),
    title="Training jobs",
    key="2",
    columns=(
        NAME,
        STATUS,
        _PROGRESS,
        *_SIGNAL_COLUMNS,
        _VERSION,
        build_fact_count_column("version_count", "VERSIONS", drop=23, width=8),
        DURATION,
        AGE,
        DESCRIPTION,
        WORKSPACE,
        ID,
    ),
    default_sort="age",
    cadence_s=5,
    actions=(
        _TRAIN,
        _STOP,
        Action(
            "delete",
            "delete",
            _explain_no_delete,
            _delete_consequence,
            typed=True,
            concerns=("version_id", "version_count"),
        ),
        SAVE_IMAGE,
    ),
    panes=("detail", "log", "events", "metrics", "versions", "raw"),
)


def _format_in_graph(version: Resource, _now: float) -> str:
    graph = version.get_text(GRAPH)
    return f"{graph} {version.name}" if graph else version.name


VERSIONS = Kind(
    id="versions",
    singular="version",
    short=("ver",),
    title="Versions",
    within="jobs",
    columns=(
        NAME._replace(text=_format_in_graph),
        STATUS,
        _PROGRESS,
        build_fact_text_column("engine", "ENGINE", width=10, max_width=32, drop=8),
        build_fact_text_column("flavor", "FLAVOR", width=10, max_width=28, drop=9),
        build_fact_count_column("workers", "WORKERS", drop=10, width=7),
        DURATION,
        AGE,
        ID,
    ),
    default_sort="age",
    actions=(
        _STOP,
        Action(
            "delete",
            "delete version",
            _explain_no_delete,
            build_consequence(
                "This version is deleted for good, with its logs.",
                "{count} versions are deleted for good, with their logs.",
            ),
            typed=True,
        ),
    ),
    panes=("detail", "log", "metrics", "raw"),
)
