"""Events and logs of v2 training jobs."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from matui.sim.modelarts_v2.jobs import find, find_task, phases
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.entities.jobs import NAMES, Version
from matui.sim.world.log_pages import cursor_page
from matui.sim.world.logs import LogFile, open_log
from matui.sim.world.world import World

MOST_PREVIEW = 5 * 1024 * 1024
_LEVELS = ("Info", "Error", "Warning")


def events(world: World, call: Call) -> dict[str, Any]:
    """GET …/events; both ends of the time span or neither."""
    _, version = find(world, call)
    query = call.query
    offset, limit = query.integer("offset", 0, 0), query.integer("limit", 50, 1, 100)
    backwards = query.descending("desc")
    level, pattern = query.choice("level", _LEVELS), query.text("pattern", longest=256)
    if bool(query.text("start_time")) != bool(query.text("end_time")):
        raise Refusal("0107", "The start_time and the end_time must be given together.")
    rows = [row for row in _told(version, world.now) if (not level or row["level"] == level)]
    rows = [row for row in rows if pattern in row["message"]]
    shown = rows[::-1] if backwards else rows
    return {
        "total": len(rows),
        "limit": limit,
        "offset": offset,
        "order": "desc" if backwards else "asc",
        "start_time": "",
        "end_time": "",
        "events": shown[offset * limit : (offset + 1) * limit],
    }


def _told(version: Version, now: int) -> list[dict[str, str]]:
    found = []
    for at, state in version.life.steps:
        if at > now:
            continue
        phase, secondary = phases(state)
        level = "Error" if phase in ("Failed", "Abnormal") else "Info"
        words = NAMES[state].lower().replace("_", " ") if state < len(NAMES) else str(state)
        message = f"[task: worker-0][{secondary}] Training job is now {words}."
        moment = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        found.append({"time": moment, "level": level, "message": message, "source": "Platform"})
    return found


def lines(world: World, call: Call) -> dict[str, Any]:
    """GET …/logs/{task}: lines by cursor, 1 to 500 of them."""
    if world.dialect.refuse_aom:
        raise Refusal("0804", "AOM reports an error.", status=500)
    count = call.query.integer("lines", 50, 1, 500)
    descending = call.query.descending("desc")
    base = call.query.text("base_line").strip()
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise Refusal("0107", "The value of base_line is invalid.")
    return cursor_page(_open(world, call), base, count, descending=descending, dialect=world.dialect)


def preview(world: World, call: Call) -> dict[str, Any]:
    """GET …/logs/preview: the newest 5 MB, whatever was asked for before."""
    log = _open(world, call)
    full = log.offset(len(log))
    data = log.read(max(0, full - MOST_PREVIEW), full)
    name = "context" if world.dialect.preview_context else "content"
    return {name: data.decode(errors="replace"), "current_size": len(data), "full_size": full}


def _open(world: World, call: Call) -> LogFile:
    job, version, rank = find_task(world, call)
    return open_log(job, version, version.log_names(job.name)[rank], world.now)
