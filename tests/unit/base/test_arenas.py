"""Threads share the arenas of malloc."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

_COUNT = """
import ctypes, sys, threading
from matui.base.arenas import limit_malloc_arenas
limit_malloc_arenas()
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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_threads_that_start_later_get_no_arena_of_their_own(tmp_path: Path) -> None:
    found = tmp_path / "arenas.xml"
    subprocess.run([sys.executable, "-c", _COUNT, str(found)], check=True, timeout=60)
    assert found.read_text().count("<heap nr=") == 1
