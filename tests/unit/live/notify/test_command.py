"""Commands that hang, fail or print without end harm nothing."""

from __future__ import annotations

import sys

import pytest

from matui.live.notify.command import run_notify_command


@pytest.mark.parametrize(
    ("code", "timeout_s", "words"),
    [
        ("import time; time.sleep(60)", 1, "stopped after 1 s"),
        ("raise SystemExit(3)", 60, "exit status 3"),
        ("import os\nfor _ in range(1000): os.write(1, b'x' * 1_000_000)", 60, ""),
        ("import os; os.close(0)", 60, ""),
    ],
)
async def test_a_command_that_misbehaves(code: str, timeout_s: float, words: str) -> None:
    said = await run_notify_command([sys.executable, "-c", code], b"{}" * 100_000, timeout_s=timeout_s)
    assert words in said
    assert bool(said) is bool(words)


async def test_a_command_that_does_not_exist() -> None:
    assert "cannot be started" in await run_notify_command(["/nonexistent"], b"{}")
