"""The audit trail: a line before each action and a line after it, on disk before anything goes on."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matui.clock import Clock
from matui.clouds.port import Cloud
from matui.errors import RefusedError
from matui.resources.json_text import dumps
from matui.resources.model import Resource


class AuditError(RefusedError):
    """The audit file cannot be written."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the user of this machine, and the address the SSH session came from (``""`` for none)."""

    user: str
    ssh_client: str

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Actor:
        """Return the effective user and the first field of ``SSH_CONNECTION``."""
        return cls(_user_name(), environ.get("SSH_CONNECTION", "").partition(" ")[0])


def _user_name() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


class Audit:
    """Appends JSON lines to ``FOLDER/audit.jsonl`` (0600 in 0700); several processes may share it.

    Without ``actor`` it is who runs this process.
    """

    def __init__(self, folder: Path, *, clock: Clock, actor: Actor | None = None) -> None:
        self.file = folder / "audit.jsonl"
        self._clock = clock
        self._actor = actor or Actor.from_environment(os.environ)

    def intent(self, cloud: Cloud, action: str, before: Resource) -> str:
        """Write that an action is about to be sent and return the id of both its lines.

        Raises AuditError when the line is not safely on disk: then nothing may be sent.
        """
        action_id = uuid.uuid4().hex
        self._append(self._line("intent", action_id, cloud, action, before))
        return action_id

    def result(
        self,
        action_id: str,
        cloud: Cloud,
        action: str,
        before: Resource,
        *,
        outcome: str,
        status_after: str = "",
        request_id: str = "",
        error_code: str = "",
    ) -> None:
        """Write what became of the action. Raises AuditError."""
        line = self._line("result", action_id, cloud, action, before)
        line |= {
            "outcome": outcome,
            "status_after": status_after,
            "request_id": request_id,
            "error_code": error_code,
        }
        self._append(line)

    def _line(self, line: str, action_id: str, cloud: Cloud, action: str, before: Resource) -> dict[str, Any]:
        utc = datetime.fromtimestamp(self._clock.now(), UTC)
        return {
            "line": line,
            "id": action_id,
            "time": utc.astimezone().isoformat(timespec="milliseconds"),
            "utc": utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z",
            "user": self._actor.user,
            "ssh_client": self._actor.ssh_client,
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

    def _append(self, line: Mapping[str, Any]) -> None:
        data = dumps(line).encode("utf-8") + b"\n"
        try:
            descriptor = _open_private(self.file)
            try:
                _write_line(descriptor, data)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise AuditError(
                f"The audit file {self.file} cannot be written: {error.strerror or error}.",
                remedy="Every action is recorded; mend the file or its folder first.",
            ) from error


def _open_private(file: Path) -> int:
    folder = file.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _check_owner(folder.lstat(), stat.S_ISDIR, f"{folder} is not a folder of yours")
    folder.chmod(0o700)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(file, flags, 0o600)
    try:
        _check_owner(os.fstat(descriptor), stat.S_ISREG, f"{file} is not a file of yours")
        os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _check_owner(status: os.stat_result, is_right_type: Any, otherwise: str) -> None:
    if not is_right_type(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(1, otherwise)


def _write_line(descriptor: int, data: bytes) -> None:
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data  # the line before was cut short: do not lose this one to it
    written = os.write(descriptor, data)
    if written != len(data):
        raise OSError(28, "the disk took only a part of the line")
    os.fsync(descriptor)
