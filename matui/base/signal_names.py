"""The names of signals, for the words about a process that one has ended."""

from __future__ import annotations

import signal


def find_signal_name(number: int) -> str:
    """Return the name of a signal, ``SIGKILL``; ``signal 99`` of one that has none here."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
