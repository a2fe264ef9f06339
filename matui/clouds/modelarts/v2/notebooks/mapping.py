"""Current notebooks to resources and sections."""

from __future__ import annotations

from matui.base.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope
from matui.clouds.modelarts.v2.notebooks.wire import Lease, V2Notebook
from matui.clouds.rows import drop_empty, map_status, matching_id
from matui.clouds.sections import (
    countdown_to,
    instant,
    integer_fact,
    join_text,
    millis,
    number,
    section,
    yes_no,
)
from matui.resources.detail import DetailRow, Section
from matui.resources.kinds.notebooks import STATUSES
from matui.resources.model import Fact, RawRecord, Resource


def notebook_resource(row: V2Notebook, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one notebook; ``wire_id`` is the id it was asked by."""
    status, phase = map_status(row.status, STATUSES)
    resource_id = matching_id(wire_id, row.id)
    return Resource(
        kind="notebooks",
        id=resource_id,
        name=clean(row.name or resource_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=clean(row.workspace_id) or scope.workspace,
        owner=clean(row.user.name or row.user.id),
        created_at=_created(row),
        updated_at=_updated(row),
        facts=_facts(row, scope),
        raw=raw,
    )


def _created(row: V2Notebook) -> int | None:
    """Return the time of creation, which the answer may hold in the lease only."""
    return row.create_at if row.create_at is not None else row.lease.create_at


def _updated(row: V2Notebook) -> int | None:
    return row.update_at if row.update_at is not None else row.lease.update_at


def _facts(row: V2Notebook, scope: Scope) -> dict[str, Fact]:
    lease = row.lease
    ends = _ends(row, scope)
    facts: dict[str, Fact] = {
        "flavor": clean(row.flavor),
        "auto_stop": lease.enable,
        "auto_stop_at": ends,
        "auto_stop_left_s": None if ends is None else ends // 1000 - int(scope.clock.now()),
        "lease_ms": lease.duration if lease.enable else None,
        "lease_type": lease.type if lease.enable else "",
        "image": image(row),
        "description": clean(row.description),
        "failure": clean(row.fail_reason),
        "pool": join_text(row.pool.name or row.pool.id),
    }
    return drop_empty(facts)


def _ends(row: V2Notebook, scope: Scope) -> int | None:
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


def image(row: V2Notebook) -> str:
    """Return the image's name and tag."""
    return clean(":".join(part for part in (row.image.name, row.image.tag) if part))


def notebook_sections(row: V2Notebook, resource: Resource) -> tuple[Section, ...]:
    """Return everything about a notebook."""
    return (
        *section("Overview", _overview(row, resource)),
        *section("Under way", _steps(row)),
        *section("Resources", _resources(row)),
        *section("Auto-stop", _auto_stop(row.lease, resource)),
        *section("Addresses", ((clean(e.service), clean(e.uri)) for e in row.endpoints if e is not None)),
    )


def _overview(row: V2Notebook, resource: Resource) -> list[DetailRow]:
    return [
        ("Name", resource.name),
        ("ID", clean(resource.id)),
        ("Status", resource.status),
        ("Failure", resource.text_fact("failure")),
        ("Description", clean(row.description)),
        ("Owner", resource.owner),
        ("Workspace", resource.workspace),
        ("Created", instant(resource.created_at)),
        ("Updated", instant(resource.updated_at)),
        ("Address", clean(row.url)),
    ]


def _steps(row: V2Notebook) -> list[DetailRow]:
    steps = [step for step in row.action_progress if step is not None]
    return [
        (join_text("Step", number(step.step)), join_text(step.status, step.description)) for step in steps
    ]


def _resources(row: V2Notebook) -> list[DetailRow]:
    volume = row.volume
    return [
        ("Flavor", clean(row.flavor)),
        ("Image", image(row)),
        ("About it", clean(row.image.description)),
        ("Resource pool", join_text(row.pool.name, f"({row.pool.id})" if row.pool.id else "")),
        ("Storage", join_text(volume.category, number(volume.capacity, "GB"), volume.ownership)),
        ("Mounted at", clean(volume.mount_path)),
    ]


def _auto_stop(lease: Lease, resource: Resource) -> list[DetailRow]:
    idle = lease.type.upper() == "IDLE"
    return [
        ("Enabled", yes_no(lease.enable)),
        ("Stops after idling for" if idle else "Runs for", millis(lease.duration)),
        ("Stops at", countdown_to(integer_fact(resource, "auto_stop_at"))),
    ]
