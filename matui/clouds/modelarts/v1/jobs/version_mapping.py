"""Versions of training jobs to resources (5.1)."""

from __future__ import annotations

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import Scope, build_unreadable, parse_job_status
from matui.clouds.modelarts.v1.jobs.version_models import JobVersion, Setup, VersionList, VersionRow
from matui.clouds.rows import match_id
from matui.resources.model import Fact, Phase, RawPage, RawRecord, Resource, drop_empty
from matui.resources.times import ENTERED_AFTER


def find_newest_version(listed: VersionList) -> VersionRow | None:
    """Return the version that was made last, None when there is none."""
    rows = [row for row in listed.versions if row is not None]
    return max(rows, key=_build_creation_key, default=None)


def _build_creation_key(row: VersionRow) -> tuple[int, int]:
    text = str(row.version_id)
    return (row.create_time or 0, int(text) if text.isdecimal() and len(text) < 20 else 0)


def map_job_of_versions(listed: VersionList, job_id: str, scope: Scope, raw: RawRecord) -> Resource:
    """Make a job of its versions (5.1.5): the newest says how it is, the oldest when the job began."""
    newest = find_newest_version(listed) or VersionRow()
    status, phase = parse_job_status(newest.status)
    made = [row.create_time for row in listed.versions if row is not None and row.create_time]
    return scope.build_resource(
        "jobs",
        match_id(job_id, listed.job_id),
        listed.job_name or job_id,
        (status, phase),
        raw,
        workspace=scope.workspace,
        created_at=min(made, default=None),
        duration_ms=newest.duration,
        facts=_build_job_facts(listed, newest)
        | (_build_end_fact(newest, phase) or _build_bound_fact(newest, phase)),
    )


def _build_job_facts(listed: VersionList, newest: VersionRow) -> dict[str, Fact]:
    return {
        "version_id": str(newest.version_id),
        "version_name": clean(newest.version_name),
        "version_count": listed.version_count if listed.version_count is not None else len(listed.versions),
        "description": clean(listed.job_desc),
        **build_flavor_facts(newest),
    }


def _build_end_fact(row: VersionRow, phase: Phase) -> dict[str, Fact]:
    """Return the fact ``ended_at`` in ms since the epoch, where the version states start and duration."""
    if row.start_time is None or row.duration is None or not phase.ended:
        return {}
    return {"ended_at": row.start_time + row.duration}


def _build_bound_fact(newest: VersionRow, phase: Phase) -> dict[str, Fact]:
    """Return the fact with the time before which the newest version did not end, where it never started."""
    if newest.create_time is None or not phase.ended:
        return {}
    return {ENTERED_AFTER: newest.create_time + (newest.duration or 0)}


def map_version(
    row: VersionRow, job_id: str, job_name: str, scope: Scope, raw: RawRecord, version_id: str = ""
) -> Resource:
    """Map one version of 5.1.3 or 5.1.5; the ids are those it was asked by."""
    status, phase = parse_job_status(row.status)
    wire_id = match_id(version_id, row.version_id)
    if isinstance(row, JobVersion):
        job_id = match_id(job_id, row.job_id)
    return scope.build_resource(
        "versions",
        f"{job_id}/{wire_id}",
        row.version_name or wire_id,
        (status, phase),
        raw,
        workspace=scope.workspace,
        created_at=row.create_time,
        duration_ms=row.duration,
        facts=_build_version_facts(row, job_id, job_name, wire_id) | _build_end_fact(row, phase),
    )


def _build_version_facts(row: VersionRow, job_id: str, job_name: str, version_id: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "job_id": job_id,
        "job_name": clean(job_name),
        "version_id": version_id,
        "version_name": clean(row.version_name),
        "pre_version_id": str(row.pre_version_id),
        "engine": format_engine(row),
        **build_flavor_facts(row),
        "workers": row.worker_server_num,
        "pool": clean(row.pool_name or row.pool_id),
    }
    if isinstance(row, JobVersion):
        facts["description"] = clean(row.job_desc)
    return facts


def map_versions(listed: VersionList, job_id: str, scope: Scope, raw: RawPage) -> tuple[Resource, ...]:
    """Map the versions of 5.1.5, newest first."""
    rows = list(enumerate(listed.versions))
    rows.sort(key=lambda pair: _build_creation_key(pair[1]) if pair[1] is not None else (0, 0), reverse=True)
    return tuple(
        map_version(row, job_id, listed.job_name, scope, RawRecord(raw, (at,)))
        if row is not None and row.version_id != ""
        else build_unreadable("versions", scope, at, RawRecord(raw, (at,)))
        for at, row in rows
    )


def format_engine(row: Setup) -> str:
    """Return the engine a version runs on; its version says more than its name."""
    return clean(row.engine_version or row.engine_name or row.user_image_url)


def build_flavor_facts(row: VersionRow) -> dict[str, Fact]:
    """Return the flavor of a version, in words and by the id of its specification."""
    return drop_empty({"flavor": format_flavor(row), "flavor_id": str(row.spec_id)})


def format_flavor(row: Setup) -> str:
    """Return the flavor's code, or what it holds when the answer has no code."""
    if row.spec_code:
        return clean(row.spec_code)
    gpus = f"{row.gpu_num}×{row.gpu_type or 'GPU'}" if row.gpu_num else ""
    cores = f"{row.core} cores" if row.core else ""
    return clean(" ".join(part for part in (cores, gpus) if part))
