"""The names that v2 gives to the states of services."""

from __future__ import annotations

from matui.sim.world.entities.services import Service

_STATUS_NAMES = {"finished": "STOPPED", "pending": "DEPLOYING", "waiting": "DEPLOYING"}
STATUSES = (
    "DEPLOYING", "FAILED", "STOPPED", "RUNNING", "DELETING", "STOPPING", "CONCERNING", "UPGRADING", "ERROR",
    "INTERRUPTING",
)  # fmt: skip


def get_status(service: Service, now: int) -> str:
    """Return the v2 name of the state at ``now``."""
    word = service.status(now)
    return _STATUS_NAMES.get(word, word.upper())
