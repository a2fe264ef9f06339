"""What a recording costs: MB an hour, CPU of recording a poll, CPU and time of a jump, to the repaint too.

``python -m tests.bench.measure_recording [HOURS]``. Eight kinds of 200 resources, the one shown polled every
5 s and the others every 20 s. In three kinds 30 rows run, so that they change in every poll; in each kind
three rows change their status with every poll, and now and then one comes or goes. A row that has not changed
is the same object in each answer, so that the polls cost little beside what records them.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter, process_time, sleep
from typing import Any
from uuid import UUID

from matui.base.clock import ManualClock
from matui.base.text.formatting import format_local_time
from matui.cli.console.recording import ReplayOpener
from matui.cli.options import Options
from matui.cli.process import startup
from matui.clouds.protocols import BudgetState, ListRequest, Page
from matui.console.app import MatuiApp
from matui.live.recording import tape as tape_module
from matui.live.recording.cloud import record_cloud
from matui.live.recording.playback import Playback
from matui.live.recording.reading import Recording
from matui.live.recording.replay_cloud import ReplayCloud
from matui.live.recording.tape import Tape
from matui.resources.model import Phase, RawPage, RawRecord, Resource

START = 1_760_000_000.0
KINDS = ("jobs", "notebooks", "services", "workspaces", "visualizations", "models", "pools", "configs")
ROWS, RUNNING, JUMPS, CONSOLE_JUMPS = 200, 30, 200, 40


class BusyCloud:
    """A cloud whose lists change with every poll; its records are as long as real ones."""

    name, profile, region, project_id, kinds = "modelarts", "prod", "cn-north-4", "", KINDS

    def __init__(self) -> None:
        self._rng = Random(1)
        self._rows = {kind: [self._make_row(kind, at) for at in range(ROWS)] for kind in KINDS}

    def get_budget(self) -> BudgetState:
        """Return an unused budget."""
        return BudgetState(0, 60)

    async def aclose(self) -> None:
        """Do nothing."""

    async def list_page(self, request: ListRequest) -> Page:
        """Return the list after one more change."""
        rows = self._rows[request.kind]
        for at in range(RUNNING if request.kind in KINDS[:3] else 0):
            rows[at] = _change(rows[at], duration_ms=(rows[at].duration_ms or 0) + 5000)
        for at in self._rng.sample(range(ROWS), 3):
            rows[at] = _change(rows[at], status=self._rng.choice(("RUNNING", "FAILED", "WAITING")))
        if self._rng.random() < 0.1:
            rows.pop(self._rng.randrange(ROWS))
            rows.insert(0, self._make_row(request.kind, self._rng.randrange(10**6)))
        return Page(tuple(rows), len(rows), True)

    def _make_row(self, kind: str, number: int) -> Resource:
        one = str(UUID(int=self._rng.getrandbits(128)))
        facts = {"flavor": "8*V100", "version_count": number % 7, "description": f"run {number} of the sweep"}
        created = int(START * 1000) - number * 60_000
        return _change(Resource(
            kind, one, f"bert-large-sweep-{number}", "RUNNING", Phase.RUNNING, self.name, self.profile,
            "team-alpha", f"user{number % 12}", created, created, number * 1000, facts,
        ))  # fmt: skip


def _change(row: Resource, **changes: Any) -> Resource:
    """Return a row with other values, and the record of it."""
    row = replace(row, **changes)
    return replace(row, raw=RawRecord(RawPage(b"", lambda _body: _record(row))))


def _record(row: Resource) -> dict[str, object]:
    """Return a record of some 800 bytes."""
    return {
        "job_id": row.id,
        "job_name": row.name,
        "status": row.status,
        "duration": row.duration_ms,
        "create_time": row.created_at,
        "user": {"name": row.owner, "id": f"{hash(row.owner) & 0xFFFFFF:032x}"},
        "config": {
            "app_url": f"/team-alpha/{row.name}/code/",
            "boot_file_url": f"/team-alpha/{row.name}/code/train.py",
            "log_url": f"/team-alpha/{row.name}/log/",
            "parameter": [{"label": "batch_size", "value": "256"}, {"label": "lr", "value": row.id[:6]}],
            "spec_code": "modelarts.vm.gpu.8v100",
            "engine_name": "PyTorch",
            "worker_server_num": 4,
        },
    }


async def _record_hours(file: Path, hours: float) -> tuple[float, float]:
    """Record, and return the CPU seconds of the polls and of what records them, and the number of polls."""
    clock, cloud = ManualClock(START), BusyCloud()
    tape_module._BATCH_S = 0.0  # hours are recorded in seconds
    tape = Tape(file)
    recording = record_cloud(cloud, tape, clock)
    polls, begin = 0, process_time()
    for turn in range(int(hours * 720)):
        for kind in KINDS if turn % 4 == 0 else KINDS[:1]:
            await recording.list_page(ListRequest(kind))  # type: ignore[attr-defined]
            polls += 1
        if turn % 10 == 9:
            await asyncio.to_thread(_wait_until_written, tape)
        clock.jump(5)
    tape.close()
    spent = process_time() - begin
    assert tape.problem == "", tape.problem
    return spent, polls


def _wait_until_written(tape: Tape) -> None:
    while tape._queue.qsize() > 1:
        sleep(0.005)


async def _jump(file: Path) -> tuple[list[float], list[float]]:
    """Return the CPU and the milliseconds of jumps to times in no order, each with all lists."""
    playback = Playback(Recording(file), ManualClock(START))
    cloud = ReplayCloud(playback.recording, "prod", playback.clock)
    rng, spent, taken = Random(2), [], []
    for _ in range(JUMPS):
        begin, began = process_time(), perf_counter()
        playback.clock.jump(rng.uniform(playback.clock.begin, playback.clock.end))
        for kind in KINDS:
            assert (await cloud.list_page(ListRequest(kind))).resources
        spent.append((process_time() - begin) * 1000)
        taken.append((perf_counter() - began) * 1000)
    return spent, taken


async def _jump_in_console(file: Path, screen: str) -> tuple[list[float], list[float], list[float]]:
    """Return the milliseconds from a jump to the repaint of the rows shown, and until every list is read.

    The last is the CPU to the repaint, of all threads; an event loop that waits turns, which counts too.
    """
    playback = Playback(Recording(file), ManualClock(START))
    options = Options(replay=file, screen=screen)
    opener = ReplayOpener(options, playback)
    app = MatuiApp(options, opener.open, opener.list_names, playback=playback)
    shown = KINDS if screen == "triage" else (screen,)
    rng, painted, read, spent = Random(2), [], [], []
    async with app.run_test(size=(120, 40)) as pilot:
        await asyncio.sleep(2)  # the pollers of all kinds have started
        feed = app.browse.shown.feed
        for _ in range(CONSOLE_JUMPS):
            await pilot.pause()
            at = rng.uniform(playback.clock.begin, playback.clock.end)
            is_painted, begin, began = asyncio.Event(), process_time(), perf_counter()
            await app.browse.dispatch.run("replay_goto", format_local_time(int(at * 1000)))
            await _turn_until(lambda: feed.is_awaited(shown[0]))
            await _turn_until(lambda: not any(map(feed.is_awaited, shown)))
            app.browse.call_after_refresh(is_painted.set)
            await is_painted.wait()
            painted.append((perf_counter() - began) * 1000)
            spent.append((process_time() - begin) * 1000)
            await _turn_until(lambda: not any(map(feed.is_awaited, KINDS)))
            read.append((perf_counter() - began) * 1000)
    return painted, read, spent


async def _turn_until(is_done: Callable[[], bool]) -> None:
    """Let the event loop turn until something holds."""
    while not is_done():  # noqa: ASYNC110
        await asyncio.sleep(0)


def main(hours: float) -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shift.rec"
        cpu_s, polls = asyncio.run(_record_hours(file, hours))
        size = file.stat().st_size / 1e6
        print(f"{hours:g} h of polls: {size:.1f} MB, {size / hours:.2f} MB an hour")
        print(f"CPU of recording a poll: {cpu_s / polls * 1000:.1f} ms")
        for name, jumps in zip(("CPU", "time"), asyncio.run(_jump(file)), strict=True):
            print(f"{name} of a jump, all lists: {_summarize(jumps)}")
        startup.start_process(imports_libraries=False)  # garbage is collected as in the console
        startup.finish_start()
        for screen in ("jobs", "triage"):
            painted, read, spent = asyncio.run(_jump_in_console(file, screen))
            print(f"a jump in the console on {screen}, to the repaint: {_summarize(painted)}")
            print(f"CPU of a jump in the console on {screen}, to the repaint: {_summarize(spent)}")
            print(f"a jump in the console on {screen}, until all lists are read: {_summarize(read)}")


def _summarize(times: list[float]) -> str:
    """Return the median and the most of times in milliseconds."""
    return f"median {median(times):.0f} ms, most {max(times):.0f} ms"


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 8.0)
