"""Rows as the journal has packed them; apart from packing, which imports what hides secrets."""

from __future__ import annotations

import json
from typing import Any

from matui.resources.model import Phase, Resource


def unpack_row(content: str, *, kind: str, rid: str, cloud: str, profile: str) -> Resource | None:
    """Return a packed row, None where another version of matui packed it otherwise."""
    try:
        values: list[Any] = json.loads(content)
        name, status, phase, workspace, owner, created_at, updated_at, duration_ms, facts = values
        return Resource(
            kind, rid, name, status, Phase(phase), cloud, profile, workspace, owner,
            created_at, updated_at, duration_ms, facts,
        )  # fmt: skip
    except (ValueError, TypeError, RecursionError):
        return None
