"""A real pseudo-terminal with matui on it: what it writes, and the state it leaves the terminal in."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping

_ENDINGS = re.compile(rb"\x1b\[\?(1049|25|1000|1003|1006|2004|1004)([hl])")


MATUI = (sys.executable, "-m", "matui")


class Terminal:
    """matui in a session of its own on a pseudo-terminal; ``seen`` holds every byte it wrote."""

    def __init__(
        self,
        environ: Mapping[str, str],
        *arguments: str,
        size: tuple[int, int] = (100, 30),
        program: tuple[str, ...] = MATUI,
    ) -> None:
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.execvpe(program[0], [*program, *arguments], dict(environ))
        self.seen = b""
        self.resize(*size)
        self._before = termios.tcgetattr(self.descriptor)

    def resize(self, width: int, height: int) -> None:
        """Be of another size, and tell matui so."""
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read(self, seconds: float) -> bool:
        """Read what comes within some seconds; False at the end of the session."""
        ready, _, _ = select.select([self.descriptor], [], [], max(0.0, seconds))
        if not ready:
            return True
        try:
            data = os.read(self.descriptor, 65536)
        except OSError:
            return False
        self.seen += data
        return bool(data)

    def read_until(self, text: str, seconds: float = 30.0) -> None:
        """Read until a text has been written, after ``mark`` if that was called."""
        deadline = time.monotonic() + seconds
        while text.encode() not in self.seen[self._mark :]:
            alive = self.read(deadline - time.monotonic())
            assert alive, f"ended before {text!r}: {self.seen[-3000:]!r}"
            assert time.monotonic() < deadline, f"never saw {text!r} in {self.seen[-3000:]!r}"

    _mark = 0

    def mark(self) -> None:
        """Look only at what comes from now on."""
        self._mark = len(self.seen)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self.descriptor, text.encode())

    def send(self, number: signal.Signals) -> None:
        """Send a signal to matui."""
        os.kill(self.pid, number)

    def wait_for_exit_code(self, seconds: float = 20.0) -> int:
        """Read to the end and return the exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while True:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                while select.select([self.descriptor], [], [], 0)[0] and self.read(0):
                    pass
                return os.waitstatus_to_exitcode(status)
            if not self.read(0.05):
                time.sleep(0.01)
            if time.monotonic() > deadline:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f"matui did not end; its last words: {self.seen[-2000:]!r}")

    def hang_up(self) -> None:
        """Close the terminal, as the end of an SSH session does."""
        os.close(self.descriptor)

    def wait_for_end(self, seconds: float) -> int:
        """Wait without reading and return the exit code, negative for a signal."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError("matui did not end with its terminal")

    def list_modes(self) -> dict[str, str]:
        """Return for each private mode that was ever set whether it was left on (h) or off (l)."""
        return {mode.decode(): state.decode() for mode, state in _ENDINGS.findall(self.seen)}

    def is_restored(self) -> bool:
        """Whether screen, cursor, mouse and paste are as before, and the line echoes again."""
        modes = self.list_modes()
        cursor = modes.pop("25", "h")
        flags = termios.tcgetattr(self.descriptor)[3]
        echoes = bool(flags & termios.ECHO and flags & termios.ICANON)
        return cursor == "h" and set(modes.values()) <= {"l"} and echoes
