"""Fetches when a job entered its state, where its list does not state it."""

from __future__ import annotations

from collections.abc import Mapping

from matui.base.redaction import hide_in_text
from matui.clouds.protocols import Cloud, Reads
from matui.live.journal.change import StoredEnd, end_run
from matui.live.triage.evidence import Key
from matui.resources.model import Resource
from matui.resources.times import state_since


def lacks_since(resource: Resource) -> bool:
    """Return whether reading the resource may state when it entered its state: a job that has ended.

    Its creation and duration do not: it may have waited in between.
    """
    return resource.kind == "jobs" and resource.phase.ended and resource.number_fact("ended_at") is None


def find_known_end(ends: Mapping[Key, StoredEnd], resource: Resource) -> int | None:
    """Return when this run of a resource ended, where any process has read it (ms since the epoch)."""
    end = ends.get(resource.key)
    is_same = end is not None and (end.status, end.run) == (hide_in_text(resource.status), end_run(resource))
    return end.ended_at if end is not None and is_same else None


async def fetch_since(cloud: Cloud, resource: Resource) -> float | None:
    """Return since when a job is in its state (ms since the epoch), None where unknown or changed."""
    if not lacks_since(resource) or not isinstance(cloud, Reads):
        return None
    now = await cloud.read(resource.kind, resource.id)
    since = state_since(now)
    return float(since) if since is not None and now.status == resource.status else None
