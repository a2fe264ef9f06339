"""Runs the command of a rule: no shell, the event on stdin, bounded in time, its output thrown away."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from matui.base.redaction import known_secrets

_TIMEOUT_S = 20.0
_GRACE_S = 1  # after the time-out until the supervisor's own, which holds where this process was killed
_SUPERVISOR = Path(__file__).with_name("supervise.py")


async def run_notify_command(command: Sequence[str], event: bytes, *, timeout_s: float = _TIMEOUT_S) -> str:
    """Run a command with ``event`` on stdin; return what went wrong in one sentence, or ``""``.

    Its environment lacks the variables whose value is a secret of the configuration. One that does not end
    is killed with its process group, also where this process is killed before: what has a session of its own
    goes on.
    """
    secrets = known_secrets()
    environment = {name: value for name, value in os.environ.items() if value not in secrets}
    own_limit = math.ceil(timeout_s) + _GRACE_S
    try:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-I", "-S", str(_SUPERVISOR), str(own_limit), *command),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"The notification command {command[0]} cannot be started: {_reason(error)}."
    answer = b""
    try:
        answer, _ = await asyncio.wait_for(process.communicate(event), timeout_s)
    except TimeoutError:
        return f"The notification command {command[0]} was stopped after {timeout_s:g} s."
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return _explain(command[0], answer.decode("ascii", "replace").split())


def _explain(program: str, answer: Sequence[str]) -> str:
    """Return what the supervisor's answer says went wrong."""
    match answer:
        case ["exit", "0"]:
            return ""
        case ["exit", status] if status.startswith("-"):
            return f"The notification command {program} was ended by {_signal_name(-int(status))}."
        case ["exit", status]:
            return f"The notification command {program} failed with exit status {status}."
        case ["error", number]:
            return f"The notification command {program} cannot be started: {os.strerror(int(number))}."
        case _:
            return f"The notification command {program} was killed."


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
