"""Forms of v2 services: a new service with its first deployment, and a further deployment."""

from __future__ import annotations

import re
from asyncio import gather
from dataclasses import replace
from typing import Any, get_args

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import (
    KindForms,
    Request,
    build_request,
    drop_blanks,
    fetch_choices,
    make_field,
)
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import (
    FILLED,
    FieldProblem,
    InvalidRequestError,
    RequestModel,
    validate_request,
)
from matui.clouds.modelarts.v2.catalog import V2Catalog
from matui.clouds.modelarts.v2.services.client import V2Services
from matui.clouds.modelarts.v2.services.requests import CreateService, GroupConfig, TaskType
from matui.clouds.modelarts.v2.services.wire import Deployment, V2Service
from matui.clouds.protocols import ListRequest
from matui.resources.forms.form import Field, Form, Values
from matui.resources.kinds.configs import Choice
from matui.resources.model import Resource

_NAME = "1 to 64 letters, Chinese characters, digits, - and _"
*_TASKS, _LAST_TASK = get_args(TaskType)
_UNIT: dict[str, Any] = {
    "flavor": "",
    "image": {"source": "SWR", "swr_path": "", "category": "GPU"},
    "cmd": "",
    "port": 8080,
}
_UNITS = (
    ("flavor", "flavor of each instance, or custom_spec = { cpu = 8, memory = 32768, gpu = 1, arch = … }"),
    ("image", "source SWR with swr_path, category GPU, CPU or ASCEND"),
    ("cmd", "the command that starts it"),
    ("port", "1 to 65535"),
    ("envs", 'environment, names and texts: { NAME = "value" }'),
    ("files", 'weights and code: [{ source = "OBS", address = "/bucket/model/", mount_path = "/model" }]'),
)


class NewDeployment(RequestModel):
    service_id: FILLED
    deployment: GroupConfig


class ServiceFormsApi(OperationTable, api="v2"):
    """The operations of the forms."""

    create = Operation("Create.", "POST", "services", V2Service, CreateService)
    deploy = Operation("Add a deployment.", "POST", "services/{}/deployments", Deployment, GroupConfig)


class V2ServiceForms(KindForms[V2Services]):
    """Services and their deployments."""

    kind = "services"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._api = ServiceFormsApi(clients.session)
        self._catalog = V2Catalog(clients.session, clients.scope.workspace)

    async def create_form(self, workspace: str) -> Form:
        """A new service with its first deployment; it starts at once."""
        subject = self.build_stand_in(workspace)
        fields = (
            make_field("name", "Name.", "", limits=_NAME),
            make_field("description", "Description.", limits="At most 512 characters, none of < >"),
            make_field("type", "How it is called.", "REAL_TIME", limits="REAL_TIME or ASYNC_REAL_TIME."),
            make_field(
                "deploy_type", "Cards of an instance.", "SINGLE", limits="SINGLE (one node) or MULTI."
            ),
            make_field(
                "task_type",
                "What its model does.",
                limits=f"{', '.join(_TASKS)} or {_LAST_TASK}.",
                example="TEXT_GENERATION",
            ),
            make_field("version", "Version.", "1.0.0", limits="1.0.0 to 99.99.99."),
            make_field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
            *_invoke_fields(),
            make_field(
                "custom_metrics_path",
                "Where the container serves metrics: protocol, port and path.",
                "http,8080,metrics",
                limits="At most 255 characters.",
            ),
            make_field(
                "schedule",
                "When it stops by itself.",
                limits='type is "stop", time_unit DAYS, HOURS or MINUTES, duration from 1.',
                example=[{"type": "stop", "time_unit": "HOURS", "duration": 2}],
            ),
            *await self._make_group_fields("group."),
        )
        return Form("create", subject, fields, whole=True)

    async def create_inner_form(self, kind: str, workspace: str) -> Form:
        """A further deployment of a service."""
        subject = self.build_stand_in(workspace, kind)
        listed: list[Choice] = []

        async def fetch() -> list[Choice]:
            listed.extend(await self._fetch_services())
            return listed

        services = await fetch_choices(fetch)
        fields = (
            make_field("service_id", "The service, by its id.", "", limits="Needed.", choices=services),
            *await self._make_group_fields("deployment."),
        )
        owners = tuple((one.id, one.label) for one in listed)
        return Form("create", subject, fields, whole=True, owners=owners)

    async def _fetch_services(self) -> tuple[Choice, ...]:
        page = await self.client.list_page(ListRequest("services", size=100))
        return tuple(Choice(row.id, row.name, row.status) for row in page.resources)

    async def _make_group_fields(self, prefix: str) -> tuple[Field, ...]:
        flavors, pools = await gather(
            fetch_choices(self._catalog.fetch_service_flavors), fetch_choices(self._catalog.fetch_pools)
        )
        return (
            make_field(f"{prefix}name", "Name of the deployment.", "", limits=_NAME),
            make_field(f"{prefix}count", "Instances.", 1, limits="1 to 128.", bounds=(1, 128)),
            make_field(
                f"{prefix}weight", "Share of the traffic, percent.", 100, limits="0 to 100.", bounds=(0, 100)
            ),
            make_field(f"{prefix}pool_id", "Dedicated resource pool, by its id.", choices=pools),
            make_field(f"{prefix}framework", "Framework.", limits="COMMON, VLLM or MINDIE.", example="VLLM"),
            make_field(f"{prefix}priority", "Priority.", limits="1 to 3.", bounds=(1, 3), example=1),
            make_field(
                f"{prefix}unit_configs",
                "What an instance is made of.",
                [_UNIT],
                limits="One unit, unless deploy_type is MULTI.",
                tables=True,
                items=_UNITS,
                choices=flavors,
            ),
        )

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """A new service, or a new deployment."""
        body = drop_blanks(values)
        if form.subject.kind == "services":
            group = body.pop("group", None)
            body["group_configs"] = [_build_group(group)] if group else []
            new = _validate_service(body)
            return [
                build_request(self._api.create, new, result=lambda made: (str(made.id), clean(made.status)))
            ]
        body["deployment"] = _build_group(body.get("deployment", {}))
        asked = validate_request(NewDeployment, body)

        def read_made(made: Deployment) -> tuple[str, str]:
            return f"{asked.service_id}/{made.name or asked.deployment.name}", clean(made.status)

        return [build_request(self._api.deploy, asked.service_id, asked.deployment, result=read_made)]

    def build_stand_in(self, workspace: str = "", kind: str = "services") -> Resource:
        """Return a stand-in for what is not there yet."""
        return replace(super().build_stand_in(workspace), kind=kind)


def _invoke_fields() -> tuple[Field, ...]:
    prefix = "runtime_config.service_invoke."
    limit = "runtime_config.service_limit."
    rate = f"{limit}rate_limit."
    return (
        make_field(f"{prefix}protocol", "Protocol.", "HTTPS", limits="HTTP, HTTPS, WS or WSS."),
        make_field(f"{prefix}port", "Port.", 8080, limits="1 to 65535.", bounds=(1, 65535)),
        make_field(f"{prefix}auth_type", "Authentication.", "TOKEN", limits="TOKEN, API_KEY or NONE."),
        make_field(
            f"{limit}rate_limit.num",
            "Calls in a unit of time.",
            200,
            limits="1 to 10000.",
            bounds=(1, 10_000),
        ),
        make_field(f"{rate}unit", "The unit.", "SECONDS", limits="SECONDS or MINUTES."),
        make_field(f"{limit}request_size_limit", "Largest call, MB.", 12, limits="1 to 50.", bounds=(1, 50)),
        make_field(
            f"{limit}request_timeout", "Longest call, seconds.", 60, limits="1 to 7200.", bounds=(1, 7200)
        ),
    )


def _validate_service(body: Values) -> CreateService:
    """Make the request of a new service. Raises InvalidRequestError, which names the keys of the form."""
    try:
        return validate_request(CreateService, body)
    except InvalidRequestError as error:
        problems = (FieldProblem(_find_key(problem.path), problem.sentence) for problem in error.problems)
        raise InvalidRequestError(tuple(problems)) from None


def _find_key(path: str) -> str:
    """Return the form's key for a path in the body: its only deployment is the table ``group``."""
    return re.sub(r"^group_configs(\.0)?(?=\.|$)", "group", path)


def _build_group(given: Any) -> Any:
    """Return a deployment without what is empty in its units."""
    if not isinstance(given, dict) or not isinstance(given.get("unit_configs"), list):
        return given
    units = [drop_blanks(unit) if isinstance(unit, dict) else unit for unit in given["unit_configs"]]
    return {**given, "unit_configs": units}
