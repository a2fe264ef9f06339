"""Capsules as a table, as text and as documents."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from matui.base.errors import MatuiError, NotFoundError, UsageError
from matui.base.text.formatting import format_local_time
from matui.live.capsules.archive import CapsuleStore, StoredCapsule, export_capsule
from matui.live.capsules.manifest import LogPart, Manifest
from matui.live.capsules.text import build_row, find_log, format_capsules, serialize_capsule, show_lines

MANIFEST = Manifest(
    "20251128T030000-jobs-0a0b0c0d", 1_764_298_800_000, "prod", "modelarts", "cn-north-4", "jobs", "7",
    "train", "FAILED", (LogPart("worker-0", "logs/000.log", 30, 300, "the size limit"),),
    ("log worker-0: the size limit",), (),
)  # fmt: skip
EVENTS = b'[{"at": 1764298800000, "text": "node lost", "abnormal": true, "source": ""}]'
DETAIL = (
    b'{"resource": {"kind": "jobs", "id": "7", "name": "train", "status": "FAILED", "cloud": "m",'
    b' "profile": "p", "workspace": "", "owner": "", "phase": "failed"},'
    b' "sections": [{"title": "Overview", "rows": [["Name", "train"], ["At", {"ms": 0}]]}]}'
)


@pytest.fixture
def capsule(tmp_path: Path) -> StoredCapsule:
    log = b"".join(b"line %d\n" % number for number in range(30))
    entries = {"events.json": EVENTS, "detail.json": DETAIL, "logs/000.log": log}
    return CapsuleStore(tmp_path / "capsules", limit_bytes=10**9).write(MANIFEST, entries)


def test_the_table_fits_the_width(capsule: StoredCapsule) -> None:
    lines = list(format_capsules([capsule], 60))
    assert all(len(line) <= 60 for line in lines)
    assert "incomplete" in "\n".join(format_capsules([capsule], None))


def test_the_text_has_detail_events_and_the_end_of_each_log(capsule: StoredCapsule) -> None:
    text = "\n".join(show_lines(capsule, None))
    for words in ("cut: log worker-0", "Overview", "! node lost", "30 lines, cut: the size limit", "line 29"):
        assert words in text
    assert "line 19\n" not in text


def test_the_text_has_the_zone_of_each_time_and_no_empty_region(capsule: StoredCapsule) -> None:
    text = "\n".join(show_lines(capsule._replace(manifest=replace(MANIFEST, region="")), None))
    zone = format_local_time(0)[19:]
    assert f"1970-01-01 00:00:00{zone}" in text
    assert f"{zone}  ! node lost" in text
    assert "profile prod\n" in text
    assert "profile prod, cn-north-4" in "\n".join(show_lines(capsule, None))


def test_the_document_names_missing_parts(capsule: StoredCapsule) -> None:
    document = serialize_capsule(capsule)
    assert document["metrics"] is None
    assert document["logs"] == [{"name": "worker-0", "lines": 30, "bytes": 300, "cut": "the size limit"}]


def test_a_log_is_found_by_its_name() -> None:
    assert find_log(MANIFEST, "worker-0").entry == "logs/000.log"
    with pytest.raises(NotFoundError, match="no log"):
        find_log(MANIFEST, "worker-1")


def test_a_row_has_lines_size_and_what_was_cut(capsule: StoredCapsule) -> None:
    row = build_row(capsule)
    assert (row.get_number("lines"), row.get_text("cut")) == (30, "log worker-0: the size limit")


def test_an_export_replaces_nothing(capsule: StoredCapsule, tmp_path: Path) -> None:
    target = export_capsule(capsule, tmp_path / "out.zip")
    assert target.read_bytes() == capsule.path.read_bytes()
    assert target.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="exists"):
        export_capsule(capsule, target)


@pytest.mark.parametrize(
    ("entry", "data"),
    [
        ("detail.json", b'{"sections": 3}'),
        ("detail.json", b"[1, 2]"),
        ("detail.json", b"[" * 200_000),
        ("detail.json", DETAIL.replace(b'{"ms": 0}', b'{"ms": "x"}')),
        ("events.json", b'{"a": 1}'),
        ("events.json", b'[{"at": "x"}]'),
    ],
)
def test_a_damaged_part_is_one_sentence(tmp_path: Path, entry: str, data: bytes) -> None:
    made = CapsuleStore(tmp_path / "capsules", limit_bytes=10**9).write(MANIFEST, {entry: data})
    with pytest.raises(MatuiError, match=r"is damaged\. Restore its file"):
        list(show_lines(made, None))


def test_no_control_character_reaches_the_terminal(tmp_path: Path) -> None:
    hostile = DETAIL.replace(b'"train"]', b'"\\u001b[2J"]')
    entries = {"detail.json": hostile, "events.json": EVENTS.replace(b"node", b"\\u001b]0;x\\u0007")}
    made = CapsuleStore(tmp_path / "capsules", limit_bytes=10**9).write(replace(MANIFEST, logs=()), entries)
    text = "\n".join(show_lines(made, None))
    assert "\x1b" not in text
    assert "␛[2J" in text
