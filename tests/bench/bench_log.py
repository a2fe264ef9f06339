"""The log pane's parts at size: memory of 10 million lines, search, scroll, append; a burst; bytes a line.

Run with ``python tests/bench/bench_log.py [LINES]``.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from matui.base.clock import SystemClock
from matui.base.log_lines.errors import error_heads
from matui.clouds.protocols import LogPage
from matui.console.lines.search import LineSearch, build_finder, compile_pattern
from matui.live.logs.line_store import LogStore
from matui.live.logs.page_store import DiskSpill, PageRef
from matui.live.logs.reader import JobLogFile
from matui.live.logs.tail import LogTail
from matui.live.poll.loop import Timing
from matui.resources.model import Phase, Resource
from matui.sim.world.log_text import format_body_line

PAGE = 500
JOB = Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "bench")


def read_rss_mb() -> float:
    """Return the resident memory now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def make_training_lines(first: int, count: int) -> tuple[str, ...]:
    """Return lines of a training log."""
    return tuple(
        format_body_line(7, n, 1_594_887_749_000 + n * 20, 0, 8) for n in range(first, first + count)
    )


def fill_store(lines: int, folder: Path) -> LogStore:
    """Return a store into which so many lines have gone, a page at a time."""
    store = LogStore(spill=DiskSpill(folder))
    sample = [make_training_lines(n * PAGE, PAGE) for n in range(40)]
    began, worst = time.perf_counter(), 0.0
    for number in range(lines // PAGE):
        at = time.perf_counter()
        store.append(sample[number % 40], PageRef(str(number)))
        worst = max(worst, time.perf_counter() - at)
    spent = time.perf_counter() - began
    print(
        f"append      {lines:>12,} lines  {spent:.2f} s  worst page {worst * 1e3:.2f} ms"
        f"  {read_rss_mb():.0f} MB"
    )
    return store


def measure_scrolling(store: LogStore) -> None:
    """Measure what a page of the screen costs anywhere in the log."""
    rng, times = random.Random(1), []
    for _ in range(500):
        top = rng.randrange(store.first, store.end - 50)
        at = time.perf_counter()
        _ = [store.get_line(number) for number in range(top, top + 50)]
        times.append(time.perf_counter() - at)
    times.sort()
    at = time.perf_counter()
    first = store.get_line(store.first).text
    print(
        f"scroll      50 lines anywhere: median {times[250] * 1e3:.2f} ms, p99 {times[495] * 1e3:.2f} ms;"
        f" line 1 in {(time.perf_counter() - at) * 1e3:.2f} ms ({first[:40]!r})"
    )


def measure_search(store: LogStore, text: str) -> None:
    """Measure a search through everything, in the slices of the console."""
    pattern = compile_pattern(text)
    assert not isinstance(pattern, str)
    search = LineSearch(build_finder(pattern, store.list_texts), store.end)
    began, worst = time.perf_counter(), 0.0
    more = True
    while more:
        at = time.perf_counter()
        until = at + 0.005
        more = search.step(store.first, store.end, lambda limit=until: time.perf_counter() > limit)
        worst = max(worst, time.perf_counter() - at)
    spent = time.perf_counter() - began
    print(
        f"search      {text!r}: {len(search.matches):,} of {len(store):,} lines in {spent:.1f} s,"
        f" worst slice {worst * 1e3:.1f} ms, {read_rss_mb():.0f} MB"
    )


def measure_errors(store: LogStore) -> None:
    """Measure the look for errors."""
    lines = min(200_000, len(store))
    at = time.perf_counter()
    for begin in range(store.end - lines, store.end, 250):
        error_heads(store.list_texts(begin, begin + 250))
    print(f"errors      {lines:,} lines in {time.perf_counter() - at:.2f} s")


@dataclass
class Burst:
    """A log that grows by ``rate`` lines a second of real time, with a backlog before."""

    rate: int
    backlog: int
    seconds: float
    began: float = 0.0
    asked: int = 0

    def __post_init__(self) -> None:
        self.sample = make_training_lines(0, 20_000)

    def count_lines(self) -> int:
        """Return how many lines there are now."""
        if not self.began:
            self.began = time.perf_counter()
        return self.backlog + int(min(self.seconds, time.perf_counter() - self.began) * self.rate)

    async def read_log_page(
        self, _job: Resource, _file: str, *, base: str, older: bool, limit: int
    ) -> LogPage:
        """Answer as an exclusive cursor does."""
        self.asked += 1
        total, at = self.count_lines(), int(base) if base else None
        if at is None:
            first, end = (0, min(limit, total)) if older else (max(0, total - limit), total)
        elif older:
            first, end = max(0, at - 1 - limit), at - 1
        else:
            first, end = at, min(total, at + limit)
        await asyncio.sleep(0)
        if first >= end:
            return LogPage("", base, base, 0)
        content = "\n".join(self.sample[n % 20_000] for n in range(first, end))
        return LogPage(content, str(first + 1), str(end), end - first)

    async def list_log_files(self, _job: Resource) -> tuple[str, ...]:
        """Return the one file."""
        return ("a.log",)

    async def read_log_bytes(self, *_args: object, **_named: object) -> object:
        """Never asked."""
        raise NotImplementedError


async def tail_burst(burst: Burst, folder: Path, *, everything: bool) -> tuple[float, float]:
    """Follow a burst to its end, or load a whole backlog upwards; seconds to the first and the last line."""
    first: list[float] = []

    def publish(_state: object) -> None:
        if tail.store.end > tail.store.first:
            first.append(time.perf_counter())
        if everything and not tail.state.at_top:
            tail.request_older()

    tail = LogTail(
        JobLogFile(burst, JOB, "a.log"),
        timing=Timing(SystemClock(), random.Random(1), 0.2),
        ended=lambda: False,
        publish=publish,
        spill=DiskSpill(folder),
    )
    began = time.perf_counter()
    tail.start()
    while not _has_finished(burst, tail, everything=everything):  # noqa: ASYNC110 - fifty times a second, by a bench
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    await tail.stop()
    return first[0] - began, took


def _has_finished(burst: Burst, tail: LogTail, *, everything: bool) -> bool:
    total, store = burst.count_lines(), tail.store
    if time.perf_counter() - burst.began <= burst.seconds:
        return False
    return store.end - store.first >= total if everything else store.end >= total - burst.backlog


async def print_following(burst: Burst, folder: Path, *, everything: bool) -> None:
    """Print what ``tail_burst`` takes."""
    cpu = time.process_time()
    first, took = await tail_burst(burst, folder, everything=everything)
    print(
        f"{'backlog' if everything else 'burst':<12}{burst.backlog:,} lines before, {burst.rate:,} lines/s"
        f" for {burst.seconds:.0f} s: the first after {first:.2f} s, all after {took:.2f} s,"
        f" {time.process_time() - cpu:.2f} s CPU, {burst.asked:,} requests, {read_rss_mb():.0f} MB"
    )


def main() -> None:
    """Run everything."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(print_following(Burst(50_000, 1000, 5.0), folder, everything=False))
        asyncio.run(print_following(Burst(0, 1_000_000, 0.0), folder, everything=True))
        store = fill_store(lines, folder)
        measure_scrolling(store)
        measure_search(store, "step  *4230 ")
        measure_search(store, "CHECKPOINT")
        measure_search(store, "epoch")
        measure_errors(store)
        store.close()


if __name__ == "__main__":
    main()
