"""What the signals of jobs take: at most 8 MB a job of 100,000 points, and 64 MB in all."""

from __future__ import annotations

import tracemalloc

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.live.signals.store import MAX_BYTES, SignalStore
from matui.resources.model import Phase, Resource

MB = 1_000_000
NAMES = ("loss", "grad_norm", "lr", "step_time")


def make_job(ident: str) -> Resource:
    return Resource("jobs", ident, ident, "Running", Phase.RUNNING, "modelarts", "prod")


def make_lines(count: int) -> list[str]:
    return [f"step={n} " + " ".join(f"{name}={n % 97 + 0.5}" for name in NAMES) for n in range(count)]


@pytest.mark.parametrize(
    "page",
    [
        [],
        [f"worker {number} waits for the others to come" for number in range(300)],
        make_lines(30),
        make_lines(300),
    ],
    ids=["no lines", "no signals", "30 steps", "300 steps"],
)
def test_what_is_counted_of_a_job_is_about_what_it_takes(page: list[str]) -> None:
    dated = [f"2025-10-09 08:{n // 60:02d}:{n % 60:02d} {line}" for n, line in enumerate(page)]
    store = SignalStore(TimestampParser)
    store.build_file_reader(make_job("warm"), "a.log").add(dated)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [store.build_file_reader(make_job(str(number)), "a.log") for number in range(3)]
    for signals in kept:
        signals.add([line[:1] + line[1:] for line in dated])
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert taken == pytest.approx(sum(signals.size for signals in kept), rel=0.4)


@pytest.mark.slow
def test_a_job_of_a_hundred_thousand_points_takes_eight_megabytes() -> None:
    pages = make_lines(25_000)
    store = SignalStore(TimestampParser)
    feed = store.build_feed(make_job("warm"), "a.log")
    feed.add(pages[:100], None)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    feed = store.build_feed(make_job("1"), "a.log")
    for begin in range(0, len(pages), 500):
        feed.add(pages[begin : begin + 500], None)
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert taken <= 8 * MB


def test_all_jobs_stay_below_the_limit_and_the_one_read_longest_ago_goes_first() -> None:
    page = make_lines(100)
    store = SignalStore(TimestampParser, max_bytes=100_000)
    for number in range(12):
        store.build_feed(make_job(str(number)), "a.log").add(page, None)
        store.find(make_job("0").key)
        kept = [signals.log.size for key in store.keys for signals in store.list_files(key)]
        assert sum(kept) <= 100_000
    assert [key[2] for key in store.keys] == [str(number) for number in range(12)][-len(store.keys) :]
    assert MAX_BYTES == 64 * 1024 * 1024
