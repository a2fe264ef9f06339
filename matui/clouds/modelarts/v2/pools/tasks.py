"""The platform's tasks on a pool: nodes replaced, rebooted or reset, and what of it is suspended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from matui.base.errors import PART_ERRORS
from matui.base.text.sanitize import clean
from matui.clouds.http.decode import read_rows
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.clouds.modelarts.requests import FILLED, RequestModel
from matui.clouds.modelarts.session import Transport
from matui.clouds.sections import format_seconds, join_text
from matui.clouds.wire_types import Flag, ModelRows, Text, Texts, WireModel, make_list, to_millis
from matui.resources.detail import DetailRow, Event, Section

TITLE = "Tasks on nodes"
_MOST = 20


class PoolTask(WireModel):
    """One task; ``suspend`` is whether it is suspended. Times are ms since the epoch."""

    id: Text = Field(default="", validation_alias="jobId")
    name: Text = Field(default="", validation_alias="jobName")
    type: Text = ""
    phase: Text = ""
    suspend: Flag = None
    begun: Text = Field(default="", validation_alias="startTimestamp")
    ended: Text = Field(default="", validation_alias="endTimestamp")
    objects: Texts = Field(default_factory=make_list, validation_alias="involvedObjects")
    message: Text = ""


class PoolTasks(WireModel):
    items: ModelRows[PoolTask] = Field(default_factory=make_list)


class PoolTasksQuery(RequestModel):
    """The tasks of one pool within the last 30 days."""

    resource: Literal["pools"]
    name: FILLED
    limit: Annotated[int, Field(ge=1, le=500)]


class PoolTasksApi(OperationTable, api="v2"):
    """The list of tasks; it is of the project, not under the pool."""

    list = Operation("List.", "GET", "jobs", PoolTasks, PoolTasksQuery)


async def read_tasks(session: Transport, pool_id: str) -> tuple[Sequence[PoolTask], str]:
    """Return the tasks of a pool, newest first, and why they are not known or not all of them."""
    query = PoolTasksQuery(resource="pools", name=pool_id, limit=500)
    try:
        reply = await PoolTasksApi(session).list(query)
        rows = read_rows(reply, reply.value.items, "items")
    except PART_ERRORS as error:
        return (), str(error)
    tasks = [row for row in rows if row is not None]
    tasks.sort(key=lambda task: to_millis(task.begun) or 0, reverse=True)
    return tasks, "" if len(tasks) == len(rows) else "a task could not be read"


def build_section(tasks: Sequence[PoolTask], error: str) -> Section:
    """Return a row for each of the newest tasks."""
    rows = [_build_row(task) for task in tasks[:_MOST]]
    if error:
        rows.append(("More is not known" if rows else "Not known", error))
    return Section(TITLE, tuple(rows))


def _build_row(task: PoolTask) -> DetailRow:
    begun, ended = to_millis(task.begun), to_millis(task.ended)
    took = f"in {format_seconds((ended - begun) / 1000)}" if begun and ended and ended >= begun else ""
    parts = (join_text(", ".join(task.objects)), join_text(_describe_state(task), took), clean(task.message))
    return clean(task.type) or "?", "; ".join(part for part in parts if part)


def _describe_state(task: PoolTask) -> str:
    """Return the phase, and whether the task is suspended."""
    return join_text(task.phase, "(suspended)" if task.suspend else "")


def build_task_events(tasks: Sequence[PoolTask]) -> Iterator[Event]:
    """Yield the tasks that are suspended or have failed, as events of the time at which they began."""
    for task in tasks:
        is_suspended = bool(task.suspend) and not task.ended
        if is_suspended or task.phase.casefold() == "failed":
            words = "is suspended" if is_suspended else "has failed"
            head = f"{task.type or 'task'} of {', '.join(task.objects) or task.name or task.id} {words}"
            text = f"{head}: {task.message}" if task.message else f"{head}."
            yield Event(to_millis(task.begun), clean(text), abnormal=True)
