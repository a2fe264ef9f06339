"""Forms of jobs and versions: description (5.1.8), a new job (5.1.1), a new version (5.1.6)."""

from __future__ import annotations

from matui.base.errors import RefusedError
from matui.clouds.modelarts.client_registry import ClientRegistry
from matui.clouds.modelarts.form_base import (
    AS_A_WHOLE,
    KindForms,
    Request,
    build_change_request,
    build_request,
    drop_blanks,
    make_field,
    parse_whole,
)
from matui.clouds.modelarts.mapping import parse_job_status
from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.catalog import Catalog
from matui.clouds.modelarts.v1.jobs.client import Jobs, Versions, split_version
from matui.clouds.modelarts.v1.jobs.models import JobCreated
from matui.clouds.modelarts.v1.jobs.requests import CreateJob, CreateVersion, Description
from matui.clouds.modelarts.v1.jobs.version_models import map_version
from matui.clouds.modelarts.v1.setup_fields import (
    NEW,
    build_setup_values,
    drop_empty_settings,
    fetch_setup_choices,
    list_dropped_settings,
    make_setup_fields,
)
from matui.clouds.rows import refuse_unreadable
from matui.clouds.wire_types import to_map, to_text
from matui.resources.forms.form import Form, Values
from matui.resources.model import Resource

_JOB_LIMITS = "At most 256 characters."


class JobForms(KindForms[Jobs]):
    """Jobs; their versions by ``rerun``."""

    kind = "jobs"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._versions = clients.get(Versions)
        self._catalog = Catalog(clients.session)

    async def edit_form(self, resource: Resource) -> Form:
        """The description alone: nothing else of a job can be changed."""
        refuse_unreadable(resource)
        now = await self.client.read(resource.id.split("/")[0])
        current = to_map(now.raw.parse_value()).get("job_desc")
        description = make_field("job_desc", "Description.", to_text(current), limits=_JOB_LIMITS)
        notes = ("Only the description of a job can be changed; matui rerun makes a new version of it.",)
        return Form("edit", now, (description,), (("status", now.status),), notes)

    async def create_form(self, workspace: str) -> Form:
        """A new job with its first version."""
        subject = self.build_stand_in(workspace)
        head = (
            make_field("job_name", "Name.", "", limits="1 to 64 letters, digits, hyphens and underscores."),
            make_field("job_desc", "Description.", limits=_JOB_LIMITS),
            make_field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
        )
        tail = (
            make_field(
                "config.create_version", "Whether it starts at once.", limits="true or false.", example=True
            ),
            make_field(
                "config.volumes",
                "Volumes to mount; only in a dedicated resource pool.",
                limits="Each is either nfs (id, src_path, dest_path, read_only) or host_path (without id).",
                example=[{"nfs": {"id": "", "src_path": "192.168.8.150:/", "dest_path": "/home/work/nas"}}],
            ),
        )
        setup = make_setup_fields("config.", NEW, await fetch_setup_choices(self._catalog))
        return Form("create", subject, (*head, *setup, *tail), whole=True)

    async def rerun_form(self, job: Resource) -> Form:
        """A new version with the settings of the chosen one (5.1.3)."""
        refuse_unreadable(job)
        job_id, version_id = await self.client.find_version_ids(job)
        reply = await self._versions.show(f"{job_id}/{version_id}")
        version = reply.value
        scope = self.client.build_scope(job)
        now = map_version(version, job_id, version.job_name, scope, reply.build_raw(), version_id)
        previous = parse_whole(version_id)
        if previous is None:
            raise RefusedError(
                f"The version id {version_id} is not a number: no version can be created from it.",
                remedy="Create the job anew, or run another version of it again.",
            )
        fields = (
            make_field("job_desc", "Description of the job.", version.job_desc, limits=_JOB_LIMITS),
            *make_setup_fields(
                "config.", build_setup_values(version), await fetch_setup_choices(self._catalog)
            ),
        )
        context = (
            ("job", f"{version.job_name} ({job_id})"),
            ("parent version", f"{version.version_name or 'version'} ({version_id}), pre_version_id"),
            ("its status", now.status),
        )
        fixed = ((("config", "pre_version_id"), previous),)
        return Form(
            "rerun",
            now,
            fields,
            context,
            (AS_A_WHOLE, *list_dropped_settings(version)),
            whole=True,
            fixed=fixed,
        )

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        api = self.client.api
        if form.mode == "edit":
            return build_change_request(api.set_description, Description, form, values, ("job_desc",))
        if form.mode == "create":
            new = validate_request(CreateJob, _add_output(drop_blanks(values), values))
            return [build_request(api.create, new, result=_read_created)]
        body = {**values, "config": drop_empty_settings(values.get("config", {}))}
        job_id = split_version(form.subject.id)[0]

        def read_created_version(reply: JobCreated) -> tuple[str, str]:
            version_id = str(reply.version_id)
            return f"{job_id}/{version_id}" if version_id else job_id, parse_job_status(reply.status)[0]

        version = validate_request(CreateVersion, body)
        return [build_request(api.create_version, job_id, version, result=read_created_version)]


def _read_created(reply: JobCreated) -> tuple[str, str]:
    return str(reply.job_id), parse_job_status(reply.status)[0]


def _add_output(body: Values, values: Values) -> Values:
    """Return a new job's body with the output's place even where that is empty, for it is mandatory."""
    config = values.get("config")
    if isinstance(config, dict) and "train_url" in config:
        return {**body, "config": {**body.get("config", {}), "train_url": config["train_url"]}}
    return body
