"""Logs: how they are asked for, and every shape in which they come."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from matui.base.errors import BadAnswerError, UsageError
from matui.clouds.protocols import LogBytes, LogPage
from matui.clouds.wire_types import MOST_ROWS
from matui.resources.model import Phase, Resource
from tests.contract.modelarts.samples import answer, build_cloud, run

JOB = Resource("jobs", "10", "n", "", Phase.RUNNING, "modelarts", "prod", facts={"version_id": "7"})
VERSION = Resource("versions", "10/7", "n", "", Phase.RUNNING, "modelarts", "prod")


def read_page(body: Any, **asked: Any) -> tuple[LogPage, dict[str, str], str]:
    cloud = build_cloud(body)
    wanted = {"base": "", "older": False, "limit": 500, **asked}
    got = run(cloud.read_log_page(JOB, "log1.log", **wanted))
    call = cloud._session.calls[0]  # type: ignore[attr-defined]
    return got, dict(call.query), call.path


def test_lines_are_asked_for_by_cursor_and_direction() -> None:
    _, query, path = read_page(answer("5.1.13"), base="1551252759254000002")
    assert path == "/v1/{project_id}/training-jobs/10/versions/7/aom-log"
    assert query == {
        "log_file": "log1.log",
        "base_line": "1551252759254000002",
        "lines": "500",
        "order": "desc",
    }
    assert read_page(answer("5.1.13"), older=True, limit=9000)[1] == {
        "log_file": "log1.log",
        "lines": "500",
        "order": "asc",
    }
    assert read_page(answer("5.1.13"), limit=0)[1]["lines"] == "1"


def test_cursors_keep_all_their_digits() -> None:
    got = read_page(answer("5.1.13"))[0]
    assert got == LogPage("Log string", "1551252759254000002", "1551252759254000003", 1)


@pytest.mark.parametrize("nothing", [None, ""])
def test_an_empty_page_has_no_cursor(nothing: Any) -> None:
    body = {"content": nothing, "lines": "0", "start_line": nothing, "end_line": nothing}
    assert read_page(body)[0] == LogPage("", "", "", 0)
    assert read_page({"is_success": True})[0] == LogPage("", "", "", None)


def test_content_is_not_touched() -> None:
    content = "a\n\n\x1b[31mb\r\n\ttab\u202e [red]\n"
    assert read_page({"content": content, "lines": 2})[0].content == content


@pytest.mark.parametrize("count", ["count", "log_byte_count"])
def test_bytes_have_a_count_under_two_names(count: str) -> None:
    cloud = build_cloud({"log": "Log string", "end_byte": "10", count: "10"})
    assert run(cloud.read_log_bytes(VERSION, "f", start=-7, length=9999)) == LogBytes("Log string", 10, 10)
    query = dict(cloud._session.calls[0].query)  # type: ignore[attr-defined]
    assert query == {"log_file": "f", "start_byte": "-1", "offset": "2048"}


@pytest.mark.parametrize(
    ("sent", "files"),
    [
        (["a.0", "a.1"], ("a.0", "a.1")),
        (json.dumps(["a.0", "a.1"]), ("a.0", "a.1")),
        ("a.0,a.1", ("a.0", "a.1")),
        ("a.0\na.1\n", ("a.0", "a.1")),
        ("a.0", ("a.0",)),
        (["a.0", "a.0", None, ""], ("a.0",)),
        (None, ()),
        ("", ()),
        ([], ()),
    ],
)
def test_file_names_come_in_many_shapes(sent: Any, files: tuple[str, ...]) -> None:
    assert run(build_cloud({"is_success": True, "log_file_list": sent}).list_log_files(JOB)) == files


@pytest.mark.parametrize("write", [list, json.dumps, ",".join])
def test_more_names_of_files_than_any_cloud_sends_are_refused(write: Callable[[list[str]], Any]) -> None:
    most = [f"job.{number}" for number in range(MOST_ROWS)]
    cloud = build_cloud({"is_success": True, "log_file_list": write(most)})
    assert len(run(cloud.list_log_files(JOB))) == MOST_ROWS
    cloud = build_cloud({"is_success": True, "log_file_list": write([*most, "job.more"])})
    with pytest.raises(BadAnswerError, match="more than 20,000 rows"):
        run(cloud.list_log_files(JOB))


def test_a_file_without_a_name_is_refused_before_it_is_asked_for() -> None:
    with pytest.raises(UsageError):
        run(build_cloud({}).read_log_page(JOB, "", base="", older=False, limit=5))


LINES = {"content": "a\n", "lines": 1, "start_line": "1", "end_line": "1"}
WRONG = {
    "content": {**LINES, "content": 7},
    "lines": {**LINES, "lines": []},
    "start_line": {**LINES, "start_line": []},
    "end_line": {**LINES, "end_line": {}},
    "log": {"log": ["a"], "end_byte": 1, "count": 1},
    "end_byte": {"log": "a", "end_byte": {}, "count": 1},
    "count": {"log": "a", "end_byte": 1, "count": []},
    "log_file_list": {"is_success": True, "log_file_list": 5},
}


@pytest.mark.parametrize("field", WRONG)
def test_a_field_of_the_wrong_type_makes_the_answer_unreadable(field: str) -> None:
    cloud, body = build_cloud(WRONG[field]), WRONG[field]
    reading: Any
    if "log_file_list" in body:
        reading = cloud.list_log_files(JOB)
    elif "log" in body:
        reading = cloud.read_log_bytes(JOB, "f", start=0, length=9)
    else:
        reading = cloud.read_log_page(JOB, "f", base="", older=False, limit=5)
    with pytest.raises(BadAnswerError, match="cannot be read"):
        run(reading)
