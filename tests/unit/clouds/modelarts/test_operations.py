"""A table of operations: what is sent where, and what is refused before anything is sent."""

from __future__ import annotations

import pytest

from matui.base.errors import RefusedError
from matui.base.late_imports import do_postponed
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.v1.jobs.client import JobsApi
from matui.clouds.modelarts.v1.jobs.requests import Description
from matui.clouds.modelarts.v1.jobs.version_models import LogLinesQuery
from matui.clouds.modelarts.v1.services.client import ServicesApi
from matui.clouds.modelarts.v2.jobs.client import V2JobsApi as JobsV2Api
from matui.clouds.modelarts.v2.notebooks.client import StartQuery, V2NotebooksApi
from matui.clouds.modelarts.v2.wire import JobSearch
from matui.clouds.wire_types import Text, WireModel


class Recorder:
    """A session that answers everything with an empty object."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def send(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(200, b"{}", "req-1", "u")


async def test_an_operation_is_called_with_its_ids_and_answers_by_its_model() -> None:
    session = Recorder()
    reply = await JobsApi(session).log_lines("a b", "1/2", LogLinesQuery(log_file="job.log"))
    (call,) = session.calls
    assert (call.method, call.path) == ("GET", "/v1/{project_id}/training-jobs/a%20b/versions/1%2F2/aom-log")
    assert (call.query, call.body, call.action) == ((("log_file", "job.log"),), None, False)
    assert (reply.answer.request_id, type(reply.value)) == ("req-1", JobsApi.log_lines.reply)


async def test_the_model_of_a_reply_is_loaded_while_its_first_request_travels() -> None:
    loaded: list[str] = []

    class Sender(Recorder):
        async def send(self, call: Call) -> Answer:
            answer = await super().send(call)
            do_postponed()
            loaded.append("loaded" if Table.stop.is_loaded else "not loaded")
            return answer

    class Table(OperationTable):
        stop = Operation("A doc.", "POST", "stop", lambda: Reply)

    class Reply(WireModel):
        text: Text = ""

    do_postponed()
    assert isinstance((await Table(Sender()).stop()).value, Reply)
    assert loaded == ["loaded"]


def test_what_changes_something_is_an_action_with_a_body() -> None:
    call = JobsApi.set_description.call("7", Description(job_desc="new"))
    assert (call.query, call.body, call.action) == ((), b'{"job_desc":"new"}', True)


def test_a_search_is_a_post_that_may_be_repeated() -> None:
    call = JobsV2Api.search.call(JobSearch(offset=0, limit=1))
    assert (call.path, call.action, call.repeatable) == (
        "/v2/{project_id}/training-job-searches",
        False,
        True,
    )


def test_a_post_can_send_its_parameters_in_the_query() -> None:
    call = V2NotebooksApi.start.call("n", StartQuery(duration=3_600_000))
    assert (call.query, call.body, call.action) == ((("duration", "3600000"),), None, True)


def test_several_ids_are_joined_by_commas_each_encoded() -> None:
    assert ServicesApi.delete.call(["a", "b,c"]).path == "/v1/{project_id}/services/a,b%2Cc"


@pytest.mark.parametrize("ids", [(), ("1",), ("1", "2", "3")])
def test_a_wrong_number_of_ids_is_refused(ids: tuple[str, ...]) -> None:
    with pytest.raises(TypeError, match=f"takes 2 ids, got {len(ids)}"):
        JobsApi.stop.call(*ids)


@pytest.mark.parametrize("ident", ["", ".", ".."])
def test_an_id_that_would_name_another_path_is_refused(ident: str) -> None:
    with pytest.raises(RefusedError):
        JobsApi.delete.call(ident)
