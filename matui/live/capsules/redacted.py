"""A capsule with pseudonyms in place of names, ids, owners and workspaces, to be given to others. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from matui.base.errors import MatuiError
from matui.live.capsules.archive import REMEDY_DAMAGED, StoredCapsule
from matui.live.capsules.collect import DETAIL, EVENTS, METRICS, RESOURCE, CapsuleEntries, make_capsule_id
from matui.live.capsules.manifest import LogPart, Manifest
from matui.live.recording.encoding import encode_row
from matui.live.recording.redaction import Redactor, find_named
from matui.resources.codec import decode_detail, decode_events, decode_metrics, decode_resource
from matui.resources.model import Resource

_REPLACED = "names, ids, owners and workspaces: replaced by pseudonyms"


def redact_capsule(capsule: StoredCapsule, known: Iterable[Resource] = ()) -> tuple[Manifest, CapsuleEntries]:
    """Return the manifest and the entries of a capsule with pseudonyms, the same ones throughout.

    The names of ``known``, other resources, are replaced too where the capsule has them. What a log says in
    words of its own stays. Raises MatuiError for a damaged capsule.
    """
    resource = capsule.decode(RESOURCE, decode_resource)
    if resource is None:
        raise MatuiError(
            f"The capsule {capsule.manifest.id} names no resource.",
            remedy=REMEDY_DAMAGED,
        )
    redactor = Redactor()
    redactor.replace(capsule.manifest.profile, "profile")
    redactor.learn([resource])
    redactor.learn(find_named(known, "\n".join(_iterate_texts(capsule))))
    _redact(capsule, resource, redactor)  # learns the names that stand beyond the texts with them
    return _redact(capsule, resource, redactor)


def _redact(
    capsule: StoredCapsule, resource: Resource, redactor: Redactor
) -> tuple[Manifest, CapsuleEntries]:
    manifest = capsule.manifest
    profile = redactor.replace(manifest.profile, "profile")
    entries = {RESOURCE: _dump(encode_row(resource, redactor))}
    detail = capsule.decode(DETAIL, decode_detail)
    if detail is not None:
        sections = redactor.redact_tree(capsule.read_json(DETAIL)["sections"])
        entries[DETAIL] = _dump({"sections": sections, "resource": encode_row(detail.resource, redactor)})
    for entry, decode in ((EVENTS, decode_events), (METRICS, decode_metrics)):
        if capsule.decode(entry, decode) is not None:
            entries[entry] = _dump(redactor.redact_tree(capsule.read_json(entry)))
    logs = []
    for part in manifest.logs:
        text = redactor.redact_text(capsule.read(part.entry).decode("utf-8", "surrogateescape"))
        entries[part.entry] = text.encode("utf-8", "surrogateescape")
        size = len(entries[part.entry])
        cut = redactor.redact_text(part.cut)
        logs.append(LogPart(redactor.redact_text(part.name), part.entry, part.lines, size, cut))
    redacted = replace(
        manifest,
        profile=profile,
        resource_id=redactor.replace_id(manifest.resource_id),
        name=redactor.replace(manifest.name, manifest.kind.removesuffix("s")),
        logs=tuple(logs),
        cut=tuple(map(redactor.redact_text, manifest.cut)),
        withheld=(*map(redactor.redact_text, manifest.withheld), _REPLACED),
        missing={pane: redactor.redact_text(why) for pane, why in manifest.missing.items()},
    )
    key = replace(resource, profile=profile, id=redacted.resource_id)
    return replace(redacted, id=f"{make_capsule_id(key, manifest.saved_at)}-redacted"), entries


def _iterate_texts(capsule: StoredCapsule) -> Iterable[str]:
    """Yield the entries of a capsule as text."""
    for entry in (RESOURCE, DETAIL, EVENTS, METRICS):
        if (value := capsule.read_json(entry)) is not None:
            yield json.dumps(value, ensure_ascii=False)
    for part in capsule.manifest.logs:
        yield capsule.read(part.entry).decode("utf-8", "surrogateescape")


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
