"""Bounds what glibc's malloc keeps of freed memory."""

from __future__ import annotations

_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE = 128 * 1024  # bytes; glibc begins with it, and raises it up to 32 MiB when a larger block is freed


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
