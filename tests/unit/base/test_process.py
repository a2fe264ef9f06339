"""Threads share the arenas of malloc, and large blocks leave no holes in them."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

_COUNT = """
import ctypes, sys, threading
from matui.base.process import limit_malloc
limit_malloc()
libc, ready = ctypes.CDLL(None), threading.Barrier(7)
def keep():
    kept = [bytes(100_000) for _ in range(20)]
    ready.wait()
    ready.wait()
for _ in range(6):
    threading.Thread(target=keep).start()
ready.wait()
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
ready.wait()
"""

_HOLES = """
import ctypes
from matui.base.process import limit_malloc
class Info(ctypes.Structure):
    _fields_ = [(str(n), ctypes.c_size_t) for n in range(10)]
libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info
first = bytearray(8_000_000)  # its end raises the size from which blocks are large
first = None
limit_malloc()
pairs = [(bytearray(1_000_000), bytearray(1_000)) for _ in range(30)]
small = [pair[1] for pair in pairs]
pairs.clear()
print(getattr(libc.mallinfo2(), "8"))  # free bytes within the arenas
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_that_start_later_get_no_arena_of_their_own(tmp_path: Path) -> None:
    found = tmp_path / "arenas.xml"
    subprocess.run([sys.executable, "-c", _COUNT, str(found)], check=True, timeout=60)
    assert found.read_text().count("<heap nr=") == 1


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_large_blocks_between_small_ones_leave_no_holes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _HOLES], check=True, timeout=60, capture_output=True, text=True
    )
    assert int(done.stdout) < 5_000_000
