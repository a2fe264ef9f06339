"""Answers of a cloud, errors and notes of triage as JSON values of a recording. Secrets are masked. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from matui.base import errors
from matui.base.errors import CloudError, MatuiError, UnreachableError
from matui.base.redaction.masking import hide_in_text, mask_secrets
from matui.clouds.protocols import LogBytes, LogPage, Page
from matui.live.recording.redaction import Redactor
from matui.live.triage.item import Acknowledgement, KnownReason, TriageNote, TriageNotes, Why
from matui.resources.codec import encode_resource
from matui.resources.detail import NodeCards, PoolUsage, Workload
from matui.resources.model import Resource

_ERRORS: dict[str, type[MatuiError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, CloudError | UnreachableError)
}
Delta: TypeAlias = list[Any]
"""``["=", value]``; ``["{", {key: delta}, [removed keys]]``; ``["[", start, removed count, new items]``."""
Encode: TypeAlias = Callable[[Redactor | None], Any]
"""Returns the JSON value of an answer; called in the thread that writes."""


class PageEncoder:
    """Encodes the pages of one list; rows that are equal to those of the page before are kept as they are."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Resource, Any]] = {}

    def encode(self, page: Page, redactor: Redactor | None) -> dict[str, Any]:
        """Return the value of a page: rows by id, their order, and what the page says of the list."""
        if redactor is not None:
            redactor.learn(page.resources)
        before, self._known = self._known, {}
        for row in page.resources:
            known = before.get(row.id)
            if known is None or known[0] != row:
                known = (row, encode_row(row, redactor))
            self._known[row.id] = known
        rows = [value for _row, value in self._known.values()]
        return {
            "rows": {row["id"]: row for row in rows},
            "order": [row["id"] for row in rows],
            "total": page.total,
            "newest_first": page.newest_first,
        }


def encode_row(row: Resource, redactor: Redactor | None) -> dict[str, Any]:
    """Return a resource with its raw record."""
    value = encode_resource(row, raw=True)
    if redactor is None:
        return value | {name: hide_in_text(value[name]) for name in ("name", "owner")}
    redacted: dict[str, Any] = redactor.redact_tree(value)
    # The name stands for what it names: job-1, not name-1.
    redacted["name"] = redactor.replace(row.name, row.kind.removesuffix("s"))
    redacted["profile"] = redactor.replace(row.profile, "profile")
    return redacted


def encode_rows(rows: Iterable[Resource], redactor: Redactor | None) -> list[Any]:
    """Return resources in a list: versions, nodes, a catalog."""
    held = tuple(rows)
    if redactor is not None:
        redactor.learn(held)
    return [encode_row(row, redactor) for row in held]


def encode_usage(usage: PoolUsage | None) -> Any:
    """Return the usage of a pool; None where the API does not list it."""
    if usage is None:
        return None
    workloads = [one._asdict() | {"hosts": list(one.hosts)} for one in usage.workloads]
    return {
        "nodes": [one._asdict() for one in usage.nodes],
        "workloads": workloads,
        "complete": usage.complete,
    }


def decode_usage(value: Any) -> PoolUsage | None:
    """Return the usage of a pool of its value. Raises ValueError, TypeError, KeyError for any other value."""
    if value is None:
        return None
    return PoolUsage(
        tuple(NodeCards(**one) for one in value["nodes"]),
        tuple(Workload(**{**one, "hosts": tuple(one["hosts"])}) for one in value["workloads"]),
        bool(value["complete"]),
    )


def encode_log_page(page: LogPage | LogBytes, *, base: str, older: bool) -> dict[str, Any]:
    """Return a page of a log as it came, with the position that it was requested from."""
    content = mask_secrets(page.content)
    if isinstance(page, LogPage):
        return {"base": base, "older": older, "start": page.start, "end": page.end, "text": content}
    end = "" if page.end is None else str(page.end)
    return {"base": base, "older": older, "start": "", "end": end, "text": content}


def encode_error(error: MatuiError) -> dict[str, Any]:
    """Return an error as a JSON object."""
    value: dict[str, Any] = {"type": type(error).__name__, "sentence": error.sentence, "remedy": error.remedy}
    if isinstance(error, CloudError):
        value |= {"code": error.code, "message": error.message, "request_id": error.request_id}
        value["status"] = error.status
    return mask_secrets(value)  # type: ignore[no-any-return]


def decode_error(value: Any) -> MatuiError:
    """Return the error of a JSON object; one of an unknown type as the base class."""
    kind = _ERRORS.get(value.get("type", ""), MatuiError)
    sentence, remedy = str(value.get("sentence", "")), str(value.get("remedy", ""))
    if not issubclass(kind, CloudError):
        return kind(sentence, remedy=remedy)
    return kind(
        sentence,
        remedy=remedy,
        code=str(value.get("code", "")),
        message=str(value.get("message", "")),
        request_id=str(value.get("request_id", "")),
        status=int(value.get("status", 0)),
    )


def make_delta(old: Any, new: Any) -> Delta | None:
    """Return what turns ``old`` into ``new``, None where they are equal."""
    if old is new:
        return None
    if isinstance(old, dict) and isinstance(new, dict):
        return _compute_delta_of_objects(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return _compute_delta_of_lists(old, new)
    return None if old == new and type(old) is type(new) else ["=", new]


def _compute_delta_of_objects(old: dict[str, Any], new: dict[str, Any]) -> Delta | None:
    changed: dict[str, Delta] = {}
    for key, value in new.items():
        delta = make_delta(old[key], value) if key in old else ["=", value]
        if delta is not None:
            changed[key] = delta
    removed = [key for key in old if key not in new]
    return ["{", changed, removed] if changed or removed else None


def _compute_delta_of_lists(old: list[Any], new: list[Any]) -> Delta | None:
    if old == new:
        return None
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    most -= start
    same_end = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return ["[", start, len(old) - start - same_end, new[start : len(new) - same_end]]


def apply_delta(old: Any, delta: Delta) -> Any:
    """Return ``old`` with a delta applied; ``old`` stays as it is. Raises ValueError for a wrong delta."""
    match delta:
        case ["=", value]:
            return value
        case ["{", dict() as changed, list() as removed] if isinstance(old, dict):
            new = dict(old)
            for key in removed:
                new.pop(key, None)
            for key, inner in changed.items():
                new[key] = apply_delta(old.get(key), inner)
            return new
        case ["[", int() as start, int() as count, list() as items] if isinstance(old, list):
            return [*old[:start], *items, *old[start + count :]]
    raise ValueError("not a delta")


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
