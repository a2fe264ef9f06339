"""Forms of v2 training jobs: description and priority; a new job; the same job again."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from matui.base.errors import CloudError, RefusedError
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import (
    AS_A_WHOLE,
    ClientForms,
    Request,
    build_change_request,
    build_request,
    drop_blanks,
    make_field,
)
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import TEXT_256, RequestModel, validate_request
from matui.clouds.modelarts.v2.catalog import V2Catalog
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.configuration import (
    build_configuration,
    choose_next_name,
    find_base_name,
    has_own_tasks,
    state_origin,
)
from matui.clouds.modelarts.v2.jobs.form_fields import (
    fetch_job_choices,
    list_values_without_field,
    make_job_fields,
)
from matui.clouds.modelarts.v2.jobs.models import V2Job
from matui.clouds.modelarts.v2.jobs.requests import V2CreateJob
from matui.clouds.modelarts.v2.wire import build_newest_jobs
from matui.resources.forms.form import Form, Values, format_path
from matui.resources.model import Resource

_NOT_STATED = "What the cloud does not state of a job, such as its automatic stop, is not repeated."


class UpdateSchedulePolicy(RequestModel):
    """The priority of a job in its queue; 3 is the highest and needs a permission of its own."""

    priority: Annotated[int, Field(ge=1, le=3)] | None = None


class UpdateSpec(RequestModel):
    schedule_policy: UpdateSchedulePolicy | None = None


class UpdateJob(RequestModel):
    """The body of a change of a job."""

    description: TEXT_256 | None = None
    spec: UpdateSpec | None = None


class JobFormsApi(OperationTable, api="v2"):
    """The operations of the forms."""

    update = Operation("Update.", "PUT", "training-jobs/{}", V2Job, UpdateJob)
    create = Operation("Create.", "POST", "training-jobs", V2Job, V2CreateJob)


class V2JobForms(ClientForms[V2Jobs]):
    """v2 jobs; one that runs again is a new job."""

    kind = "jobs"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._api = JobFormsApi(clients.session)
        self._catalog = V2Catalog(clients.session, clients.scope.workspace)

    async def edit_form(self, resource: Resource) -> Form:
        """Description, and the priority of a job in a pool."""
        now, row = await self.client.reread(resource)
        policy = row.spec.schedule_policy
        described = make_field(
            "description", "Description.", row.metadata.description, limits="At most 256 characters."
        )
        priority = make_field(
            "spec.schedule_policy.priority",
            "Which jobs of its resource pool it goes before.",
            policy.priority,
            limits="1, 2 or 3; 3 goes first and needs a permission.",
            example=1,
        )
        pool = row.spec.resource.pool_name or row.spec.resource.pool_id
        context = (("status", now.status), ("pool", clean(pool)))
        return Form("edit", now, (described, priority) if pool else (described,), context)

    async def create_form(self, workspace: str) -> Form:
        subject = self.build_stand_in(workspace)
        place = {"workspace_id": subject.workspace} if subject.workspace else {}
        known: Values = {
            "metadata": {"name": "", **place},
            "algorithm": {"code_dir": "", "boot_file": "", "engine": {"engine_id": ""}},
            "spec": {"resource": {"flavor_id": "", "node_count": 1}},
        }
        fields = make_job_fields(known, await fetch_job_choices(self._catalog))
        return Form("create", subject, fields, whole=True, fixed=((("kind",), "job"),))

    async def rerun_form(self, job: Resource) -> Form:
        """A new job with the configuration of this one, under the next name."""
        now, row = await self.client.reread(job)
        if has_own_tasks(now.raw.parse_value()):
            raise RefusedError(
                f"{now.name} has tasks with settings of their own, which the API does not take.",
                remedy="Run it again in the cloud's own console.",
            )
        body: Values = build_configuration(now.raw.parse_value())
        described = state_origin(now.name, now.id, row.metadata.description)
        body["metadata"] = {
            **body.get("metadata", {}),
            "name": await self._free_name(row, now),
            "description": described,
        }
        fields = make_job_fields(body, await fetch_job_choices(self._catalog))
        fixed = list_values_without_field(body, fields)
        kept = ", ".join(format_path(path) for path, _ in fixed if path != ("kind",))
        notes = (AS_A_WHOLE, _NOT_STATED, *([f"Repeated as they are: {kept}."] if kept else []))
        context = (("job", f"{now.name} ({now.id})"), ("its status", now.status))
        return Form("rerun", now, fields, context, notes, whole=True, fixed=fixed)

    async def _free_name(self, row: V2Job, now: Resource) -> str:
        """Return the next name that no job of the newest 50 alike has."""
        name = row.metadata.name or now.id
        try:
            search = build_newest_jobs(0, 50, now.workspace, find_base_name(name))
            found = (await self.client.api.search(search)).value.items
        except CloudError:  # a name that is taken is refused by the cloud
            found = []
        return choose_next_name(name, {job.metadata.name for job in found if job is not None})

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """One request: what has changed, or the new job."""
        if form.mode == "edit":
            names = ("description", "spec")
            return build_change_request(self._api.update, UpdateJob, form, values, names, _read_phase)
        body = validate_request(V2CreateJob, _drop_empty_parts({"kind": "job", **values}))
        return [build_request(self._api.create, body, result=_read_created)]


def _read_created(job: V2Job) -> tuple[str, str]:
    return str(job.metadata.id), _read_phase(job)


def _read_phase(job: V2Job) -> str:
    return clean(job.status.phase)


def _drop_empty_parts(values: Values) -> Values:
    """Return the body without what is empty, in its lists too."""
    body = drop_blanks(values)
    for part in ("algorithm", "spec"):
        tree = body.get(part)
        if isinstance(tree, dict):
            body[part] = {name: _drop_empty(value) for name, value in tree.items()}
    return body


def _drop_empty(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [drop_blanks(row) if isinstance(row, dict) else row for row in value]
