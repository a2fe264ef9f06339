"""Runs the command of a rule: no shell, the event on stdin, bounded in time, its output thrown away."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress

from matui.base.redaction import known_secrets

_TIMEOUT_S = 20.0


async def run_notify_command(command: Sequence[str], event: bytes, *, timeout_s: float = _TIMEOUT_S) -> str:
    """Run a command with ``event`` on stdin; return what went wrong in one sentence, or ``""``.

    Its environment lacks the variables whose value is a secret of the configuration. One that does not end
    is killed with its process group: what has a session of its own goes on.
    """
    secrets = known_secrets()
    environment = {name: value for name, value in os.environ.items() if value not in secrets}
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return f"The notification command {command[0]} cannot be started: {_reason(error)}."
    try:
        with suppress(BrokenPipeError, ConnectionResetError):
            await asyncio.wait_for(process.communicate(event), timeout_s)
    except TimeoutError:
        return f"The notification command {command[0]} was stopped after {timeout_s:g} s."
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode is not None and process.returncode < 0:
        return f"The notification command {command[0]} was ended by {_signal_name(-process.returncode)}."
    if process.returncode:
        return f"The notification command {command[0]} failed with exit status {process.returncode}."
    return ""


def _reason(error: OSError | ValueError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
