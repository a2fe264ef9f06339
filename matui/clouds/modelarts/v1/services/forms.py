"""Forms of services: description, models and schedule (7.5), a new service (7.1)."""

from __future__ import annotations

from typing import Any

from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import (
    KindForms,
    Request,
    build_request,
    drop_blanks,
    fetch_choices,
    make_field,
    select_changed_values,
)
from matui.clouds.modelarts.requests import FieldProblem, InvalidRequestError, validate_request
from matui.clouds.modelarts.v1.catalog import Catalog
from matui.clouds.modelarts.v1.services.client import Services
from matui.clouds.modelarts.v1.services.wire import (
    DeployService,
    Schedule,
    Service,
    ServiceConfig,
    UpdateService,
    check_models,
)
from matui.clouds.wire_types import to_text
from matui.resources.forms.form import Field, Form, Values
from matui.resources.model import Resource

_SCHEDULE = "Only of a real-time service: it stops after a time. Empty: it runs until it is stopped."
_UNITS = 'type is "stop", time_unit DAYS, HOURS or MINUTES, duration a whole number from 1.'
_RULE = [{"type": "stop", "time_unit": "HOURS", "duration": 2}]
_ITEMS = (
    ("model_id", "the model"),
    ("weight", "real-time: share of the traffic in percent, 0 to 100; all weights sum to 100"),
    ("specification", "flavor of each instance"),
    ("instance_count", "real-time and batch: how many instances, from 1"),
    ("envs", 'environment, names and texts: { NAME = "value" }'),
    ("src_path, dest_path, req_uri", "batch: input and output in OBS, path of the inference"),
    ("mapping_type", "batch: file, or csv with a mapping_rule"),
    ("nodes", "edge: ids of the edge nodes"),
)
_UNCHANGEABLE = ("model_id", "specification", "envs")


def _build_config(row: ServiceConfig, infer_type: str) -> dict[str, Any]:
    """Return one model of a service as it is sent (Tables 7-26 to 7-28)."""
    values: dict[str, Any] = {"model_id": row.model_id, "specification": row.specification}
    if infer_type == "real-time":
        values |= {"weight": int(row.weight or 0)}
    if infer_type == "edge":
        nodes = [str(node.id) for node in row.nodes if node is not None]
        return values | {"envs": _convert_to_texts(row.envs), "nodes": nodes}
    values |= {"instance_count": row.instance_count or 1, "envs": _convert_to_texts(row.envs)}
    if infer_type == "batch":
        values |= {name: getattr(row, name) for name in ("src_path", "dest_path", "req_uri", "mapping_type")}
    optional = ("cluster_id", "custom_spec", "additional_properties", "mapping_rule")
    return values | {name: value for name in optional if (value := getattr(row, name))}


def _convert_to_texts(envs: dict[str, Any]) -> dict[str, str]:
    return {name: to_text(value) for name, value in envs.items()}


def _build_rule(row: Schedule) -> dict[str, Any]:
    return {"type": row.type or "stop", "time_unit": row.time_unit, "duration": int(row.duration or 1)}


class ServiceForms(KindForms[Services]):
    """Inference services. Start and stop change the status: 7.5 takes a status or models, never both."""

    kind = "services"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._catalog = Catalog(clients.session)

    async def edit_form(self, resource: Resource) -> Form:
        """The fields of 7.5 except the status."""
        now, row = await self.client.reread(resource)
        models = [_build_config(config, row.infer_type) for config in row.config if config is not None]
        limits = "Sent as a whole; one that is left out is removed."
        if row.infer_type == "edge":
            limits += " Of an edge service only nodes can be changed."
        config = await self._make_config_field(models, limits)
        fields = (self._make_description_field(row.description), *self._make_other_fields(row), config)
        context = (
            ("status", f"{now.status} (matui start and stop change it)"),
            ("infer_type", row.infer_type),
        )
        return Form("edit", now, fields, context)

    def _make_other_fields(self, row: Service) -> tuple[Field, ...]:
        extra = row.additional_properties
        properties = make_field(
            "additional_properties",
            "Further properties, such as smn_notification.",
            extra or None,
            example={},
        )
        if row.infer_type != "real-time":
            return (properties,)
        rules = [_build_rule(rule) for rule in row.schedule if rule is not None]
        return (make_field("schedule", _SCHEDULE, rules, limits=_UNITS), properties)

    @staticmethod
    def _make_description_field(value: str | None) -> Field:
        return make_field("description", "Description.", value, limits="At most 100 characters.")

    async def _make_config_field(self, models: list[dict[str, Any]], limits: str) -> Field:
        flavors = await fetch_choices(self._catalog.fetch_deployment_flavors)
        more: dict[str, Any] = {"tables": True, "items": _ITEMS, "choices": flavors}
        return make_field("config", "The models it serves.", models, limits=limits, **more)

    async def create_form(self, workspace: str) -> Form:
        """A new service; it starts at once."""
        subject = self.build_stand_in(workspace)
        model = {
            "model_id": "",
            "weight": 100,
            "specification": "modelarts.vm.cpu.2u",
            "instance_count": 1,
            "envs": {},
        }
        fields = (
            make_field(
                "service_name", "Name.", "", limits="1 to 64 letters, Chinese characters, digits, - and _"
            ),
            make_field("infer_type", "What it does.", "real-time", limits="real-time, batch or edge."),
            self._make_description_field(None),
            make_field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
            make_field("schedule", _SCHEDULE, limits=_UNITS, example=_RULE),
            make_field("cluster_id", "Dedicated resource pool; then its network holds."),
            make_field(
                "vpc_id", "VPC of the instances.", limits="Needs subnet_network_id and security_group_id."
            ),
            make_field("subnet_network_id", "Network id of the subnet."),
            make_field("security_group_id", "Security group; lets TCP 8080 in."),
            make_field("additional_properties", "Further properties, such as smn_notification.", example={}),
            await self._make_config_field(
                [model], "Several only of a real-time service, of different versions."
            ),
        )
        return Form("create", subject, fields, whole=True)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """7.1, or 7.5 with what changed."""
        if form.mode == "create":
            new = validate_request(DeployService, _drop_empty(drop_blanks(values)))
            return [
                build_request(self.client.api.deploy, new, result=lambda made: (str(made.service_id), ""))
            ]
        names = ("description", "config", "schedule", "additional_properties")
        parts = select_changed_values(form, values, names)
        if not parts:
            return []
        body = validate_request(UpdateService, _drop_empty(parts))
        if body.config is not None:
            _check_models(form, values, body)
        service_id = form.subject.id
        return [build_request(self.client.api.update, service_id, body, result=lambda _: (service_id, ""))]


def _drop_empty(body: Values) -> Values:
    """Return the body without what is empty in each of its models."""
    models = body.get("config")
    if not isinstance(models, list):
        return body
    return {**body, "config": [drop_blanks(model) if isinstance(model, dict) else model for model in models]}


def _check_models(form: Form, values: Values, body: UpdateService) -> None:
    infer_type = form.subject.get_text("type")
    try:
        check_models(infer_type if infer_type in ("batch", "edge") else "real-time", body.config or [])
    except ValueError as error:
        raise InvalidRequestError((FieldProblem("config", str(error)),)) from None
    if infer_type == "edge":
        _check_edge(form.values["config"], values["config"])


def _check_edge(before: list[Any], after: list[Any]) -> None:
    problems = tuple(
        FieldProblem(f"config.{at}.{name}", "it cannot be changed in an edge service")
        for at, (old, new) in enumerate(zip(before, after, strict=False))
        for name in _UNCHANGEABLE
        if (old.get(name) or None) != (new.get(name) or None)
    )
    if problems:
        raise InvalidRequestError(problems)
