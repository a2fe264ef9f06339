"""What the lines of the audit trail say of each action, put together. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias

from matui.base.sanitize import clean

Line: TypeAlias = Mapping[str, Any]
PENDING_S = 600.0
_WHO = ("time", "utc", "user", "ssh_client", "host", "pid")
_PLACE = ("profile", "cloud", "region", "project", "workspace")
_ABOUT = ("kind", "resource_id", "name", "action")


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. ``first`` is its earliest line, ``result`` and ``settled`` are None until there is one.

    ``running`` says that its process may still be waiting for the answer.
    """

    id: str
    first: Line
    result: Line | None = None
    settled: Line | None = None
    running: bool = False

    @property
    def about(self) -> Line:
        """What each of its lines says of the action, as it was written."""
        return {name: self.first.get(name) for name in (*_PLACE, *_ABOUT, "status_before")}

    def text(self, name: str) -> str:
        """Return a field of the first line as text that is safe to show, ``""`` when it is missing."""
        return _text(self.first.get(name))

    @property
    def resource_id(self) -> str:
        """What it was done to; of something new, what was made as far as that is known."""
        lines = (self.first, self.result or {}, self.settled or {})
        return next((told for line in lines if (told := _text(line.get("resource_id")))), "")

    @property
    def at_ms(self) -> float | None:
        """When it was sent, ms since the epoch."""
        return _ms(self.text("utc"))

    @property
    def outcome(self) -> str:
        """What the answer said; ``pending`` while one may come, ``unknown`` where none was ever recorded."""
        if self.result is not None:
            return _text(self.result.get("outcome")) or "unknown"
        return "pending" if self.running else "unknown"

    @property
    def verdict(self) -> str:
        """What a later read showed, ``""`` when none has yet: done, changed, gone or unchanged."""
        return _text(self.settled.get("verdict")) if self.settled is not None else ""

    @property
    def status_after(self) -> str:
        """The state that was seen last, ``""`` when none was."""
        told = (line.get("status_after") for line in (self.settled, self.result) if line is not None)
        return next((text for value in told if (text := _text(value))), "")

    @property
    def versions(self) -> tuple[str, ...]:
        """What there was of its name before an action that takes all of it; none where that is not known."""
        parameters = self.first.get("parameters")
        listed = parameters.get("versions") if isinstance(parameters, Mapping) else None
        return tuple(str(ident) for ident in listed) if isinstance(listed, list) else ()

    def _parts(self, name: str) -> list[Any]:
        told = (line.get(name) for line in (self.settled, self.result) if line is not None)
        return next((value for value in told if isinstance(value, list)), [])

    def of_result(self, name: str) -> str:
        """Return a field of the result as text, ``""`` when there is none."""
        return _text(self.result.get(name)) if self.result is not None else ""

    def as_json(self) -> dict[str, Any]:
        """Return the action as ``matui audit -o json`` writes it."""
        settled = self.settled
        return {
            "id": self.id,
            **{name: self.first.get(name) for name in (*_WHO, *_PLACE, *_ABOUT)},
            "resource_id": self.resource_id,
            "parameters": self.first.get("parameters") or {},
            "outcome": self.outcome,
            "request_id": self.of_result("request_id"),
            "error_code": self.of_result("error_code"),
            "status_before": self.text("status_before"),
            "status_after": self.status_after,
            "went": self._parts("went"),
            "stayed": self._parts("stayed"),
            "settled": settled and {"utc": _text(settled.get("utc")), "verdict": self.verdict},
        }


def parse_lines(parts: Iterable[bytes], *, cut: bool = False) -> tuple[list[dict[str, Any]], int]:
    """Return the lines that can be read and how many cannot; with ``cut`` the first may be half a line."""
    lines: list[dict[str, Any]] = []
    skipped = 0
    for raw in (raw for part in parts for raw in part.split(b"\n")):
        line = _parsed(raw) if raw.strip() else {}
        if line is None:
            skipped += not cut
        elif line:
            lines.append(line)
        cut = False
    return lines, skipped


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(line, dict) or not isinstance(line.get("id"), str) or not line["id"]:
        return None
    return line if line.get("line") in ("intent", "result", "settled") else None


def entries_of(
    lines: Iterable[Line], now_s: float, host: str, is_alive: Callable[[int], bool]
) -> list[Entry]:
    """Return the actions in the order they were begun; ``is_alive`` tells whether a pid of ``host`` lives."""
    found: dict[str, Entry] = {}
    for line in lines:
        entry = found.get(line["id"]) or Entry(line["id"], line)
        if line["line"] == "result":
            entry = replace(entry, result=entry.result or line)
        elif line["line"] == "settled":
            entry = replace(entry, settled=entry.settled or line)
        found[line["id"]] = entry
    return [
        replace(entry, running=_may_run(entry, now_s, host, is_alive)) if entry.result is None else entry
        for entry in found.values()
    ]


def _may_run(entry: Entry, now_s: float, host: str, is_alive: Callable[[int], bool]) -> bool:
    at_ms, pid = entry.at_ms, entry.first.get("pid")
    if at_ms is None or now_s - at_ms / 1000 > PENDING_S or entry.first["line"] != "intent":
        return False
    return entry.first.get("host") != host or not isinstance(pid, int) or pid < 1 or is_alive(pid)


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else "" if value is None else clean(str(value))


def _ms(utc: str) -> float | None:
    try:
        at = datetime.fromisoformat(utc)
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000
