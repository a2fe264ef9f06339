"""What the work without a screen costs: parsing, merging, filtering, signing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from matui.clouds.modelarts.auth.signature import format_sdk_date, sign_headers
from tests.bench import bench_filter, bench_merge, bench_parsing
from tests.bench.figures import Figure


def measure_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the median of many rounds in ms."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        spent.append((time.perf_counter() - began) * 1000)
    return median(spent)


def measure(_count: int) -> Iterator[Figure]:
    """Measure in this process."""
    yield Figure("a page of 1,000 jobs to rows", bench_parsing.measure_ms(), "ms", 12)
    yield Figure("signing a request", measure_ms(_build_signing(), 200), "ms", 0.1)
    quiet, changed = bench_merge.measure_ms()
    yield Figure("merging an unchanged poll of 20,000 jobs", quiet, "ms")
    yield Figure("merging a poll with 20 changed rows of 20,000", changed, "ms", 15)
    yield Figure("the slowest filter on 20,000 jobs", max(bench_filter.measure_ms().values()), "ms", 30)


def _build_signing() -> Callable[[], object]:
    headers = {"Host": "modelarts.cn-north-4.example.com", "X-Sdk-Date": format_sdk_date(1_600_000_000)}
    target = "/v1/0123456789abcdef/training-jobs?per_page=1000&page=1&sortBy=create_time"
    return lambda: sign_headers("GET", target, headers, b"", ak="A" * 20, sk="s" * 40)
