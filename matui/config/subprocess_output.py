"""Runs a command for its output, bounded in time and size, and not waiting for its children."""

from __future__ import annotations

import os
import select
import subprocess
import threading
import time
from collections.abc import Sequence
from typing import NamedTuple

_POLL_S = 0.05


def run_for_output(
    command: Sequence[str], *, seconds: float, limit: int, stop: threading.Event | None = None
) -> tuple[int, bytes]:
    """Return the exit status and the output of a command, run without a shell and without input.

    What the command itself has printed by its end counts: an agent that it started may keep its output open.
    Raises OSError or ValueError when it cannot be started. Raises TimeoutError after ``seconds``,
    InterruptedError once another thread has set ``stop`` and OverflowError above ``limit`` bytes; then it is
    killed.
    """
    deadline = _Deadline(time.monotonic() + seconds, stop)
    with subprocess.Popen(  # noqa: S603  the user's own command, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return _read_to_end(process, deadline, limit)
        finally:
            if process.poll() is None:
                process.kill()


class _Deadline(NamedTuple):
    """When to give up: at a monotonic time in seconds, or once another thread has set ``stop``."""

    at: float
    stop: threading.Event | None

    def check(self) -> None:
        if self.stop is not None and self.stop.is_set():
            raise InterruptedError
        if time.monotonic() >= self.at:
            raise TimeoutError


def _wait(process: subprocess.Popen[bytes], deadline: _Deadline) -> int:
    while True:
        try:
            return process.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            deadline.check()


def _read_to_end(process: subprocess.Popen[bytes], deadline: _Deadline, limit: int) -> tuple[int, bytes]:
    assert process.stdout is not None  # noqa: S101  it is a pipe
    pipe = process.stdout.fileno()
    os.set_blocking(pipe, False)
    output = b""
    while True:
        status = process.poll()  # before reading: what was printed until the end is in the pipe then
        readable, _, _ = select.select([pipe], [], [], 0 if status is not None else _POLL_S)
        data = os.read(pipe, 65536) if readable else None
        output += data or b""
        if len(output) > limit:
            raise OverflowError
        if data == b"" and status is None:  # it closed its output
            return _wait(process, deadline), output
        if status is not None and not data:
            return status, output
        deadline.check()
