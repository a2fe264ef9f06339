"""Runs the command of a rule: no shell, the event on stdin, bounded in time, its output thrown away."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from matui.base.redaction.environment import drop_secrets

_TIMEOUT_S = 20.0
_GRACE_S = 1  # after the time-out until the supervisor's own, which holds where this process was killed
_START_S = 2.0  # a command whose start takes longer is given up
_SUPERVISOR = Path(__file__).with_name("supervise.py")


async def run_notify_command(command: Sequence[str], event: bytes, *, timeout_s: float = _TIMEOUT_S) -> str:
    """Run a command with ``event`` on stdin; return what went wrong in one sentence, or ``""``.

    Its environment lacks the variables that hold a secret of the configuration. One that does not end
    is killed with its process group: what has a session of its own goes on. Where this is cancelled, or this
    process ends, the command goes on to the same limit.
    """
    starting = asyncio.ensure_future(_start(command, event, math.ceil(timeout_s) + _GRACE_S))
    try:
        async with asyncio.timeout(timeout_s):
            process, answer = await asyncio.shield(starting)
            answer += await process.stdout.read() if process.stdout is not None else b""
            await process.wait()
    except OSError as error:
        if isinstance(error, TimeoutError):
            await _end(starting, signal.SIGTERM)
            return f"The notification command {command[0]} was stopped after {timeout_s:g} s."
        return f"The notification command {command[0]} cannot be started: {_describe_error(error)}."
    except ValueError as error:
        return f"The notification command {command[0]} cannot be started: {_describe_error(error)}."
    except asyncio.CancelledError:
        await _end(starting, signal.SIGKILL)
        raise
    return _explain(command[0], answer.decode("ascii", "replace").split())


async def _start(command: Sequence[str], event: bytes, limit_s: int) -> tuple[Process, bytes]:
    """Start a command and write the event; return the supervisor and the first line of its answer."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_SUPERVISOR), str(limit_s), *command),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=drop_secrets(os.environ),
        start_new_session=True,
    )
    if process.stdin is not None:
        process.stdin.write(event)
        process.stdin.close()
    return process, await process.stdout.readline() if process.stdout is not None else b""


async def _end(starting: asyncio.Task[tuple[Process, bytes]], number: signal.Signals) -> None:
    """End a supervisor: SIGTERM ends the command with it, SIGKILL leaves the command to its own limit."""
    with suppress(OSError, ValueError):
        async with asyncio.timeout(_START_S):
            supervisor, _answer = await starting
        if supervisor.returncode is None:
            supervisor.send_signal(number)
            await supervisor.wait()


def _explain(program: str, answer: Sequence[str]) -> str:
    """Return what the supervisor's answer says went wrong."""
    match [word for word in answer if word != "started"]:
        case ["exit", "0"]:
            return ""
        case ["exit", status] if status.startswith("-"):
            return f"The notification command {program} was ended by {_find_signal_name(-int(status))}."
        case ["exit", status]:
            return f"The notification command {program} failed with exit status {status}."
        case ["error", number]:
            return f"The notification command {program} cannot be started: {os.strerror(int(number))}."
        case _:
            return f"The notification command {program} was killed."


def _describe_error(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _find_signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
