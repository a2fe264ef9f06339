"""Tracebacks, native stacks and failure tables are one error each."""

from __future__ import annotations

import pytest

from matui.base.log_lines.errors import error_heads
from matui.base.log_lines.prefixes import split_prefix

TRACE = [
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "    x()",
    "RuntimeError: CUDA error: x",
]


@pytest.mark.parametrize(
    ("texts", "heads"),
    [
        (["fine", *TRACE, "fine", *TRACE], [1, 6]),
        (
            [*TRACE, "", "During handling of the above exception, another exception occurred:", "", *TRACE],
            [0],
        ),
        (["2020 ERROR a", "2020 ERROR b", "2020 INFO fine", "2020 ERROR c"], [0, 3]),
        (["INFO ok", "step 1 loss 0.1"], []),
        (["Killed"], [0]),
    ],
)
def test_a_traceback_and_its_final_line_are_one_error(texts: list[str], heads: list[int]) -> None:
    assert error_heads(texts) == heads


def test_an_error_that_began_before_is_not_counted_again() -> None:
    assert error_heads(TRACE, skip=2) == []


PREFIXES = [
    "[rank0]: ",
    "[default3]:",
    "[1,0]<stderr>:",
    "(Worker TP0 pid=77) ",
    "(train_fn pid=77, ip=10.0.0.1) ",
    "worker-0: ",
    "rank3| ",
    "trainer_1  | ",
    "0: ",
    "2026-11-28T12:00:00.123456789Z stderr F ",
    "ERROR:root:",
    "[2026-11-28 12:00:00,001] [rank1] ",
    "[host-1] [rank1]: ",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_a_common_prefix_does_not_split_a_traceback(prefix: str) -> None:
    lines = [f"{prefix}{line}" for line in TRACE]
    heads = [1, 6] if "ERROR" not in prefix else [0]
    assert error_heads([f"{prefix}fine", *lines, f"{prefix}fine", *lines]) == heads


def test_a_time_in_the_prefix_may_differ_from_line_to_line() -> None:
    lines = [f"2026-11-28T12:00:0{n}.12{n}Z stderr F {line}" for n, line in enumerate(TRACE)]
    assert error_heads(lines) == [0]


def test_tracebacks_of_two_ranks_that_alternate_are_two_errors() -> None:
    lines = [f"[rank{rank}]: {line}" for line in TRACE for rank in (0, 1)]
    assert error_heads(lines) == [0, 1]


def test_native_frames_belong_to_the_error_above_them() -> None:
    lines = [
        "terminate called after throwing an instance of 'c10::Error'",
        "  what():  CUDA error: device-side assert triggered",
        "Exception raised from query at Event.h:110 (most recent call first):",
        "frame #0: c10::Error::Error() + 0x57 (0x7f1 in /lib/libc10.so)",
        "*** Begin stack trace ***",
        "#1 0x00007f1 in abort () from /lib/libc.so.6",
        "Fatal Python error: Aborted",
        "",
        "Current thread 0x00007f1 (most recent call first):",
        '  File "train.py", line 1 in main',
        "Aborted (core dumped)",
        "step 1",
    ]
    assert error_heads(lines) == [0]


def test_the_launchers_failure_table_is_one_error() -> None:
    lines = [
        "torch.distributed.elastic.multiprocessing.errors.ChildFailedError: ",
        "============================================================",
        "train.py FAILED",
        "------------------------------------------------------------",
        "Failures:",
        "[1]:",
        "  time      : 2026-11-28_12:00:01",
        "  exitcode  : 1 (pid: 1887)",
        "------------------------------------------------------------",
        "Root Cause (first observed failure):",
        "[0]:",
        "  exitcode  : -9 (pid: 1886)",
        "  traceback : Signal 9 (SIGKILL) received by PID 1886",
        "============================================================",
        "step 1",
    ]
    assert error_heads(lines) == [0]


def test_an_accelerators_error_goes_on_in_its_trace() -> None:
    lines = [
        "EZ9999: Inner Error!",
        "EZ9999  The error from device(2)",
        "        TraceBack (most recent call last):",
        "        rtStreamSynchronize failed",
    ]
    assert error_heads(lines) == [0]


def test_the_prefix_of_a_line_leaves_times_out() -> None:
    assert split_prefix("2026-11-28T12:00:00.1Z stderr F x") == ("stderr F", "x")
    assert split_prefix("[rank3]: x") == ("[rank3]:", "x")
    assert split_prefix("epoch 1") == ("", "epoch 1")
