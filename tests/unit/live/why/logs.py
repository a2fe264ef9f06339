"""A source of logs for tests: files of lines, read as a byte window or by lines from the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matui.base.errors import MatuiError
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Resource


class Logs:
    """Answers pages of at most 500 lines; the cursor is the number of a line. An error is raised as it is."""

    def __init__(self, files: Mapping[str, Sequence[str] | MatuiError]) -> None:
        self.files = files
        self.requests = 0

    async def list_log_files(self, _job: Resource) -> tuple[str, ...]:
        self.requests += 1
        return tuple(self.files)

    async def read_log_page(
        self, _job: Resource, file: str, *, base: str, older: bool, limit: int
    ) -> LogPage:
        self.requests += 1
        lines = self.files[file]
        if isinstance(lines, MatuiError):
            raise lines
        end = len(lines) if not base else int(base)
        first, last = (max(0, end - limit), end) if older or not base else (end + 1, end + 1 + limit)
        found = lines[first:last]
        start, stop = (str(first), str(first + len(found) - 1)) if found else (base, base)
        return LogPage("".join(f"{line}\n" for line in found), start, stop, len(found))

    async def read_log_bytes(self, _job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        raise AssertionError(f"{file} is read by lines, not {length} bytes from {start}")
