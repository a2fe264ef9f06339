"""What a job's tasks say of the job."""

from __future__ import annotations

from dataclasses import dataclass

from matui.clouds.qianfan.models import TaskList, TaskRow
from matui.resources.model import RawPage, RawRecord
from matui.resources.peer_statuses import QIANFAN_STATUSES
from matui.resources.phases import phase_of


@dataclass(frozen=True, slots=True)
class Tasks:
    """The newest task, how many there are (None when there are more than one page of them), since when."""

    newest: TaskRow | None
    count: int | None
    began: int | None
    raw: RawRecord


def newest_of(listed: TaskList, raw: RawPage) -> Tasks:
    """Read the tasks of one job; no order is promised, so the latest creation decides."""
    rows = [(row.create_date or 0, -at, row) for at, row in enumerate(listed.task_list) if row is not None]
    newest = max(rows, key=lambda entry: entry[:2])[2] if rows else None
    began = min((created for created, _at, _row in rows if created), default=None)
    more = listed.page_info.is_truncated is True
    return Tasks(newest, None if more else len(rows), began, RawRecord(raw))


def tasks_rest(tasks: Tasks | None) -> bool:
    """Whether nothing more will happen to the newest task by itself."""
    return tasks is None or tasks.newest is None or phase_of(tasks.newest.run_status, QIANFAN_STATUSES).ended
