"""Notebooks: list, read, describe, start, stop, restart, delete (chapter 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.base.sanitize import clean
from matui.clouds.modelarts.kind_client import ActionHandler, build_handler
from matui.clouds.modelarts.mapping import CLOUD, Scope
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.spec_client import KindSpec, SpecClient
from matui.clouds.modelarts.v1.notebooks.wire import (
    AutoStop,
    CreateNotebook,
    FailedReasons,
    Notebook,
    NotebookActed,
    NotebookAction,
    NotebookDeleted,
    NotebookList,
    NotebooksQuery,
    UpdateNotebook,
)
from matui.clouds.rows import drop_empty, map_status
from matui.clouds.sections import (
    countdown_to,
    duration,
    instant,
    integer_fact,
    join_text,
    number,
    section,
    settings,
    yes_no,
)
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.notebooks import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

if TYPE_CHECKING:
    from matui.resources.forms.form import FormMode

_NOTEBOOK = "demanager/instances/{}"


def notebook_resource(row: Notebook, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one instance; ``wire_id`` is the id it was asked by."""
    status, phase = map_status(row.status, STATUSES)
    resource_id = str(row.id) or wire_id
    return Resource(
        kind="notebooks",
        id=resource_id,
        name=clean(row.name or resource_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=clean(str(row.workspace.id)) or scope.workspace,
        owner=join_text(row.user.name or str(row.user.id)),
        created_at=row.creation_timestamp,
        updated_at=row.latest_update_timestamp,
        facts=_facts(row, scope),
        raw=raw,
    )


def _facts(row: Notebook, scope: Scope) -> dict[str, Fact]:
    stop = row.spec.auto_stop
    left = stop.remain_time if stop.enable is not False else None
    facts: dict[str, Fact] = {
        "flavor": clean(row.flavor or row.flavor_details.name),
        "auto_stop": stop.enable,
        "auto_stop_left_s": left,
        "auto_stop_at": _stops_at(stop, left, scope),
        "engine": _engine(row),
        "image": _image(row),
        "description": clean(row.description),
        "failure": failure(row.spec.failed_reasons, row.error_code),
        "queue_rank": row.queuing_info.rank,
        "sold_out": row.flavor_details.status == "soldOut" or None,
        "pool": join_text(row.pool.name or str(row.pool.id)),
    }
    return drop_empty(facts)


def _stops_at(stop: AutoStop, left: float | None, scope: Scope) -> int | None:
    """Return when the instance stops in ms: as stated where that is to come, else from the seconds left."""
    stated = stop.stop_timestamp
    if left is None or stated is None or stated < scope.clock.now() * 1000:
        return scope.moment_in(left)
    return stated


def _engine(row: Notebook) -> str:
    return clean(row.profile.id or row.profile.name)


def _image(row: Notebook) -> str:
    image = row.profile.provision.spec.params
    return clean(":".join(part for part in (image.image_name, image.image_tag) if part))


def failure(reasons: FailedReasons, error_code: str) -> str:
    """Return why an instance failed, ``""`` when it did not."""
    code = reasons.code or error_code
    return clean(": ".join(part for part in (code, reasons.message) if part))


def notebook_sections(row: Notebook, resource: Resource) -> tuple[Section, ...]:
    """Return everything about an instance."""
    return (
        *section("Overview", _overview(row, resource)),
        *section("Resources", _resources(row)),
        *section("Auto-stop", _auto_stop(row, resource)),
        *section("Storage", _storage(row)),
        *section("Queue", _queue(row)),
        *settings("Failure details", row.spec.failed_reasons.detail),
    )


def _overview(row: Notebook, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", resource.name),
        ("ID", clean(resource.id)),
        ("Status", resource.status),
        ("Failure", resource.text_fact("failure")),
        ("Description", clean(row.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", instant(row.creation_timestamp)),
        ("Updated", instant(row.latest_update_timestamp)),
        ("Address", clean(str(row.spec.annotations.get("url") or ""))),
    ]


def _resources(row: Notebook) -> list[DetailRow]:
    details = row.flavor_details
    params = details.params
    sold_out = "sold out" if details.status == "soldOut" else ""
    return [
        ("Flavor", join_text(row.flavor or details.name, f"({sold_out})" if sold_out else "")),
        ("Hardware", clean(details.type or row.profile.flavor_type)),
        *((clean(name), clean(str(value))) for name, value in params.items() if value is not None),
        ("Environment", join_text(row.profile.name, f"({row.profile.id})" if row.profile.id else "")),
        ("About it", clean(row.profile.description)),
        ("Image", _image(row)),
        ("Resource pool", join_text(row.pool.name, str(row.pool.id))),
    ]


def _auto_stop(row: Notebook, resource: Resource) -> list[DetailRow]:
    stop = row.spec.auto_stop
    ends = stop.stop_timestamp
    ends = ends if ends is not None else integer_fact(resource, "auto_stop_at")
    return [
        ("Enabled", yes_no(stop.enable)),
        ("Runs for", duration(stop.duration)),
        ("Stops at", instant(ends) if resource.phase.ended else countdown_to(ends)),
    ]


def _storage(row: Notebook) -> list[DetailRow]:
    storage = row.spec.storage
    place = storage.location
    return [
        ("Type", clean(storage.type)),
        ("Path", clean(place.path)),
        (
            "Size",
            join_text(number(place.volume_size), place.volume_unit or "GB") if place.volume_size else "",
        ),
        ("Log path", clean(row.spec.log_path)),
        ("Start script", clean(row.spec.custom_script_path)),
    ]


def _queue(row: Notebook) -> list[DetailRow]:
    queue = row.queuing_info
    return [
        ("Rank", number(queue.rank)),
        ("Queuing since", instant(queue.begin_timestamp)),
        ("Time left", duration(queue.remain_time)),
    ]


class NotebooksApi(OperationTable):
    """The six operations of chapter 4."""

    create = Operation("4.1.", "POST", "demanager/instances", Notebook, CreateNotebook)
    list = Operation("4.2.", "GET", "demanager/instances", NotebookList, NotebooksQuery)
    show = Operation("4.3.", "GET", _NOTEBOOK, Notebook, shows=True)
    update = Operation("4.4.", "PUT", _NOTEBOOK, Notebook, UpdateNotebook)
    delete = Operation("4.5.", "DELETE", _NOTEBOOK, NotebookDeleted)
    manage = Operation(
        "4.6: start, stop, restart, queue or dequeue.",
        "POST",
        f"{_NOTEBOOK}/action",
        NotebookActed,
        NotebookAction,
    )


def _newest_first(position: int, size: int, scope: Scope) -> NotebooksQuery:
    return NotebooksQuery(
        sortby="creation_timestamp",
        order="desc",
        offset=position,
        limit=size,
        workspace_id=scope.workspace or None,
    )


def _status(reply: NotebookActed) -> str:
    return reply.current_status


class Notebooks(SpecClient[NotebooksApi, Notebook]):
    """The notebooks of one project or workspace."""

    kind: ClassVar[str] = "notebooks"
    forms: ClassVar[tuple[FormMode, ...]] = ("edit", "create")
    operations = NotebooksApi
    spec = KindSpec(
        list=NotebooksApi.list,
        query=_newest_first,
        rows="instances",
        show=NotebooksApi.show,
        to_resource=notebook_resource,
        to_sections=notebook_sections,
    )

    def handlers(self) -> dict[str, ActionHandler]:
        """Start, stop, restart (4.6) and delete (4.5)."""
        manage = self.api.manage
        return {
            "start": build_handler(manage, NotebookAction(action="start"), _status),
            "stop": build_handler(manage, NotebookAction(action="stop"), _status),
            "restart": build_handler(manage, NotebookAction(action="restart"), _status),
            "delete": build_handler(self.api.delete),
        }
