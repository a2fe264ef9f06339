"""Commands of the user are bounded in time and size."""

from __future__ import annotations

import sys
import threading

import pytest

from matui.config.subprocess_output import run_for_output


def run(
    code: str, *, seconds: float = 30, limit: int = 1000, stop: threading.Event | None = None
) -> tuple[int, bytes]:
    return run_for_output([sys.executable, "-c", code], seconds=seconds, limit=limit, stop=stop)


def test_status_and_output_are_returned() -> None:
    assert run("print('secret'); raise SystemExit(3)") == (3, b"secret\n")


def test_the_output_of_errors_is_left_out() -> None:
    assert run("import sys; sys.stderr.write('no'); sys.stdout.write('yes')") == (0, b"yes")


def test_a_command_without_end_is_killed() -> None:
    with pytest.raises(TimeoutError):
        run("import time; time.sleep(60)", seconds=0.3)


def test_a_command_without_end_that_closed_its_output_is_killed() -> None:
    with pytest.raises(TimeoutError):
        run("import os, time; os.close(1); time.sleep(60)", seconds=0.5)


def test_too_much_output_is_refused() -> None:
    with pytest.raises(OverflowError):
        run("while True: print('x' * 1000)", limit=100)


def test_a_missing_command_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="missing"):
        run_for_output(["/nonexistent/missing"], seconds=1, limit=10)


def test_a_child_that_keeps_the_output_open_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys; print('key', flush=True);"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(5)'])"
    )
    assert run(code) == (0, b"key\n")


@pytest.mark.parametrize("closes", ["", "os.close(1);"])
def test_a_command_is_killed_once_it_is_to_stop(closes: str) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(InterruptedError):
        run(f"import os, time; {closes} time.sleep(60)", stop=stop)
