"""Fetches when a job entered its state, where its list does not state it."""

from __future__ import annotations

from matui.clouds.protocols import Cloud, Reads
from matui.resources.model import Resource
from matui.resources.times import state_since


def lacks_since(resource: Resource) -> bool:
    """Return whether reading the resource may tell since when it is in its state: a job that has ended."""
    return resource.kind == "jobs" and resource.phase.ended and state_since(resource) is None


async def fetch_since(cloud: Cloud, resource: Resource) -> float | None:
    """Return since when a job is in its state (ms since the epoch), None where unknown or changed."""
    if not lacks_since(resource) or not isinstance(cloud, Reads):
        return None
    now = await cloud.read(resource.kind, resource.id)
    since = state_since(now)
    return float(since) if since is not None and now.status == resource.status else None
