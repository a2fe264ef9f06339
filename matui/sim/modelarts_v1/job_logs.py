"""Log files of training jobs: names, pages by byte, pages by line (5.1.10, 5.1.11, 5.1.13)."""

from __future__ import annotations

import re
from typing import Any

from matui.sim.modelarts_v1.jobs import find_version
from matui.sim.server.requests import ApiRequest
from matui.sim.server.responses import ApiError
from matui.sim.world.log_pages import byte_page, line_page
from matui.sim.world.logs import LogFile, open_log
from matui.sim.world.world import World


def list_files(world: World, request: ApiRequest) -> dict[str, Any]:
    """List the log files (5.1.10); none before the run starts."""
    job, version = find_version(world, request)
    started = version.started
    begun = (started is not None and started <= world.now) or version.extra
    return {"is_success": True, "log_file_list": list(version.log_names(job.name)) if begun else []}


def _open(world: World, request: ApiRequest) -> LogFile:
    job, version = find_version(world, request)
    name = request.query.require("log_file")
    if name not in version.log_names(job.name):
        raise ApiError("0102", f"The log file {name} does not exist.")
    return open_log(job, version, name, world.now)


def read_bytes(world: World, request: ApiRequest) -> dict[str, Any]:
    """Return a page by byte offset (5.1.11)."""
    start = request.query.integer("start_byte", 0, -1)
    length = request.query.integer("offset", 2048, -2048, 2048)
    return byte_page(_open(world, request), start, length, world.dialect)


def read_lines(world: World, request: ApiRequest) -> dict[str, Any]:
    """Return a page by line cursor (5.1.13): newer lines for ``desc``, the default, older for ``asc``."""
    if world.dialect.refuse_aom:
        raise ApiError("0804", "AOM reports an error.", status=500)
    lines = request.query.integer("lines", 50, 0, 500)
    newer = request.query.descending("desc")
    base = request.query.text("base_line").strip()
    log = _open(world, request)
    if base and not re.fullmatch(r"\d{1,19}", base):
        raise ApiError("0107", "The value of base_line is invalid.")
    return line_page(log, base, lines, newer=newer, dialect=world.dialect)
