"""The manifest of a capsule: what it is about, what is in it, and what was cut or withheld. Pure."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

from matui import __version__
from matui.base.text.formatting import format_iso_utc
from matui.base.text.sanitize import clean

FORMAT = 1
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")  # it becomes the name of a file
_TEXTS = ("profile", "cloud", "region", "kind", "name", "status")
_LAST_MS = 253_402_300_799_999  # the end of the year 9999


class LogPart(NamedTuple):
    """One log file in a capsule: its last ``lines``; ``cut`` says why not all, ``""`` where all are there."""

    name: str
    entry: str
    lines: int
    bytes: int
    cut: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The contents of a capsule. ``saved_at`` is ms since the epoch.

    ``cut`` names what was not read completely and why; ``withheld`` names what was removed as a secret;
    ``missing`` has the reason by pane (``events``) where the cloud keeps nothing of it.
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
    missing: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT
    matui: str = __version__
    """The version that saved it."""

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


class NewerFormatError(ValueError):
    """A capsule of a newer matui; the message has the version, id and time that the manifest has."""

    def __init__(self, value: Any) -> None:
        name, saved = clean(str(value.get("name", "")))[:80], value.get("saved_at")
        ident, version = (clean(str(value.get(key, "")))[:200] for key in ("id", "matui"))
        at = format_iso_utc(saved) if _is_whole(saved, _LAST_MS) else None
        about = ", ".join(part for part in (name and f"of {name}", at and f"saved at {at}") if part)
        self.id = ident if _ID.fullmatch(ident) else ""
        needed = f"needs matui {version} or newer" if version else "needs a newer matui"
        what = f"{self.id}{f' ({about})' if about else ''}".strip()
        super().__init__(f"{what} has format {clean(str(value['format']))[:20]} and {needed}".strip())


def encode_manifest(manifest: Manifest) -> dict[str, Any]:
    """Return the manifest as the JSON object that a capsule holds."""
    return asdict(manifest) | {"logs": [part._asdict() for part in manifest.logs]}


def decode_manifest(value: Any) -> Manifest:
    """Return the manifest of a JSON object; its texts are cleaned, for the file may come from elsewhere.

    Raises ValueError for another value, NewerFormatError for a newer format.
    """
    try:
        if _is_whole(value["format"], 2**63) and value["format"] > FORMAT:
            raise NewerFormatError(value)
        if value["format"] != FORMAT:
            raise ValueError(f"the capsule has format {value['format']}")
        ident = str(value["id"])
        if not _ID.fullmatch(ident):
            raise ValueError("the id of the capsule is not one")
        texts: dict[str, Any] = {name: clean(str(value[name])) for name in _TEXTS}
        resource_id, saved_at = str(value["resource_id"]), _check_whole(value["saved_at"], _LAST_MS)
        for name in ("cut", "withheld"):
            texts[name] = tuple(clean(str(one)) for one in value.get(name, ()))
        texts["missing"] = {str(pane): clean(str(why)) for pane, why in value.get("missing", {}).items()}
        texts["matui"] = clean(str(value.get("matui", "")))
        logs = tuple(map(_decode_log, value.get("logs", ())))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not the manifest of a capsule") from error
    return Manifest(id=ident, saved_at=saved_at, resource_id=resource_id, logs=logs, **texts)


def _decode_log(value: Any) -> LogPart:
    size = _check_whole(value["bytes"], 2**63)
    return LogPart(
        str(value["name"]),
        str(value["entry"]),
        _check_whole(value["lines"], 2**63),
        size,
        clean(str(value.get("cut", ""))),
    )


def _check_whole(value: Any, most: int) -> int:
    if not _is_whole(value, most):
        raise TypeError("not a number of this kind")
    return int(value)


def _is_whole(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
