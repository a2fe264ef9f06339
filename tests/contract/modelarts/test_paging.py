"""Pages of servers that count rows, count pages, cap a page's size, ignore it, or repeat themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from matui.clouds.http.messages import Call
from matui.clouds.modelarts.v1.cloud import ModelArtsCloud
from matui.clouds.protocols import ListRequest
from matui.live.poll.list_all import list_all
from tests.contract.modelarts.samples import FakeSession, build_cloud, run

EVERYTHING = 2500
NEWEST_AT = 1_700_000_000_000


def make_job(number: int) -> dict[str, Any]:
    return {"job_id": number, "job_name": f"j{number}", "status": 8, "create_time": NEWEST_AT - number}


def make_service(number: int) -> dict[str, Any]:
    return {"service_id": f"s{number}", "service_name": "n", "publish_at": NEWEST_AT - number}


def make_notebook(number: int) -> dict[str, Any]:
    return {"id": f"n{number}", "creation_timestamp": str(NEWEST_AT - number)}


MAKE = {"jobs": make_job, "services": make_service, "notebooks": make_notebook}
FIELD = {
    "jobs": ("jobs", "job_total_count"),
    "services": ("services", "total_count"),
    "notebooks": ("instances", "total_count"),
}

Server = Callable[[Call], Any]


def make_server(
    kind: str, *, cap: int = 10**6, counts: str = "items", total: int | None = EVERYTHING
) -> Server:
    """Serve ``EVERYTHING`` rows; ``counts`` says what an offset is, or that it is ignored."""
    field, total_field = FIELD[kind]

    def respond(call: Call) -> Any:
        query = dict(call.query)
        size = min(int(query.get("per_page") or query.get("limit") or 10), cap)
        page = int(query["page"]) - 1 if "page" in query else int(query["offset"])
        start = page * size if counts == "pages" or "page" in query else page
        start = 0 if counts == "ignored" else start
        rows = [MAKE[kind](number) for number in range(start, min(start + size, EVERYTHING))]
        return {field: rows, **({total_field: total} if total is not None else {})}

    return respond


def list_numbers(cloud: ModelArtsCloud, kind: str, number: int, size: int = 1000) -> list[int]:
    page = run(cloud.list_page(ListRequest(kind, number, size)))
    return [int(row.id.lstrip("sn")) for row in page.resources]


def list_sent(cloud: ModelArtsCloud) -> list[Call]:
    session = cloud._session
    assert isinstance(session, FakeSession)
    return session.calls


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(MAKE))
def test_a_page_costs_one_request_and_three_hold_everything(kind: str) -> None:
    cloud = build_cloud(make_server(kind))
    assert list_numbers(cloud, kind, 0) == list(range(1000))
    assert list_numbers(cloud, kind, 1) == list(range(1000, 2000))
    assert list_numbers(cloud, kind, 2) == list(range(2000, 2500))
    assert len(list_sent(cloud)) == 3


def test_the_queries_are_the_references() -> None:
    want = {
        "jobs": {"per_page": "50", "page": "3", "sortBy": "create_time", "order": "desc"},
        "notebooks": {
            "de_type": "Notebook",
            "sortby": "creation_timestamp",
            "order": "desc",
            "offset": "100",
            "limit": "50",
        },
        "services": {"offset": "100", "limit": "50", "sort_by": "publish_at", "order": "desc"},
    }
    for kind, query in want.items():
        cloud = build_cloud(make_server(kind))
        list_numbers(cloud, kind, 2, 50)
        assert dict(list_sent(cloud)[0].query) == query


def test_an_offset_that_counts_pages_is_found_out_and_remembered() -> None:
    cloud = build_cloud(make_server("services", counts="pages"))
    list_numbers(cloud, "services", 0)
    assert list_numbers(cloud, "services", 1) == list(range(1000, 2000))
    asked = len(list_sent(cloud))
    assert asked == 3
    assert list_numbers(cloud, "services", 2) == list(range(2000, 2500))
    assert len(list_sent(cloud)) == asked + 1
    assert dict(list_sent(cloud)[-1].query)["offset"] == "2"


@pytest.mark.parametrize("kind", list(MAKE))
@pytest.mark.parametrize("cap", [100, 300, 999])
def test_a_capped_page_is_put_together_from_pieces(kind: str, cap: int) -> None:
    cloud = build_cloud(make_server(kind, cap=cap))
    for number, want in ((0, range(1000)), (1, range(1000, 2000)), (2, range(2000, 2500))):
        assert list_numbers(cloud, kind, number) == list(want)


def test_a_capped_page_that_counts_pages_is_put_together_too() -> None:
    cloud = build_cloud(make_server("services", cap=100, counts="pages"))
    assert list_numbers(cloud, "services", 0) == list(range(1000))
    assert list_numbers(cloud, "services", 2) == list(range(2000, 2500))


def test_a_capped_server_asked_for_a_late_page_first_is_found_out() -> None:
    assert list_numbers(build_cloud(make_server("jobs", cap=100)), "jobs", 1) == list(range(1000, 2000))


@pytest.mark.slow
def test_a_server_that_ignores_the_size_loses_nothing() -> None:
    field, total_field = FIELD["notebooks"]
    body = {field: [make_notebook(n) for n in range(EVERYTHING)], total_field: EVERYTHING}
    cloud = build_cloud(body)
    assert list_numbers(cloud, "notebooks", 0) == list(range(EVERYTHING))
    assert list_numbers(cloud, "notebooks", 1) == list(range(1000, 2000))
    assert len(list_sent(cloud)) == 2


def test_a_server_that_repeats_itself_is_not_asked_for_ever() -> None:
    cloud = build_cloud(make_server("services", counts="ignored"))
    list_numbers(cloud, "services", 0)
    assert list_numbers(cloud, "services", 1) == list(range(1000))
    assert len(list_sent(cloud)) == 3


def test_a_total_that_counts_more_than_can_be_listed_is_corrected_once() -> None:
    def respond(call: Call) -> Any:
        first = dict(call.query)["page"] == "1"
        return {"jobs": [make_job(1), make_job(2)] if first else [], "job_total_count": 500}

    cloud = build_cloud(respond)
    for _ in range(3):
        page = run(cloud.list_page(ListRequest("jobs")))
        assert (page.total, page.stated) == (2, 500)
    assert len(list_sent(cloud)) == 5


@pytest.mark.parametrize("kind", list(MAKE))
def test_a_page_past_the_end_is_empty(kind: str) -> None:
    cloud = build_cloud(make_server(kind))
    list_numbers(cloud, kind, 0)
    assert list_numbers(cloud, kind, 9) == []


def test_without_a_total_it_is_known_from_the_last_page() -> None:
    cloud = build_cloud(make_server("jobs", total=None))
    assert run(cloud.list_page(ListRequest("jobs", 0))).total is None
    assert run(cloud.list_page(ListRequest("jobs", 2))).total == EVERYTHING


def test_visualizations_are_asked_for_by_the_hundred() -> None:
    def respond(call: Call) -> Any:
        query = dict(call.query)
        assert int(query["per_page"]) <= 100
        start = (int(query["page"]) - 1) * 100
        return {"jobs": [make_job(n) for n in range(start, min(start + 100, 250))], "job_total_count": 250}

    cloud = build_cloud(respond)
    page = run(cloud.list_page(ListRequest("visualizations")))
    assert [int(r.id) for r in page.resources] == list(range(250))
    assert len(list_sent(cloud)) == 3


@pytest.mark.parametrize(
    ("times", "sorted_so"), [([3, 2, 1], True), ([3, 3, 1], True), ([1, 2], False), ([2, None, 1], False)]
)
def test_newest_first_is_only_said_of_rows_that_are(times: list[int | None], sorted_so: bool) -> None:
    rows = [{"job_id": n, "create_time": at and NEWEST_AT + at} for n, at in enumerate(times)]
    page = run(build_cloud({"jobs": rows, "job_total_count": len(rows)}).list_page(ListRequest("jobs")))
    assert page.newest_first is sorted_so


def test_workspaces_are_never_said_to_be_newest_first() -> None:
    page = run(
        build_cloud({"workspaces": [{"id": "0"}], "total_count": 1}).list_page(ListRequest("workspaces"))
    )
    assert page.newest_first is False


def test_configs_end_with_the_samples_and_keep_them_when_they_fail() -> None:
    from matui.base.errors import ServerFaultError

    broken = False

    def respond(call: Call) -> Any:
        if dict(call.query)["config_type"] == "sample":
            if broken:
                return ServerFaultError("no")
            return {"configs": [{"config_name": "a"}], "config_total_count": 1}
        return {"configs": [{"config_name": "a"}, {"config_name": "b"}], "config_total_count": 2}

    cloud = build_cloud(respond)
    for _ in range(2):
        page = run(cloud.list_page(ListRequest("configs")))
        assert [r.id for r in page.resources] == ["a", "b", "sample/a"]
        assert page.total == 3
        broken = True


@pytest.mark.parametrize(
    ("kind", "cap", "counts"),
    [
        *((kind, cap, "items") for kind in MAKE for cap in (7, 100, 999, 1000, 10**6)),
        *((kind, cap, "pages") for kind in ("jobs", "services") for cap in (100, 999, 1000, 10**6)),
    ],
)
def test_a_list_read_side_by_side_is_whole_and_in_order(kind: str, cap: int, counts: str) -> None:
    cloud = build_cloud(make_server(kind, cap=cap, counts=counts))
    rows, total = run(list_all(cloud, kind))
    assert [int(row.id.lstrip("sn")) for row in rows] == list(range(EVERYTHING))
    assert total == EVERYTHING
    assert len(list_sent(cloud)) <= EVERYTHING // min(cap, 1000) + 160


@pytest.mark.slow
@pytest.mark.parametrize("cap", [10**6, 100])
@pytest.mark.parametrize("kind", list(MAKE))
@pytest.mark.parametrize("piece", [0, 3])
def test_one_answer_with_one_row_is_not_taken_for_the_limit_of_the_server(
    kind: str, cap: int, piece: int
) -> None:
    """Each page then took 20 requests of one row, for good, and deleted rows stayed in the list."""
    respond, calls = make_server(kind, cap=cap), list[Call]()

    def break_one(call: Call) -> Any:
        calls.append(call)
        answer = respond(call)
        return {**answer, FIELD[kind][0]: answer[FIELD[kind][0]][:1]} if len(calls) == broken else answer

    broken = 0
    cloud = build_cloud(break_one)
    list_numbers(cloud, kind, 0)
    broken = len(calls) + 1 + (piece if cap < 1000 else 0)
    assert list_numbers(cloud, kind, 0) == list(range(1000))
    begun = len(calls)
    assert list_numbers(cloud, kind, 0) == list(range(1000))
    assert len(calls) - begun == max(1, 1000 // cap)
