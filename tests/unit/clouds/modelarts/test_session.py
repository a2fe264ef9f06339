"""A profile's session fills in the project and the language."""

from __future__ import annotations

from typing import Any, cast

import pytest

from matui.base.clock import ManualClock
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Answer, Call
from matui.clouds.modelarts.session import ModelArtsSession
from matui.config.settings import Profile


class Recorder:
    """Keeps the calls that it is asked to send."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    async def send(self, call: Call) -> Answer:
        self.calls.append(call)
        return Answer(200, b"{}", "r", "u")


def make_session(recorder: Recorder, **fields: Any) -> ModelArtsSession:
    async def find_project() -> str:
        return "found"

    profile = Profile(name="p", **fields)
    return ModelArtsSession(
        cast("HttpClient", recorder), profile, clock=ManualClock(), find_project=find_project
    )


@pytest.mark.parametrize(("lang", "header"), [(None, "en-us"), ("en", "en-us"), ("zh", "zh-cn")])
async def test_the_profile_chooses_the_language_of_messages(lang: str | None, header: str) -> None:
    recorder = Recorder()
    call = Call("GET", "/v2/{project_id}/events", headers=(("X-Language", "en-us"),))
    await make_session(recorder, lang=lang).send(call)
    assert dict(recorder.calls[0].headers)["X-Language"] == header


async def test_operations_without_a_language_get_none() -> None:
    recorder = Recorder()
    await make_session(recorder, lang="zh").send(Call("GET", "/v2/{project_id}/jobs"))
    assert recorder.calls[0].headers == (("X-Project-Id", "found"),)
    assert recorder.calls[0].path == "/v2/found/jobs"


async def test_a_project_that_is_set_is_not_looked_up() -> None:
    recorder = Recorder()
    await make_session(recorder, project_id="mine").send(Call("GET", "/v1/{project_id}/jobs"))
    assert recorder.calls[0].path == "/v1/mine/jobs"
