"""An exported capsule with pseudonyms has no name, id, owner or workspace in any of its parts."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError
from matui.live.capsules.archive import CapsuleStore, StoredCapsule, export_entries
from matui.live.capsules.cloud import CapsuleCloud
from matui.live.capsules.collect import collect_capsule
from matui.live.capsules.redacted import redact_capsule
from matui.resources.detail import Event
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from tests.unit.live.recording.conftest import START, SmallCloud, make_job

NAMES = (
    "bert-large-1", "100001", "王伟", "team-alpha", "prod-east", "9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    "wei@example.com", "secret-bucket", "chen.li",
)  # fmt: skip


def make_failed_job() -> Resource:
    raw = {
        "job_id": 100001,
        "train_url": "obs://secret-bucket/chen.li/out/",
        "user": {"id": NAMES[5], "name": "王伟"},
        "created_by": "chen.li",
    }
    return make_job(
        1, status="FAILED", phase=Phase.FAILED, owner="王伟", profile="prod-east",
        raw=RawRecord(RawPage(b"", lambda _body: raw)),
    )  # fmt: skip


async def save(folder: Path, *, log: str = "", events: Sequence[Event] = ()) -> StoredCapsule:
    cloud = SmallCloud(rows=(make_failed_job(),), log=log, events_of=[*events], profile="prod-east")
    manifest, entries = await collect_capsule(
        cloud, make_failed_job(), ManualClock(START), random.Random(1), limit_bytes=10**6
    )
    return CapsuleStore(folder / "capsules", limit_bytes=10**9).write(manifest, entries)


async def test_no_part_has_a_name_an_id_or_an_owner(tmp_path: Path) -> None:
    log = (
        "chen.li started bert-large-1 (100001) for 王伟 in team-alpha of prod-east\n"
        f"reading obs://secret-bucket/chen.li/data as wei@example.com {NAMES[5]}\nloss=0.25\n"
    )
    capsule = await save(tmp_path, log=log, events=[Event(1, "bert-large-1 of 王伟 failed", True, "")])
    manifest, entries = redact_capsule(capsule)
    target = export_entries(manifest, entries, tmp_path / "out.zip")
    with zipfile.ZipFile(target) as archive:
        text = "\n".join(archive.read(name).decode() for name in archive.namelist())
    text = json.dumps(text, ensure_ascii=False) + manifest.id
    assert [name for name in NAMES if name in text] == []
    assert "loss=0.25" in text
    assert manifest.withheld[-1].startswith("names, ids, owners")
    assert target.stat().st_mode & 0o777 == 0o600


async def test_names_of_other_resources_that_are_known_are_replaced(tmp_path: Path) -> None:
    log = "waits for zebra-alpha of job 10077 by zhang.san; step 10077 of default\nloss=0.25\n"
    capsule = await save(tmp_path, log=log, events=[Event(1, "zebra-alpha of zhang.san failed", True, "")])
    known = [
        make_job(2, id="10077", name="zebra-alpha", owner="zhang.san", workspace="default"),
        make_job(3, name="elsewhere", owner="li"),
    ]
    manifest, entries = redact_capsule(capsule, known)
    text = b"\n".join(entries.values()).decode()
    assert [name for name in ("zebra", "zhang", "job 10077") if name in text] == []
    assert "step 10077 of default\nloss=0.25" in text
    assert manifest.name == "job-1"


async def test_it_is_a_capsule_that_opens(tmp_path: Path) -> None:
    manifest, entries = redact_capsule(await save(tmp_path, log="a\nb\n"))
    stored = CapsuleStore(tmp_path / "elsewhere", limit_bytes=10**9).write(manifest, entries)
    cloud = CapsuleCloud(stored)
    row = await cloud.read("jobs", manifest.resource_id)
    assert (row.name, row.owner, row.status) == ("job-1", "owner-1", "FAILED")
    (file,) = await cloud.list_log_files(row)
    assert (await cloud.read_log_page(row, file, base="", older=False, limit=10)).content == "a\nb\n"


async def test_one_without_a_resource_is_refused(tmp_path: Path) -> None:
    capsule = await save(tmp_path)
    store = CapsuleStore(tmp_path / "other", limit_bytes=10**9)
    with pytest.raises(MatuiError, match="names no resource"):
        redact_capsule(store.write(capsule.manifest, {}))
