"""5.1.10, 5.1.11 and 5.1.13: log files by name, by byte and by line."""

from __future__ import annotations

import re
from typing import Any

from matui.sim.modelarts_v1.jobs import find_version
from matui.sim.server.errors import Refusal
from matui.sim.server.requests import Call
from matui.sim.world.log_pages import byte_page, line_page
from matui.sim.world.logs import LogFile, open_log
from matui.sim.world.world import World


def names(world: World, call: Call) -> dict[str, Any]:
    """5.1.10; no file before the run began."""
    job, version = find_version(world, call)
    started = version.started
    begun = (started is not None and started <= world.now) or version.extra
    return {"is_success": True, "log_file_list": list(version.log_names(job.name)) if begun else []}


def _open(world: World, call: Call) -> LogFile:
    job, version = find_version(world, call)
    name = call.query.required("log_file")
    if name not in version.log_names(job.name):
        raise Refusal("0102", f"The log file {name} does not exist.")
    return open_log(job, version, name, world.now)


def by_byte(world: World, call: Call) -> dict[str, Any]:
    """5.1.11"""
    start = call.query.integer("start_byte", 0, -1)
    length = call.query.integer("offset", 2048, -2048, 2048)
    return byte_page(_open(world, call), start, length, world.dialect)


def by_line(world: World, call: Call) -> dict[str, Any]:
    """5.1.13; ``desc``, the default, asks for newer lines, ``asc`` for older ones."""
    if world.dialect.refuse_aom:
        raise Refusal("0804", "AOM reports an error.", status=500)
    lines = call.query.integer("lines", 50, 0, 500)
    newer = call.query.descending("desc")
    base = call.query.text("base_line").strip()
    log = _open(world, call)
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise Refusal("0107", "The value of base_line is invalid.")
    return line_page(log, base, lines, newer=newer, dialect=world.dialect)
