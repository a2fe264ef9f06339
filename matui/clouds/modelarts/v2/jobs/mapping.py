"""v2 training jobs to resources and sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from matui.base.codes.run_codes import explain_run_code
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.v2.jobs.configuration import describe_origin
from matui.clouds.modelarts.v2.jobs.models import (
    Algorithm,
    Channel,
    JobEngine,
    JobRole,
    Recovery,
    RunningRecord,
    TaskAddress,
    TaskStatus,
    V2Job,
)
from matui.clouds.rows import map_status, match_id
from matui.clouds.sections import (
    build_instant,
    build_section,
    build_settings,
    format_millis,
    format_number,
    join_text,
    mask_command,
    mask_value,
)
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.jobs import STATUSES
from matui.resources.kinds.triage import TROUBLE
from matui.resources.model import Fact, Phase, RawRecord, Resource, get_phase
from matui.resources.times import HAS_RUN, REQUEUED_AT

_LAST_PLAIN_EXIT = 128
_OWN_FAULTS = (132, 135, 136, 139)  # SIGILL, SIGBUS, SIGFPE, SIGSEGV
_STOPPED_BY_OTHERS = (129, 130, 134, 137, 143)  # SIGHUP, SIGINT, SIGABRT, SIGKILL, SIGTERM
_HUMP = re.compile(r"(?<=[a-z])[A-Z](?=[a-z])")
_NOT_RECOVERED = frozenset({"recovering", "failed", "terminated", "quotaExceeded"})


def map_job(row: V2Job, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one job; ``wire_id`` is the id it was asked by."""
    meta = row.metadata
    status, phase = map_phase(row.status.phase, row.status.secondary_phase)
    return scope.build_resource(
        "jobs",
        match_id(wire_id, meta.id),
        meta.name,
        (status, phase),
        raw,
        workspace=clean(meta.workspace_id) or scope.workspace,
        owner=clean(meta.user_name),
        created_at=meta.create_time,
        duration_ms=row.status.duration,
        facts=_build_facts(row, phase),
    )


def _describe_failure(row: V2Job) -> str:
    """Return how the failed task that says most ended, and why the last run did."""
    ends = [
        task for task in row.status.task_statuses if task is not None and (task.exit_code or task.message)
    ]
    telling = min(ends, key=_rank_end, default=None)
    task = f"{telling.task or 'a task'}: {_format_task(None, telling)}" if telling is not None else ""
    reasons = [run.end_reason for run in row.status.running_records if run is not None and run.end_reason]
    reason = reasons[-1] if reasons and reasons[-1] not in task else ""
    return clean("; ".join(part for part in (task, reason) if part))


def _rank_end(end: TaskStatus) -> int:
    """Return the place of a task among the failed ones: what cannot follow from another's end comes first.

    A job whose one task fails stops the others, which then end by a signal or with a plain exit code. A task
    that ended without an error comes last, whatever its message says.
    """
    if end.exit_code in _OWN_FAULTS or "oom" in end.message.casefold():
        return 0
    if end.exit_code == 0:
        return 3
    return 2 if end.exit_code in _STOPPED_BY_OTHERS else 1


def _find_end(row: V2Job) -> int | None:
    """Return the end in ms since the epoch: of the last run, or by the duration where no run is stated."""
    runs = [run.end_at for run in row.status.running_records if run is not None and run.end_at]
    if runs:
        return max(runs)
    begun, duration = row.status.start_time, row.status.duration
    return begun + duration if begun is not None and duration is not None else None


def map_phase(phase: str, secondary: str) -> tuple[str, Phase]:
    """Return the status word and its phase; the secondary word gives the phase of an unknown word."""
    status, known = map_status(phase or secondary, STATUSES)
    return status, known if known is not Phase.UNKNOWN else get_phase(secondary, STATUSES)


def _build_facts(row: V2Job, phase: Phase) -> dict[str, Fact]:
    status = row.status
    more, faults = clean(status.secondary_phase), _list_recoveries(row)
    facts: dict[str, Fact] = {
        "failure": _describe_failure(row) if phase in TROUBLE else "",
        "secondary_phase": more if more.casefold() != (status.phase or more).casefold() else "",
        "description": clean(row.metadata.description),
        "engine": _find_engine(row),
        **_build_resource_facts(row),
        "recoveries": len(faults) or None,
        "fault": _spell(faults[-1].fault_scenario) if faults else "",
        "ended_at": _find_end(row) if phase.ended else None,
    }
    if phase in (Phase.RUNNING, Phase.PENDING) and (open_fault := _find_open_fault(row)) is not None:
        facts |= {
            "open_fault": _describe_recovery(open_fault),
            "open_fault_since": open_fault.recover_start_at,
        }
    if phase is Phase.PENDING and (runs := [run for run in status.running_records if run is not None]):
        ends = [run.end_at for run in runs if run.end_at]
        facts |= {HAS_RUN: True, REQUEUED_AT: max(ends, default=None)}
    return facts


def _build_resource_facts(row: V2Job) -> dict[str, Fact]:
    """Return flavor, nodes and pool; those of all roles where the job states none of its own."""
    places = [row.spec.resource, *(role.task_resource for role in _list_roles(row))]
    flavors = [clean(place.flavor_name or place.flavor_id) for place in places]
    own = places[0]
    nodes = [place.node_count for place in places[1:] if place.node_count is not None]
    pool = next((place for place in places if place.pool_name or place.pool_id), own)
    return {
        "flavor": flavors[0] or " + ".join(dict.fromkeys(filter(None, flavors))),
        "workers": own.node_count if own.node_count is not None else sum(nodes) or None,
        "pool": clean(pool.pool_name or pool.pool_id),
        "pool_id": clean(pool.pool_id),
    }


def _list_roles(row: V2Job) -> list[JobRole]:
    return [role for role in row.tasks if role is not None]


def _find_engine(row: V2Job) -> str:
    engines = [
        format_engine(part.engine) for part in (row.algorithm, *(r.algorithm for r in _list_roles(row)))
    ]
    return engines[0] or " + ".join(dict.fromkeys(filter(None, engines)))


def format_engine(row: JobEngine) -> str:
    """Return the engine a job runs on; its version says more than its name."""
    return clean(row.engine_version or row.engine_name or row.image_url or row.engine_id)


def build_job_sections(
    job: V2Job, resource: Resource, tasks: Sequence[TaskAddress] = ()
) -> tuple[Section, ...]:
    """Return every section of a job; ``tasks`` are the addresses of its tasks, empty when unknown."""
    return (
        *build_section("Overview", _build_overview(job, resource)),
        *build_section("Tasks", _build_tasks(job, tasks)),
        *build_section("Runs", _build_runs(job)),
        *build_section("Resources", _build_resources(job)),
        *build_section("Roles", _build_roles(job)),
        *build_section("Data", _build_data(job)),
        *build_section("Code", _build_code(job.algorithm)),
        *build_section("Parameters", _build_parameters(job.algorithm)),
        *build_settings("Environment", _read_environment(job.algorithm.environments)),
    )


def _build_overview(job: V2Job, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", resource.name),
        ("Job ID", clean(resource.id)),
        ("Status", resource.status),
        ("Failure", resource.get_text("failure")),
        ("Secondary phase", clean(job.status.secondary_phase)),
        ("Rerun of", describe_origin(resource.name, job.metadata.description)),
        ("Description", resource.get_text("description")),
        ("Kind", clean(job.kind)),
        ("Experiment", _format_experiment(job)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", build_instant(job.metadata.create_time)),
        ("Started", build_instant(_find_start(job))),
        ("Duration", format_millis(job.status.duration)),
    ]


def _format_experiment(job: V2Job) -> str:
    reference = job.metadata.training_experiment_reference
    number = f"no. {reference.serial_number}" if reference.serial_number else ""
    return join_text(reference.name, f"({reference.id})" if reference.id else "", number)


def _find_start(job: V2Job) -> int | None:
    if job.status.start_time is not None:
        return job.status.start_time
    return next((run.start_at for run in job.status.running_records if run is not None), None)


def _build_tasks(job: V2Job, tasks: Sequence[TaskAddress]) -> list[DetailRow]:
    places = {row.task: row for row in tasks}
    ends = {row.task: row for row in job.status.task_statuses if row is not None}
    return [
        (clean(name), _format_task(places.get(name), ends.get(name)))
        for name in dict.fromkeys([*job.status.tasks, *places, *ends])
    ]


def _format_task(place: TaskAddress | None, end: object) -> str:
    address = join_text(place.ip, f"on {place.host_ip}" if place.host_ip else "") if place else ""
    code = getattr(end, "exit_code", None)
    exit_code = f"exit code {code}{_explain_exit(code)}" if code is not None else ""
    message = clean(getattr(end, "message", ""))
    return ", ".join(part for part in (address, exit_code, message) if part) or "–"


def _explain_exit(code: int) -> str:
    """Return the signal that an exit code stands for, `` (SIGKILL)``; ``""`` for any other code."""
    meanings = explain_run_code(f"exit {code}") if code > _LAST_PLAIN_EXIT else ()
    return f" ({meanings[0].code.split()[0]})" if meanings and meanings[0].code.startswith("SIG") else ""


def _build_runs(job: V2Job) -> Iterator[DetailRow]:
    """Yield each run's start, end and why it ended; in order."""
    for place, run in enumerate((run for run in job.status.running_records if run is not None), 1):
        yield f"Run {place} started", build_instant(run.start_at)
        yield f"Run {place} ended", build_instant(run.end_at)
        yield f"Run {place}", _describe_end(run)
        for turn in run.recover_records:
            if turn is not None:
                yield f"Run {place} fault", build_instant(turn.recover_start_at)
                yield f"Run {place} recovery", _describe_recovery(turn)


def _describe_recovery(turn: Recovery) -> str:
    """Return the fault, where, how the cloud recovered, for how long and with which result."""
    where = f"on {turn.related_task}" if turn.related_task else ""
    fault = join_text(_spell(turn.fault_scenario) or "fault", where)
    begun, ended = turn.recover_start_at, turn.recover_end_at
    took = f"in {format_millis(ended - begun)}" if begun and ended and ended > begun else ""
    outcome = join_text(_spell(turn.recover_result), took)
    how = ": ".join(part for part in (_spell(turn.recover), outcome) if part)
    return clean("; ".join(part for part in (fault, how, turn.reason) if part))


def _spell(word: str) -> str:
    """Return an identifier of the API as words: ``chip_fault`` as ``chip fault``."""
    return clean(_HUMP.sub(lambda hump: f" {hump[0].lower()}", word).replace("_", " "))


def _list_recoveries(row: V2Job) -> list[Recovery]:
    runs = (run for run in row.status.running_records if run is not None)
    return [turn for run in runs for turn in run.recover_records if turn is not None]


def _find_open_fault(row: V2Job) -> Recovery | None:
    """Return the fault of the newest run that is not recovered from, as the cloud states it."""
    runs = [run for run in row.status.running_records if run is not None]
    turns = [turn for turn in runs[-1].recover_records if turn is not None] if runs else []
    return turns[-1] if turns and turns[-1].recover_result in _NOT_RECOVERED else None


def _describe_end(run: RunningRecord) -> str:
    ended = join_text(run.end_reason, f"on {run.end_related_task}" if run.end_related_task else "")
    parts = (_spell(run.start_type), ended, _spell(run.end_recover))
    return clean("; ".join(part for part in parts if part))


def _build_resources(job: V2Job) -> list[DetailRow]:
    resource, policy = job.spec.resource, job.spec.schedule_policy
    return [
        ("Flavor", clean(resource.flavor_name or resource.flavor_id)),
        ("Nodes", format_number(resource.node_count)),
        ("Resource pool", join_text(resource.pool_name, f"({resource.pool_id})" if resource.pool_id else "")),
        ("Engine", join_text(job.algorithm.engine.engine_name, format_engine(job.algorithm.engine))),
        ("Priority", format_number(policy.priority)),
    ]


def _build_roles(job: V2Job) -> Iterator[DetailRow]:
    """Yield what each role of a heterogeneous job runs on, and its code."""
    for number, role in enumerate(_list_roles(job), 1):
        name, place = clean(role.role) or f"Role {number}", role.task_resource
        nodes = f"{place.node_count} ×" if place.node_count is not None else ""
        yield (
            name,
            join_text(nodes, place.flavor_name or place.flavor_id, format_engine(role.algorithm.engine)),
        )
        for label, value in _build_code(role.algorithm):
            yield f"{name}: {label.lower()}", value
        yield f"{name}: logs", clean(role.log_export_path.obs_url)


def _build_data(job: V2Job) -> Iterator[DetailRow]:
    for word, channels in (("Input", job.algorithm.inputs), ("Output", job.algorithm.outputs)):
        for channel in channels:
            if channel is not None:
                yield f"{word} {clean(channel.name)}".rstrip(), _format_place(channel)
    for volume in job.spec.volumes:
        if volume is not None and volume.nfs.nfs_server_path:
            yield "Shared file system", clean(f"{volume.nfs.nfs_server_path} → {volume.nfs.local_path}")
    yield "Logs", clean(job.spec.log_export_path.obs_url)


def _format_place(channel: Channel) -> str:
    dataset = channel.remote.dataset
    named = join_text(dataset.name or dataset.id, dataset.version_name or dataset.version_id)
    return join_text(channel.remote.obs.obs_url or named or channel.local_dir)


def _build_code(algorithm: Algorithm) -> list[DetailRow]:
    return [
        ("Algorithm", join_text(algorithm.name, f"({algorithm.id})" if algorithm.id else "")),
        ("Directory", clean(algorithm.code_dir)),
        ("Boot file", clean(algorithm.boot_file)),
        ("Image", clean(algorithm.engine.image_url)),
        ("Command", mask_command(algorithm.command)),
        ("Working directory", clean(algorithm.working_dir)),
    ]


def _build_parameters(algorithm: Algorithm) -> Iterator[DetailRow]:
    for row in algorithm.parameters:
        if row is not None:
            yield clean(row.name), mask_value(row.name, row.value)


def _read_environment(given: Any) -> dict[str, Any]:
    """Return the variables of an object, or of a list of objects."""
    parts = given if isinstance(given, list) else [given]
    return {str(name): value for part in parts if isinstance(part, dict) for name, value in part.items()}
