"""The first error across the logs of all workers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import MatuiError, RefusedError
from matui.base.log_lines.times import TimestampParser
from matui.clouds.protocols import LogPage
from matui.live.why.first_error import LogLimits, LogSearch, find_first_error
from matui.resources.model import Phase, Resource
from tests.unit.live.why.logs import Logs

JOB = Resource("jobs", "1", "train", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p")


def search(logs: dict[str, Sequence[str] | MatuiError], **limits: Any) -> LogSearch:
    return asyncio.run(
        find_first_error(
            Logs(logs),
            JOB,
            clock=ManualClock(1_760_000_000.0),
            new_parser=TimestampParser,
            limits=LogLimits(**limits),
        )
    )


def make_line(second: int, text: str) -> str:
    return f"2025-10-09 08:00:{second:02} {text}"


def test_the_earliest_error_of_all_workers_counts() -> None:
    found = search(
        {
            "worker-0": [
                make_line(1, "INFO start"),
                make_line(9, "ERROR peer lost"),
                make_line(10, "INFO end"),
            ],
            "worker-1": [
                make_line(1, "INFO start"),
                make_line(5, "ERROR device lost"),
                make_line(6, "INFO end"),
            ],
        }
    )
    error = found.error
    assert error is not None
    assert (error.file, error.line, error.text) == ("worker-1", 2, make_line(5, "ERROR device lost"))
    assert (error.around[error.index], len(error.around)) == (error.text, 3)
    assert (found.searched, found.lines, found.cut) == (("worker-0", "worker-1"), 6, False)


def test_without_times_the_first_file_counts() -> None:
    error = search({"worker-0": ["ERROR a"], "worker-1": ["ERROR b"]}).error
    assert error is not None
    assert (error.file, error.at) == ("worker-0", None)


def test_an_error_with_a_time_goes_before_one_without() -> None:
    error = search({"worker-0": ["ERROR a"], "worker-1": [make_line(3, "ERROR b")]}).error
    assert error is not None
    assert error.file == "worker-1"


LAUNCHER = "ERROR:torch.distributed.elastic.multiprocessing.api:failed (exitcode: 1) local_rank: 0 (pid: 41)"


@pytest.mark.parametrize(
    "consequence",
    [
        LAUNCHER,
        "ERROR elastic/multiprocessing/api.py:869 failed (exitcode: -6) local_rank: 0 of binary: python",
        "ERROR ProcessGroupNCCL.cpp:616 [Rank 0] Watchdog caught collective operation timeout: WorkNCCL",
        "RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:784, ncclRemoteError: remote process exited",
        "RuntimeError: [1] is setting up NCCL communicator: Connection reset by peer",
        "srun: error: node-1: task 3: Exited with exit code 1",
    ],
)
@pytest.mark.parametrize("is_timed", [True, False])
def test_at_one_time_the_cause_goes_before_what_follows_from_it(consequence: str, is_timed: bool) -> None:
    cause = "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.37 GiB"
    texts = [make_line(5, text) if is_timed else text for text in (consequence, cause)]
    error = search({"worker-0": texts[:1], "worker-1": texts[1:]}).error
    assert error is not None
    assert error.file == "worker-1"


def test_what_follows_from_a_cause_is_the_first_error_where_it_is_earlier_or_alone() -> None:
    for logs in (
        {"worker-0": [make_line(6, "ERROR device lost")], "worker-1": [make_line(5, LAUNCHER)]},
        {"worker-0": ["INFO start"], "worker-1": [LAUNCHER], "worker-2": [LAUNCHER]},
    ):
        error = search(logs).error
        assert error is not None
        assert error.file == "worker-1"


def test_the_whole_error_is_that_of_its_traceback_beyond_the_lines_around_it() -> None:
    frames = [f'  File "{name}.py", line 1' for name in "abcdefgh"]
    trace = ["Traceback (most recent call last):", *frames, "ValueError: x"]
    error = search({"worker-0": ["INFO a", *trace, "INFO b"]}).error
    assert error is not None
    assert error.whole == tuple(trace)
    plain = search({"worker-0": ["INFO a", "ERROR b", "INFO c"]}).error
    assert plain is not None
    assert plain.whole == ("ERROR b",)


def test_the_time_of_an_error_without_one_is_that_of_the_line_above() -> None:
    error = search(
        {"w": [make_line(3, "INFO a"), "Traceback (most recent call last):", "  x", "ValueError: no"]}
    ).error
    assert error is not None
    assert (error.at is not None, error.line, error.summary) == (True, 2, "ValueError: no")


def test_secrets_in_the_lines_of_an_error_are_masked() -> None:
    key = ["-----BEGIN PRIVATE KEY-----", "MIIEvQmeadow", "-----END PRIVATE KEY-----"]
    lines = [*key, "DB_PASSWORD=meadow", "ValueError: token=meadow17meadow", "url postgres://li:meadow@db/x"]
    error = search({"a": lines}).error
    assert error is not None
    assert "meadow" not in "\n".join((error.text, error.summary, *error.around))
    assert error.text.startswith("ValueError: token=")


def test_a_log_without_errors_has_none() -> None:
    found = search({"w": [make_line(1, "INFO fine")]})
    assert (found.error, found.lines) == (None, 1)
    assert search({}).error is None


def test_of_a_long_log_the_end_is_read_and_the_number_of_the_line_is_unknown() -> None:
    lines = [make_line(1, f"INFO step {number}") for number in range(2000)] + [make_line(2, "ERROR last")]
    found = search({"w": lines}, tail=500)
    assert found.error is not None
    assert (found.error.line, found.cut, found.error.text) == (None, True, make_line(2, "ERROR last"))


def test_a_file_that_cannot_be_read_is_named() -> None:
    found = search({"a": RefusedError("No."), "b": ["ERROR x"]})
    assert (found.failed, found.searched) == (("a",), ("b",))


def test_when_no_file_can_be_read_the_error_is_raised() -> None:
    with pytest.raises(RefusedError):
        search({"a": RefusedError("No.")})


def test_files_beyond_the_limit_are_counted() -> None:
    found = search({str(number): ["INFO"] for number in range(9)}, files=4)
    assert (found.searched, found.skipped) == (("0", "1", "2", "8"), 5)


class SlowLogs(Logs):
    """Answers one line a page, whatever is asked for."""

    async def read_log_page(
        self, _job: Resource, file: str, *, base: str, older: bool, limit: int
    ) -> LogPage:
        return await super().read_log_page(_job, file, base=base, older=older, limit=min(limit, 1))


def test_a_cloud_with_one_line_on_a_page_is_not_asked_for_ever() -> None:
    logs = SlowLogs({"worker-0": [make_line(turn % 60, "step") for turn in range(3000)]})
    found = asyncio.run(
        find_first_error(
            logs,
            JOB,
            clock=ManualClock(1_760_000_000.0),
            new_parser=TimestampParser,
            limits=LogLimits(requests=50),
        )
    )
    assert logs.requests < 60
    assert (found.lines > 20, found.cut) == (True, True)
