"""A terminal without a screen: runs a program on a pseudo-terminal, reads what it writes and times it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import tempfile
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
import pyte

KEYS = {
    "home": "\x1b[H",
    "down": "\x1b[B",
    "up": "\x1b[A",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "focus-out": "\x1b[O",
    "focus-in": "\x1b[I",
    "enter": "\r",
    "escape": "\x1b",
    "ctrl+d": "\x04",
    "ctrl+e": "\x05",
}
# What pyte has no use for and would print: private CSI with < = >, SU/SD, colours asked for, key protocols.
_STRANGE = re.compile(r"\x1b\[[<=>][0-9;:]*[@-~]|\x1b\[\?[0-9;]*\$p|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\\\)")
_DROPPED = re.compile("^(PYTHON|TEXTUAL|SSH_|TMUX|NO_COLOR|COLUMNS|LINES)")


@dataclass(frozen=True, slots=True)
class Press:
    """A key and what came of it: ms to the first and to the last output, and bytes; None for none at all."""

    first_ms: float | None
    last_ms: float | None
    bytes: int


@dataclass(frozen=True, slots=True)
class Use:
    """What a stretch of time cost: CPU in percent of a core, bytes a second, memory in MB at its end."""

    cpu: float
    bytes_s: float
    memory: float


@dataclass
class Terminal:
    """A program on a terminal of 120×40. ``slow`` reads no more than so many bytes a second.

    It runs in a folder of its own, which is removed with what the program saves there. Unless ``env`` names
    them, its state, cache and configuration are in it too.
    """

    argv: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)
    slow: float = 0.0
    columns: int = 120
    rows: int = 40

    def __post_init__(self) -> None:
        self.screen = pyte.Screen(self.columns, self.rows)
        self.stream = pyte.Stream(self.screen)
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self.chunks: list[tuple[float, bytes]] = []
        self.shown = 0
        self.open = True
        self._not_before = 0.0
        self._last = b""
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        kept = {name: value for name, value in os.environ.items() if not _DROPPED.match(name)}
        kept |= {f"XDG_{name}_HOME": self._home.name for name in ("STATE", "CACHE", "CONFIG")}
        kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **self.env}
        self.began = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(self._home.name)
            os.execvpe(self.argv[0], list(self.argv), kept)
        size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        """End the program, take its exit status and remove its folder."""
        try:
            self._end()
        finally:
            self._home.cleanup()

    def kill(self) -> None:
        """End the program at once, without what it does at its end."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def _end(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, sign)
            deadline = time.perf_counter() + 2
            while time.perf_counter() < deadline:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    os.close(self.fd)
                    return
                self.read(0.02)

    def read(self, timeout: float) -> bool:
        """Read once; whether there was anything within ``timeout`` seconds."""
        pause = self._not_before - time.perf_counter()
        if pause > 0:
            time.sleep(min(pause, timeout))
            if pause > timeout:
                return False
        if not self.open or not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.fd, 256 if self.slow else 65536)
        except OSError:
            self.open = False
            return False
        now = time.perf_counter()
        self.chunks.append((now, data))
        if self.slow:
            self._not_before = max(now, self._not_before) + len(data) / self.slow
        for _ in range((self._last + data).count(b"\x1b[6n")):
            os.write(self.fd, b"\x1b[1;1R")
        self._last = data[-3:]
        if b"\x1b[?2026$p" in data:
            os.write(self.fd, b"\x1b[?2026;2$y")
        for _ in range(data.count(b"\x1b[5n")):
            os.write(self.fd, b"\x1b[0n")
        return True

    def drain(self, seconds: float, silence: float = float("inf")) -> None:
        """Read for ``seconds``, or until nothing came for ``silence`` seconds."""
        end = time.perf_counter() + seconds
        quiet = time.perf_counter()
        while self.open and (left := min(end, quiet + silence) - time.perf_counter()) > 0:
            if self.read(left):
                quiet = time.perf_counter()

    def read_text(self) -> str:
        """Return the screen as text."""
        while self.shown < len(self.chunks):
            data = self._decode(self.chunks[self.shown][1])
            self.stream.feed(_STRANGE.sub("", data))
            self.shown += 1
        return "\n".join(self.screen.display)

    def wait(self, pattern: str, timeout: float = 30.0) -> float:
        """Return when (ms since the start) what matches was written; AssertionError after ``timeout``."""
        deadline = time.perf_counter() + timeout
        while not re.search(pattern, self.read_text(), re.MULTILINE):
            if time.perf_counter() > deadline or not self.open:
                raise AssertionError(f"never on the screen: {pattern}\n{self.read_text()}")
            self.read(0.05)
        return (self.chunks[-1][0] - self.began) * 1000

    def send(self, keys: str) -> float:
        """Send a key of ``KEYS``, or text as it is; returns the moment."""
        data = KEYS.get(keys, keys).encode()
        now = time.perf_counter()
        os.write(self.fd, data)
        return now

    def press(self, keys: str, quiet: float = 0.03, timeout: float = 3.0) -> Press:
        """Send keys and time the answer, which ends with ``quiet`` seconds of silence."""
        before = len(self.chunks)
        sent = self.send(keys)
        if not self.read(timeout):
            return Press(None, None, 0)
        self.drain(timeout, quiet)
        new = self.chunks[before:]
        size = sum(len(data) for _, data in new)
        return Press((new[0][0] - sent) * 1000, (new[-1][0] - sent) * 1000, size)

    def count_bytes(self, since: int = 0) -> int:
        """Return the bytes written since a chunk."""
        return sum(len(data) for _, data in self.chunks[since:])

    def read_memory(self) -> float:
        """Return the resident memory in MB."""
        return float(psutil.Process(self.pid).memory_info().rss / 1e6)

    def read_cpu_s(self) -> float:
        """Return the CPU seconds used by every thread so far."""
        total = 0
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9

    def rest(self, seconds: float) -> Use:
        """Do nothing for a while and say what the program did meanwhile."""
        cpu, chunks, began = self.read_cpu_s(), len(self.chunks), time.perf_counter()
        self.drain(seconds)
        took = time.perf_counter() - began
        return Use(
            (self.read_cpu_s() - cpu) / took * 100, self.count_bytes(chunks) / took, self.read_memory()
        )
