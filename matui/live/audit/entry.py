"""Entries of the audit trail: the lines of each action joined. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from matui.base.json import dumps
from matui.base.text.sanitize import clean
from matui.resources.columns import shorten_status
from matui.resources.kinds.audit import OUTCOME_PHASES
from matui.resources.model import Phase, Resource

Line: TypeAlias = Mapping[str, Any]
PENDING_S = 600.0
_WHO = ("time", "utc", "user", "ssh_client", "host", "pid")
_PLACE = ("profile", "cloud", "region", "project", "workspace")
_NEW_NAME = "metadata.name"
_ABOUT = ("kind", "resource_id", "name", "action")
_LABELS = {
    "action": "Action",
    "kind": "Kind",
    "name": "Name",
    "resource_id": "ID",
    "outcome": "Outcome",
    "settled": "Verified",
    "status_before": "State before",
    "status_after": "State after",
    "went": "Also deleted",
    "stayed": "Kept",
    "error_code": "Error code",
    "request_id": "Request id",
    "parameters": "Parameters",
    "time": "Local time",
    "utc": "UTC",
    "sent_at": "Sent",
    "user": "User",
    "ssh_client": "SSH client",
    "host": "Host",
    "pid": "Process",
    "profile": "Profile",
    "cloud": "Cloud",
    "region": "Region",
    "project": "Project",
    "workspace": "Workspace",
    "id": "Entry",
}


class AuditEntry(NamedTuple):
    """One action. ``first`` is its earliest line, ``result`` and ``settled`` are None until there is one.

    ``running`` says that its process may still wait for the answer.
    """

    id: str
    first: Line
    result: Line | None = None
    settled: Line | None = None
    running: bool = False

    @property
    def about(self) -> Line:
        """The fields that every line of the action repeats, as written."""
        return {name: self.first.get(name) for name in (*_PLACE, *_ABOUT, "status_before")}

    def get_text(self, name: str) -> str:
        """Return a field of the first line as text that is safe to show, ``""`` when it is missing."""
        return _clean_text(self.first.get(name))

    @property
    def resource_id(self) -> str:
        """The id of the resource; of what was created or run again the new id where it is known."""
        lines: tuple[Line, ...] = (self.first, self.result or {}, self.settled or {})
        if self.get_text("action") == "rerun":
            lines = (self.settled or {}, self.result or {}, self.first)
        return next((value for line in lines if (value := _clean_text(line.get("resource_id")))), "")

    @property
    def at_ms(self) -> float | None:
        """When the intent was written, in ms since the epoch."""
        return _parse_ms(self.get_text("utc"))

    @property
    def outcome(self) -> str:
        """The recorded result; ``pending`` while an answer may come, ``unknown`` where none was recorded."""
        if self.result is not None:
            return _clean_text(self.result.get("outcome")) or "unknown"
        return "pending" if self.running else "unknown"

    @property
    def verdict(self) -> str:
        """The verdict of a later read: done, changed, gone or unchanged; ``""`` for none yet."""
        return _clean_text(self.settled.get("verdict")) if self.settled is not None else ""

    @property
    def status_after(self) -> str:
        """The state last read, ``""`` for none."""
        found = (line.get("status_after") for line in (self.settled, self.result) if line is not None)
        return next((text for value in found if (text := _clean_text(value))), "")

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions listed before a bulk deletion; empty where they are not known."""
        parameters = self.first.get("parameters")
        listed = parameters.get("versions") if isinstance(parameters, Mapping) else None
        return tuple(str(ident) for ident in listed) if isinstance(listed, list) else ()

    @property
    def new_name(self) -> str:
        """The name of the job that a rerun has made, ``""`` where it made a version or nothing."""
        is_made = self.get_text("action") == "rerun" and self.resource_id != _clean_text(
            self.first.get("resource_id")
        )
        parameters = self.first.get("parameters")
        return _clean_text(parameters.get(_NEW_NAME)) if is_made and isinstance(parameters, Mapping) else ""

    def _list_parts(self, name: str) -> list[Any]:
        found = (line.get(name) for line in (self.settled, self.result) if line is not None)
        return next((value for value in found if isinstance(value, list)), [])

    def get_result_text(self, name: str) -> str:
        """Return a field of the result as text, ``""`` when there is none."""
        return _clean_text(self.result.get(name)) if self.result is not None else ""

    def as_json(self) -> dict[str, Any]:
        """Return the action as ``matui audit -o json`` writes it."""
        settled = self.settled
        return {
            "id": self.id,
            **{name: self.first.get(name) for name in (*_WHO, *_PLACE, *_ABOUT)},
            "resource_id": self.resource_id,
            **({"new_name": self.new_name} if self.new_name else {}),
            "parameters": self.first.get("parameters") or {},
            "outcome": self.outcome,
            "sent_at": self.get_result_text("sent_at") or None,
            "request_id": self.get_result_text("request_id"),
            "error_code": self.get_result_text("error_code"),
            "status_before": self.get_text("status_before"),
            "status_after": self.status_after,
            "went": self._list_parts("went"),
            "stayed": self._list_parts("stayed"),
            "settled": settled and {"utc": _clean_text(settled.get("utc")), "verdict": self.verdict},
        }


def parse_lines(parts: Iterable[bytes], *, cut: bool = False) -> tuple[list[dict[str, Any]], int]:
    """Return the lines that can be read and how many cannot; with ``cut`` the first may be half a line."""
    lines: list[dict[str, Any]] = []
    skipped = 0
    for raw in (raw for part in parts for raw in part.split(b"\n")):
        line = _parse(raw) if raw.strip() else {}
        if line is None:
            skipped += not cut
        elif line:
            lines.append(line)
        cut = False
    return lines, skipped


def _parse(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or not isinstance(line.get("id"), str) or not line["id"]:
        return None
    return line if line.get("line") in ("intent", "result", "settled") else None


def build_entries(
    lines: Iterable[Line], now_s: float, host: str, is_alive: Callable[[int], bool]
) -> list[AuditEntry]:
    """Return the actions in the order they began; ``is_alive`` returns whether a pid of ``host`` exists."""
    found: dict[str, AuditEntry] = {}
    for line in lines:
        entry = found.get(line["id"]) or AuditEntry(line["id"], line)
        if line["line"] == "result":
            entry = entry._replace(result=entry.result or line)
        elif line["line"] == "settled":
            entry = entry._replace(settled=entry.settled or line)
        found[line["id"]] = entry
    return [
        entry._replace(running=_may_run(entry, now_s, host, is_alive)) if entry.result is None else entry
        for entry in found.values()
    ]


def _may_run(entry: AuditEntry, now_s: float, host: str, is_alive: Callable[[int], bool]) -> bool:
    at_ms, pid = entry.at_ms, entry.first.get("pid")
    if at_ms is None or now_s - at_ms / 1000 > PENDING_S or entry.first["line"] != "intent":
        return False
    return entry.first.get("host") != host or not isinstance(pid, int) or pid < 1 or is_alive(pid)


def _clean_text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else "" if value is None else clean(str(value))


def _parse_ms(utc: str) -> float | None:
    try:
        at = datetime.fromisoformat(utc)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000


def build_audit_row(entry: AuditEntry) -> Resource:
    """Return an action as a row; its status is the outcome, followed by the verdict after an arrow."""
    verdict = entry.verdict
    status = entry.outcome if verdict in ("", "done", entry.outcome) else f"{entry.outcome} → {verdict}"
    if entry.outcome == "unknown" and verdict:
        status = f"unknown → {verdict}"
    decisive = verdict if entry.outcome in ("unknown", "done") and verdict else entry.outcome
    return Resource(
        kind="audit",
        id=entry.id,
        name=" → ".join(filter(None, (entry.get_text("name") or entry.resource_id, entry.new_name))),
        status=status,
        phase=OUTCOME_PHASES.get(decisive, Phase.DEGRADED),
        cloud=entry.get_text("cloud"),
        profile=entry.get_text("profile"),
        workspace=entry.get_text("workspace"),
        owner=entry.get_text("user"),
        created_at=int(entry.at_ms) if entry.at_ms is not None else None,
        facts={
            "action": entry.get_text("action"),
            "acted_on": entry.get_text("kind"),
            "resource_id": entry.resource_id,
            "user": entry.get_text("user"),
            "before": shorten_status(entry.get_text("status_before")),
            "after": shorten_status(entry.status_after),
            "outcome": entry.outcome,
            "verdict": verdict,
            "ssh_client": entry.get_text("ssh_client"),
            "host": entry.get_text("host"),
            "request_id": entry.get_result_text("request_id"),
        },
    )


def list_entry_fields(entry: AuditEntry) -> list[tuple[str, str]]:
    """Return all fields of an action as labels and values."""
    tree = entry.as_json()
    settled = tree["settled"]
    tree["settled"] = f"{settled['verdict']}, seen {settled['utc']}" if settled else "not yet"
    if not settled and entry.outcome not in ("unknown", "done"):
        tree["settled"] = "not needed"
    return [(label, _format_value(tree.get(name))) for name, label in _LABELS.items()]


def _format_value(value: Any) -> str:
    if value is None or value in ("", {}, []):
        return "–"
    return clean(value if isinstance(value, str) else dumps(value))
