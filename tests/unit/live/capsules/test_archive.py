"""Capsules are complete under their name or not there, bounded, and found by the beginning of their id."""

from __future__ import annotations

import os
import signal
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from matui.base.errors import MatuiError, NotFoundError, UsageError
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.manifest import LogPart, Manifest

MANIFEST = Manifest(
    "20251128T030000-jobs-0a0b0c0d", 1_764_298_800_000, "prod", "modelarts", "cn-north-4", "jobs", "7",
    "train", "JOBSTAT_RUNNING_FAILED", (LogPart("worker-0", "logs/000.log", 2, 8, "the size limit"),),
    ("log worker-0: the size limit",), ("log worker-0: secrets in 1 lines",),
)  # fmt: skip


def make_store(tmp_path: Path, limit: int = 10**9) -> CapsuleStore:
    return CapsuleStore(tmp_path / "capsules", limit_bytes=limit)


def test_a_capsule_is_written_and_read(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    capsules.write(MANIFEST, {"events.json": b"[]", "logs/000.log": b"a\nb\n"})
    (found,) = capsules.list_capsules()
    assert found.manifest == MANIFEST
    assert found.read("logs/000.log") == b"a\nb\n"
    assert found.read_json("events.json") == []
    assert found.read_json("metrics.json") is None
    assert found.path.stat().st_mode & 0o777 == 0o600
    assert found.manifest.as_json(found.size)["cut"] == ["log worker-0: the size limit"]


def test_a_capsule_is_found_by_the_beginning_of_its_id(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    for ident in ("20251128T030000-jobs-00000001", "20251128T040000-jobs-00000002"):
        capsules.write(replace(MANIFEST, id=ident), {})
    assert capsules.find("20251128T03").manifest.id.endswith("1")
    with pytest.raises(UsageError):
        capsules.find("2025")
    with pytest.raises(NotFoundError):
        capsules.find("2024")


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capsules = make_store(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MatuiError, match="No space left"):
        capsules.write(MANIFEST, {"events.json": b"[]"})
    assert list((tmp_path / "capsules").iterdir()) == []


def test_the_oldest_go_first_beyond_the_limit(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    data = os.urandom(1000)
    for number in range(4):
        written = capsules.write(replace(MANIFEST, id=f"c{number}"), {"logs/000.log": data})
        os.utime(written.path, (number, number))
    capsules.limit_bytes = 3 * written.size
    capsules.write(replace(MANIFEST, id="c4"), {"logs/000.log": data})
    assert {one.manifest.id for one in capsules.list_capsules()} == {"c2", "c3", "c4"}


def test_files_that_are_no_capsules_are_named_and_left(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    capsules.write(MANIFEST, {})
    (tmp_path / "capsules" / "broken.zip").write_bytes(b"PK\x03\x04half")
    with zipfile.ZipFile(tmp_path / "capsules" / "other.zip", "w") as archive:
        archive.writestr("manifest.json", '{"format": 99}')
    assert len(capsules.list_capsules()) == 1
    assert {one.path.name for one in capsules.list_unreadable()} == {"broken.zip", "other.zip"}


def test_no_folder_is_no_capsule(tmp_path: Path) -> None:
    assert make_store(tmp_path / "none").list_capsules() == ()


@pytest.mark.parametrize("spoil", ["encrypted", "compression"])
def test_an_entry_that_python_cannot_read_is_one_sentence(tmp_path: Path, spoil: str) -> None:
    capsules = make_store(tmp_path)
    made = capsules.write(MANIFEST, {"events.json": b"[]"})
    data = bytearray(made.path.read_bytes())
    for signature, flags, method in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = data.index(signature, data.index(b"events.json") - 50 if signature[2] == 3 else 0)
        if signature[2] == 1:
            at = data.index(signature, at + 1)
        data[at + (flags if spoil == "encrypted" else method)] = 1 if spoil == "encrypted" else 99
    made.path.write_bytes(data)
    (found,) = capsules.list_capsules()
    with pytest.raises(MatuiError, match="cannot be read"):
        found.read("events.json")


def test_nothing_is_unpacked_of_an_entry_beyond_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_store(tmp_path).write(MANIFEST, {"events.json": b"[" + b" " * 2_000_000 + b"]"})
    monkeypatch.setattr("matui.live.capsules.archive._LARGEST_ENTRY", 1_000_000)
    monkeypatch.delattr(zipfile.ZipFile, "open")
    with pytest.raises(MatuiError, match=r"events\.json is larger than"):
        made.read("events.json")


def test_a_capsule_of_a_newer_format_names_the_version_that_it_needs(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    capsules.write(replace(MANIFEST, format=2, matui="9.1.0"), {})
    (newer,) = capsules.list_unreadable()
    assert newer.needs == (
        "20251128T030000-jobs-0a0b0c0d (of train, saved at 2025-11-28T03:00:00Z)"
        " has format 2 and needs matui 9.1.0 or newer"
    )
    with pytest.raises(UsageError, match=r"needs matui 9\.1\.0"):
        capsules.find("20251128T03")


@pytest.mark.parametrize(
    "manifest", ['{"format": 3}', '{"format": 3, "id": ["x"], "saved_at": "now", "name": {}}']
)
def test_a_newer_capsule_that_says_nothing_of_itself_is_named_by_its_file(
    tmp_path: Path, manifest: str
) -> None:
    capsules = make_store(tmp_path)
    capsules.folder.mkdir()
    with zipfile.ZipFile(capsules.folder / "a-1.zip", "w") as archive:
        archive.writestr("manifest.json", manifest)
    assert capsules.list_unreadable()[0].needs.startswith("a-1 ")
    assert capsules.list_unreadable()[0].needs.endswith("has format 3 and needs a newer matui")


def test_what_a_killed_process_left_is_removed_before_the_next_is_written(tmp_path: Path) -> None:
    capsules = make_store(tmp_path)
    for _ in range(2):
        if (child := os.fork()) == 0:
            os.fsync = lambda _descriptor: os.kill(os.getpid(), signal.SIGKILL)
            capsules.write(MANIFEST, {"logs/000.log": os.urandom(100_000)})
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert [path.suffix for path in capsules.folder.iterdir()] == [".part"]
    assert capsules.list_capsules() == ()
    capsules.write(MANIFEST, {})
    assert [path.suffix for path in capsules.folder.iterdir()] == [".zip"]


def test_what_another_process_is_writing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    capsules, other, kept = make_store(tmp_path), make_store(tmp_path), []

    def write_meanwhile(_descriptor: int) -> None:
        if not kept:
            kept.append(True)
            other.write(replace(MANIFEST, id="other"), {})

    monkeypatch.setattr(os, "fsync", write_meanwhile)
    capsules.write(MANIFEST, {"events.json": b"[]"})
    assert {one.manifest.id for one in capsules.list_capsules()} == {MANIFEST.id, "other"}


def test_another_writer_removes_no_part_that_is_about_to_have_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    capsules, rename = make_store(tmp_path), Path.replace

    def prune_first(part: Path, target: Path) -> Path:
        make_store(tmp_path).prune()
        return rename(part, target)

    monkeypatch.setattr(Path, "replace", prune_first)
    assert capsules.write(MANIFEST, {"logs/000.log": b"a\n"}).path.is_file()


def test_an_id_and_a_file_that_are_no_unicode_are_kept(tmp_path: Path) -> None:
    logs = (LogPart("worker-\udc80", "logs/000.log", 0, 0),)
    capsules = make_store(tmp_path)
    capsules.write(replace(MANIFEST, resource_id="7\ud800", logs=logs), {"logs/000.log": b""})
    (found,) = capsules.list_capsules()
    assert (found.manifest.resource_id, found.manifest.logs) == ("7\ud800", logs)
