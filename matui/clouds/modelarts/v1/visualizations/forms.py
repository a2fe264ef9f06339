"""Forms of visualization jobs: description (5.3.4), a new one (5.3.1)."""

from __future__ import annotations

from matui.clouds.modelarts.form_base import (
    KindForms,
    Request,
    build_change_request,
    build_request,
    drop_blanks,
    make_field,
)
from matui.clouds.modelarts.mapping import parse_job_status
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.jobs.models import JobCreated
from matui.clouds.modelarts.v1.jobs.requests import Description
from matui.clouds.modelarts.v1.visualizations.client import CreateVisualization, Visualizations
from matui.resources.forms.form import Form, Values
from matui.resources.model import Resource

_DESCRIPTION = "At most 256 characters."


class VisualizationForms(KindForms[Visualizations]):
    """Visualization jobs."""

    kind = "visualizations"

    async def edit_form(self, resource: Resource) -> Form:
        """The description alone: nothing else can be changed."""
        now, row = await self.client.reread(resource)
        context = (("status", now.status), ("train_url", row.train_url))
        description = make_field("job_desc", "Description.", row.job_desc, limits=_DESCRIPTION)
        return Form("edit", now, (description,), context)

    async def create_form(self, workspace: str) -> Form:  # noqa: ARG002 - 5.3.1 takes no workspace
        """A new one; it starts at once."""
        fields = (
            make_field("job_name", "Name.", "", limits="1 to 20 letters, digits, hyphens and underscores."),
            make_field(
                "train_url", "Where the summaries of a training job are, in OBS.", "", limits="Needed."
            ),
            make_field("job_desc", "Description.", limits=_DESCRIPTION),
        )
        return Form("create", self.build_stand_in(), fields, whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        if form.mode == "create":
            body = validate_request(CreateVisualization, drop_blanks(values))
            return [build_request(self.client.api.create, body, result=_read_created)]
        return build_change_request(self.client.api.set_description, Description, form, values, ("job_desc",))


def _read_created(reply: JobCreated) -> tuple[str, str]:
    return str(reply.job_id), parse_job_status(reply.status)[0]
