"""Days of simulated life with faults, fast: ``python -m tests.bench.soak [--minutes N] [--cadence S]``.

Runs the console (all pollers, panes, log tails, actions) against the simulator over real sockets, and then
writes a day of audit lines. Ends with exit status 1 when memory, tasks, sockets or file handles grew, or a
poller lost its pace.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
import time
import tracemalloc
from array import array
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import lru_cache, partial
from pathlib import Path

from pydantic_core import from_json
from rich.cells import cached_cell_len
from rich.segment import Segment
from textual.css.scalar import Scalar
from textual.geometry import Offset, Region
from textual.pilot import Pilot

from matui.base.clock import ManualClock
from matui.base.redaction import masking
from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.clouds.factory import open_cloud
from matui.clouds.http.client import HttpClient
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.config.secrets import SecretSource
from matui.config.section_settings import JournalSettings
from matui.config.settings import Profile, Settings
from matui.console.app import MatuiApp
from matui.console.terminal.filters import Charset, spell_out
from matui.live.journal.recording import hide_in_word
from matui.live.signals.store import SignalStore
from matui.live.triage import from_records, reasons
from matui.resources.registry import KINDS
from matui.sim.world.build import PROJECT_ID
from tests.bench import soak_gauge as gauge
from tests.bench.soak_audit import write_day_of_audit
from tests.bench.soak_server import SharedTime

FAULTS = (
    "429:0.01,429bare:0.01,500:0.02,502:0.01,503:0.01,401:0.005,reset:0.01,truncate:0.01,html:0.01,"
    "garbage:0.01,wrongtype:0.01,empty:0.01"
)
DAY_S = 86_400.0
JOURNAL_DAYS = 1.0  # so that a week deletes what is too old six times
STEPS_A_POLL = 4
SLOW_CACHES: tuple[tuple[object, str], ...] = (
    *((Region, name) for name in ("contains_region", "grow", "shrink", "union")),
    (Scalar, "resolve"),
    (reasons, "_fold_to_one_line"),
    (masking, "_is_secret_name"),
)
SIGNALS_BYTES = 2**20  # reached within the warm-up
FEW_CACHED = 64
INTERNED = 30_000
MOST_CACHED = 4096
PARSED_TEXTS = 64_000  # of which 16,384 stay
MOST_REASONS = 50
PER_KEY_S = 900.0
# What somebody does, over and over: look at kinds, open every pane, filter, sort, mark, pause, act.
_LOOKS = "1 d escape 2 l G g escape 2 down l escape 3 e escape m escape 2 v y escape 4 0 5 6 7 8 1 o O"
_DOES = "space space p p ctrl+r 2 slash f a i l enter escape down d z z escape 1 x y escape"
KEYS = (*_LOOKS.split(), *_DOES.split(), "question_mark", "escape", "3", "m", "escape", "escape")


class Counted:
    """Counts the requests under way and notes when each kind was polled, on the simulated clock."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.under_way = 0
        self.requests = 0
        self.polled_at: dict[str, array[float]] = defaultdict(partial(array, "d"))
        read, list_page = HttpClient._read, ModelArtsCloud.list_page
        counted = self

        async def counting_read(*args):
            counted.under_way += 1
            counted.requests += 1
            try:
                return await read(*args)
            finally:
                counted.under_way -= 1

        async def noting_list_page(self, ask):
            page = await list_page(self, ask)
            if ask.number == 0:
                counted.polled_at[ask.kind].append(clock.now())
            return page

        HttpClient._read, ModelArtsCloud.list_page = counting_read, noting_list_page  # type: ignore[method-assign]

    async def wait_until_idle(self) -> None:
        """Wait until no request is under way."""
        while self.under_way:  # noqa: ASYNC110 - polled a thousand times a second, by a bench
            await asyncio.sleep(0.0005)


def lower_limits() -> None:
    """Let signals of logs and shared reasons reach their limits within the warm-up.

    Then only what has no limit still grows. The 500 reasons would be reached on the fifth day.
    """
    defaults = SignalStore.__init__.__kwdefaults__
    assert defaults is not None
    defaults["max_bytes"] = SIGNALS_BYTES
    from_records._MOST_REASONS = MOST_REASONS


def fill_caches() -> list[str]:
    """Bring what is bounded, but fills within days, to its bound before the first sample.

    The table of Python's interned strings, such as the parts of paths, has three times their number of slots
    at a resize, rounded up to a power of two: near a power it doubles on any day, by 1.9 MiB. The strings
    returned keep it away from one. The parser of JSON keeps 16,384 short texts, 1.3 MiB. The journal keeps
    the words that it has masked, the names of new resources among them. rich and the table keep the widths
    and the spelling of texts, Textual what it has computed of places on the screen: they fill on the second
    to the tenth day, and those that take weeks keep fewer here.
    """
    from_json(json.dumps([f"soak-{number:032}" for number in range(PARSED_TEXTS)]))
    for number in range(MOST_CACHED):
        hide_in_word(f"training-job-of-a-day-{number}")
        text = f"2026-11-30 09:10:31 INFO trainer.py:214 epoch {number}"
        cached_cell_len(text)
        spell_out(text, Charset.UNICODE)
        place = Region(number, 0, 120, 40)
        place.intersection(Region(0, 0, 120, 40))
        place.translate(Offset(1, 1))
    for owner, name in SLOW_CACHES:
        setattr(owner, name, lru_cache(FEW_CACHED)(vars(owner)[name].__wrapped__))
    split = Segment.__dict__["_split_cells"].__func__.__wrapped__
    Segment._split_cells = classmethod(lru_cache(FEW_CACHED)(split))  # type: ignore[assignment]
    kept = [sys.intern(f"kept-{number}") for number in range(INTERNED)]
    for number in range(10 * INTERNED):
        sys.intern(f"soak-{number}")
    return kept


class Soak:
    """One console with its clock and everything measured of it."""

    def __init__(
        self, app: MatuiApp, pilot: Pilot[int], counted: Counted, shared: SharedTime, step_s: float
    ) -> None:
        self.app, self.pilot, self.counted, self.shared = app, pilot, counted, shared
        self.step_s = step_s
        self.began = counted.clock.now()
        self.samples: list[gauge.Sample] = []

    @property
    def day(self) -> float:
        """Simulated days since the start."""
        return (self.counted.clock.now() - self.began) / DAY_S

    async def run(self, minutes: float) -> None:
        """Live until ``minutes`` of wall time are over, and at least a week of simulated time."""
        started = time.monotonic()
        next_sample, keys = 0.0, itertools.cycle(KEYS)
        while time.monotonic() - started < minutes * 60 or self.day < 7:
            await self.pilot.press(next(keys))
            await self._run_for(PER_KEY_S)
            assert self.app.crash is None, self.app.crash
            assert self.app.is_running, "a key ended the console"
            share = min((time.monotonic() - started) / (minutes * 60), self.day / 7)
            if share >= next_sample:
                next_sample += 0.02
                self.samples.append(gauge.take(self.day, self.app.get_state_dir()))
                print(gauge.as_line(self.samples[-1]), flush=True)

    async def _run_for(self, seconds: float) -> None:
        clock = self.counted.clock
        end = clock.now() + seconds
        while clock.now() < end:
            self.shared.set(clock.now() + self.step_s)
            await clock.advance(self.step_s, settle=2)
            await self.counted.wait_until_idle()
            await clock.advance(0, settle=6)


@asynccontextmanager
async def run_console(
    url: str, clock: ManualClock, cadence_s: float
) -> AsyncIterator[tuple[MatuiApp, Pilot[int]]]:
    """Run the console on the simulator at ``url``, which polls each ``cadence_s`` seconds."""
    pace = dict.fromkeys((*KINDS, "logs"), cadence_s)
    profile = Profile(
        name="soak", region="cn-north-4", project_id=PROJECT_ID, auth="token",
        token=SecretSource.literal("t"), endpoint=url, iam_endpoint=url, refresh=pace,
        requests_per_minute=3000,
    )  # fmt: skip

    @asynccontextmanager
    async def opened() -> AsyncIterator[Session]:
        cloud = await open_cloud(profile, clock=clock, cache_dir=None)
        try:
            yield Session(cloud, profile, Settings(journal=JournalSettings(days=JOURNAL_DAYS)), clock)
        finally:
            await cloud.aclose()

    def opener(name: str | None, *, demo: bool = False) -> AbstractAsyncContextManager[Session]:
        return opened()

    app = MatuiApp(Options(), opener)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        yield app, pilot


@asynccontextmanager
async def serve(clock_file: Path) -> AsyncIterator[str]:
    """Serve the simulator in another process; yields its address."""
    command = [sys.executable, "-m", "tests.bench.soak_server", str(clock_file), FAULTS]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


async def run_soak(minutes: float, cadence_s: float, folder: Path) -> list[str]:
    """Run everything and return what is wrong."""
    clock = ManualClock(time.time())
    shared = SharedTime(folder / "clock", clock.now())
    counted = Counted(clock)
    tracemalloc.start(1)  # before anything is kept: what replaces untraced memory would seem to be growth
    lower_limits()
    kept = fill_caches()
    async with serve(folder / "clock") as url, run_console(url, clock, cadence_s) as (app, pilot):
        run = Soak(app, pilot, counted, shared, cadence_s / STEPS_A_POLL)
        await run.run(minutes)
        wrong = gauge.list_complaints(run.samples)
        kept.clear()
        print(f"tracing itself takes {tracemalloc.get_tracemalloc_memory() / 2**20:.1f} MiB of them")
    print(f"\n{run.day:.1f} simulated days, {counted.requests} requests, {app.return_code or 0} exit status")
    print(gauge.format_by_day(run.samples))
    print(
        "growth after warm-up:",
        json.dumps({k: round(v, 3) for k, v in gauge.compute_growth(run.samples).items()}),
    )
    print("\n".join(gauge.list_drift(counted.polled_at)))
    return wrong + gauge.list_lost_pace(counted.polled_at, cadence_s)


def main(report: Callable[[str], None] = print) -> int:
    """Run the soak from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=10.0, help="of wall time; a week is simulated at least"
    )
    parser.add_argument(
        "--cadence", type=float, default=120.0, help="simulated seconds between two polls: more are faster"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        import os

        for name in ("STATE", "CACHE", "CONFIG"):
            os.environ[f"XDG_{name}_HOME"] = folder
        wrong = asyncio.run(run_soak(args.minutes, args.cadence, Path(folder)))
        figures, bad = write_day_of_audit(Path(folder) / "audit")
    report(figures)
    for sentence in wrong + bad:
        report(f"WRONG: {sentence}")
    return 1 if wrong or bad else 0


if __name__ == "__main__":
    sys.exit(main())
