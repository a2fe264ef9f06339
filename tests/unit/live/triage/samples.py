"""Rows for the tests of triage."""

from __future__ import annotations

from typing import Any

from matui.resources.model import Fact, Phase, Resource

NOW = 1_760_000_000_000.0
MINUTE = 60_000.0
HOUR = 60 * MINUTE


def make_row(status: str, phase: Phase, *, kind: str = "jobs", ident: str = "1", **more: Any) -> Resource:
    """Return a row of profile p; what is no field of a resource is a fact."""
    fields = {name: more.pop(name) for name in tuple(more) if name in Resource.__dataclass_fields__}
    facts: dict[str, Fact] = {**fields.pop("facts", {}), **more}
    fields = {"profile": "p", "cloud": "modelarts", "name": f"{kind}-{ident}"} | fields
    return Resource(kind=kind, id=ident, status=status, phase=phase, facts=facts, **fields)


def compute_ago(minutes: float) -> int:
    """Return the time that many minutes before NOW."""
    return int(NOW - minutes * MINUTE)
