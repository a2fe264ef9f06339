"""Runs a command for its output, bounded in time and size, and not waiting for its children."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Sequence

_POLL_S = 0.05


def run_for_output(command: Sequence[str], *, seconds: float, limit: int) -> tuple[int, bytes]:
    """Return the exit status and the output of a command, run without a shell and without input.

    What the command itself has printed by its end counts: an agent that it started may keep its output open.
    Raises OSError or ValueError when it cannot be started, TimeoutError after ``seconds``, and OverflowError
    above ``limit`` bytes; in both cases it is killed.
    """
    deadline = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603  the user's own command, no shell
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            return _read_to_end(process, deadline, limit)
        finally:
            if process.poll() is None:
                process.kill()


def _wait(process: subprocess.Popen[bytes], deadline: float) -> int:
    try:
        return process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None


def _read_to_end(process: subprocess.Popen[bytes], deadline: float, limit: int) -> tuple[int, bytes]:
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
        if time.monotonic() >= deadline:
            raise TimeoutError
