"""Packs rows for the next start: compact JSON without raw records and without secrets. Pure."""

from __future__ import annotations

import json
from typing import Any

from matui.base.redaction import hide_in_bytes, known_secrets, mask_secrets
from matui.resources.model import Phase, Resource


def pack(row: Resource) -> str:
    """Return a row as JSON, without its account and its raw record."""
    facts = {name: value for name, value in row.facts.items() if value not in ("", None)}
    content = [
        row.name, row.status, row.phase.value, row.workspace, row.owner,
        row.created_at, row.updated_at, row.duration_ms, facts,
    ]  # fmt: skip
    data = json.dumps(mask_secrets(content), ensure_ascii=False, separators=(",", ":"), default=str)
    return hide_in_bytes(data.encode("utf-8", "backslashreplace"), known_secrets()).decode()


def unpack(content: str, *, kind: str, rid: str, cloud: str, profile: str) -> Resource | None:
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
