"""The manifest of a capsule: what it is about, what is in it, and what was cut or withheld. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from matui.base.formatting import format_iso_utc

FORMAT = 1


@dataclass(frozen=True, slots=True)
class LogPart:
    """One log file in a capsule: its last ``lines``; ``cut`` says why not all, ``""`` where all are there."""

    name: str
    entry: str
    lines: int
    bytes: int
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a capsule holds. ``saved_at`` is ms since the epoch.

    ``cut`` names what was not read completely and why; ``withheld`` names what was removed as a secret.
    """

    id: str
    saved_at: int
    profile: str
    cloud: str
    region: str
    kind: str
    resource_id: str
    name: str
    status: str
    logs: tuple[LogPart, ...] = ()
    cut: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    format: int = FORMAT

    def as_json(self, size: int) -> dict[str, Any]:
        """Return the item of ``matui capsule list -o json``; ``size`` is that of the file in bytes."""
        return {
            "id": self.id,
            "saved_at": format_iso_utc(self.saved_at),
            "profile": self.profile,
            "kind": self.kind,
            "resource_id": self.resource_id,
            "name": self.name,
            "status": self.status,
            "bytes": size,
            "cut": list(self.cut),
            "withheld": list(self.withheld),
        }


def encode_manifest(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest as the JSON object that a capsule holds."""
    return asdict(manifest)


def decode_manifest(value: Any) -> Manifest:
    """Return the manifest of a JSON object. Raises ValueError for another value or a newer format."""
    try:
        if value["format"] != FORMAT:
            raise ValueError(f"the capsule has format {value['format']}")
        known = {name: value[name] for name in Manifest.__dataclass_fields__ if name in value}
        known["logs"] = tuple(LogPart(**part) for part in known.get("logs", ()))
        known |= {name: tuple(map(str, known.get(name, ()))) for name in ("cut", "withheld")}
        return Manifest(**known)
    except (KeyError, TypeError) as error:
        raise ValueError("not the manifest of a capsule") from error
