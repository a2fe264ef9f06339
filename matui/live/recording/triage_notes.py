"""The reasons and acknowledgements of triage as values of a recording. Secrets are masked. Pure."""

from __future__ import annotations

from typing import Any

from matui.base.redaction import mask_secrets
from matui.live.recording.redaction import Redactor
from matui.live.triage.item import Acknowledgement, Why
from matui.live.triage.notes import KnownReason, TriageNote, TriageNotes


def encode_notes(notes: TriageNotes, redactor: Redactor | None) -> Any:
    """Return the notes by kind and id."""
    value: dict[str, dict[str, Any]] = {}
    for (kind, ident), note in notes.items():
        one = redactor.replace_id(ident) if redactor is not None else ident
        value.setdefault(kind, {})[one] = _encode_note(note, redactor)
    return value


def _encode_note(note: TriageNote, redactor: Redactor | None) -> dict[str, Any]:
    def hide(text: str) -> str:
        masked: str = mask_secrets(text)
        return redactor.redact_text(masked) if redactor is not None else masked

    value: dict[str, Any] = {}
    if note.reason is not None:
        why = note.reason.why
        words = (hide(why.text), hide(why.source)) if why is not None else ()
        value["reason"] = [note.reason.status, *words]
    if note.acknowledged is not None:
        seen, status = note.acknowledged
        by = redactor.replace(seen.by, "owner") if redactor is not None else seen.by
        value["acknowledged"] = [status, by, seen.at, hide(seen.note)]
    return value


def decode_notes(value: Any) -> TriageNotes:
    """Return the notes of their value. Raises ValueError and TypeError, among others, for any other."""
    return {
        (kind, ident): _decode_note(note) for kind, notes in value.items() for ident, note in notes.items()
    }


def _decode_note(value: dict[str, Any]) -> TriageNote:
    reason, acknowledged = None, None
    if "reason" in value:
        status, *words = map(str, value["reason"])
        reason = KnownReason(status, Why(*words) if words else None)
    if "acknowledged" in value:
        status, by, at, note = value["acknowledged"]
        acknowledged = Acknowledgement(str(by), float(at), str(note)), str(status)
    return TriageNote(reason, acknowledged)
