"""Forms of training job configurations: one's own changed (5.2.3), a new one (5.2.1)."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from matui.clouds.form_port import Made
from matui.clouds.lenient import to_map
from matui.clouds.modelarts.catalog import Catalog
from matui.clouds.modelarts.configs import Configs, origin_of
from matui.clouds.modelarts.configs_api import ConfigsApi, CreateConfig, UpdateConfig
from matui.clouds.modelarts.configs_models import ConfigRecord
from matui.clouds.modelarts.forms.kind_forms import KindForms, Request, field
from matui.clouds.modelarts.forms.setup_fields import (
    AS_A_WHOLE,
    NEW,
    setup_choices,
    setup_fields,
    setup_values,
    without_empty,
)
from matui.clouds.modelarts.requests import checked
from matui.clouds.rows import refuse_unreadable
from matui.errors import RefusedError
from matui.resources.form import Form, Values
from matui.resources.model import Resource

_DESCRIPTION = "At most 256 characters."


class ConfigForms(KindForms):
    """Configurations; a sample's cannot be changed."""

    kind: ClassVar[str] = "configs"

    def __init__(self, api: ConfigsApi, source: Configs, catalog: Catalog) -> None:
        super().__init__(source.scope)
        self._api = api
        self._source = source
        self._catalog = catalog

    async def edit_form(self, resource: Resource) -> Form:
        """Everything but the name; it is sent as a whole."""
        refuse_unreadable(resource)
        if origin_of(resource.id)[0] == "sample":
            raise RefusedError("A sample configuration cannot be changed.", remedy="Create one of your own.")
        now = await self._source.read(resource.id)
        row = ConfigRecord.model_validate(to_map(now.raw.value()))
        chosen = await setup_choices(self._catalog)
        description = field("config_desc", "Description.", row.config_desc, limits=_DESCRIPTION)
        return Form(
            "edit",
            now,
            (description, *setup_fields("", setup_values(row), chosen)),
            notes=(AS_A_WHOLE,),
            whole=True,
        )

    async def create_form(self, workspace: str) -> Form:  # noqa: ARG002 - 5.2.1 takes no workspace
        """A new one."""
        head = (
            field("config_name", "Name.", "", limits="1 to 20 letters, digits, hyphens and underscores."),
            field("config_desc", "Description.", limits=_DESCRIPTION),
        )
        setup = setup_fields("", NEW, await setup_choices(self._catalog))
        return Form("create", self.new(), (*head, *setup), whole=True)

    def requests(self, form: Form, values: Values) -> list[Request]:
        """5.2.1, or 5.2.3."""
        body = without_empty(values)
        if form.deed == "create":
            if not body.get("data_url"):
                body.pop("data_url", None)
            return [Request(partial(self._create, checked(CreateConfig, body)))]
        if "config_desc" in values:
            body["config_desc"] = values["config_desc"]
        return [Request(partial(self._update, origin_of(form.subject.id)[1], checked(UpdateConfig, body)))]

    async def _create(self, body: CreateConfig) -> Made:
        reply = await self._api.create(body)
        return Made(body.config_name, reply.answer.request_id)

    async def _update(self, name: str, body: UpdateConfig) -> Made:
        return Made(name, (await self._api.update(name, body)).answer.request_id)
