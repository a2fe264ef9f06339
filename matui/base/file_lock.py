"""The lock of a file that several processes write to, awaited for a limited time."""

from __future__ import annotations

import fcntl
import time

_STEP_S = 0.005


def wait_for_lock(descriptor: int, limit_s: float) -> bool:
    """Return whether the lock is obtained within ``limit_s``: its holder may have been stopped."""
    until = time.monotonic() + limit_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(_STEP_S)
        except OSError:
            return False
        else:
            return True
