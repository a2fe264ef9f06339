"""Training jobs and versions: list, read, describe, stop, delete, metrics (5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from matui.base.errors import NotFoundError
from matui.base.late_imports import LazyModule
from matui.clouds.modelarts.kind_client import (
    ActionHandler,
    ActionReply,
    Actions,
    ActionSpec,
    KindClient,
    UnlistedClient,
)
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.requests import ORDER, SEARCH_64, SIZE_1000, RequestModel, validate_request
from matui.clouds.modelarts.session import Transport
from matui.clouds.protocols import LogBytes, LogPage
from matui.clouds.rows import refuse_unreadable
from matui.resources.model import Resource

if TYPE_CHECKING:
    from matui.clouds.http import decode
    from matui.clouds.http.decode import Reply
    from matui.clouds.modelarts.v1.jobs import (
        models,
        requests,
        version_models,
    )
    from matui.clouds.modelarts.v1.jobs.version_models import JobVersion, VersionList
    from matui.resources.detail import Detail, Metrics
else:
    decode = LazyModule("matui.clouds.http.decode")
    models = LazyModule("matui.clouds.modelarts.v1.jobs.models")
    requests = LazyModule("matui.clouds.modelarts.v1.jobs.requests")
    version_models = LazyModule("matui.clouds.modelarts.v1.jobs.version_models")

_JOB = "training-jobs/{}"
_VERSION = f"{_JOB}/versions/{{}}"
MOST_LINES = 500
MOST_BYTES = 2048


JobSort = Literal["job_name", "job_desc", "status", "duration", "version_count", "create_time"]


class JobsQuery(RequestModel):
    """5.1.2. ``page`` counts from 1."""

    status: str | None = None
    per_page: SIZE_1000 | None = None
    page: Annotated[int, Field(ge=1, le=65535)] | None = None
    sort_by: JobSort | None = Field(default=None, validation_alias="sortBy", serialization_alias="sortBy")
    order: ORDER | None = None
    search_content: SEARCH_64 | None = None
    workspace_id: str | None = None


class JobsApi(OperationTable):
    """The thirteen operations of 5.1."""

    create = Operation(
        "5.1.1.", "POST", "training-jobs", lambda: models.JobCreated, lambda: requests.CreateJob
    )
    list = Operation("5.1.2.", "GET", "training-jobs", lambda: models.JobList, JobsQuery)
    show_version = Operation("5.1.3.", "GET", _VERSION, lambda: version_models.JobVersion, shows=True)
    delete_version = Operation("5.1.4.", "DELETE", _VERSION, lambda: models.Done)
    list_versions = Operation(
        "5.1.5.",
        "GET",
        f"{_JOB}/versions",
        lambda: version_models.VersionList,
        lambda: version_models.VersionsQuery,
    )
    create_version = Operation(
        "5.1.6.", "POST", f"{_JOB}/versions", lambda: models.JobCreated, lambda: requests.CreateVersion
    )
    stop = Operation("5.1.7.", "POST", f"{_VERSION}/stop", lambda: models.Done)
    set_description = Operation("5.1.8.", "PUT", _JOB, lambda: models.Done, lambda: requests.Description)
    delete = Operation("5.1.9.", "DELETE", _JOB, lambda: models.Done)
    log_files = Operation("5.1.10.", "GET", f"{_VERSION}/log/file-names", lambda: version_models.LogFiles)
    log_window = Operation(
        "5.1.11: a log by bytes.",
        "GET",
        f"{_VERSION}/log",
        lambda: version_models.LogWindow,
        lambda: version_models.LogWindowQuery,
    )
    algorithms = Operation(
        "5.1.12.",
        "GET",
        "built-in-algorithms",
        lambda: version_models.AlgorithmList,
        lambda: version_models.AlgorithmsQuery,
    )
    log_lines = Operation(
        "5.1.13: a log by lines.",
        "GET",
        f"{_VERSION}/aom-log",
        lambda: version_models.LogLines,
        lambda: version_models.LogLinesQuery,
    )

    async def read_versions(self, job_id: str) -> Reply[VersionList]:
        """Return the answer of 5.1.5. Raises BadAnswerError where it has no list of versions."""
        reply = await self.list_versions(job_id, version_models.VersionsQuery(page=1, per_page=1000))
        decode.read_rows(reply, reply.value.versions, "versions")
        return reply


def split_version(wire_id: str) -> tuple[str, str]:
    """Return the job's id and the version's of ``JOB/VERSION``."""
    job_id, _, version_id = wire_id.rpartition("/")
    return job_id, version_id


class Versions(UnlistedClient):
    """Versions of jobs, by the id ``JOB/VERSION``; listed only below their job."""

    kind = "versions"
    no_list = "Versions are listed by their job."
    forms = ("edit", "rerun")  # the description of a version is its job's
    actions: ClassVar[Actions] = {
        "stop": ActionSpec(JobsApi.stop),
        "delete": ActionSpec(JobsApi.delete_version),
    }

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self.api = JobsApi(session)

    async def fetch_versions(self, job: Resource) -> tuple[Resource, ...]:
        """Return a job's versions, newest first (5.1.5)."""
        job_id = split_version(job.id)[0] if job.kind == "versions" else job.id
        reply = await self.api.read_versions(job_id)
        raw = decode.parse_raw_rows(reply.answer, "versions")
        return version_models.map_versions(reply.value, job_id, self.build_scope(job), raw)

    async def read(self, resource_id: str) -> Resource:
        return self._map_resource(await self.show(resource_id), resource_id, self.scope)

    async def show(self, resource_id: str) -> Reply[JobVersion]:
        """Return the answer of 5.1.3."""
        return await self.api.show_version(*split_version(resource_id))

    async def describe(self, resource: Resource) -> Detail:
        """Return one version with every section."""
        from matui.clouds.modelarts.v1.jobs.sections import build_version_sections
        from matui.resources.detail import Detail

        reply = await self.show(resource.id)
        now = self._map_resource(reply, resource.id, self.build_scope(resource))
        return Detail(now, build_version_sections(reply.value, now))

    def _map_resource(self, reply: Reply[JobVersion], resource_id: str, scope: Scope) -> Resource:
        job_id, version_id = split_version(resource_id)
        row = reply.value
        return version_models.map_version(row, job_id, row.job_name, scope, reply.build_raw(), version_id)

    async def fetch_metrics(self, version: Resource) -> Metrics:
        """Return what a version consumes (5.1.3)."""
        from matui.clouds.modelarts.v1.jobs.sections import map_version_metrics

        return map_version_metrics((await self.show(version.id)).value)

    def split_id(self, resource_id: str) -> tuple[str, ...]:
        return split_version(resource_id)


class Jobs(KindClient):
    """Training jobs; a job is read through its versions, for there is no call for the job itself."""

    kind = "jobs"
    style = "page"
    forms = ("edit", "create", "rerun")
    list_operation = JobsApi.list
    actions: ClassVar[Actions] = {"delete": ActionSpec(JobsApi.delete)}

    def __init__(self, session: Transport, scope: Scope) -> None:
        super().__init__(session, scope)
        self.api = JobsApi(session)

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch a page of 5.1.2, newest first."""
        query = JobsQuery(
            per_page=size,
            page=min(position, 65535),
            sort_by="create_time",
            order="desc",
            workspace_id=scope.workspace or None,
        )
        reply = await self.api.list(query)
        start, total = (position - 1) * size, reply.value.job_total_count
        due = total - start if total is not None and not scope.workspace else 0
        rows = decode.read_rows(reply, reply.value.jobs, "jobs", due=due)
        found = models.map_jobs(rows, scope, decode.parse_raw_rows(reply.answer, "jobs"), start)
        return PageSlice(found, total, total if not scope.workspace else None)

    async def read(self, resource_id: str) -> Resource:
        """Return one job as its newest version is (5.1.5). Raises NotFoundError when it has none."""
        return self._map_resource(await self.api.read_versions(resource_id), resource_id, self.scope)

    def _map_resource(self, reply: Reply[VersionList], job_id: str, scope: Scope) -> Resource:
        if version_models.find_newest_version(reply.value) is None and not reply.value.job_name:
            raise NotFoundError(
                "The job does not exist.",
                request_id=reply.answer.request_id,
                status=200,
                remedy="See those there are with: matui get jobs -o wide",
            )
        return version_models.map_job_of_versions(reply.value, job_id, scope, reply.build_raw())

    async def describe(self, resource: Resource) -> Detail:
        """Return one job with the settings of its newest version."""
        from matui.clouds.modelarts.v1.jobs.sections import build_version_sections
        from matui.resources.detail import Detail

        reply = await self.api.read_versions(resource.id)
        now = self._map_resource(reply, resource.id, self.build_scope(resource))
        return Detail(
            now,
            build_version_sections(
                version_models.find_newest_version(reply.value) or version_models.VersionRow(), now
            ),
        )

    async def find_version_ids(self, job: Resource) -> tuple[str, str]:
        """Return the ids of a version, or of a job with the version it shows; asked for when unknown."""
        refuse_unreadable(job)
        if job.kind == "versions":
            return split_version(job.id)
        version_id = job.get_text("version_id")
        if not version_id:
            version_id = (await self.read(job.id)).get_text("version_id")
        if not version_id:
            raise NotFoundError(
                "The job has no version yet.", remedy="Look again when its first version has been created."
            )
        return job.id, version_id

    async def fetch_metrics(self, job: Resource) -> Metrics:
        """Return what a job's shown version consumes (5.1.3)."""
        from matui.clouds.modelarts.v1.jobs.sections import map_version_metrics

        return map_version_metrics((await self.api.show_version(*await self.find_version_ids(job))).value)

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Stop the shown version (5.1.7), delete the job with all of its versions (5.1.9)."""
        return {"stop": self._stop, **super().get_handlers()}

    async def _stop(self, job: Resource) -> ActionReply:
        return ActionReply((await self.api.stop(*await self.find_version_ids(job))).answer.request_id)


class JobLogs:
    """Reads logs of a job's shown version, or of a version."""

    def __init__(self, jobs: Jobs) -> None:
        self.api = jobs.api
        self._jobs = jobs

    async def list_files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files, one a node (5.1.10)."""
        reply = await self.api.log_files(*await self._jobs.find_version_ids(job))
        decode.refuse_too_many(reply, reply.value.log_file_list)
        return tuple(dict.fromkeys(reply.value.log_file_list))

    async def read_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older`` (5.1.13)."""
        asked = {
            "log_file": file,
            "base_line": base or None,
            "lines": min(max(limit, 1), MOST_LINES),
            "order": "asc" if older else "desc",
        }
        query = validate_request(version_models.LogLinesQuery, asked)
        lines = (await self.api.log_lines(*await self._jobs.find_version_ids(job), query)).value
        return LogPage(lines.content, lines.start_line, lines.end_line, lines.lines)

    async def read_window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest (5.1.11)."""
        asked = {"log_file": file, "start_byte": max(start, -1), "offset": min(max(length, 1), MOST_BYTES)}
        query = validate_request(version_models.LogWindowQuery, asked)
        window = (await self.api.log_window(*await self._jobs.find_version_ids(job), query)).value
        return LogBytes(window.log, window.end_byte, window.log_byte_count)
