"""Forms of v2 training jobs: description and priority; a new job; the same job again."""

from __future__ import annotations

from asyncio import gather
from collections.abc import Iterator
from typing import Any

from matui.base.errors import CloudError, RefusedError
from matui.base.text.sanitize import clean
from matui.base.toml import TomlPath
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import (
    AS_A_WHOLE,
    FieldChoices,
    KindForms,
    Request,
    build_change_request,
    build_request,
    drop_blanks,
    fetch_choices,
    make_field,
)
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v2.catalog import V2Catalog
from matui.clouds.modelarts.v2.jobs.client import V2Jobs
from matui.clouds.modelarts.v2.jobs.configuration import (
    build_configuration,
    choose_next_name,
    find_base_name,
    has_own_tasks,
    state_origin,
)
from matui.clouds.modelarts.v2.jobs.models import V2Job
from matui.clouds.modelarts.v2.jobs.requests import EVENTS, UpdateJob, V2CreateJob
from matui.clouds.modelarts.v2.wire import build_newest_jobs
from matui.resources.forms.form import ABSENT, Field, Form, Values, format_path, get_value
from matui.resources.model import Resource

_NAME = "1 to 64 letters, digits, hyphens and underscores."
_CODE = "Needed, unless an algorithm id or a command of a custom image is given."
_PARAMETERS = (("name", "the parameter"), ("value", "its value, a text"))
_INPUTS = (
    ("name", "the name by which the code finds it"),
    ("local_dir", "where it is mounted"),
    ("remote", 'obs: { obs_url = "/bucket/data/" }, or dataset: { id = "…", version_id = "…" }'),
)
_OUTPUTS = (*_INPUTS[:2], ("remote", 'obs: { obs_url = "/bucket/out/" }'))
_NOT_STATED = "What the cloud does not state of a job, such as its automatic stop, is not repeated."


async def fetch_job_choices(catalog: V2Catalog) -> FieldChoices:
    """Fetch what can be chosen, and why where it cannot be listed."""
    flavors, engines, algorithms, experiments, pools = await gather(
        fetch_choices(catalog.fetch_flavors),
        fetch_choices(catalog.fetch_engines),
        fetch_choices(catalog.fetch_algorithms),
        fetch_choices(catalog.fetch_experiments),
        fetch_choices(catalog.fetch_pools),
    )
    return {
        "spec.resource.flavor_id": flavors,
        "algorithm.engine.engine_id": engines,
        "algorithm.id": algorithms,
        "metadata.training_experiment_reference.id": experiments,
        "spec.resource.pool_id": pools,
    }


def make_job_fields(body: Values, chosen: FieldChoices) -> tuple[Field, ...]:
    """Return the fields with the values of ``body``."""

    def make(path: str, help_text: str, limits: str = "", **more: Any) -> Field:
        value = get_value(body, path.split("."))
        known = None if value is ABSENT else value
        return make_field(path, help_text, known, limits=limits, choices=chosen.get(path, ()), **more)

    return (
        *_iterate_name_fields(make),
        *_iterate_code_fields(make),
        *_iterate_resource_fields(make),
        *_make_tables(make),
    )


def _iterate_name_fields(make: Any) -> Iterator[Field]:
    yield make("metadata.name", "Name.", _NAME)
    yield make("metadata.description", "Description.", "At most 256 characters.")
    yield make("metadata.workspace_id", "Workspace.", example="0")
    yield make("metadata.training_experiment_reference.id", "Experiment that it belongs to, by its id.")


def _iterate_code_fields(make: Any) -> Iterator[Field]:
    yield make("algorithm.id", "Algorithm, by its id, instead of code and engine.")
    yield make("algorithm.code_dir", "Directory of the code in OBS.", _CODE, example="/bucket/code/")
    yield make(
        "algorithm.boot_file", "The file to start, within code_dir.", _CODE, example="/bucket/code/train.py"
    )
    yield make("algorithm.command", "Command that starts the container of a custom image.")
    yield make("algorithm.local_code_dir", "Where the code is put in the container.", "A directory in /home.")
    yield make("algorithm.working_dir", "Directory in which the code runs.")
    yield make(
        "algorithm.environments",
        "Environment variables.",
        "At most 100, names and texts.",
        example={"NCCL_DEBUG": "INFO"},
    )
    yield make(
        "algorithm.engine.engine_id", "Engine, by its id.", "Either this, or image_url of a custom image."
    )
    yield make("algorithm.engine.image_url", "Custom image in SWR.", example="group/image:1.0")


def _iterate_resource_fields(make: Any) -> Iterator[Field]:
    yield make("spec.resource.flavor_id", "Flavor of each node.", "Needed without a pool.")
    yield make("spec.resource.node_count", "Number of nodes.", "A whole number from 1.", bounds=(1, None))
    yield make("spec.resource.pool_id", "Dedicated resource pool, by its id.")
    yield make(
        "spec.schedule_policy.priority",
        "Which jobs of its pool it goes before.",
        "1, 2 or 3, only in a pool; 3 goes first and needs a permission.",
        bounds=(1, 3),
        example=1,
    )
    yield make(
        "spec.schedule_policy.preemptible",
        "Whether others may take its place.",
        "true or false.",
        example=False,
    )
    yield make("spec.log_export_path.obs_url", "Where the logs go in OBS.", example="/bucket/logs/")
    yield make("spec.auto_stop.time_unit", "Unit of the automatic stop.", "HOURS.", example="HOURS")
    yield make(
        "spec.auto_stop.duration",
        "After how long it stops by itself.",
        "From 1.",
        bounds=(1, None),
        example=24,
    )
    yield make("spec.notification.topic_urn", "SMN topic that is notified.", "Needs events.")
    yield make(
        "spec.notification.events",
        "Events that are notified.",
        f"Of {', '.join(EVENTS)}.",
        example=["JobFailed", "JobHanged"],
    )


def _make_tables(make: Any) -> Iterator[Field]:
    yield make(
        "algorithm.parameters",
        "Running parameters.",
        tables=True,
        items=_PARAMETERS,
        example={"name": "learning_rate", "value": "0.01"},
    )
    yield make(
        "algorithm.inputs",
        "Data that is read.",
        tables=True,
        items=_INPUTS,
        example={"name": "data_url", "remote": {"obs": {"obs_url": "/bucket/data/"}}},
    )
    yield make(
        "algorithm.outputs",
        "Where results go.",
        tables=True,
        items=_OUTPUTS,
        example={"name": "train_url", "remote": {"obs": {"obs_url": "/bucket/out/"}}},
    )
    yield make(
        "spec.volumes",
        "File systems to mount.",
        "Each is one of nfs, pfs and obs.",
        tables=True,
        example={"nfs": {"nfs_server_path": "192.168.8.150:/", "local_path": "/home/work/nas"}},
    )


def list_values_without_field(body: Values, fields: tuple[Field, ...]) -> tuple[tuple[TomlPath, Any], ...]:
    """Return the values of a body that have no field, each with its path: they are sent as they are."""
    known = {field.path for field in fields}
    return tuple(_iterate_leaves((), body, known))


def _iterate_leaves(
    path: TomlPath, value: Any, known: set[tuple[str, ...]]
) -> Iterator[tuple[TomlPath, Any]]:
    if path in known:
        return
    if isinstance(value, dict) and any(one[: len(path)] == path for one in known):
        for name, inner in value.items():
            yield from _iterate_leaves((*path, name), inner, known)
    else:
        yield path, value


class JobFormsApi(OperationTable, api="v2"):
    """The operations of the forms."""

    update = Operation("Update.", "PUT", "training-jobs/{}", V2Job, UpdateJob)
    create = Operation("Create.", "POST", "training-jobs", V2Job, V2CreateJob)


class V2JobForms(KindForms[V2Jobs]):
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
