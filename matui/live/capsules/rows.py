"""Rows of the capsules table. Pure."""

from __future__ import annotations

from matui.live.capsules.archive import StoredCapsule
from matui.resources.model import Fact, Phase, Resource


def build_row(capsule: StoredCapsule) -> Resource:
    """Return a capsule as a row."""
    manifest = capsule.manifest
    facts: dict[str, Fact] = {
        "of": manifest.kind,
        "resource_id": manifest.resource_id,
        "bytes": capsule.size,
        "lines": sum(log.lines for log in manifest.logs) if manifest.logs else None,
        "cut": manifest.cut[0] if manifest.cut else "",
        "withheld": manifest.withheld[0] if manifest.withheld else "",
    }
    return Resource(
        kind="capsules",
        id=manifest.id,
        name=manifest.name,
        status=manifest.status,
        phase=Phase.FAILED,
        cloud=manifest.cloud,
        profile=manifest.profile,
        created_at=manifest.saved_at,
        facts={name: value for name, value in facts.items() if value not in ("", None)},
    )
