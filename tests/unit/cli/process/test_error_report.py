"""Every error is one sentence on stderr and an exit code."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import click
import pytest

from matui.base.errors import (
    AuthenticationError,
    BadAnswerError,
    ConfigError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    ServerFaultError,
    TimedOutError,
    UnreachableError,
)
from matui.cli.get import command as get_command
from matui.cli.group import COMMANDS
from matui.cli.main import run
from matui.cli.options import Options
from matui.cli.output.streams import COMMANDS as DEMO_COMMANDS
from matui.cli.output.streams import add_demo, note
from matui.cli.process.error_report import report


def run_matui(*arguments: str, **kwargs) -> subprocess.CompletedProcess[str]:
    settings = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 60} | kwargs
    return subprocess.run([sys.executable, "-m", "matui", *arguments], **settings)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFoundError("x"), 1),
        (RateLimitedError("x"), 1),
        (ServerFaultError("x"), 1),
        (BadAnswerError("x"), 1),
        (ConfigError("x"), 2),
        (AuthenticationError("x"), 3),
        (PermissionDeniedError("x"), 3),
        (UnreachableError("x"), 4),
        (TimedOutError("x"), 4),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_class_of_failure_has_its_exit_code(line, error, code):
    line.cloud.list_error = error
    assert line("get", "nb").code == code


def test_a_refusal_keeps_the_clouds_code_and_request_id(line):
    line.cloud.list_error = PermissionDeniedError(
        "You may not list notebooks.", code="ModelArts.0108", request_id="r-1", remedy="Ask for the role."
    )
    said = line("get", "nb")
    assert said.err == "matui: You may not list notebooks. (ModelArts.0108, request r-1) Ask for the role.\n"


def test_a_failure_cannot_move_the_terminal(line):
    line.cloud.list_error = NotFoundError("bad \x1b[2J\x9b name")
    assert not set(line("get", "nb").err) & set("\x1b\x9b")


def test_a_bug_is_one_sentence_without_a_traceback(line):
    line.cloud.list_error = ZeroDivisionError("secret-text")
    said = line("get", "nb")
    assert said.code == 1
    assert "this is a bug in matui" in said.err
    assert "Traceback" not in said.err
    assert "secret-text" not in said.err


def test_a_reader_who_leaves_ends_it_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    done = run_matui("get", "jobs", "--demo", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 0


@pytest.mark.parametrize(("module", "said"), [("matui.x", "changed on disk"), ("x", "a bug in matui")])
def test_a_module_that_matui_lacks_is_no_bug(module, said, capsys):
    assert report(ImportError("x", name=module)) == 1
    assert said in capsys.readouterr().err


def test_a_bug_in_click_itself_never_shows_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(get_command, "parse_listed", lambda _name: 1 / 0)
    assert run(["get", "jobs"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("redirection", "said"),
    [(">&-", "stdout is closed"), (">/dev/full", "stdout cannot be written: No space left on device.")],
)
def test_a_version_that_cannot_be_written_is_one_sentence(redirection, said):
    shell = f"exec {sys.executable} -m matui --version {redirection}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [
        (">&-", 1, "stdout is closed"),
        ("<&-", 0, ""),
        ("2>&-", 0, ""),
        (">/dev/full", 1, "matui: stdout cannot be written: No space left on device."),
    ],
)
def test_closed_and_full_streams_never_show_a_traceback(redirection, code, said):
    shell = f"exec {sys.executable} -m matui get ws --demo {redirection}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["wait", "job", "nosuch", "--for", "ended"], ["capsule", "show", "nosuch"], ["describe", "node", "x"]],
)
def test_commands_in_messages_of_the_demo_are_those_of_the_demo(arguments: list[str], capsys) -> None:
    assert run(["--demo", *arguments]) != 0
    said = capsys.readouterr().err
    assert "matui --demo " in said
    assert not re.search("matui (?!--demo )", said.removeprefix("matui: "))


def test_only_commands_that_need_a_cloud_are_those_of_the_demo(capsys) -> None:
    assert COMMANDS.keys() - set(DEMO_COMMANDS) == {"completion", "config", "explain", "help", "sim"}
    text = "matui doctor, `matui save-image x`, matui config init, matui waits, matui --demo get jobs"
    assert add_demo(text, demo=False) == text
    shown = "matui --demo doctor, `matui --demo save-image x`, matui config init, matui waits"
    assert add_demo(text, demo=True) == f"{shown}, matui --demo get jobs"
    with click.Context(click.Command("x"), obj=Options(demo=True)):
        note("The list lacks rows: matui get jobs")
    note("The list lacks rows: matui get jobs")
    one, other = capsys.readouterr().err.splitlines()
    assert (one[-21:], other[-14:]) == ("matui --demo get jobs", "matui get jobs")
