"""Tokens kept between runs: one file each, readable by its owner only, never through a symbolic link."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from matui.clouds.modelarts.auth.renewal import CachedValue
from matui.clouds.modelarts.auth.token import Token

_LARGEST_BYTES = 64 * 1024


class TokenCache(NamedTuple):
    """The file of one identity's token. Whatever is wrong with it, the answer is: no token cached."""

    folder: Path
    name: str

    @classmethod
    def of(cls, cache_dir: Path, *identity: str) -> TokenCache:
        """Return the cache of who signs in where: endpoint, user, domain, project."""
        return cls(cache_dir / "tokens", sha256(json.dumps(identity).encode()).hexdigest()[:40] + ".json")

    def load(self) -> CachedValue[Token] | None:
        """Return the token, or None when there is none that can be trusted."""
        try:
            if not _is_private(self.folder.lstat(), stat.S_ISDIR):
                return None
            tree = json.loads(_read(self.folder / self.name))
        except (OSError, ValueError, RecursionError):
            return None
        return _lease(tree)

    def save(self, lease: CachedValue[Token]) -> None:
        """Write the token with mode 0600 in one step; a disk that cannot take it is not an error."""
        record = {
            "token": lease.value.text,
            "project_id": lease.value.project_id,
            "obtained_at": lease.obtained_at,
            "expires_at": lease.expires_at,
        }
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if _is_private(self.folder.lstat(), stat.S_ISDIR):
                write_private(self.folder, self.name, json.dumps(record))
        except OSError:
            return


def _lease(tree: Any) -> CachedValue[Token] | None:
    if not isinstance(tree, dict):
        return None
    texts = [tree.get("token"), tree.get("project_id")]
    times = [tree.get("obtained_at"), tree.get("expires_at")]
    if not all(isinstance(text, str) for text in texts) or not texts[0]:
        return None
    if not all(isinstance(time, (int, float)) and not isinstance(time, bool) for time in times):
        return None
    return CachedValue(Token(str(texts[0]), str(texts[1])), float(times[0] or 0), float(times[1] or 0))


def _read(file: Path) -> bytes:
    descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as opened:
        if not _is_private(os.fstat(descriptor), stat.S_ISREG):
            raise PermissionError
        return opened.read(_LARGEST_BYTES)


def write_private(folder: Path, name: str, text: str) -> None:
    """Write a file for its owner alone in one step. Raises OSError."""
    descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".token-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            opened.write(text)
        Path(temporary).replace(folder / name)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise


def _is_private(status: os.stat_result, kind: Any) -> bool:
    """Whether it is of the kind, ours, and closed to everybody else."""
    if not kind(status.st_mode):
        return False
    return os.name != "posix" or (status.st_uid == os.geteuid() and not status.st_mode & 0o077)
