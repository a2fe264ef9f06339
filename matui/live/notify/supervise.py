"""Runs a command with a time limit that holds when matui ends: ``supervise.py SECONDS COMMAND [ARG…]``.

It is a program of its own, without imports of matui. The command runs below a second process, in a session
of its own: SIGTERM ends it with what it has started, but where the first process is killed it goes on to its
limit. The event on stdin is the command's; on stdout the second process writes ``started``, then ``exit N``,
a negative N for a signal, or ``error N`` with an errno where the command cannot be started.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress


def main(seconds: int, command: list[str]) -> None:
    """Run a command in a second process, and wait for it."""
    child = os.fork()
    if child == 0:
        os.setsid()
        _run(seconds, command)
        return
    signal.signal(signal.SIGTERM, lambda _number, _frame: _kill(child))
    os.close(0)
    os.close(1)
    os.waitpid(child, 0)


def _kill(group: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _run(seconds: int, command: list[str]) -> None:
    """Run a command; after ``seconds`` everything in the process group ends, this process too."""
    signal.signal(signal.SIGALRM, lambda _number, _frame: os.killpg(0, signal.SIGKILL))
    signal.alarm(seconds)
    silence = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    try:
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=silence)
    except OSError as error:
        _answer(f"error {error.errno}")
        return
    os.close(0)
    _answer("started")
    _, status = os.waitpid(child, 0)
    _answer(f"exit {os.waitstatus_to_exitcode(status)}")


def _answer(words: str) -> None:
    with suppress(OSError):  # matui may have ended
        os.write(1, f"{words}\n".encode())


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
