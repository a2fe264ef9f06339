"""The v2 line cursor in each reading of its documentation, and the preview behind it."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import BadAnswerError
from matui.clouds.modelarts.v2.jobs.logs import LogOrder, PreviewLog
from matui.clouds.modelarts.v2.jobs.models import LogPreview
from matui.clouds.protocols import LogPage
from matui.live.logs.reader import JobLogFile
from matui.live.logs.stream import read_log
from matui.live.poll.loop import Timing
from matui.sim.world.logs import LogDialect, open_log
from tests.contract.modelarts_v2.stage import Stage, list_first_page
from tests.contract.modelarts_v2.test_missing_objects import change_answers

READINGS = [
    LogDialect(
        v2_order=order, v2_turned=turned, v2_cursors_turned=cursors, inclusive=inclusive, joiner=joiner
    )
    for order, turned, cursors, inclusive, joiner in product(
        ("as_worded", "as_v1"), (True, False), (True, False), (True, False), ("\n", "\n\n")
    )
]


def list_held_lines(stage: Stage, job: Any) -> list[str]:
    log = open_log(job, job.versions[-1], job.versions[-1].list_log_names(job.name)[0], stage.world.now)
    return [log.build_line(number) for number in range(len(log))]


async def read(stage: Stage, cloud: Any, *, tail: int | None = None, follow: bool = False) -> list[str]:
    (job,) = await list_first_page(cloud, "jobs")
    lines = read_log(
        JobLogFile(cloud, job, "worker-0"),
        timing=Timing(stage.clock, random.Random(1), 1.0),
        follow=follow,
        tail=tail,
        ended=lambda: True,
    )
    return [line.text async for line in lines if not line.mark]


@pytest.mark.slow
@pytest.mark.parametrize("dialect", READINGS, ids=str)
async def test_every_line_comes_once_in_order_whichever_way_the_cursor_leads(dialect: LogDialect) -> None:
    stage = Stage(dialect=dialect)
    job = stage.world.add_job("done", status="COMPLETED", log_lines=1300)
    async with stage.open_cloud() as cloud:
        assert await read(stage, cloud) == list_held_lines(stage, job)
        assert await read(stage, cloud, tail=620) == list_held_lines(stage, job)[-620:]


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("order", ["as_worded", "as_v1"])
async def test_a_log_of_hardly_any_lines_grows_from_there(count: int, order: Any) -> None:
    stage = Stage(dialect=LogDialect(v2_order=order))
    job = stage.world.add_job("young", status="RUNNING", log_lines=1)
    run = job.versions[-1]
    name = run.list_log_names(job.name)[0]
    run.frozen[name], run.extra[name] = 0, []
    stage.world.append_log(job, None, "", [f"line {n}" for n in range(count)])
    async with stage.open_cloud() as cloud:
        (resource,) = await list_first_page(cloud, "jobs")
        page = await cloud.read_log_page(resource, "worker-0", base="", older=False, limit=500)
        assert page.content.split("\n")[:-1] == [f"line {n}" for n in range(count)]
        stage.world.append_log(job, None, "", ["more"])
        newer = await cloud.read_log_page(resource, "worker-0", base=page.end, older=False, limit=500)
        assert newer.content.endswith("more\n")


async def test_a_log_refused_by_lines_is_read_from_the_preview() -> None:
    stage = Stage(dialect=LogDialect(refuse_aom=True, preview_context=True))
    job = stage.world.add_job("done", status="COMPLETED", log_lines=900)
    async with stage.open_cloud() as cloud:
        assert await read(stage, cloud) == list_held_lines(stage, job)
    previews = [path for _, path in stage.list_sent() if path.endswith("/logs/preview")]
    assert len(previews) <= 3


class Previews:
    """A growing log of which the newest ``cap`` bytes are sent."""

    def __init__(self, cap: int, *, sizes: bool = True) -> None:
        self.text, self.cap, self.sizes, self.sent = b"", cap, sizes, 0

    async def __call__(self) -> LogPreview:
        self.sent += 1
        content = self.text[-self.cap :].decode()
        told = {"current_size": len(content), "full_size": len(self.text)} if self.sizes else {}
        return LogPreview.model_validate({"content": content, **told})


async def read_everything(log: PreviewLog, start: int = 0) -> str:
    text = ""
    while (part := await log.read_window(start, 2048)).content:
        text, start = text + part.content, part.end or 0
    return text


@pytest.mark.parametrize("sizes", [True, False])
async def test_a_preview_adds_only_what_is_new(sizes: bool) -> None:
    clock, server = ManualClock(), Previews(4000, sizes=sizes)
    server.text = b"".join(b"line %d\n" % n for n in range(300))
    log = PreviewLog(server, clock)
    first = await log.read_window(0, 10_000)
    assert server.sent == 1
    server.text += b"the end\n"
    await clock.advance(5)
    assert (await log.read_window(first.end or 0, 2048)).content == "the end\n"
    assert server.sent == 2


async def test_a_large_preview_is_not_fetched_again_at_each_look() -> None:
    clock, server = ManualClock(), Previews(5 * 1024 * 1024)
    server.text = b"x" * 99 + b"\n"
    server.text *= 60_000
    log = PreviewLog(server, clock)
    end = (await log.read_window(-1, 2048)).end or 0
    await clock.advance(0.5)
    for _ in range(20):
        assert (await log.read_window(-1, 2048)).end == end
        await log.read_window(0, 2048)
    assert server.sent == 1


async def test_lines_written_between_two_previews_and_lost_are_owned_up_to() -> None:
    clock, server = ManualClock(), Previews(100)
    server.text = b"a\n" * 50
    log = PreviewLog(server, clock)
    end = (await log.read_window(0, 2048)).end or 0
    server.text += b"b\n" * 80
    await clock.advance(5)
    assert "60 bytes" in (await log.read_window(end, 2048)).content


async def test_a_log_that_began_anew_is_noticed_by_its_size() -> None:
    clock, server = ManualClock(), Previews(4000)
    server.text = b"old\n" * 100
    log = PreviewLog(server, clock)
    await log.read_window(-1, 2048)
    server.text = b"new\n"
    await clock.advance(5)
    assert (await log.read_window(-1, 2048)).end == 4
    assert await read_everything(log) == "new\n"


def make_numbered_page(*numbers: int, turned: bool = False, rising: bool = False) -> LogPage:
    """A page of lines; ``turned`` puts the newest first, ``rising`` the lower cursor first all the same."""
    lines = [f"line {number}" for number in numbers]
    start, end = str(numbers[0]), str(numbers[-1])
    if turned:
        lines, (start, end) = lines[::-1], (start, end) if rising else (end, start)
    return LogPage("\n".join(lines) + "\n", start, end, len(lines))


def test_the_documented_order_holds_until_pages_prove_another() -> None:
    order = LogOrder()
    assert (order.get_word(older=True), order.get_word(older=False)) == ("desc", "asc")
    page = make_numbered_page(1, 2, turned=True, rising=True)
    assert order.straighten(page, "desc").content == "line 1\nline 2\n"


def test_an_empty_page_proves_no_order() -> None:
    order = LogOrder()
    order.learn(make_numbered_page(1, 2, 3, turned=True), LogPage(""))
    assert order.asc_is_newer is None
    assert order.get_word(older=False) == "asc"


def test_two_lines_that_fit_both_ways_leave_the_documented_order() -> None:
    order = LogOrder()
    order.learn(make_numbered_page(1, 2, turned=True, rising=True), make_numbered_page(2))
    assert (
        order.straighten(make_numbered_page(1, 2, turned=True, rising=True), "desc").content
        == "line 1\nline 2\n"
    )


@pytest.mark.parametrize(
    "wrong", [{"content": 7}, {"start_line": []}, {"end_line": {}}, {"lines": []}, {"full_size": {}}], ids=str
)
async def test_a_field_of_the_wrong_type_makes_the_answer_unreadable(wrong: dict[str, Any]) -> None:
    stage = Stage()
    stage.world.add_job("done", status="COMPLETED", log_lines=30)
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        change_answers(
            cloud, "/preview" if "full_size" in wrong else "/logs/worker-0", lambda tree: tree | wrong
        )
        with pytest.raises(BadAnswerError, match="cannot be read"):
            await (
                cloud.read_log_bytes(job, "worker-0", start=-1, length=100)
                if "full_size" in wrong
                else cloud.read_log_page(job, "worker-0", base="", older=False, limit=50)
            )


@pytest.mark.parametrize("tasks", [5, {"a": 1}, [["worker-0"]]], ids=str)
async def test_task_names_of_the_wrong_type_are_read_from_the_list_of_tasks(tasks: Any) -> None:
    stage = Stage()
    stage.world.add_job("done", status="COMPLETED", log_lines=30)
    async with stage.open_cloud() as cloud:
        (job,) = await list_first_page(cloud, "jobs")
        change_answers(cloud, job.id, lambda tree: tree | {"status": tree["status"] | {"tasks": tasks}})
        assert await cloud.list_log_files(job) == ("worker-0",)
