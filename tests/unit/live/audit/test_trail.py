"""The audit file: private, append-only, whole lines, nothing lost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from matui.base.clock import ManualClock
from matui.live.audit.trail import Actor, Audit, AuditError, AuditResult
from tests.unit.live.acting import FakeCloud, make_notebook


def make(file) -> Audit:
    return Audit(file.parent, clock=ManualClock(1_600_000_000.5), actor=Actor("li", "10.0.0.7"))


def test_a_line_says_who_did_what_to_what_and_when(tmp_path):
    audit = make(tmp_path / "s" / "audit.jsonl")
    row = make_notebook(workspace="ws-1")
    ident = audit.record_intent(FakeCloud(), "stop", row)
    audit.write_result(
        ident,
        FakeCloud(),
        "stop",
        row,
        AuditResult(outcome="refused", request_id="r", error_code="ModelArts.6304"),
    )
    intent, result = map(json.loads, audit.file.read_text().splitlines())
    assert intent["utc"] == "2020-09-13T12:26:40.500Z"
    assert intent["time"][-6] in "+-"
    assert (
        intent.items()
        >= {
            "line": "intent",
            "id": ident,
            "user": "li",
            "ssh_client": "10.0.0.7",
            "profile": "prod",
            "cloud": "modelarts",
            "region": "cn-north-4",
            "project": "p-1",
            "workspace": "ws-1",
            "kind": "notebooks",
            "resource_id": "id-1",
            "name": "nb-1",
            "action": "stop",
            "status_before": "RUNNING",
        }.items()
    )
    assert (result["outcome"], result["error_code"], result["request_id"]) == (
        "refused",
        "ModelArts.6304",
        "r",
    )


@pytest.mark.parametrize("name", ["private_key", "pwd", "access_key", "Authorization", "project_sk"])
def test_no_secret_of_a_form_is_in_the_file(tmp_path, name):
    """The audit had a filter of its own, which knew none of these names."""
    audit = make(tmp_path / "s" / "audit.jsonl")
    values = {
        name: "hunter2",
        "config": {"parameter": [{"label": name, "value": "hunter2"}]},
        "command": f"train.py --{name}=hunter2 --epochs 3",
    }
    audit.record_intent(FakeCloud(), "rerun", make_notebook(), values)
    written = audit.file.read_text()
    assert "hunter2" not in written
    assert "--epochs 3" in written


def test_file_and_folder_are_private(tmp_path):
    audit = make(tmp_path / "s" / "audit.jsonl")
    audit.record_intent(FakeCloud(), "stop", make_notebook())
    assert audit.file.stat().st_mode & 0o777 == 0o600
    assert audit.file.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path):
    file = tmp_path / "s" / "audit.jsonl"
    file.parent.mkdir()
    file.write_text("")
    file.chmod(0o644)
    make(file).record_intent(FakeCloud(), "stop", make_notebook())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_symlink_is_refused(tmp_path):
    folder = tmp_path / "s"
    folder.mkdir()
    (tmp_path / "elsewhere").write_text("")
    (folder / "audit.jsonl").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(AuditError):
        make(folder / "audit.jsonl").record_intent(FakeCloud(), "stop", make_notebook())
    assert (tmp_path / "elsewhere").read_text() == ""


def test_a_symlinked_folder_is_refused(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "s").symlink_to(tmp_path / "real")
    with pytest.raises(AuditError, match="not a folder"):
        make(tmp_path / "s" / "audit.jsonl").record_intent(FakeCloud(), "stop", make_notebook())


def test_a_named_pipe_is_refused_at_once(tmp_path):
    import os

    (tmp_path / "s").mkdir()
    os.mkfifo(tmp_path / "s" / "audit.jsonl")
    with pytest.raises(AuditError):
        make(tmp_path / "s" / "audit.jsonl").record_intent(FakeCloud(), "stop", make_notebook())


def test_a_line_after_one_cut_short_stands_alone(tmp_path):
    file = tmp_path / "s" / "audit.jsonl"
    file.parent.mkdir()
    file.write_text('{"cut sho')
    make(file).record_intent(FakeCloud(), "stop", make_notebook())
    assert json.loads(file.read_text().splitlines()[1])["action"] == "stop"


def test_no_byte_of_a_name_moves_a_terminal(tmp_path):
    audit = make(tmp_path / "s" / "audit.jsonl")
    row = type(make_notebook())(
        "jobs", "1\n\x1b\x9b\u202e", "n", "S", make_notebook().phase, "modelarts", "prod"
    )
    audit.record_intent(FakeCloud(), "stop", row)
    text = audit.file.read_text()
    assert len(text.splitlines()) == 1
    assert not set(text) & set("\x1b\x9b\u202e")
    assert json.loads(text)["resource_id"] == row.id


def test_the_ssh_client_is_the_first_field():
    assert Actor.from_environment({"SSH_CONNECTION": "10.1.2.3 55 10.0.0.1 22"}).ssh_client == "10.1.2.3"
    assert Actor.from_environment({}).ssh_client == ""


WRITER = """
import sys
from pathlib import Path
from matui.base.clock import SystemClock
from matui.live.audit.trail import Actor, Audit
from tests.unit.live.acting import FakeCloud, make_notebook
audit = Audit(Path(sys.argv[1]).parent, clock=SystemClock(), actor=Actor("li", ""))
for _ in range(100):
    audit.record_intent(FakeCloud(), "stop", make_notebook(owner="x"))
"""


def test_two_processes_do_not_interleave(tmp_path):
    file = tmp_path / "s" / "audit.jsonl"
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(file)]) for _ in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(lines) == 200
    assert len({line["id"] for line in lines}) == 200
