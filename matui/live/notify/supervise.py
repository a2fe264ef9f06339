"""Runs a command with a time limit that holds when matui is killed: ``supervise.py SECONDS COMMAND [ARG…]``.

It is a program of its own, without imports of matui. The event on stdin is the command's; on stdout it writes
``exit N``, a negative N for a signal, or ``error N`` with an errno where the command cannot be started.
"""

from __future__ import annotations

import os
import signal
import sys


def main(seconds: int, command: list[str]) -> None:
    """Run a command; after ``seconds`` everything in the process group ends, this process too."""
    signal.signal(signal.SIGALRM, lambda _number, _frame: os.killpg(0, signal.SIGKILL))
    signal.alarm(seconds)
    silence = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    try:
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=silence)
    except OSError as error:
        sys.stdout.write(f"error {error.errno}\n")
        return
    os.close(0)
    _, status = os.waitpid(child, 0)
    sys.stdout.write(f"exit {os.waitstatus_to_exitcode(status)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
