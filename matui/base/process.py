"""What concerns the process: when it started, what malloc keeps, and switches in the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, process_time

_INTERPRETER_START_S = 1.0  # at most; a program that calls this one has used processor time of its own
_started: float | None = None
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 128 * 1024  # bytes; glibc begins with it, and raises it up to 32 MiB when a larger block is freed
# Switches in the environment that several places read, and the words of their values.
TRUE = frozenset(("1", "true", "yes", "on"))
FALSE = frozenset(("0", "false", "no", "off"))
STOCK_TERMINAL = "MATUI_STOCK_TERMINAL"
STARTUP_OFF = "MATUI_STARTUP_OFF"


@contextmanager
def count_from_start() -> Iterator[None]:
    """Let ``measure_seconds_since_start`` count while the block, the whole program, runs.

    The start of the interpreter is counted with the processor time that it took.
    """
    global _started
    _started = monotonic() - min(process_time(), _INTERPRETER_START_S)
    try:
        yield
    finally:
        _started = None


def measure_seconds_since_start() -> float:
    """Return the seconds since the process started, 0 where that is not counted."""
    return 0.0 if _started is None else monotonic() - _started


def limit_malloc() -> None:
    """Make new threads share the existing arenas, and return large blocks to the system when they are freed.

    By default each thread gets an arena of its own, 3 MiB on average, up to eight a core. A large block
    between small ones that are still used leaves a hole in its arena. Without glibc nothing changes.
    """
    import ctypes

    try:
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 1)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
    except (AttributeError, OSError, TypeError):
        return
