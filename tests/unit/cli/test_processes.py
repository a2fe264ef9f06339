"""The command line as scripts meet it: in processes of its own, on the demo and on a served simulator."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tests.unit.terminal.terminal_rig import Terminal

COMMANDS = (
    ("get", "jobs"),
    ("get", "nb", "-o", "json"),
    ("describe", "job", "resnet50-imagenet-8p"),
    ("stop", "nb", "ctr-features", "--dry-run"),
    ("wait", "nb", "ctr-features", "--for", "running"),
)
SPY = """
import json, sys
from matui.cli.main import run
codes = [run([*arguments, "--demo"]) for arguments in json.loads(sys.argv[1])]
print("LOADED", codes, [name for name in sys.modules if name.startswith("textual")], file=sys.stderr)
"""


@pytest.fixture
def environment(tmp_path) -> dict[str, str]:
    places = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MATUI_", "HUAWEI"))}
    return kept | places | {"HOME": str(tmp_path)}


def test_no_command_loads_textual(environment):
    done = subprocess.run(
        [sys.executable, "-c", SPY, json.dumps(COMMANDS)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("LOADED [0, 0, 0, 0, 0] []\n")


def test_without_any_credentials_it_says_where_it_looked(environment):
    done = subprocess.run(
        [sys.executable, "-m", "matui", "get", "jobs"],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
    )
    assert done.returncode == 2
    assert "matui --demo" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture
def simulator(tmp_path, environment):
    """Run ``matui sim`` and save the profile it prints."""
    command = [sys.executable, "-m", "matui", "sim", "--seed", "7", "--speed", "30"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    file = tmp_path / "sim.toml"
    lines = []
    assert process.stdout is not None
    while not lines or not lines[-1].startswith("iam_endpoint"):
        lines.append(process.stdout.readline())
    file.touch(0o600)
    file.write_text("".join(lines))
    yield process, file
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.wait(10)


@pytest.mark.slow
def test_the_simulators_profile_works_as_printed(simulator, environment):
    process, file = simulator

    def matui(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "matui", "--config", str(file), *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)

    tree = json.loads(matui("get", "nb", "-o", "json").stdout)
    assert tree["profile"] == "sim"
    running = next(item["id"] for item in tree["items"] if "stop" in item["actions"])
    assert matui("stop", "nb", running, "--yes").returncode == 0
    assert matui("wait", "nb", running, "--for", "stopped", "--timeout", "60s").returncode == 0
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 0
    gone = matui("get", "nb")
    assert (gone.returncode, gone.stdout) == (4, "")
    assert gone.stderr.count("\n") == 1


def test_a_terminal_is_asked_and_keys_typed_ahead_do_not_answer(environment):
    terminal = Terminal(environment, "stop", "nb", "ctr-features", "--demo")
    terminal.type("y\n")
    terminal.read_until("[y/N]")
    terminal.type("n\n")
    assert terminal.wait_for_exit_code(60) == 1
    assert "Nothing was sent" in terminal.seen.decode()


@pytest.mark.slow
def test_a_deletion_with_its_name_typed_is_sent(environment):
    terminal = Terminal(environment, "delete", "nb", "old-tutorial", "--demo")
    terminal.read_until("to confirm: ")
    terminal.type("old-tutorial\n")
    assert terminal.wait_for_exit_code(60) == 0
    assert "delete accepted" in terminal.seen.decode()


def test_children_of_the_tests_do_not_ignore_ctrl_c():
    assert signal.getsignal(signal.SIGINT) is not signal.SIG_IGN


@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_ctrl_c_and_ctrl_d_at_a_question_exit_130(environment, key):
    terminal = Terminal(environment, "stop", "nb", "ctr-features", "--demo")
    terminal.read_until("[y/N]")
    terminal.type(key)
    assert terminal.wait_for_exit_code(60) == 130
    assert "Traceback" not in terminal.seen.decode()


def test_ctrl_c_ends_a_watch_with_130(environment):
    terminal = Terminal(environment, "get", "jobs", "--watch", "--demo")
    terminal.read_until("NAME")
    terminal.type("\x03")
    assert terminal.wait_for_exit_code(60) == 130
    assert "Traceback" not in terminal.seen.decode()


def test_a_version_is_watched_by_its_jobs_name(environment):
    terminal = Terminal(environment, "get", "jobs", "wide-deep-night-0000/20001", "--watch", "--demo")
    terminal.read_until("COMPLETED")
    terminal.type("\x03")
    assert terminal.wait_for_exit_code(60) == 130


def test_a_narrow_terminal_gets_no_line_wider_than_itself(environment):
    terminal = Terminal(environment | {"COLUMNS": "40"}, "get", "jobs", "--demo")
    assert terminal.wait_for_exit_code(60) == 0
    lines = terminal.seen.decode().split("\r\n")
    assert lines[0].startswith("NAME")
    assert max(map(len, lines)) <= 40
