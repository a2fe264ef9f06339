"""A file of lines that processes share: rotated without a line lost, and read however broken it is."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from matui.base.clock import ManualClock
from matui.live.audit import jsonl_file
from matui.live.audit.jsonl_file import JsonlFile
from matui.live.audit.trail import Actor, Audit, AuditError, read_audit
from tests.unit.live.acting import FakeCloud, make_notebook

# Its writers begin together, so that they really write and rotate at the same time. They wait long for the
# lock: without it a line is appended to a full file, which a loaded machine would make of a slow neighbour.
WRITER = """
import sys
from pathlib import Path
from matui.live.audit import jsonl_file
jsonl_file._LOCK_WAIT_S = 600.0
lines = jsonl_file.JsonlFile(Path(sys.argv[1]), most_bytes=400, files=400)
print("ready", flush=True)
sys.stdin.readline()
for number in range(200):
    lines.append({"id": f"{sys.argv[2]}-{number}", "line": "intent", "name": "n" * (number % 90)})
"""


def start_writers(file, *names) -> list[subprocess.Popen]:
    """Return writers that all begin now."""
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", WRITER, str(file)]
    writers = [subprocess.Popen([*command, name], stdin=pipe, stdout=pipe) for name in names]
    assert [writer.stdout.readline() for writer in writers] == [b"ready\n"] * len(names)
    for writer in writers:
        writer.stdin.close()
        writer.stdout.close()
    return writers


def make_shared(file) -> JsonlFile:
    return JsonlFile(file, most_bytes=400, files=400)


def read_lines(lines: JsonlFile) -> list[dict]:
    return [json.loads(raw) for part in lines.read_parts() for raw in part.splitlines()]


def test_two_processes_rotate_at_once_and_lose_nothing(tmp_path):
    file = tmp_path / "s" / "audit.jsonl"
    assert [writer.wait(600) for writer in start_writers(file, "a", "b")] == [0, 0]
    found = [line["id"] for line in read_lines(make_shared(file))]
    assert sorted(found) == sorted(f"{name}-{number}" for name in "ab" for number in range(200))
    for name in "ab":
        own = [int(ident[2:]) for ident in found if ident.startswith(name)]
        assert own == sorted(own)
    sizes = [part.stat().st_size for part in file.parent.glob("audit*.jsonl")]
    assert len(sizes) > 10
    assert max(sizes) <= 400


def test_a_reader_sees_whole_lines_while_others_write_and_rotate(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl_file, "_LOCK_WAIT_S", 600.0)
    file = tmp_path / "s" / "audit.jsonl"
    (writer,) = start_writers(file, "a")
    lines, seen = make_shared(file), 0
    while writer.poll() is None:
        now = len(read_lines(lines))
        assert now >= seen
        seen = now
    assert len(read_lines(lines)) == 200


def test_the_oldest_part_goes_and_the_newest_stay(tmp_path):
    lines = JsonlFile(tmp_path / "s" / "x.jsonl", most_bytes=100, files=3)
    for number in range(20):
        lines.append({"number": number, "pad": "p" * 30})
    assert [line["number"] for line in read_lines(lines)] == [17, 18, 19] or len(read_lines(lines)) <= 6
    assert read_lines(lines)[-1]["number"] == 19
    assert sorted(file.name for file in (tmp_path / "s").glob("x*")) == ["x.1.jsonl", "x.2.jsonl", "x.jsonl"]


def test_a_process_that_was_stopped_with_the_lock_does_not_block(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl_file, "_LOCK_WAIT_S", 0.05)
    lines = JsonlFile(tmp_path / "s" / "x.jsonl", most_bytes=50)
    lines.append({"number": 1, "pad": "p" * 60})
    held = os.open(tmp_path / "s" / ".x.lock", os.O_RDWR)
    fcntl.flock(held, fcntl.LOCK_EX)
    lines.append({"number": 2})
    os.close(held)
    assert [line["number"] for line in read_lines(lines)] == [1, 2]


def test_a_killed_process_leaves_no_lock_behind(tmp_path):
    file = tmp_path / "s" / "audit.jsonl"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(file), "a"])
    until = time.monotonic() + 20
    while not file.exists() and time.monotonic() < until:
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    began = time.monotonic()
    make_shared(file).append({"id": "after"})
    assert time.monotonic() - began < 0.9
    assert read_lines(make_shared(file))[-1] == {"id": "after"}


def test_files_folder_and_lock_are_private(tmp_path):
    lines = JsonlFile(tmp_path / "s" / "x.jsonl", most_bytes=10)
    lines.append({"a": 1})
    lines.append({"a": 2})
    assert (tmp_path / "s").stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "s").iterdir()} == {0o600}


def test_a_symlink_in_place_of_the_lock_or_an_elder_part_is_not_followed(tmp_path):
    (tmp_path / "s").mkdir(mode=0o700)
    (tmp_path / "else").write_text('{"id": "not ours", "line": "intent"}\n')
    for name in (".x.lock", "x.1.jsonl"):
        (tmp_path / "s" / name).symlink_to(tmp_path / "else")
    lines = JsonlFile(tmp_path / "s" / "x.jsonl")
    lines.append({"a": 1})
    assert read_lines(lines) == [{"a": 1}]
    assert (tmp_path / "else").read_text().count("\n") == 1


def make_audit(folder) -> Audit:
    return Audit(folder, clock=ManualClock(1_600_000_000.0), actor=Actor("li", ""))


@pytest.mark.parametrize("error", [28, 30, 13])  # no space, read-only, no permission
def test_a_disk_that_takes_nothing_is_an_audit_error(tmp_path, monkeypatch, error):
    def refuses(*_arguments):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(jsonl_file.os, "write", refuses)
    with pytest.raises(AuditError, match=os.strerror(error)):
        make_audit(tmp_path / "s").record_intent(FakeCloud(), "stop", make_notebook())


def test_a_disk_that_takes_half_a_line_is_an_audit_error_and_the_next_line_is_whole(tmp_path, monkeypatch):
    trail = make_audit(tmp_path / "s")
    write = os.write
    monkeypatch.setattr(jsonl_file.os, "write", lambda fd, data: write(fd, data[: len(data) // 2]))
    with pytest.raises(AuditError, match="a part of the line"):
        trail.record_intent(FakeCloud(), "stop", make_notebook())
    monkeypatch.undo()
    ident = trail.record_intent(FakeCloud(), "stop", make_notebook())
    reading = read_audit(trail.lines, 1_600_000_000.0)
    assert ([entry.id for entry in reading.entries], reading.skipped) == ([ident], 1)


def test_a_file_in_place_of_the_folder_is_an_audit_error(tmp_path):
    (tmp_path / "s").write_text("")
    with pytest.raises(AuditError, match="repair"):
        make_audit(tmp_path / "s").record_intent(FakeCloud(), "stop", make_notebook())


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x00" * 5000,
        b"{",
        b"[1]",
        b'"x"',
        b'{"id": 5, "line": "intent"}',
        b'{"id": "x"}',
        b'{"id": "x", "line": "explode"}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": "' + b"9" * 100_000,
        b"1" * 5000,
    ],
)
def test_a_line_that_cannot_be_read_is_counted_and_the_others_are_shown(tmp_path, garbage):
    trail = make_audit(tmp_path / "s")
    first = trail.record_intent(FakeCloud(), "stop", make_notebook())
    with trail.file.open("ab") as opened:
        opened.write(garbage + b"\n")
    second = trail.record_intent(FakeCloud(), "stop", make_notebook())
    reading = read_audit(trail.lines, 1_600_000_000.0)
    assert [entry.id for entry in reading.entries] == [second, first]
    assert reading.skipped == 1


@pytest.mark.parametrize("value", [None, 5, "x" * 10_000, ["a"], {"b": 1}, "\u202e\x1b[2J", 1e400])
def test_no_value_of_a_line_breaks_the_table_or_the_entry(tmp_path, value):
    from matui.live.audit.entry import build_audit_row, list_entry_fields
    from matui.resources.kinds.audit import AUDIT

    trail = make_audit(tmp_path / "s")
    fields = ("utc", "time", "user", "pid", "host", "profile", "kind", "name", "action", "status_before")
    trail.lines.append({"id": "x", "line": "intent", **dict.fromkeys(fields, value)})
    trail.lines.append({"id": "x", "line": "result", "outcome": value, "status_after": value})
    trail.lines.append({"id": "x", "line": "settled", "verdict": value, "utc": value})
    (entry,) = read_audit(trail.lines, 1_600_000_000.0).entries
    texts = [column.text(build_audit_row(entry), 0.0) for column in AUDIT.columns]
    texts += [value for row in list_entry_fields(entry) for value in row]
    assert not any(set(text) & set("\x1b\u202e") for text in texts)


def test_only_the_end_is_read_where_that_is_enough(tmp_path):
    trail = make_audit(tmp_path / "s")
    for _ in range(30):
        last = trail.record_intent(FakeCloud(), "stop", make_notebook())
    reading = read_audit(trail.lines, 1_600_000_000.0, last_bytes=1200)
    assert reading.entries[0].id == last
    assert 1 <= len(reading.entries) <= 3
    assert reading.skipped == 0
