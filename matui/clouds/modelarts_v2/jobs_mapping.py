"""v2 training jobs to resources."""

from __future__ import annotations

from matui.clouds.modelarts.scope import CLOUD, Scope
from matui.clouds.modelarts_v2.jobs_models import Job, JobEngine
from matui.clouds.rows import facts_of, matching_id, word_status
from matui.resources.jobs import STATUSES
from matui.resources.model import Fact, Phase, RawRecord, Resource
from matui.resources.phases import phase_of
from matui.text import clean


def job_resource(row: Job, scope: Scope, raw: RawRecord, wire_id: str = "") -> Resource:
    """Map one job; ``wire_id`` is the id it was asked by."""
    meta = row.metadata
    status, phase = job_phase(row.status.phase, row.status.secondary_phase)
    resource_id = matching_id(wire_id, meta.id) if wire_id else str(meta.id)
    return Resource(
        kind="jobs",
        id=resource_id,
        name=clean(meta.name) or clean(resource_id),
        status=status,
        phase=phase,
        cloud=CLOUD,
        profile=scope.profile,
        workspace=clean(meta.workspace_id) or scope.workspace,
        owner=clean(meta.user_name),
        created_at=meta.create_time,
        duration_ms=row.status.duration,
        facts=_facts(row),
        raw=raw,
    )


def job_phase(phase: str, secondary: str) -> tuple[str, Phase]:
    """Return the status word and its phase; where nobody knows the word, the secondary one may tell."""
    status, known = word_status(phase or secondary, STATUSES)
    return status, known if known is not Phase.UNKNOWN else phase_of(secondary, STATUSES)


def _facts(row: Job) -> dict[str, Fact]:
    status, resource = row.status, row.spec.resource
    more = clean(status.secondary_phase)
    facts: dict[str, Fact] = {
        "secondary_phase": more if more.casefold() != status.phase.casefold() else "",
        "description": clean(row.metadata.description),
        "engine": engine(row.algorithm.engine),
        "flavor": clean(resource.flavor_name or resource.flavor_id),
        "workers": resource.node_count,
        "pool": clean(resource.pool_name or resource.pool_id),
    }
    return facts_of(facts)


def engine(row: JobEngine) -> str:
    """Return the engine a job runs on; its version says more than its name."""
    return clean(row.engine_version or row.engine_name or row.image_url or row.engine_id)
