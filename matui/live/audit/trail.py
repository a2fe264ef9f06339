"""The audit trail: a line on disk before each action and one after it, and its reading."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from matui.base.clock import Clock
from matui.base.errors import RefusedError
from matui.base.redaction.known import hide_known
from matui.base.redaction.masking import hide_secrets
from matui.clouds.protocols import Cloud
from matui.live.actions.bulk_delete import NO_BULK, BulkOutcome
from matui.live.audit.entry import AuditEntry, build_entries, parse_lines
from matui.live.audit.jsonl_file import FILES, MOST_BYTES, JsonlFile
from matui.resources.model import Resource

_FROM_THE_CLOUD = frozenset(
    {
        *("workspace", "resource_id", "name", "status_before", "status_after", "parameters"),
        *("request_id", "error_code", "went", "stayed"),
    }
)


class AuditError(RefusedError):
    """The audit file cannot be written."""


class AuditResult(NamedTuple):
    """The audited part of an action's result; ``parts`` are the versions deleted and not deleted.

    ``sent_at`` is when its request left, in seconds since the epoch, None where none did.
    """

    outcome: str
    status_after: str = ""
    request_id: str = ""
    error_code: str = ""
    parts: BulkOutcome = NO_BULK
    sent_at: float | None = None


class Actor(NamedTuple):
    """The user of this machine, and the address of the SSH client (``""`` for none)."""

    user: str
    ssh_client: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Actor:
        """Return the effective user and the first field of ``SSH_CONNECTION``."""
        return cls(_find_user_name(), environ.get("SSH_CONNECTION", "").partition(" ")[0])


def _find_user_name() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


class Audit:
    """Appends to ``FOLDER/audit.jsonl``, which several processes may share.

    Three kinds of lines share an action's id: ``intent`` before it is sent, ``result`` after the answer, and
    ``settled`` once a read has shown its end.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: Clock,
        actor: Actor | None = None,
        most_bytes: int = MOST_BYTES,
        files: int = FILES,
    ) -> None:
        self.lines = open_audit_file(folder, most_bytes=most_bytes, files=files)
        self._clock = clock
        self._actor = actor or Actor.from_environment(os.environ)

    @property
    def file(self) -> Path:
        """The newest file of the trail."""
        return self.lines.file

    def record_intent(
        self, cloud: Cloud, action: str, before: Resource, parameters: Mapping[str, Any] | None = None
    ) -> str:
        """Write the intent of an action and return the id of all its lines.

        Raises AuditError when the line is not safely on disk: then nothing may be sent.
        """
        action_id = uuid.uuid4().hex
        line = self.describe_action_target(cloud, action, before) | {
            "parameters": hide_secrets(parameters or {})
        }
        self._append("intent", action_id, line)
        return action_id

    def write_result(
        self,
        action_id: str,
        cloud: Cloud,
        action: str,
        before: Resource,
        result: AuditResult,
    ) -> None:
        """Write the result of the action. Raises AuditError."""
        line = self.describe_action_target(cloud, action, before) | {
            "outcome": result.outcome,
            "sent_at": None if result.sent_at is None else format_utc(result.sent_at),
            "status_after": result.status_after,
            "request_id": result.request_id,
            "error_code": result.error_code,
            **result.parts.build_audit_fields(),
        }
        self._append("result", action_id, line)

    def record_verdict(
        self,
        action_id: str,
        about: Mapping[str, Any],
        *,
        verdict: str,
        found: str,
        parts: BulkOutcome = NO_BULK,
    ) -> None:
        """Write the verdict of a later read on the action of ``about``. Raises AuditError."""
        line = {**about, "verdict": verdict, "status_after": found, **parts.build_audit_fields()}
        self._append("settled", action_id, line)

    @staticmethod
    def describe_action_target(cloud: Cloud, action: str, before: Resource) -> dict[str, Any]:
        """Return the fields that every line of an action repeats."""
        return {
            "profile": cloud.profile,
            "cloud": cloud.name,
            "region": cloud.region,
            "project": cloud.project_id,
            "workspace": before.workspace,
            "kind": before.kind,
            "resource_id": before.id,
            "name": before.name,
            "action": action,
            "status_before": before.status,
        }

    def _append(self, line: str, action_id: str, about: Mapping[str, Any]) -> None:
        utc = datetime.fromtimestamp(self._clock.now(), UTC)
        head = {
            "line": line,
            "id": action_id,
            "time": utc.astimezone().isoformat(timespec="milliseconds"),
            "utc": format_utc(self._clock.now()),
            "user": self._actor.user,
            "ssh_client": self._actor.ssh_client,
            "host": os.uname().nodename,
            "pid": os.getpid(),
        }
        try:
            self.lines.append({**head, **_hide_wire_secrets(about)})
        except OSError as error:
            raise AuditError(
                f"The audit file {self.file} cannot be written: {error.strerror or error}.",
                remedy="Every action is recorded; repair the file or its folder first.",
            ) from error


def _hide_wire_secrets(about: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a line with registered secrets hidden in what came from the cloud."""
    return {name: hide_known(value) if name in _FROM_THE_CLOUD else value for name, value in about.items()}


def format_utc(seconds: float) -> str:
    """Return a time since the epoch in ISO 8601, UTC, to the millisecond."""
    utc = datetime.fromtimestamp(seconds, UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def open_audit_file(folder: Path, *, most_bytes: int = MOST_BYTES, files: int = FILES) -> JsonlFile:
    """Return the audit file of a state folder; it is not opened yet."""
    return JsonlFile(folder / "audit.jsonl", most_bytes=most_bytes, files=files)


class AuditReading(NamedTuple):
    """The actions, newest first, and the number of unreadable lines."""

    entries: tuple[AuditEntry, ...]
    skipped: int


def read_audit(lines: JsonlFile, now_s: float, *, last_bytes: int | None = None) -> AuditReading:
    """Return the trail at ``now_s`` (seconds since the epoch); only its end when ``last_bytes`` is given."""
    parts = lines.read_parts(last_bytes)
    parsed, skipped = parse_lines(parts, cut=last_bytes is not None)
    entries = build_entries(parsed, now_s, os.uname().nodename, _is_alive)
    return AuditReading(tuple(reversed(entries)), skipped)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
