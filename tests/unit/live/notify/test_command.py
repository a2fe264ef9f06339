"""Commands that hang, fail or print without end harm nothing."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from pathlib import Path

import pytest

from matui.base.redaction.known import remember_secret
from matui.live.notify.notifier import run_notify_command


@pytest.mark.parametrize(
    ("code", "timeout_s", "words"),
    [
        ("import time; time.sleep(60)", 1, "stopped after 1 s"),
        ("raise SystemExit(3)", 60, "exit code 3"),
        ("import os; os.kill(os.getpid(), 9)", 60, "ended by SIGKILL"),
        ("import os\nfor _ in range(1000): os.write(1, b'x' * 1_000_000)", 60, ""),
        ("import os; os.close(0)", 60, ""),
    ],
)
async def test_a_command_that_misbehaves(code: str, timeout_s: float, words: str) -> None:
    said = await run_notify_command([sys.executable, "-c", code], b"{}" * 100_000, timeout_s=timeout_s)
    assert words in said
    assert bool(said) is bool(words)


async def test_a_command_that_does_not_exist() -> None:
    said = await run_notify_command(["/nonexistent"], b"{}")
    assert said == "The notification command /nonexistent cannot be started: No such file or directory."


async def test_a_command_has_its_arguments_as_they_are_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_secret("planted-sk-0123456789")
    monkeypatch.setenv("OWN_SK", "planted-sk-0123456789")
    monkeypatch.setenv("OWN_URL", "http://me:planted-sk-0123456789@host/")
    monkeypatch.setenv("PAGER_TOKEN", "of-the-pager")
    out = tmp_path / "out"
    code = "import os, sys; open(sys.argv[1], 'w').write(repr((sys.argv[2:], dict(os.environ))))"
    assert not await run_notify_command([sys.executable, "-c", code, str(out), "a b", "$HOME", ";x"], b"{}")
    text = out.read_text()
    assert "['a b', '$HOME', ';x']" in text
    assert "planted" not in text
    assert "of-the-pager" in text


def is_gone(number: str) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().split(")")[1].split()[0] == "Z"
    except OSError:
        return True


async def test_what_a_command_that_hangs_has_started_is_killed_too(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    said = await run_notify_command(["sh", "-c", f"sleep 60 & echo $! > {out}; wait"], b"", timeout_s=0.3)
    assert "stopped" in said
    for _ in range(100):
        if is_gone(out.read_text().strip()):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it still runs")


CONSOLE = """
import asyncio, os, signal, sys
from pathlib import Path
from matui.live.notify.notifier import run_notify_command
async def main():
    script = f"sleep 60 & echo $! $$ > {sys.argv[1]}; wait"
    task = asyncio.ensure_future(run_notify_command(["sh", "-c", script], b"", timeout_s=0.5))
    while not Path(sys.argv[1]).exists() or not Path(sys.argv[1]).read_text().strip():
        await asyncio.sleep(0.01)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


@pytest.mark.slow
def test_the_time_limit_holds_when_the_console_is_killed(tmp_path: Path) -> None:
    out = tmp_path / "pid"
    subprocess.run([sys.executable, "-c", CONSOLE, str(out)], check=False, timeout=60)
    numbers = out.read_text().split()
    assert len(numbers) == 2
    for _ in range(300):
        if all(map(is_gone, numbers)):
            return
        time.sleep(0.02)
    pytest.fail("it still runs")


@pytest.mark.parametrize("mode", [0o644, 0o000])
async def test_a_command_that_may_not_be_run(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "not a program"
    file.write_text("x")
    file.chmod(mode)
    assert "Permission denied" in await run_notify_command([str(file)], b"{}")


CLOSING = """
import asyncio, sys
from matui.live.notify.notifier import run_notify_command
async def main():
    task = asyncio.ensure_future(run_notify_command(["sh", "-c", sys.argv[1]], b"the event"))
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
asyncio.run(main())
"""


def test_a_command_goes_on_when_the_console_closes(tmp_path: Path) -> None:
    out, done = tmp_path / "out", tmp_path / "done"
    script = f"sleep 0.2; cat > {out}; mv {out} {done}"
    subprocess.run([sys.executable, "-c", CLOSING, script], check=True, timeout=60)
    for _ in range(300):
        if done.exists():
            break
        time.sleep(0.02)
    assert done.read_text() == "the event"
