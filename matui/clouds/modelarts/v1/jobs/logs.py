"""Logs of training jobs, exactly as they come (5.1.10, 5.1.11, 5.1.13)."""

from __future__ import annotations

from matui.clouds.modelarts.requests import validate_request
from matui.clouds.modelarts.v1.jobs.client import Jobs
from matui.clouds.modelarts.v1.jobs.requests import (
    LogLinesQuery,
    LogWindowQuery,
)
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Resource

MOST_LINES = 500
MOST_BYTES = 2048


class JobLogs:
    """Reads logs of a job's shown version, or of a version."""

    def __init__(self, jobs: Jobs) -> None:
        self.api = jobs.api
        self._jobs = jobs

    async def files(self, job: Resource) -> tuple[str, ...]:
        """Return the names of the log files, one a node (5.1.10)."""
        reply = await self.api.log_files(*await self._jobs.version_of(job))
        return tuple(dict.fromkeys(reply.value.log_file_list))

    async def page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        """Return lines after ``base``, or before it when ``older`` (5.1.13)."""
        asked = {
            "log_file": file,
            "base_line": base or None,
            "lines": min(max(limit, 1), MOST_LINES),
            "order": "asc" if older else "desc",
        }
        query = validate_request(LogLinesQuery, asked)
        lines = (await self.api.log_lines(*await self._jobs.version_of(job), query)).value
        return LogPage(lines.content, str(lines.start_line), str(lines.end_line), lines.lines)

    async def window(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        """Return bytes from ``start``; -1 asks for the newest (5.1.11)."""
        asked = {"log_file": file, "start_byte": max(start, -1), "offset": min(max(length, 1), MOST_BYTES)}
        query = validate_request(LogWindowQuery, asked)
        window = (await self.api.log_window(*await self._jobs.version_of(job), query)).value
        return LogBytes(window.log, window.end_byte, window.log_byte_count)
