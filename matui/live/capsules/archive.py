"""Capsules on disk: one zip file each, complete under its name or not there at all."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar

from matui.base.errors import MatuiError, NotFoundError, UsageError
from matui.base.text.sanitize import clean
from matui.live.capsules.manifest import Manifest, NewerFormatError, decode_manifest, encode_manifest

MANIFEST = "manifest.json"
_SUFFIX = ".zip"
_PART = ".part"
_LARGEST_MANIFEST = 4 * 1024 * 1024
_LARGEST_ENTRY = 256 * 1024 * 1024
_STALE_PART_S = 3600.0
REMEDY_DAMAGED = "Restore its file from a copy, or delete it."
# RuntimeError stands for an encrypted entry and for JSON that is nested too deeply, NotImplementedError for a
# compression that Python lacks.
_UNREADABLE = (
    OSError,
    ValueError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)
T = TypeVar("T")


def export_capsule(capsule: StoredCapsule, target: Path) -> Path:
    """Copy a capsule to ``target``, mode 0600. Raises UsageError for a file that exists or cannot be made."""

    def copy(out: IO[bytes]) -> None:
        with capsule.path.open("rb") as source:
            shutil.copyfileobj(source, out)

    return _make_file(target, copy)


def export_entries(manifest: Manifest, entries: Mapping[str, bytes], target: Path) -> Path:
    """Write a capsule to ``target`` as ``export_capsule`` does. Raises UsageError."""
    return _make_file(target, lambda out: _write_zip(out, manifest, entries))


def _make_file(target: Path, write: Callable[[IO[bytes]], None]) -> Path:
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except FileExistsError:
        raise UsageError(f"{target} exists already.", remedy="Name a file that does not.") from None
    except OSError as error:
        raise UsageError(
            f"{target} cannot be made: {error.strerror or error}.",
            remedy="Check the folder and your rights there, or name another file.",
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as out:
            write(out)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise UsageError(
            f"{target} could not be written: {error.strerror or error}.",
            remedy="Check the free space and your rights, or name a file elsewhere.",
        ) from error
    return target


class StoredCapsule(NamedTuple):
    """A capsule on disk; ``size`` in bytes."""

    path: Path
    manifest: Manifest
    size: int

    def read(self, entry: str) -> bytes:
        """Return an entry. Raises NotFoundError without it, MatuiError where it cannot be read."""
        try:
            with zipfile.ZipFile(self.path) as archive:
                return _read_entry(archive, entry, _LARGEST_ENTRY)
        except KeyError:
            raise NotFoundError(
                f"The capsule {self.manifest.id} has no {entry}.",
                remedy="It was not kept; see what there is with: matui capsule show ID",
            ) from None
        except _UNREADABLE as error:
            raise MatuiError(
                f"The capsule {self.manifest.id} cannot be read: {error}.",
                remedy=REMEDY_DAMAGED,
            ) from error

    def read_json(self, entry: str) -> Any:
        """Return a JSON entry, None where the capsule has none."""
        try:
            return json.loads(self.read(entry))
        except NotFoundError:
            return None
        except (ValueError, RecursionError) as error:
            raise MatuiError(
                f"{entry} of the capsule {self.manifest.id} is damaged.",
                remedy=REMEDY_DAMAGED,
            ) from error

    def decode(self, entry: str, decode: Callable[[Any], T]) -> T | None:
        """Return an entry decoded, None where the capsule lacks it. Raises MatuiError for a damaged one."""
        value = self.read_json(entry)
        try:
            return None if value is None else decode(value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise MatuiError(
                f"{entry} of the capsule {self.manifest.id} is damaged.",
                remedy=REMEDY_DAMAGED,
            ) from error


class UnreadableCapsule(NamedTuple):
    """A file that cannot be read; ``needs`` says which version of matui a newer one needs, else ``""``."""

    path: Path
    needs: str


class CapsuleStore:
    """The capsules in a folder, at most ``limit_bytes`` of them: the oldest are removed first."""

    def __init__(self, folder: Path, *, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes

    def list_capsules(self) -> tuple[StoredCapsule, ...]:
        """Return the capsules, newest first; files that are no capsules are left out."""
        found = [capsule for path in self._list_paths() if (capsule := _open(path)) is not None]
        return tuple(sorted(found, key=lambda one: (one.manifest.saved_at, one.manifest.id), reverse=True))

    def list_unreadable(self) -> tuple[UnreadableCapsule, ...]:
        """Return the files in the folder that look like capsules and cannot be read, by name."""
        return tuple(
            UnreadableCapsule(path, _find_newer(path))
            for path in sorted(self._list_paths())
            if _open(path) is None
        )

    def find(self, capsule_id: str) -> StoredCapsule:
        """Return a capsule by its id, or by the beginning of only one. Raises NotFoundError, UsageError."""
        found = [one for one in self.list_capsules() if one.manifest.id.startswith(capsule_id)]
        exact = [one for one in found if one.manifest.id == capsule_id]
        if len(exact or found) == 1:
            return (exact or found)[0]
        if not found:
            for newer in self.list_unreadable():
                if newer.needs and newer.path.stem.startswith(capsule_id):
                    raise UsageError(f"The capsule {newer.needs}.", remedy="Update matui to open it.")
            raise NotFoundError(
                f"There is no capsule {capsule_id!r}.", remedy="See those there are with: matui capsule list"
            )
        raise UsageError(f"{len(found)} capsules begin with {capsule_id!r}.", remedy="Type more of the id.")

    def write(self, manifest: Manifest, entries: Mapping[str, bytes]) -> StoredCapsule:
        """Write a capsule and return it. Raises MatuiError where it cannot be written: nothing is left."""
        path = self.folder / f"{manifest.id}{_SUFFIX}"
        part = path.with_name(f".{path.name}.{os.getpid()}{_PART}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._remove_stale_parts()
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
            with os.fdopen(descriptor, "wb") as out:
                _lock(descriptor)
                _write_zip(out, manifest, entries)
                out.flush()
                os.fsync(out.fileno())
                size = out.tell()
                part.replace(path)  # while it is locked: another writer removes what is not
        except OSError as error:
            raise MatuiError(
                f"The capsule of {manifest.name} could not be written: {error.strerror or error}.",
                remedy="Check the free space of the state folder, and your rights there.",
            ) from error
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        self.prune(keep=path)
        return StoredCapsule(path, manifest, size)

    def prune(self, *, keep: Path | None = None) -> None:
        """Remove the oldest capsules beyond the limit, and parts that no process writes any more."""
        sized = []
        for path in self._list_paths():
            with suppress(OSError):
                state = path.stat()
                sized.append((path == keep, state.st_mtime, state.st_size, path))
        total = sum(size for _kept, _at, size, _path in sized)
        for kept, _at, size, path in sorted(sized):
            if total <= self.limit_bytes or kept:
                break
            with suppress(OSError):
                path.unlink()
                total -= size
        self._remove_stale_parts()

    def _remove_stale_parts(self) -> None:
        """Remove the parts whose writers were killed: nothing holds their lock, or they are an hour old."""
        newest = 0.0
        for path in self._list_paths():
            with suppress(OSError):
                newest = max(newest, path.stat().st_mtime)
        for part in self.folder.glob(f".*{_PART}"):
            with suppress(OSError):
                state = part.stat()
                # One that is empty may be about to be locked.
                if state.st_mtime < newest - _STALE_PART_S or (state.st_size and not _is_locked(part)):
                    part.unlink()

    def _list_paths(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == _SUFFIX and path.is_file()]
        except OSError:
            return []


def _write_zip(out: IO[bytes], manifest: Manifest, entries: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(encode_manifest(manifest), ensure_ascii=False)
        archive.writestr(MANIFEST, text.encode("utf-8", "backslashreplace"))  # an escape of JSON
        for name, data in entries.items():
            archive.writestr(name, data)


def _lock(descriptor: int) -> bool:
    """Lock a file until it is closed; return whether it is locked now, false where another process has."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _is_locked(part: Path) -> bool:
    descriptor = os.open(part, os.O_RDWR | os.O_NOFOLLOW)
    try:
        return not _lock(descriptor)
    finally:
        os.close(descriptor)


def _open(path: Path) -> StoredCapsule | None:
    try:
        return _read_capsule(path)
    except (KeyError, *_UNREADABLE):
        return None


def _find_newer(path: Path) -> str:
    """Return what a capsule of a newer format needs, ``""`` for any other file."""
    try:
        _read_capsule(path)
    except NewerFormatError as error:
        return str(error) if error.id else f"{clean(path.stem)} {error}"
    except (KeyError, *_UNREADABLE):
        pass
    return ""


def _read_capsule(path: Path) -> StoredCapsule:
    with zipfile.ZipFile(path) as archive:
        manifest = decode_manifest(json.loads(_read_entry(archive, MANIFEST, _LARGEST_MANIFEST)))
    return StoredCapsule(path, manifest, path.stat().st_size)


def _read_entry(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Return an entry. Raises ValueError for one larger than ``most`` bytes, before it is unpacked."""
    if archive.getinfo(name).file_size > most:
        raise ValueError(f"{name} is larger than {most >> 20} MiB")
    return archive.read(name)
