"""When the process started, for limits that include its start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, process_time

_INTERPRETER_START_S = 1.0  # at most; a program that calls this one has used processor time of its own
_started: float | None = None


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
