"""Visualization jobs to resources and sections."""

from __future__ import annotations

from matui.base.sanitize import clean
from matui.clouds.modelarts.mapping import CLOUD, Scope, parse_job_status
from matui.clouds.modelarts.v1.services.mapping import schedule_text
from matui.clouds.modelarts.v1.visualizations.wire import Visualization
from matui.clouds.rows import drop_empty, matching_id
from matui.clouds.sections import countdown_to, instant, integer_fact, millis, section
from matui.resources.detail import Section
from matui.resources.model import Fact, RawRecord, Resource

_LONGEST_AUTO_STOP_S = 24 * 3600


def visualization_resource(row: Visualization, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one visualization job."""
    status, phase = parse_job_status(row.status)
    resource_id = matching_id(wire_id, row.job_id)
    return Resource(
        kind="visualizations",
        id=resource_id,
        name=clean(row.job_name or resource_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=clean(row.workspace_id) or scope.workspace,
        created_at=row.create_time,
        duration_ms=row.duration,
        facts=_facts(row, scope),
        raw=raw,
    )


def left_s(row: Visualization) -> float | None:
    """Return the seconds left before the auto-stop.

    The reference does not say the unit: a job runs 24 hours at most, so more than that in seconds is ms.
    """
    left = row.remaining_duration
    if left is None or left < 0:
        return None
    return left if left <= _LONGEST_AUTO_STOP_S else left / 1000


def _facts(row: Visualization, scope: Scope) -> dict[str, Fact]:
    facts: dict[str, Fact] = {
        "auto_stop": bool(row.schedule) if row.schedule or row.remaining_duration is None else True,
        "auto_stop_left_s": left_s(row),
        "auto_stop_at": scope.moment_in(left_s(row)),
        "schedule": schedule_text(row.schedule),
        "url": clean(row.service_url),
        "train_url": clean(row.train_url),
        "description": clean(row.job_desc),
    }
    return drop_empty(facts)


def visualization_sections(row: Visualization, resource: Resource) -> tuple[Section, ...]:
    """Return everything 5.3.3 says about a visualization job."""
    return (
        *section(
            "Overview",
            (
                ("Name", resource.name),
                ("ID", clean(resource.id)),
                ("Status", resource.status),
                ("Description", clean(row.job_desc)),
                ("Created", instant(row.create_time)),
                ("Duration", millis(row.duration)),
                ("Workspace", resource.workspace),
                ("Charged resource", clean(row.resource_id)),
            ),
        ),
        *section("Data", (("Logs read from", clean(row.train_url)), ("Address", clean(row.service_url)))),
        *section(
            "Auto-stop",
            (
                ("Schedule", schedule_text(row.schedule)),
                ("Stops at", countdown_to(integer_fact(resource, "auto_stop_at"))),
            ),
        ),
    )
