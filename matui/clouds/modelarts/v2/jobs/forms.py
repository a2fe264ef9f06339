"""Forms of v2 training jobs: description, and the priority in a dedicated resource pool."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from matui.base.sanitize import clean
from matui.clouds.modelarts.form_base import ClientForms, Request, field, find_changes, request
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import TEXT_256, RequestModel, validate_request
from matui.clouds.modelarts.v2.jobs.client import Jobs
from matui.clouds.modelarts.v2.jobs.models import Job
from matui.resources.forms.form import Form, Values
from matui.resources.model import Resource


class SchedulePolicy(RequestModel):
    """How a job queues; 3 goes first and wants a permission of its own."""

    priority: Annotated[int, Field(ge=1, le=3)] | None = None


class UpdateSpec(RequestModel):
    """What can be changed of what a job asked for."""

    schedule_policy: SchedulePolicy | None = None


class UpdateJob(RequestModel):
    """What can be changed of a job."""

    description: TEXT_256 | None = None
    spec: UpdateSpec | None = None


class JobUpdatesApi(OperationTable):
    """The operation of the edit form."""

    update = Operation("Update.", "PUT", "training-jobs/{}", Job, UpdateJob, api="v2")


class JobForms(ClientForms[Jobs]):
    """v2 jobs; none is made over v2."""

    kind: ClassVar[str] = "jobs"

    async def edit_form(self, resource: Resource) -> Form:
        """Description, and the priority of a job in a pool."""
        now, row = await self.client.reread(resource)
        policy = row.spec.schedule_policy
        described = field(
            "description", "Description.", row.metadata.description, limits="At most 256 characters."
        )
        priority = field(
            "spec.schedule_policy.priority",
            "Which jobs of its resource pool it goes before.",
            policy.priority,
            limits="1, 2 or 3; 3 goes first and needs a permission.",
            example=1,
        )
        pool = row.spec.resource.pool_name or row.spec.resource.pool_id
        context = (("status", now.status), ("pool", clean(pool)))
        return Form("edit", now, (described, priority) if pool else (described,), context)

    def requests(self, form: Form, values: Values) -> list[Request]:
        """One request with what has changed."""
        parts = find_changes(form, values, ("description", "spec"))
        if not parts:
            return []
        job_id, change = form.subject.id, validate_request(UpdateJob, parts)
        update = JobUpdatesApi(self.client.api.session).update
        return [request(update, job_id, change, result=lambda now: (job_id, clean(now.status.phase)))]
