"""Forms of training job configurations: edit one (5.2.3), create one (5.2.1)."""

from __future__ import annotations

from matui.base.errors import RefusedError
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import AS_A_WHOLE, KindForms, Request, build_request, make_field
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.catalog import Catalog
from matui.clouds.modelarts.v1.configs.client import Configs, parse_config_id
from matui.clouds.modelarts.v1.configs.wire import CreateConfig, UpdateConfig
from matui.clouds.modelarts.v1.setup_fields import (
    NEW,
    build_setup_values,
    drop_empty_settings,
    fetch_setup_choices,
    make_setup_fields,
)
from matui.resources.forms.form import Form, Values
from matui.resources.model import Resource

_DESCRIPTION = "At most 256 characters."


class ConfigForms(KindForms[Configs]):
    """Configurations; a sample's cannot be changed."""

    kind = "configs"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._catalog = Catalog(clients.session)

    async def edit_form(self, resource: Resource) -> Form:
        """Everything but the name; it is sent as a whole."""
        if parse_config_id(resource.id)[0] == "sample":
            raise RefusedError("A sample configuration cannot be changed.", remedy="Create one of your own.")
        now, row = await self.client.reread(resource)
        chosen = await fetch_setup_choices(self._catalog)
        description = make_field("config_desc", "Description.", row.config_desc, limits=_DESCRIPTION)
        return Form(
            "edit",
            now,
            (description, *make_setup_fields("", build_setup_values(row), chosen)),
            notes=(AS_A_WHOLE,),
            whole=True,
        )

    async def create_form(self, workspace: str) -> Form:  # noqa: ARG002 - 5.2.1 takes no workspace
        head = (
            make_field(
                "config_name", "Name.", "", limits="1 to 20 letters, digits, hyphens and underscores."
            ),
            make_field("config_desc", "Description.", limits=_DESCRIPTION),
        )
        setup = make_setup_fields("", NEW, await fetch_setup_choices(self._catalog))
        return Form("create", self.build_stand_in(), (*head, *setup), whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        body = drop_empty_settings(values)
        if form.mode == "create":
            if not body.get("data_url"):
                body.pop("data_url", None)
            new = validate_request(CreateConfig, body)
            return [build_request(self.client.api.create, new, result=lambda _: (new.config_name, ""))]
        if "config_desc" in values:
            body["config_desc"] = values["config_desc"]
        name, change = parse_config_id(form.subject.id)[1], validate_request(UpdateConfig, body)
        return [build_request(self.client.api.update, name, change, result=lambda _: (name, ""))]
