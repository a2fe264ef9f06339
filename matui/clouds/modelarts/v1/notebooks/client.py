"""Notebooks: list, read, describe, start, stop, restart, delete (chapter 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from matui.base.late_imports import LazyModule
from matui.base.text.sanitize import clean
from matui.clouds.modelarts.kind_client import Actions, ActionSpec
from matui.clouds.modelarts.mapping import Scope
from matui.clouds.modelarts.operations import Operation
from matui.clouds.modelarts.spec_client import KindOperations, KindSpec, SpecClient, build_query
from matui.clouds.modelarts.v1.notebooks import wire
from matui.clouds.modelarts.v1.notebooks.wire import AutoStop, Notebook
from matui.clouds.rows import map_status
from matui.clouds.sections import (
    build_countdown,
    build_instant,
    build_overview,
    build_section,
    build_settings,
    format_number,
    format_seconds,
    format_yes_no,
    get_integer_fact,
    join_text,
)
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.notebooks import STATUSES
from matui.resources.model import Fact, RawRecord, Resource

if TYPE_CHECKING:
    from matui.clouds.modelarts.v1.notebooks import requests
else:
    requests = LazyModule("matui.clouds.modelarts.v1.notebooks.requests")

_NOTEBOOK = "demanager/instances/{}"


def map_notebook(row: Notebook, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one instance; ``wire_id`` is the id it was asked by."""
    return scope.build_resource(
        "notebooks",
        str(row.id) or wire_id,
        row.name,
        map_status(row.status, STATUSES),
        raw,
        workspace=clean(str(row.workspace.id)) or scope.workspace,
        owner=join_text(row.user.name or str(row.user.id)),
        created_at=row.creation_timestamp,
        updated_at=row.latest_update_timestamp,
        facts=_build_facts(row, scope),
    )


def _build_facts(row: Notebook, scope: Scope) -> dict[str, Fact]:
    stop = row.spec.auto_stop
    left = stop.remain_time if stop.enable is not False else None
    return {
        "flavor": clean(row.flavor or row.flavor_details.name),
        "auto_stop": stop.enable,
        "auto_stop_left_s": left,
        "auto_stop_at": _compute_stop(stop, left, scope),
        "engine": clean(row.profile.id or row.profile.name),
        "image": _format_image(row),
        "description": clean(row.description),
        "failure": _describe_failure(row),
        "queue_rank": row.queuing_info.rank,
        "sold_out": row.flavor_details.status == "soldOut" or None,
        "pool": join_text(row.pool.name or str(row.pool.id)),
    }


def _compute_stop(stop: AutoStop, left: float | None, scope: Scope) -> int | None:
    """Return when the instance stops in ms: as stated where that is to come, else from the seconds left."""
    stated = stop.stop_timestamp
    if left is None or stated is None or stated < scope.clock.now() * 1000:
        return scope.compute_moment(left)
    return stated


def _format_image(row: Notebook) -> str:
    image = row.profile.provision.spec.params
    return clean(":".join(part for part in (image.image_name, image.image_tag) if part))


def _describe_failure(row: Notebook) -> str:
    reasons = row.spec.failed_reasons
    return clean(": ".join(part for part in (reasons.code or row.error_code, reasons.message) if part))


def build_notebook_sections(row: Notebook, resource: Resource) -> tuple[Section, ...]:
    """Return everything about an instance."""
    return (
        *build_overview(resource, _build_overview(row, resource)),
        *build_section("Resources", _build_resources(row)),
        *build_section("Auto-stop", _build_auto_stop(row, resource)),
        *build_section("Storage", _build_storage(row)),
        *build_section("Queue", _build_queue(row)),
        *build_settings("Failure details", row.spec.failed_reasons.detail),
    )


def _build_overview(row: Notebook, resource: Resource) -> list[DetailRow]:
    return [
        ("Failure", resource.get_text("failure")),
        ("Description", clean(row.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", build_instant(row.creation_timestamp)),
        ("Updated", build_instant(row.latest_update_timestamp)),
        ("Address", clean(str(row.spec.annotations.get("url") or ""))),
    ]


def _build_resources(row: Notebook) -> list[DetailRow]:
    details = row.flavor_details
    params = details.params
    sold_out = "sold out" if details.status == "soldOut" else ""
    return [
        ("Flavor", join_text(row.flavor or details.name, f"({sold_out})" if sold_out else "")),
        ("Hardware", clean(details.type or row.profile.flavor_type)),
        *((clean(name), clean(str(value))) for name, value in params.items() if value is not None),
        ("Environment", join_text(row.profile.name, f"({row.profile.id})" if row.profile.id else "")),
        ("About it", clean(row.profile.description)),
        ("Image", _format_image(row)),
        ("Resource pool", join_text(row.pool.name, str(row.pool.id))),
    ]


def _build_auto_stop(row: Notebook, resource: Resource) -> list[DetailRow]:
    stop = row.spec.auto_stop
    ends = stop.stop_timestamp
    ends = ends if ends is not None else get_integer_fact(resource, "auto_stop_at")
    return [
        ("Enabled", format_yes_no(stop.enable)),
        ("Runs for", format_seconds(stop.duration)),
        ("Stops at", build_instant(ends) if resource.phase.ended else build_countdown(ends)),
    ]


def _build_storage(row: Notebook) -> list[DetailRow]:
    storage = row.spec.storage
    place = storage.location
    return [
        ("Type", clean(storage.type)),
        ("Path", clean(place.path)),
        (
            "Size",
            join_text(format_number(place.volume_size), place.volume_unit or "GB")
            if place.volume_size
            else "",
        ),
        ("Log path", clean(row.spec.log_path)),
        ("Start script", clean(row.spec.custom_script_path)),
    ]


def _build_queue(row: Notebook) -> list[DetailRow]:
    queue = row.queuing_info
    return [
        ("Rank", format_number(queue.rank)),
        ("Queuing since", build_instant(queue.begin_timestamp)),
        ("Time left", format_seconds(queue.remain_time)),
    ]


class NotebooksApi(KindOperations):
    """The six operations of chapter 4; ``manage`` starts, stops, restarts, queues or dequeues."""

    create = Operation("4.1.", "POST", "demanager/instances", Notebook, lambda: requests.CreateNotebook)
    list = Operation("4.2.", "GET", "demanager/instances", wire.NotebookList, wire.NotebooksQuery)
    show = Operation("4.3.", "GET", _NOTEBOOK, Notebook, shows=True)
    update = Operation("4.4.", "PUT", _NOTEBOOK, Notebook, lambda: requests.UpdateNotebook)
    delete = Operation("4.5.", "DELETE", _NOTEBOOK, wire.NotebookDeleted)
    manage = Operation(
        "4.6.", "POST", f"{_NOTEBOOK}/action", wire.NotebookActed, lambda: requests.NotebookAction
    )


def _act(action: str) -> ActionSpec:
    return ActionSpec(NotebooksApi.manage, {"action": action}, lambda reply: reply.current_status)


_NEWEST_FIRST = build_query(wire.NotebooksQuery, sortby="creation_timestamp", order="desc")


class Notebooks(SpecClient[NotebooksApi, Notebook]):
    """The notebooks of one project or workspace."""

    kind = "notebooks"
    forms = ("edit", "create")
    operations = NotebooksApi
    spec = KindSpec(_NEWEST_FIRST, "instances", map_notebook, build_notebook_sections)
    actions: ClassVar[Actions] = {name: _act(name) for name in ("start", "stop", "restart")} | {
        "delete": ActionSpec(NotebooksApi.delete)
    }
