"""Current notebooks: list, read, describe, start with a lease, stop, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import (
    ActionHandler,
    ActionReply,
    Actions,
    ActionSpec,
    OptionHandler,
    read_stated_status,
    require_one,
)
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.paging import PageSlice
from matui.clouds.modelarts.requests import FILLED, RequestModel, validate_request
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient
from matui.clouds.modelarts.v2.notebooks.wire import (
    LONGEST_LEASE_MS,
    SHORTEST_LEASE_MS,
    Lease,
    V2Notebook,
)
from matui.clouds.modelarts.v2.wire import OFFSET, V2Page
from matui.clouds.protocols import Briefing, Effect
from matui.clouds.rows import map_status, match_id
from matui.clouds.sections import (
    build_countdown,
    build_instant,
    build_overview,
    build_section,
    format_millis,
    format_number,
    format_yes_no,
    get_integer_fact,
    join_text,
)
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.notebooks import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

_SIZES: tuple[Literal[10, 20, 50], ...] = (10, 20, 50)


def map_notebook(row: V2Notebook, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one notebook; ``wire_id`` is the id it was asked by."""
    lease = row.lease  # an answer may hold the times of the notebook in the lease only
    return scope.build_resource(
        "notebooks",
        match_id(wire_id, row.id),
        row.name,
        map_status(row.status, STATUSES),
        raw,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.user.name or row.user.id),
        created_at=row.create_at if row.create_at is not None else lease.create_at,
        updated_at=row.update_at if row.update_at is not None else lease.update_at,
        facts=_build_facts(row, scope),
    )


def _build_facts(row: V2Notebook, scope: Scope) -> dict[str, Fact]:
    lease = row.lease
    ends = _compute_end(row, scope)
    return {
        "flavor": clean(row.flavor),
        "auto_stop": lease.enable,
        "auto_stop_at": ends,
        "auto_stop_left_s": None if ends is None else ends // 1000 - int(scope.clock.now()),
        "lease_ms": lease.duration if lease.enable else None,
        "lease_type": lease.type if lease.enable else "",
        "image": format_image(row),
        "description": clean(row.description),
        "failure": clean(row.fail_reason),
        "pool": join_text(row.pool.name or row.pool.id),
    }


def _compute_end(row: V2Notebook, scope: Scope) -> int | None:
    """Return when the lease ends (ms): ``duration`` after it began, or was renewed where that is over.

    None unless the notebook runs and that is yet to come.
    """
    lease = row.lease
    if row.status.upper() != "RUNNING" or not lease.enable or lease.type.upper() == "IDLE":
        return None
    now_ms, lasts = scope.clock.now() * 1000, lease.duration
    if lasts is None:
        return None
    begun = [at for at in (lease.create_at, lease.update_at) if at is not None and at + lasts > now_ms]
    return int(begun[0] + lasts) if begun else None


def format_image(row: V2Notebook) -> str:
    """Return the image's name and tag."""
    return clean(":".join(part for part in (row.image.name, row.image.tag) if part))


def build_notebook_sections(row: V2Notebook, resource: Resource) -> tuple[Section, ...]:
    """Return everything about a notebook."""
    return (
        *build_overview(resource, _build_overview(row, resource)),
        *build_section("Under way", _build_steps(row)),
        *build_section("Resources", _build_resources(row)),
        *build_section("Auto-stop", _build_auto_stop(row.lease, resource)),
        *build_section(
            "Addresses", ((clean(e.service), clean(e.uri)) for e in row.endpoints if e is not None)
        ),
    )


def _build_overview(row: V2Notebook, resource: Resource) -> list[DetailRow]:
    return [
        ("Failure", resource.get_text("failure")),
        ("Description", clean(row.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", build_instant(resource.created_at)),
        ("Updated", build_instant(resource.updated_at)),
        ("Address", clean(row.url)),
    ]


def _build_steps(row: V2Notebook) -> list[DetailRow]:
    steps = [step for step in row.action_progress if step is not None]
    return [
        (join_text("Step", format_number(step.step)), join_text(step.status, step.description))
        for step in steps
    ]


def _build_resources(row: V2Notebook) -> list[DetailRow]:
    volume = row.volume
    return [
        ("Flavor", clean(row.flavor)),
        ("Image", format_image(row)),
        ("About it", clean(row.image.description)),
        ("Resource pool", join_text(row.pool.name, f"({row.pool.id})" if row.pool.id else "")),
        ("Storage", join_text(volume.category, format_number(volume.capacity, "GB"), volume.ownership)),
        ("Mounted at", clean(volume.mount_path)),
    ]


def _build_auto_stop(lease: Lease, resource: Resource) -> list[DetailRow]:
    idle = lease.type.upper() == "IDLE"
    return [
        ("Enabled", format_yes_no(lease.enable)),
        ("Stops after idling for" if idle else "Runs for", format_millis(lease.duration)),
        ("Stops at", build_countdown(get_integer_fact(resource, "auto_stop_at"))),
    ]


class V2NotebooksQuery(RequestModel):
    """``offset`` counts items; a page has 10, 20 or 50."""

    offset: OFFSET
    limit: Literal[10, 20, 50]
    sort_key: FILLED | None = None
    sort_dir: Literal["ASC", "DESC"] | None = None
    workspace_id: FILLED | None = None


class StartQuery(RequestModel):
    """``duration`` is ms: how long the notebook runs, or idles, before it stops automatically."""

    duration: Annotated[int, Field(ge=SHORTEST_LEASE_MS, le=LONGEST_LEASE_MS)] | None = None
    type: Literal["TIMING", "IDLE"] | None = None


class V2NotebooksApi(KindOperations):
    """The operations on current notebooks."""

    list = Operation("List the user's own.", "GET", "notebooks", V2Page[V2Notebook], V2NotebooksQuery)
    list_all = Operation(
        "List those of all users.", "GET", "notebooks/all", V2Page[V2Notebook], V2NotebooksQuery
    )
    show = Operation("Show.", "GET", "notebooks/{}", V2Notebook, shows=True)
    start = Operation("Start.", "POST", "notebooks/{}/start", V2Notebook, StartQuery, in_query=True)
    stop = Operation("Stop.", "POST", "notebooks/{}/stop", V2Notebook)
    delete = Operation("Delete.", "DELETE", "notebooks/{}", V2Notebook)


def _build_newest_query(position: int, size: int, scope: Scope) -> V2NotebooksQuery:
    return V2NotebooksQuery(
        offset=position,
        limit=next(allowed for allowed in _SIZES if allowed >= min(size, _SIZES[-1])),
        sort_key="create_at",
        sort_dir="DESC",
        workspace_id=scope.workspace or None,
    )


class V2Notebooks(SpecClient[V2NotebooksApi, V2Notebook]):
    """The notebooks of one project or workspace: the user's own, or those of all users."""

    kind = "notebooks"
    forms = ("edit", "create")
    operations = V2NotebooksApi
    most = 50
    spec = KindSpec(_build_newest_query, "data", map_notebook, build_notebook_sections, "total")
    actions: ClassVar[Actions] = {
        "stop": ActionSpec(V2NotebooksApi.stop, status=read_stated_status),
        "delete": ActionSpec(V2NotebooksApi.delete, status=read_stated_status),
    }

    async def fetch(self, position: int, size: int, scope: Scope) -> PageSlice:
        """Fetch at least ``size`` rows, as a page has 10, 20 or 50, and give those asked for."""
        list_rows = self.api.list_all if scope.everyone else self.api.list
        reply = await list_rows(_build_newest_query(position, size, scope))
        part = self.map_page(reply, position, size, scope)
        return PageSlice(part.rows[:size], part.total, part.stated)

    def get_handlers(self) -> dict[str, ActionHandler]:
        """Start, stop and delete; there is no restart."""
        return {"start": self._start, **super().get_handlers()}

    def get_option_handlers(self) -> dict[str, OptionHandler]:
        """Save the image of a notebook."""
        return {"save-image": self._save_image}

    async def brief(self, action: str, resources: Sequence[Resource], options: Mapping[str, str]) -> Briefing:
        """Return the image that is made. Raises UsageError."""
        if action != "save-image":
            return Briefing()
        from matui.clouds.modelarts.v2.images import brief_image

        notebook = require_one(action, resources)
        return brief_image(notebook.name, notebook, options, self.scope.clock)

    async def read_effect(self, action: str, resource: Resource, options: Mapping[str, str]) -> Effect | None:  # noqa: ARG002
        """Return whether the image is listed, None for actions that the status shows."""
        if action != "save-image":
            return None
        from matui.clouds.modelarts.v2.images import ImagesApi, SavedImagesQuery, is_image_of

        asked = {"limit": 500, "type": "DEDICATED"} | {part: options[part] for part in ("name", "namespace")}
        page = (await ImagesApi(self.session).list(validate_request(SavedImagesQuery, asked))).value
        found = any(image is not None and is_image_of(image, options) for image in page.data)
        return "done" if found else "not yet"

    async def _save_image(self, resource: Resource, options: Mapping[str, str]) -> ActionReply:
        from matui.clouds.modelarts.v2.images import ImagesApi, NewNotebookImage, read_image_options

        body = validate_request(NewNotebookImage, read_image_options(resource, options, self.scope.clock))
        reply = await ImagesApi(self.session).of_notebook(resource.id, body)
        return ActionReply(reply.answer.request_id)

    async def _start(self, notebook: Resource) -> ActionReply:
        """Start with the lease the notebook had before; the cloud's own (an hour) where it had none."""
        reply = await self.api.start(notebook.id, validate_request(StartQuery, _read_lease(notebook)))
        return ActionReply(reply.answer.request_id, read_stated_status(reply.value))


def _read_lease(notebook: Resource) -> dict[str, object]:
    duration, kind = notebook.get_number("lease_ms"), notebook.get_text("lease_type").upper()
    if duration is None or kind not in ("", "TIMING", "IDLE"):
        return {}
    kept = int(min(max(duration, SHORTEST_LEASE_MS), LONGEST_LEASE_MS))
    return {"duration": kept} | ({"type": kind} if kind else {})
