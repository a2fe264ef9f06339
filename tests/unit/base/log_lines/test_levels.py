"""The level of a log line."""

from __future__ import annotations

import pytest

from matui.base.log_lines.levels import level


@pytest.mark.parametrize(
    "text",
    [
        "Traceback (most recent call last):",
        "RuntimeError: CUDA out of memory. Tried to allocate 2.37 GiB",
        "[rank3] NCCL error in: ProcessGroupNCCL.cpp:825",
        "HCCL connect timeout on device 3",
        "Killed",
        "exit code: 137",
        "process exited with code 1",
        "2020-07-16 ERROR worker died",
        "OOMKilled",
        "step 40 loss: nan",
    ],
)
def test_a_training_jobs_troubles_are_errors(text: str) -> None:
    assert level(text) == "error"


@pytest.mark.parametrize(
    "text",
    ["exit code 0", "loss 0.12 error rate 0.3", "INFO NCCL INFO Bootstrap : Using eth0"],
)
def test_ordinary_lines_are_not(text: str) -> None:
    assert level(text) == ""
