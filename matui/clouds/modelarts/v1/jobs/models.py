"""Training jobs as the cloud lists them, and as resources (5.1.1, 5.1.2)."""

from collections.abc import Sequence

from pydantic import Field

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope, build_resources, parse_job_status
from matui.clouds.rows import build_facts
from matui.clouds.wire_types import Code, Flag, Id, Millis, ModelRows, Text, Whole, WireModel, make_list
from matui.resources.model import RawPage, RawRecord, Resource


class Done(WireModel):
    """An answer that says no more than that it was done."""

    is_success: Flag = None


class JobHead(WireModel):
    """The fields that jobs and visualization jobs share; ``create_time`` is ms since the epoch."""

    job_id: Id = ""
    job_name: Text = ""
    status: Code = ""
    create_time: Millis = None


class VersionHead(WireModel):
    """The fields of every record of a version; ``create_time`` is ms since the epoch."""

    version_id: Id = ""
    version_name: Text = ""
    status: Code = ""
    create_time: Millis = None
    resource_id: Text = ""


class JobRow(JobHead):
    """A job in the list (Table 5-12). ``duration`` is ms."""

    version_id: Id = ""
    duration: Whole = None
    job_desc: Text = ""
    version_count: Whole = None


class JobCounts(Done):
    """The counts of a list of jobs or visualization jobs."""

    job_total_count: Whole = None
    job_count_limit: Whole = None
    quotas: Whole = None


class JobList(JobCounts):  # 5.1.2
    jobs: ModelRows[JobRow] = Field(default_factory=make_list)


class JobCreated(JobHead, VersionHead):
    """5.1.1, 5.1.6 and 5.3.1: numbers come as texts from some and as numbers from others."""


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
