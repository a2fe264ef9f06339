"""Forms of visualization jobs: description (5.3.4), a new one (5.3.1)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from matui.clouds.form_port import Made
from matui.clouds.lenient import to_map
from matui.clouds.modelarts.forms.kind_forms import KindForms, Request, changed_parts, field, given
from matui.clouds.modelarts.jobs_requests import Description
from matui.clouds.modelarts.requests import checked
from matui.clouds.modelarts.scope import job_status
from matui.clouds.modelarts.visualizations import Visualizations
from matui.clouds.modelarts.visualizations_api import CreateVisualization, VisualizationsApi
from matui.clouds.modelarts.visualizations_models import Visualization
from matui.clouds.rows import refuse_unreadable
from matui.resources.form import Form, Values
from matui.resources.model import Resource

_DESCRIPTION = "At most 256 characters."


class VisualizationForms(KindForms):
    """Visualization jobs."""

    kind: ClassVar[str] = "visualizations"

    def __init__(self, api: VisualizationsApi, source: Visualizations) -> None:
        super().__init__(source.scope)
        self._api = api
        self._source = source

    async def edit_form(self, resource: Resource) -> Form:
        """The description alone: nothing else can be changed."""
        refuse_unreadable(resource)
        now = await self._source.read(resource.id)
        row = Visualization.model_validate(to_map(now.raw.value()))
        context = (("status", now.status), ("train_url", row.train_url))
        description = field("job_desc", "Description.", row.job_desc, limits=_DESCRIPTION)
        return Form("edit", now, (description,), context)

    async def create_form(self, workspace: str) -> Form:  # noqa: ARG002 - 5.3.1 takes no workspace
        """A new one; it starts at once."""
        fields = (
            field("job_name", "Name.", "", limits="1 to 20 letters, digits, hyphens and underscores."),
            field("train_url", "Where the summaries of a training job are, in OBS.", "", limits="Needed."),
            field("job_desc", "Description.", limits=_DESCRIPTION),
        )
        return Form("create", self.new(), fields, whole=True)

    def requests(self, form: Form, values: Values) -> list[Request]:
        """5.3.1, or 5.3.4."""
        if form.deed == "create":
            return [Request(partial(self._create, checked(CreateVisualization, given(values))))]
        parts = changed_parts(form, values, ("job_desc",))
        if not parts:
            return []
        return [Request(partial(self._describe, form.subject.id, checked(Description, parts)))]

    async def _create(self, body: CreateVisualization) -> Made:
        reply = await self._api.create(body)
        return Made(str(reply.value.job_id), reply.answer.request_id, job_status(reply.value.status)[0])

    async def _describe(self, job_id: str, body: Description) -> Made:
        return Made(job_id, (await self._api.set_description(job_id, body)).answer.request_id)
