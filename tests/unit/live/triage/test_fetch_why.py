"""The one line that says why, from the first source that has a reason."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, RefusedError
from matui.base.log_lines.times import TimestampParser
from matui.live.triage.fetch_why import fetch_why
from matui.live.triage.item import Why
from matui.live.triage.reasons import MOST_LOG_FILES, count_usual_requests, find_reason_in_status
from matui.live.triage.state_times import ReadDetails, fetch_time
from matui.resources.detail import Detail, Event, Section
from matui.resources.model import Phase, Resource
from tests.unit.live.triage.samples import make_row
from tests.unit.live.why.logs import Logs


class Told(Logs):
    """A cloud with events, details and logs; an error in their place is raised."""

    name = "modelarts"

    def __init__(self, events: Any = (), rows: Any = (), lines: Any = ("INFO a",)) -> None:
        super().__init__({"worker-0": lines})
        self._events = events
        self._rows = rows

    async def fetch_events(self, _resource: Resource) -> tuple[Event, ...]:
        return _answer(self._events)  # type: ignore[no-any-return]

    async def describe(self, resource: Resource) -> Detail:
        return Detail(resource, (Section("Errors", tuple(("Error", text) for text in _answer(self._rows))),))


def _answer(value: Any) -> Any:
    if isinstance(value, MatuiError):
        raise value
    return value


def ask_why(cloud: Told, resource: Resource | None = None, **asked: Any) -> Why | None:
    resource = resource or make_row("JOBSTAT_FAILED", Phase.FAILED)
    clock = ManualClock(0.0)
    asking = fetch_why(cloud, resource, clock=clock, new_parser=TimestampParser, **asked)  # type: ignore[arg-type]
    return asyncio.run(asking)


BAD = Event(1, "no node has 8 free cards", abnormal=True)


def test_the_last_bad_event_comes_first_and_needs_no_more_requests() -> None:
    cloud = Told([Event(0, "older", abnormal=True), BAD, Event(2, "pulled")], ["quota"], ["ERROR a"])
    assert (ask_why(cloud), cloud.requests) == (Why("no node has 8 free cards", "event"), 0)


def test_then_the_details_of_the_cloud() -> None:
    assert ask_why(Told([Event(2, "pulled")], ["exit code 137"], ["INFO"])) == Why(
        "exit code 137 – The process was killed, most often by the kernel because memory ran out.", "cloud"
    )


def test_a_mere_code_is_explained() -> None:
    found = ask_why(Told(rows=["ModelArts.6333"]))
    assert found is not None
    assert (found.source, found.text.startswith("ModelArts.6333: ")) == ("code", True)


def test_what_waits_names_its_place_its_stage_and_a_quota_that_is_used_up() -> None:
    class Waits(Told):
        async def describe(self, resource: Resource) -> Detail:
            waiting = (
                ("Place in the queue", "3"),
                ("Waits for", "2h"),
                ("Jobs", "5 of 5 (the quota is used up)"),
            )
            stages = (("Now", "scheduling 2h: match nodes"), ("scheduling", "███"))
            return Detail(resource, (Section("Stages", stages), Section("Waiting", waiting)))

    assert ask_why(Waits([BAD]), make_row("Pending", Phase.PENDING)) == Why(
        "stage scheduling 2h: match nodes · place 3 in the queue · Jobs: 5 of 5 (the quota is used up)",
        "cloud",
    )


@pytest.mark.parametrize("status", ["JOBSTAT_SUBMIT_FAILED", "JOBSTAT_WAITING", "JOBSTAT_FAILED"])
def test_a_job_that_does_not_start_names_the_flavor_that_is_sold_out(status: str) -> None:
    class Shop(Told):
        async def describe(self, resource: Resource) -> Detail:
            return Detail(replace(resource, facts={"flavor": "8 cores 1×T4", "flavor_id": "7"}), ())

        async def list_sold_out_flavors(self, kind: str) -> frozenset[str]:
            return frozenset({"7"} if kind == "jobs" else ())

    phase = Phase.PENDING if status == "JOBSTAT_WAITING" else Phase.FAILED
    found = ask_why(Shop(lines=["INFO a"]), make_row(status, phase))
    sold_out = Why("flavor 8 cores 1×T4 is sold out", "cloud")
    assert (found == sold_out) is (status != "JOBSTAT_FAILED")


def test_the_reason_of_a_log_has_no_time() -> None:
    lines = ["2026-11-29 21:00:44,123 - train - ERROR - CUDA out of memory"]
    assert ask_why(Told(lines=lines)) == Why("train - ERROR - CUDA out of memory (worker-0)", "log")
    lines = ["[rank3]: 2026-11-29 21:00:44 ERROR no space left"]
    assert ask_why(Told(lines=lines)) == Why("[rank3]: ERROR no space left (worker-0)", "log")


def test_then_the_first_error_of_the_log_with_its_file() -> None:
    assert ask_why(Told(lines=["INFO a", "ERROR CUDA out of memory"])) == Why(
        "ERROR CUDA out of memory (worker-0)", "log"
    )


@pytest.mark.parametrize("end", [["INFO step", "ERROR lost node"], ["INFO step"], []])
@pytest.mark.parametrize(("workers", "is_brief"), [(8, False), (2, False), (1, False), (1, True)])
def test_of_each_log_one_page_is_requested_however_short(
    end: list[str], workers: int, is_brief: bool
) -> None:
    """A single log took up to nine, seven of them to prove that it has no more lines."""
    cloud = Told()
    cloud.files = {f"worker-{rank}": end for rank in range(workers)}
    ask_why(cloud, is_brief=is_brief)
    assert cloud.requests == 1 + min(workers, MOST_LOG_FILES)


def test_of_many_failures_the_logs_of_each_are_read_until_one_has_an_error() -> None:
    """Of 35 jobs with 8 workers that failed at once 4 had a reason after two minutes of 60 requests each."""
    cloud = Told()
    cloud.files = {f"worker-{rank}": ["INFO step", "ERROR lost node"] for rank in range(8)}
    found = ask_why(cloud, is_brief=True)
    assert (found, cloud.requests) == (Why("ERROR lost node (worker-0; 1 of 8 files read)", "log"), 2)
    cloud.files |= {"worker-0": ["INFO step"]}
    found, cloud.requests = ask_why(cloud, is_brief=True), 0
    assert found == Why("ERROR lost node (worker-1; 2 of 8 files read)", "log")
    cloud.files = {file: ["INFO step"] for file in cloud.files}
    ask_why(cloud, is_brief=True)
    assert cloud.requests == 1 + MOST_LOG_FILES


def test_details_that_were_read_of_late_are_not_read_again() -> None:
    class Counts(Told):
        described = 0

        async def describe(self, resource: Resource) -> Detail:
            self.described += 1
            return await super().describe(resource)

    cloud, clock = Counts(rows=["disk full"]), ManualClock(0.0)
    details = ReadDetails(clock)
    job = make_row("JOBSTAT_FAILED", Phase.FAILED)
    asyncio.run(fetch_time(cloud, job, details))  # type: ignore[arg-type]
    assert ask_why(cloud, job, details=details) == Why("disk full", "cloud")
    assert cloud.described == 1
    ask_why(cloud, replace(job, status="JOBSTAT_LOST"), details=details)
    assert cloud.described == 2
    asyncio.run(clock.advance(61.0))
    assert details.find(job) is None


@pytest.mark.parametrize(
    ("workers", "is_brief", "requests"), [(None, False, 6), (1, False, 3), (8, False, 6), (None, True, 2)]
)
def test_a_job_whose_list_states_no_workers_may_have_several_logs(
    workers: int | None, is_brief: bool, requests: int
) -> None:
    job = make_row("JOBSTAT_FAILED", Phase.FAILED, workers=workers)
    assert count_usual_requests(job, is_brief=is_brief) == requests


def test_at_last_the_meaning_of_the_status() -> None:
    found = ask_why(Told(lines=["INFO a"]))
    assert found is not None
    assert found.source == "code"


def test_a_job_that_runs_is_not_searched_for_errors() -> None:
    cloud = Told(lines=["ERROR a"])
    assert (ask_why(cloud, make_row("JOBSTAT_WAITING", Phase.PENDING)), cloud.requests) == (None, 0)


def test_a_source_that_fails_is_passed_over() -> None:
    assert ask_why(Told(RefusedError("No."), ["disk full"])) == Why("disk full", "cloud")


def test_where_nothing_has_a_reason_a_failure_is_raised() -> None:
    with pytest.raises(RefusedError):
        ask_why(Told(RefusedError("No.")), make_row("failed", Phase.FAILED, kind="services"))


def test_a_pool_without_a_reason_says_how_many_nodes_it_has() -> None:
    facts = {"nodes": 8.0, "nodes_available": 7.0}
    pool = Resource("pools", "p", "llm", "concerning", Phase.DEGRADED, "modelarts", "prod", facts=facts)
    why = find_reason_in_status(pool)
    assert why is not None
    assert why.text == "7 of 8 nodes are available"
    assert find_reason_in_status(replace(pool, facts={**facts, "nodes_available": 8.0})) is None
    assert find_reason_in_status(replace(pool, kind="visualizations", status="JOBSTAT_FAILED")) is None


EXIT = "worker-0: exit code 1"


def test_an_exit_code_is_the_reason_only_where_nothing_else_is_known() -> None:
    job = make_row("Failed", Phase.FAILED, failure=EXIT)
    event = Event(2, "The training job failed, exit code 1", abnormal=True)
    assert ask_why(Told([event], [EXIT], ["INFO a", "KeyError: 'x'", "INFO b"]), job) == Why(
        "KeyError: 'x' (worker-0)", "log"
    )
    found = ask_why(Told([event], [EXIT], ["INFO a"]), job)
    assert found is not None
    assert (found.text.startswith(EXIT), found.source) == (True, "cloud")


def test_an_event_that_explains_comes_before_a_later_one_that_does_not() -> None:
    assert ask_why(Told([BAD, Event(2, "job failed", abnormal=True)])) == Why(BAD.text, "event")
