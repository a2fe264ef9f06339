"""How many requests the reason of a row takes; known without importing what fetches it."""

from __future__ import annotations

from matui.resources.model import Resource

MOST_REQUESTS = 4
"""How many requests one reason usually takes at most."""
_REQUESTS_WITHOUT_LOG = 2


def most_requests(resource: Resource) -> int:
    """Return how many requests the reason of a row usually takes at most; only jobs have a log."""
    return MOST_REQUESTS if resource.kind in ("jobs", "versions") else _REQUESTS_WITHOUT_LOG
