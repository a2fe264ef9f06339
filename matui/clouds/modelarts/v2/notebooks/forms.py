"""Forms of current notebooks: a new one; name, description, and how long the lease lasts from now on."""

from __future__ import annotations

from asyncio import gather
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from matui.base.text.formatting import format_local_time
from matui.base.text.sanitize import clean
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
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import (
    DESCRIPTION_512,
    RequestModel,
    validate_request,
)
from matui.clouds.modelarts.v2.catalog import V2Catalog
from matui.clouds.modelarts.v2.notebooks.client import V2Notebooks
from matui.clouds.modelarts.v2.notebooks.wire import (
    LONGEST_LEASE_MS,
    NAME_128,
    SHORTEST_LEASE_MS,
    NewLease,
    V2CreateNotebook,
    V2Notebook,
)
from matui.clouds.protocols import FormResult
from matui.clouds.sections import get_integer_fact
from matui.clouds.wire_types import EmptyReply
from matui.resources.forms.form import Field as FormField
from matui.resources.forms.form import Form, Problem, Values
from matui.resources.model import Resource

_NAME = "At most 128 letters, digits, Chinese characters, hyphens and underscores."
_DESCRIPTION = "At most 512 characters, none of < >"
_HOUR_MS = 3_600_000
_SHORTEST_H, _LONGEST_H = SHORTEST_LEASE_MS // _HOUR_MS, LONGEST_LEASE_MS // _HOUR_MS


class V2UpdateNotebook(RequestModel):
    name: NAME_128 | None = None
    description: DESCRIPTION_512 | None = None


class LeaseHours(RequestModel):
    """A lease in hours, as people think of it."""

    hours: Annotated[float, Field(ge=_SHORTEST_H, le=_LONGEST_H, allow_inf_nan=False)]
    type: Literal["TIMING", "IDLE"] = "TIMING"


class NotebookFormsApi(OperationTable):
    """The operations on the notebook itself; ``renew`` has a query too."""

    create = Operation("Create.", "POST", "notebooks", V2Notebook, V2CreateNotebook)
    update = Operation("Update.", "PUT", "notebooks/{}", V2Notebook, V2UpdateNotebook)
    renew = Operation("Renew the lease.", "PATCH", "notebooks/{}/lease", EmptyReply, NewLease)


class V2NotebookForms(KindForms[V2Notebooks]):
    """Current notebooks."""

    kind = "notebooks"

    def __init__(self, clients: ClientRegistry) -> None:
        super().__init__(clients)
        self._api = NotebookFormsApi(clients.session)
        self._catalog = V2Catalog(clients.session, clients.scope.workspace)

    async def create_form(self, workspace: str) -> Form:
        """A new notebook; it starts at once."""
        subject = self.build_stand_in(workspace)
        flavors, images, pools = await gather(
            fetch_choices(self._catalog.fetch_notebook_flavors),
            fetch_choices(self._catalog.fetch_images),
            fetch_choices(self._catalog.fetch_pools),
        )
        fields = (
            make_field("name", "Name.", "", limits=_NAME),
            make_field("description", "Description.", limits=_DESCRIPTION),
            make_field("flavor", "Flavor.", "", limits="Needed.", choices=flavors),
            make_field("image_id", "Image, by its id.", "", limits="Needed.", choices=images),
            make_field("pool_id", "Dedicated resource pool, by its id.", choices=pools),
            make_field("volume.category", "Storage.", "EVS", limits="EVS (a disk), EFS, OBS or OBSFS."),
            make_field(
                "volume.ownership", "Whose it is.", "MANAGED", limits="MANAGED, or DEDICATED: your own."
            ),
            make_field(
                "volume.capacity", "Size of the disk, GB.", 5, limits="5 to 4096; EVS only.", bounds=(5, 4096)
            ),
            make_field(
                "volume.uri",
                "Where your own storage is.",
                limits="Needed with DEDICATED.",
                example="obs://bucket/directory/",
            ),
            make_field("volume.mount_path", "Where it is mounted.", example="/home/ma-user/work/"),
            make_field(
                "lease.hours",
                "How long it runs, or idles, until it stops by itself.",
                1,
                limits=f"Hours from {_SHORTEST_H} to {_LONGEST_H}.",
                bounds=(_SHORTEST_H, _LONGEST_H),
            ),
            _make_lease_type_field("TIMING"),
            make_field(
                "endpoints",
                "Remote access.",
                limits="service is SSH or NOTEBOOK.",
                tables=True,
                example={"service": "SSH", "key_pair_names": ["my-key"]},
            ),
            make_field("workspace_id", "Workspace.", subject.workspace or None, example="0"),
        )
        return Form("create", subject, fields, whole=True)

    async def edit_form(self, resource: Resource) -> Form:
        """Name, description and lease."""
        now, row = await self.client.reread(resource)
        lease = row.lease
        fields = (
            make_field("name", "Name.", row.name, limits=_NAME),
            make_field("description", "Description.", row.description, limits=_DESCRIPTION),
            make_field(
                "lease.hours",
                "How long it runs, or idles, from now on until it stops automatically.",
                limits=f"Hours from {_SHORTEST_H} to {_LONGEST_H}; left out, the lease stays as it is.",
                example=4,
            ),
            _make_lease_type_field(lease.type.upper() if lease.enable and lease.type else "TIMING"),
        )
        ends = get_integer_fact(now, "auto_stop_at")
        context = (
            ("status", now.status),
            ("flavor", row.flavor),
            ("stops at", format_local_time(ends) if ends is not None else "unknown"),
        )
        return Form("edit", now, fields, context)

    def build_requests(self, form: Form, values: Values) -> list[Request]:
        """A new notebook, or two requests at most: the notebook, then its lease."""
        if form.mode == "create":
            return [self._build_creation(values)]
        parts = select_changed_values(form, values, ("name", "description", "lease"))
        found: list[Request] = []
        lease = parts.pop("lease", None)
        renewal = None if lease is None else _build_lease(lease)
        if parts:
            update, ident = self._api.update, form.subject.id
            body, about = validate_request(V2UpdateNotebook, parts), ", ".join(parts)
            found.append(
                build_request(update, ident, body, result=lambda now: (ident, clean(now.status)), about=about)
            )
        if renewal is not None:
            found.append(Request(partial(self._renew, form.subject.id, renewal), "lease"))
        return found

    def find_problems(self, form: Form, values: Values) -> tuple[Problem, ...]:
        """As for every kind: the lease, which is checked on its own, and the other fields."""
        found = super().find_problems(form, values)
        if not any(problem.path[:1] == ("lease",) for problem in found):
            return found
        return (*found, *super().find_problems(form, {**values, "lease": form.values.get("lease", {})}))

    def _build_creation(self, values: Values) -> Request:
        body = drop_blanks(values)
        lease = body.pop("lease", None)
        if lease is not None:
            body["lease"] = _build_lease(lease)
        new = validate_request(V2CreateNotebook, body)
        return build_request(self._api.create, new, result=lambda made: (str(made.id), clean(made.status)))

    async def _renew(self, notebook_id: str, body: NewLease) -> FormResult:
        """Send the lease as a body; a time as the parameter too, which goes before the body."""
        query = (("duration", str(body.duration)),) if body.type == "TIMING" else ()
        call = NotebookFormsApi.renew.call(notebook_id, body)._replace(query=query)
        return FormResult(notebook_id, (await self.client.api.session.send(call)).request_id)


class _Leased(RequestModel):
    lease: LeaseHours


def _make_lease_type_field(value: str) -> FormField:
    help_text = "Whether that is a time, or a time without work."
    return make_field("lease.type", help_text, value, limits="TIMING or IDLE.")


def _build_lease(given: Values) -> NewLease:
    """Return the request for a lease in hours. Raises InvalidRequestError."""
    asked = validate_request(_Leased, {"lease": given}).lease
    return validate_request(NewLease, {"duration": round(asked.hours * _HOUR_MS), "type": asked.type})
