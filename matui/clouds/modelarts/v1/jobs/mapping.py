"""Training jobs to resources (5.1)."""

from __future__ import annotations

from collections.abc import Sequence

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope, build_resources, parse_job_status
from matui.clouds.modelarts.v1.jobs.models import JobRow
from matui.clouds.rows import build_facts
from matui.resources.model import RawPage, RawRecord, Resource


def map_jobs(rows: Sequence[JobRow | None], scope: Scope, raw: RawPage, start: int) -> tuple[Resource, ...]:
    """Map the rows of 5.1.2; ``start`` is the position of the first in the whole list."""
    return build_resources("jobs", rows, _map_job, scope, raw, start)


def _map_job(row: JobRow, scope: Scope, raw: RawRecord) -> Resource:
    status, phase = parse_job_status(row.status)
    facts = build_facts(
        version_id=str(row.version_id), version_count=row.version_count, description=clean(row.job_desc)
    )
    return Resource(
        "jobs",
        str(row.job_id),
        clean(row.job_name) or str(row.job_id),
        status,
        phase,
        CLOUD,
        scope.profile,
        scope.workspace,
        "",
        row.create_time,
        None,
        row.duration,
        facts,
        raw,
    )
