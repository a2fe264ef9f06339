"""Secrets planted in a job are in no capsule, recording, report, notification or process list."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.redaction.known import remember_secret
from matui.clouds.protocols import ListRequest
from matui.live.capsules.archive import CapsuleStore
from matui.live.capsules.collect import collect_capsule
from matui.live.capsules.text import format_capsules, serialize_capsule, show_lines
from matui.live.journal.change import Account, ListScope, Reading
from matui.live.journal.journal import open_temporary_journal
from matui.live.notify.notifier import Notifier
from matui.live.notify.rules import NotificationRule
from matui.live.notify.watches import Watches
from matui.live.poll.rows import Diff
from matui.live.report.gather import read_report
from matui.live.report.page import format_report, serialize_report
from matui.live.transitions_feed import TransitionFeed
from matui.resources.detail import Event
from matui.resources.model import Phase, RawPage, RawRecord, Resource
from tests.unit.live.notify.test_notifier import Announcer, OffJournal
from tests.unit.live.recording.conftest import START, SmallCloud, Studio, make_job
from tests.unit.live.recording.test_replay import read_contents

KNOWN = "k0wn-credential-77231"
PLANTED = {
    "name": "n4me-s3cret-11871", "env": "env-s3cret-22913", "parameter": "param-s3cret-33719",
    "event": "event-s3cret-44102", "log": "log-s3cret-55660", "failure": "fail-s3cret-66017", "known": KNOWN,
    "url": "ur1-s3cret-77120", "header": "he4der-s3cret-88231",
}  # fmt: skip


def find_planted(text: str) -> list[str]:
    return [place for place, secret in PLANTED.items() if secret in text]


def make_planted_job(phase: Phase = Phase.FAILED) -> Resource:
    raw = {
        "envs": {"DB_PASSWORD": PLANTED["env"], "plain": KNOWN},
        "parameter": [{"label": "api_key", "value": PLANTED["parameter"]}],
        "command": f"train --password={PLANTED['parameter']}",
        "code_url": f"https://li:{PLANTED['url']}@git.example/x?Signature={PLANTED['url']}",
        "headers": {"Authorization": f"Bearer {PLANTED['header']}", "X-Auth-Token": PLANTED["header"]},
    }
    return make_job(
        1,
        name=f"train password={PLANTED['name']}",
        status=phase.value.upper(),
        phase=phase,
        facts={"failure": f"login failed: token={PLANTED['failure']} {KNOWN}"},
        raw=RawRecord(RawPage(b"", lambda _body: raw)),
    )


@pytest.fixture
def cloud() -> SmallCloud:
    remember_secret(KNOWN)
    events = [Event(1, f"exit 1: AWS_SECRET_ACCESS_KEY={PLANTED['event']} {KNOWN}", True, "")]
    sent = f"> Authorization: Bearer {PLANTED['header']}\n> X-Auth-Token: {PLANTED['header']}\n"
    sent += f"clone https://li:{PLANTED['url']}@git.example/x?X-Amz-Signature={PLANTED['url']}\n"
    events.append(Event(2, sent, True, ""))
    log = f"{sent}export DB_PASSWORD={PLANTED['log']}\nusing {KNOWN}\nRuntimeError: token={PLANTED['log']}\n"
    return SmallCloud(rows=(make_planted_job(),), log=log, events_of=events)


async def save_capsule(cloud: SmallCloud, folder: Path) -> CapsuleStore:
    manifest, entries = await collect_capsule(
        cloud, make_planted_job(), ManualClock(START), random.Random(1), limit_bytes=10**6
    )
    store = CapsuleStore(folder / "capsules", limit_bytes=10**9)
    stored = store.write(manifest, entries)
    assert manifest.withheld
    assert find_planted("\n".join(stored.read(entry).decode() for entry in entries)) == []
    return store


@pytest.mark.slow
async def test_capsules(cloud: SmallCloud, tmp_path: Path) -> None:
    store = await save_capsule(cloud, tmp_path)
    (capsule,) = store.list_capsules()
    shown = [
        *show_lines(capsule, None),
        *format_capsules([capsule], None),
        json.dumps(serialize_capsule(capsule)),
    ]
    assert find_planted("\n".join(shown)) == []
    assert find_planted(capsule.read("manifest.json").decode()) == []


@pytest.mark.parametrize("redact", [False, True])
def test_recordings(cloud: SmallCloud, tmp_path: Path, redact: bool) -> None:
    studio = Studio(tmp_path / "a.rec", cloud=cloud)

    async def script(recorded: Any) -> None:
        await recorded.list_page(ListRequest("jobs"))
        await recorded.read("jobs", make_planted_job().id)
        for read in (recorded.describe, recorded.fetch_events, recorded.fetch_metrics):
            await read(make_planted_job())
        (file,) = await recorded.list_log_files(make_planted_job())
        await recorded.read_log_page(make_planted_job(), file, base="", older=False, limit=500)

    studio.record(script, redact=redact)
    assert find_planted(read_contents(studio.file) + studio.file.read_bytes().decode("latin-1")) == []


async def test_reports(cloud: SmallCloud, tmp_path: Path) -> None:
    await save_capsule(cloud, tmp_path)
    clock, account = ManualClock(START), Account("modelarts", "e", "p", "r")
    journal = open_temporary_journal(clock=clock)
    journal.accounts.add("prod", lambda: account)
    try:
        for phase in (Phase.RUNNING, Phase.FAILED):
            row, now = make_planted_job(phase), int(clock.now() * 1000)
            scope = ListScope(account, "prod", "jobs")
            journal.record(Reading(scope, now, (row,), is_complete=True, keep=[row.id]))
            journal.flush()
            await clock.advance(10)
        begin = int(START * 1000) - 3_600_000
        report = await asyncio.to_thread(read_report, journal, tmp_path, begin, begin + 7_200_000)
    finally:
        journal.close()
    assert len(report.failed) == 1
    assert find_planted(format_report(report) + json.dumps(serialize_report(report))) == []


SPY = """
import json, os, pathlib, sys
lines = [pathlib.Path(f"/proc/{pid}/cmdline").read_text() for pid in ("self", os.getppid())]
environ = pathlib.Path("/proc/self/environ").read_text()
pathlib.Path(sys.argv[1]).write_text("\\n".join([*lines, environ, sys.stdin.read()]))
"""


async def test_notifications_and_the_process_list(tmp_path: Path) -> None:
    remember_secret(KNOWN)
    clock, announcer = ManualClock(START), Announcer()
    feed = TransitionFeed(OffJournal(), "prod", clock)  # type: ignore[arg-type]
    feed.start()
    (tmp_path / "spy.py").write_text(SPY)
    seen = tmp_path / "seen"
    rules = [NotificationRule(), NotificationRule(command=(sys.executable, f"{tmp_path}/spy.py", str(seen)))]
    notifier = Notifier(
        feed, rules, Watches(tmp_path / "watches.json"), clock, announcer,
        account=lambda: Account("modelarts"), find_row=lambda _kind, _ident: None,
    )  # fmt: skip
    notifier.start()
    running = make_planted_job(Phase.RUNNING)
    feed.note("jobs", Diff(added=(running,), changed=(), removed=()))
    failed = replace(running, status="FAILED", phase=Phase.FAILED)
    feed.note("jobs", Diff(added=(), changed=(failed,), removed=()))
    await clock.advance(2)
    while not (seen.exists() and seen.read_text()):
        await asyncio.sleep(0.01)
        await clock.advance(1)
    await notifier.aclose()
    assert announcer.words
    assert find_planted("\n".join(announcer.words)) == []
    assert "train" in seen.read_text()
    assert find_planted(seen.read_text()) == []
