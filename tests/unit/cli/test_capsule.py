"""``matui capsule export``: as it is, or with pseudonyms."""

from __future__ import annotations

import json
import zipfile

import pytest

from matui.base.clock import ManualClock
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.manifest import LogPart, Manifest
from matui.live.journal.journal import Journal
from matui.resources.codec import encode_resource
from tests.unit.live.journal.readings import ACCOUNT, T0, make_job, make_reading

LOG = b"train of jobs-number-10 failed\n"


@pytest.fixture
def saved(line, tmp_path):
    row = line.cloud.rows["10"]
    logs = (LogPart("worker-0", "logs/000.log", 1, len(LOG)),)
    manifest = Manifest(
        "c1", 1_764_300_000_000, "prod", "modelarts", "r", "jobs", "10", row.name, "FAILED", logs
    )
    entries = {"resource.json": json.dumps(encode_resource(row)).encode(), "logs/000.log": LOG}
    return CapsuleStore(tmp_path / "state" / "matui" / "capsules", limit_bytes=10**9).write(manifest, entries)


def test_an_export_with_pseudonyms(line, saved, tmp_path):
    answer = line("capsule", "export", "c1", str(tmp_path / "out.zip"), "--redact")
    assert answer.code == 0
    assert "names and secrets that matui does not recognise" in answer.err
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert (manifest["profile"], manifest["name"]) == ("profile-1", "job-1")
    plain = line("capsule", "export", "c1", str(tmp_path / "plain.zip"))
    assert plain.code == 0
    assert (tmp_path / "plain.zip").read_bytes() == saved.path.read_bytes()


def test_an_export_with_pseudonyms_knows_the_names_of_the_journal(line, saved, tmp_path):
    journal = Journal(tmp_path / "state" / "matui" / "journal.db", clock=ManualClock(T0 / 1000))
    journal.accounts.add("prod", lambda: ACCOUNT)
    journal.record(make_reading(0, make_job("77", name="failed")))
    journal.close()
    assert line("capsule", "export", "c1", str(tmp_path / "out.zip"), "--redact").code == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("logs/000.log").endswith(b" job-2\n")
