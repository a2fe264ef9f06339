"""What taking in a poll of a big list costs: an unchanged one, and one with 20 changed rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from statistics import median

from matui.clouds.protocols import ListRequest, Page
from matui.live.poll.list_sync import ListSync
from matui.resources.model import Phase, Resource


def make_job(number: int, status: str = "JOBSTAT_COMPLETED") -> Resource:
    """Make a job as big as a real one."""
    facts = {"version_name": "V0001", "version_count": 3, "job_desc": "nightly", "engine": "TF-1.13"}
    return Resource(
        "jobs", f"{number:032x}", f"job-{number}", status, Phase.DONE, "modelarts", "prod", "0", "li",
        1_600_000_000_000 + number * 1000, None, 60_000, facts,
    )  # fmt: skip


def make_page(rows: list[Resource], request: ListRequest) -> Page:
    """Return a page with objects of its own, as if it had just been parsed."""
    here = rows[request.number * request.size : (request.number + 1) * request.size]
    return Page(tuple(replace(r, facts=dict(r.facts)) for r in here), len(rows), newest_first=True)


def measure_ms_of(work: Callable[[], object]) -> float:
    """Return milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def poll(book: ListSync, rows: list[Resource]) -> float:
    """Return the milliseconds one poll costs, without the making of its pages."""
    spent = 0.0
    for ask in (book.build_first_request, book.build_second_request):
        asked = ask()
        if asked is not None:
            spent += measure_ms_of(partial(book.apply_page, asked, make_page(rows, asked)))
    return spent + measure_ms_of(book.pop_diff)


def measure_ms(count: int = 20_000) -> tuple[float, float]:
    """Return what a poll costs that changes nothing, and one that changes 20 rows."""
    rows = [make_job(n) for n in reversed(range(count))]
    book = ListSync("jobs")
    while not book.complete:
        poll(book, rows)
    quiet = median(poll(book, rows) for _ in range(40))
    spent = []
    for turn in range(40):
        for at in range(20):
            where = (at * 7 + turn * 13) % 200 if at % 2 else (at * 997 + turn * 331) % count
            rows[where] = replace(
                rows[where], status="JOBSTAT_RUNNING", phase=Phase.RUNNING, duration_ms=turn
            )
        spent.append(poll(book, rows))
    return quiet, median(spent)
