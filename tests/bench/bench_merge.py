"""Print what a poll of a big list costs: filling, an unchanged poll, one with 20 changed rows.

Run: ``python tests/bench/bench_merge.py [ROWS]``
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median

from matui.clouds.port import Page, PageAsk
from matui.live.merge import ListBook
from matui.resources.model import Phase, Resource


def job(number: int, status: str = "JOBSTAT_COMPLETED") -> Resource:
    """Make a job as big as a real one."""
    facts = {"version_name": "V0001", "version_count": 3, "job_desc": "nightly", "engine": "TF-1.13"}
    return Resource(
        "jobs", f"{number:032x}", f"job-{number}", status, Phase.DONE, "modelarts", "prod", "0", "li",
        1_600_000_000_000 + number * 1000, None, 60_000, facts,
    )  # fmt: skip


def page_of(rows: list[Resource], ask: PageAsk) -> Page:
    """Return a page with objects of its own, as if it had just been parsed."""
    here = rows[ask.number * ask.size : (ask.number + 1) * ask.size]
    return Page(tuple(replace(r, facts=dict(r.facts)) for r in here), len(rows), newest_first=True)


def timed(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def poll(book: ListBook, rows: list[Resource]) -> float:
    """Return the milliseconds one poll costs, without the making of its pages."""
    spent = 0.0
    for ask in (book.first_ask, book.second_ask):
        asked = ask()
        if asked is not None:
            spent += timed(partial(book.take, asked, page_of(rows, asked)))
    return spent + timed(book.settle)


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rows = [job(n) for n in reversed(range(count))]
    book = ListBook("jobs")
    fills = []
    while not book.complete:
        fills.append(poll(book, rows))
    print(f"fill: {len(fills)} polls, {sum(fills):.1f} ms in all, median {median(fills):.2f} ms a poll")
    print(f"unchanged poll: median {median(poll(book, rows) for _ in range(40)):.2f} ms")
    spent = []
    for turn in range(40):
        for at in range(20):
            where = (at * 7 + turn * 13) % 200 if at % 2 else (at * 997 + turn * 331) % count
            rows[where] = replace(
                rows[where], status="JOBSTAT_RUNNING", phase=Phase.RUNNING, duration_ms=turn
            )
        spent.append(poll(book, rows))
    print(f"poll with 20 changed rows: median {median(spent):.2f} ms, worst {max(spent):.2f} ms")
    rows.insert(0, job(count + 1))
    print(f"poll with a new row: {poll(book, rows):.2f} ms")
    print(f"listing every row: {timed(lambda: list(book.rows.values())):.2f} ms")


if __name__ == "__main__":
    main()
