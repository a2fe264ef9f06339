"""The ends of a job's log files: eight at most, stragglers across them, a file that fails is counted."""

from __future__ import annotations

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import LogBytes, LogPage
from matui.live.signals.facts import read_ends
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource

JOB = Resource("jobs", "1", "job", "Running", Phase.RUNNING, "modelarts", "prod")
FILES = tuple(f"rank-{number}.log" for number in range(64))


class Logs:
    """64 files, of which the last worker is slow and the second cannot be read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        return FILES

    async def read_log_page(self, job: Resource, file: str, *, base: str, older: bool, limit: int) -> LogPage:
        self.read.append(file)
        if file == "rank-1.log":
            raise NotFoundError("no such file")
        return LogPage(f"step: 1, loss: 2.0, tokens/s: {40 if file == FILES[-1] else 100}\n", "1", "1", 1)

    async def read_log_bytes(self, job: Resource, file: str, *, start: int, length: int) -> LogBytes:
        raise AssertionError


async def test_stragglers_are_found_in_the_ends_of_eight_files() -> None:
    logs, store = Logs(), SignalStore(TimestampParser)
    failed = await read_ends(logs, JOB, FILES, store, ManualClock(1_760_000_000.0))
    assert logs.read == [*FILES[:7], FILES[-1]]
    assert failed == 1
    assert [one.words for one in store.find_stragglers(JOB.key)] == [
        "rank-63.log: 40, the median of all workers is 100."
    ]
