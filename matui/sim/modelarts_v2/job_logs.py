"""Events and logs of v2 training jobs."""

from __future__ import annotations

import re
from typing import Any

from matui.base.formatting import format_iso_utc
from matui.sim.modelarts_v2.jobs import find, find_task, get_phases
from matui.sim.modelarts_v2.requests import require_span
from matui.sim.server.requests import ApiRequest
from matui.sim.server.responses import ApiError
from matui.sim.world.entities.jobs import NAMES, Notice, Version
from matui.sim.world.log_pages import cursor_page
from matui.sim.world.logs import LogFile, open_log
from matui.sim.world.world import World

MAX_PREVIEW_BYTES = 5 * 1024 * 1024
_LEVELS = ("Info", "Error", "Warning")


def list_events(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/events; ``start_time`` and ``end_time`` are given together."""
    _, version = find(world, request)
    query = request.query
    offset, limit = query.integer("offset", 0, 0), query.integer("limit", 50, 1, 100)
    descending = query.descending("desc")
    level, pattern = query.choice("level", _LEVELS), query.text("pattern", max_length=256)
    require_span(query)
    rows = [
        row
        for row in _list_events(version, world.now, request.language)
        if (not level or row["level"] == level)
    ]
    rows = [row for row in rows if pattern in row["message"]]
    shown = rows[::-1] if descending else rows
    return {
        "total": len(rows),
        "limit": limit,
        "offset": offset,
        "order": "desc" if descending else "asc",
        "start_time": "",
        "end_time": "",
        "events": shown[offset * limit : (offset + 1) * limit],
    }


def _list_events(version: Version, now: int, language: str) -> list[dict[str, Any]]:
    notices = [_describe_state(at, state) for at, state in version.timeline.steps] + version.notices
    return [
        {
            "time": format_iso_utc(notice.at),
            "level": notice.level,
            "message": notice.chinese if language == "zh-cn" else notice.text,
            "source": "Platform",
        }
        for notice in sorted(notices, key=lambda notice: notice.at)
        if notice.at <= now
    ]


def _describe_state(at: int, state: int) -> Notice:
    phase, secondary = get_phases(state)
    level = "Error" if phase in ("Failed", "Abnormal") else "Info"
    words = NAMES[state].lower().replace("_", " ") if state < len(NAMES) else str(state)
    head = f"[task: worker-0][{secondary}]"
    return Notice(at, level, f"{head} Training job is now {words}.", f"{head} 训练作业状态变为 {phase}。")


def read_lines(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/logs/{task}: 1 to 500 lines by cursor."""
    if world.dialect.refuse_aom:
        raise ApiError("0804", "AOM reports an error.", status=500)
    count = request.query.integer("lines", 50, 1, 500)
    descending = request.query.descending("desc")
    base = request.query.text("base_line").strip()
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise ApiError("0107", "The value of base_line is invalid.")
    return cursor_page(_open(world, request), base, count, descending=descending, dialect=world.dialect)


def read_preview(world: World, request: ApiRequest) -> dict[str, Any]:
    """GET …/logs/preview: the newest 5 MB."""
    log = _open(world, request)
    full = log.offset(len(log))
    data = log.read(max(0, full - MAX_PREVIEW_BYTES), full)
    name = "context" if world.dialect.preview_context else "content"
    return {name: data.decode(errors="replace"), "current_size": len(data), "full_size": full}


def _open(world: World, request: ApiRequest) -> LogFile:
    job, version, rank = find_task(world, request)
    return open_log(job, version, version.log_names(job.name)[rank], world.now)
