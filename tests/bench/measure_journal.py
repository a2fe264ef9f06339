"""What the journal costs a poll, and how soon 100,000 changes are on the screen."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from matui.base.clock import ManualClock
from matui.cli.context.demo import build_demo_profile
from matui.clouds.http.decode import parse_raw_rows, parse_reply, read_rows
from matui.clouds.http.messages import Answer
from matui.clouds.modelarts.mapping import Scope as ListScope
from matui.clouds.modelarts.v1.jobs.models import JobList, map_jobs
from matui.clouds.protocols import ListRequest, Page
from matui.console.changes.screen import ChangesScreen
from matui.live.journal.change import Account
from matui.live.journal.connection import connect
from matui.live.journal.journal import FILE_NAME, Journal
from matui.live.journal.recorder import ListRecorder
from matui.live.poll.loop import Timing
from matui.live.poll.poller import Poller
from matui.live.poll.rows import Diff
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Resource
from tests.bench.bench_parsing import make_jobs_page
from tests.bench.figures import Figure

CHANGES = 100_000
_POLLS = 240
_POLLS_A_CHANGE = 2  # more than 8,000 changes a day
_CADENCE_S = 5.0


class _PagesFromBytes:
    """Lists 1,000 jobs, each time parsed from bytes as they come; a few change their state every poll."""

    def __init__(self) -> None:
        self._document = json.loads(make_jobs_page())
        self._rng = Random(1)
        self._turn = 0
        self.pretended_s = 0.0

    async def list_page(self, _ask: ListRequest) -> Page:
        began = time.thread_time()
        answer = Answer(200, self._pop_body(), "", "")
        self.pretended_s += time.thread_time() - began
        reply = parse_reply(JobList, answer)
        rows = read_rows(reply, reply.value.jobs, "jobs")
        made = tuple(map_jobs(rows, ListScope("bench", "0"), parse_raw_rows(answer, "jobs"), 0))
        return Page(made, len(made), newest_first=True)

    def _pop_body(self) -> bytes:
        self._turn += 1
        if self._turn % _POLLS_A_CHANGE == 0:
            job = self._rng.choice(self._document["jobs"])
            job["status"] = self._rng.choice((8, 10, 11, 7))
        for job in self._document["jobs"]:
            if job["status"] == 8:
                job["duration"] += 5000
        return json.dumps(self._document).encode()


class _TimedRecorder(ListRecorder):
    """Adds up the CPU seconds that recording takes on the event loop."""

    spent_s = 0.0

    def note(self, diff: Diff) -> None:
        began = time.thread_time()
        super().note(diff)
        self.spent_s += time.thread_time() - began

    def commit(self, rows: Mapping[str, Resource], **values: Any) -> None:
        began = time.thread_time()
        super().commit(rows, **values)
        self.spent_s += time.thread_time() - began


async def _measure_shares(journal: Journal) -> float:
    """Return the CPU time of the journal, its thread included, as a share of that of the polls without it."""
    clock, cloud = ManualClock(), _PagesFromBytes()
    recorder = _TimedRecorder(journal, "jobs", "bench")
    poller = Poller(
        cloud,
        JOBS,
        timing=Timing(clock, Random(1), _CADENCE_S),
        publish=lambda _update: None,
        profile="bench",
        recorder=recorder,
    )
    poller.start()
    began = time.thread_time()
    await clock.advance(_POLLS * _CADENCE_S, settle=5)
    on_loop = time.thread_time() - began - cloud.pretended_s
    await poller.stop()
    in_thread = await asyncio.to_thread(journal._call, lambda _connection: time.thread_time(), 0.0)
    return float((recorder.spent_s + in_thread) / (on_loop - recorder.spent_s))


def share_of_polls(rounds: int = 5) -> float:
    """Return the CPU time of the journal in per cent of that of the polls, the median of the rounds."""
    shares = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            journal = Journal(Path(folder) / FILE_NAME, clock=ManualClock())
            journal.accounts.add("bench", lambda: Account("modelarts"))
            shares.append(100 * asyncio.run(_measure_shares(journal)))
            journal.close()
    return median(shares)


def fill(file: Path, account: Account, count: int = CHANGES) -> None:
    """Write a journal with ``count`` changes of the last 30 days."""
    connection = connect(file)
    now = int(time.time() * 1000)
    connection.execute("BEGIN")
    connection.execute(
        "INSERT INTO accounts VALUES(1,?,?,?,?)",
        (account.cloud, account.endpoint, account.project, account.region),
    )
    connection.executemany(
        "INSERT INTO changes(account, seen_at, happened_at, profile, kind, rid, name, owner, workspace,"
        " before, after, before_phase, after_phase, reason, code, source)"
        " VALUES(1,?,NULL,'demo','jobs',?,?,'li','0',"
        "'JOBSTAT_RUNNING','JOBSTAT_FAILED','running','failed','out of memory','','poll')",
        (
            (now - (count - at) * 25_000, str(10_000 + at % 5000), f"train-resnet50-{at % 5000:05}")
            for at in range(count)
        ),
    )
    connection.execute("COMMIT")
    connection.close()


async def _open_ms(rounds: int) -> tuple[float, float]:
    """Return the ms from the command to the first rows of ``:changes``, and those of CPU; medians."""
    from tests.pilot.conftest import build_stage

    stage = build_stage(profiles=[build_demo_profile()])
    spent, worked = [], []
    async with stage.app.run_test(size=(120, 40)) as pilot:
        console = stage.console(pilot)
        await console.settle()
        for _ in range(rounds):
            began, cpu = time.perf_counter(), time.process_time()
            await stage.app.browse.run_command("changes")
            while not (isinstance(stage.app.screen, ChangesScreen) and stage.app.screen.table.rows.total):  # noqa: ASYNC110
                await asyncio.sleep(0)
            spent.append((time.perf_counter() - began) * 1000)
            worked.append((time.process_time() - cpu) * 1000)
            await asyncio.sleep(1.5)
            await console.press("escape")
    return median(spent), median(worked)


def open_ms(rounds: int = 5) -> tuple[float, float]:
    """Return how long ``:changes`` takes to open on a journal of 100,000 changes: ms, and ms of CPU."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {
            name: os.environ.get(name) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME")
        }
        os.environ.update(dict.fromkeys(kept, folder))
        try:
            profile = build_demo_profile()
            endpoint = f"https://modelarts.{profile.region}.myhuaweicloud.com"
            account = Account("modelarts", endpoint, profile.project_id or "", profile.region or "")
            fill(Path(folder) / "matui" / FILE_NAME, account)
            return asyncio.run(_open_ms(rounds))
        finally:
            for name, value in kept.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})


def measure_first_page_ms() -> float:
    """Return the ms to read the newest 200 of 100,000 changes out of the database."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / FILE_NAME
        account = Account("modelarts")
        fill(file, account)
        journal = Journal(file, clock=ManualClock())
        spent = []
        for _ in range(20):
            began = time.perf_counter()
            journal.reader.read_changes(before=2**62, limit=200, accounts=[account])
            spent.append((time.perf_counter() - began) * 1000)
        journal.close()
        assert sqlite3.connect(file).execute("SELECT count(*) FROM changes").fetchone() == (CHANGES,)
    return median(spent)


def measure(rounds: int) -> Iterator[Figure]:
    """Measure in this process."""
    yield Figure("the journal's share of the CPU time of polls", share_of_polls(rounds), "%", 5)
    yield Figure("reading the newest 200 of 100,000 changes", measure_first_page_ms(), "ms")
    opened, worked = open_ms(rounds)
    yield Figure(":changes on 100,000 changes, from the key to the rows", opened, "ms", 100)
    yield Figure(":changes on 100,000 changes, CPU time until then", worked, "ms", 100)
