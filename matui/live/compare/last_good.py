"""The run that a job is compared with: a version or, where each run is a job, a job of its lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matui.clouds.protocols import Cloud, ListsReruns, ListsVersions, name_cloud
from matui.live.capabilities import explain_missing_pane
from matui.resources.model import Phase, Resource
from matui.resources.registry import kind_by_id


def explain_no_runs(cloud: Cloud, resource: Resource) -> str | None:
    """Return why a resource has no other runs, or None. A run is a version or a job that ran again."""
    if resource.kind not in ("jobs", "versions"):
        missing = explain_missing_pane(cloud, kind_by_id(resource.kind), "versions")
        return missing or "only jobs are compared with an earlier run"
    if resource.kind == "jobs" and _reruns_of(cloud) is not None:
        return None
    missing = explain_missing_pane(cloud, kind_by_id("jobs"), "versions")
    return missing or (None if isinstance(cloud, ListsVersions) else f"{name_cloud(cloud)} has no versions")


async def list_runs(cloud: Cloud, resource: Resource) -> tuple[Resource, tuple[Resource, ...]]:
    """Return the run that a resource shows, and all runs of it, newest first. Takes one request or a few."""
    reruns = _reruns_of(cloud)
    if resource.kind == "jobs" and reruns is not None:
        runs = await reruns.reruns(resource)
        return next((run for run in runs if run.id == resource.id), resource), runs
    if not isinstance(cloud, ListsVersions):
        return resource, ()
    job = resource
    if resource.kind == "versions":
        job = replace(resource, kind="jobs", id=resource.id.rpartition("/")[0])
    runs = await cloud.versions(job)
    own = runs[0] if runs and resource.kind == "jobs" else resource
    return own, runs


def last_good(own: Resource, runs: Sequence[Resource], *, earlier: bool = False) -> Resource | None:
    """Return the newest run that succeeded other than ``own``, with ``earlier`` of those before it."""
    ids = [run.id for run in runs]
    listed = runs[ids.index(own.id) + 1 :] if earlier and own.id in ids else runs
    return next((run for run in listed if run.phase is Phase.DONE and run.id != own.id), None)


def _reruns_of(cloud: Cloud) -> ListsReruns | None:
    """Return the cloud if each run is a job of its own there."""
    if explain_missing_pane(cloud, kind_by_id("jobs"), "versions") is None:
        return None
    return cloud if isinstance(cloud, ListsReruns) else None
