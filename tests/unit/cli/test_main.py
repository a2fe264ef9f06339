"""The command line as a whole: options, exit codes, and failures told in one sentence."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from matui import __version__
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
from matui.base.redaction import redact
from matui.cli.get import command as get_command
from matui.cli.group import COMMANDS
from matui.cli.main import run
from matui.cli.options import Options
from matui.resources.registry import KINDS


def matui(*arguments: str, **kwargs) -> subprocess.CompletedProcess[str]:
    settings = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 60} | kwargs
    return subprocess.run([sys.executable, "-m", "matui", *arguments], **settings)


def test_version_is_one_line(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"matui {__version__}\n"


def test_version_stands_among_other_options(capsys):
    assert run(["--demo", "--version"]) == 0
    assert capsys.readouterr().out == f"matui {__version__}\n"


def test_help_lists_every_command_without_importing_one():
    code = (
        "import sys; from matui.cli.main import run; run(['--help'])\n"
        "print([m for m in sys.modules if m.startswith(('matui.cli.get', 'httpx',"
        " 'pydantic', 'asyncio', 'textual'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.endswith("[]\n")
    for name, lazy in COMMANDS.items():
        assert f"  {name} " in done.stdout
        assert lazy.help in done.stdout


def test_help_lists_every_kind_and_cloud(capsys):
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(kind.id in out for kind in KINDS.values())
    assert all(cloud in out for cloud in ("modelarts", "qianfan", "opensearch", "triage"))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_of_its_own(name, capsys):
    assert run([name, "--help"]) == 0
    assert f"matui {name}" in capsys.readouterr().out


def test_an_unknown_command_suggests_the_nearest(capsys):
    assert run(["gett"]) == 2
    assert capsys.readouterr().err == (
        "matui: There is no command 'gett'. Did you mean get? Try: matui --help\n"
    )


@pytest.mark.parametrize("arguments", [["--bogus"], ["get"], ["get", "jobs", "-o", "xml"], ["get", "jbos"]])
def test_a_usage_error_exits_2_with_one_line(arguments, capsys):
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("matui: ")
    assert err.count("\n") == 1


def test_without_a_terminal_the_console_says_so_in_one_line():
    done = matui("--demo")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(
    "arguments", [("-p", "x", "get", "nb"), ("get", "nb", "-p", "x"), ("get", "-p", "x", "nb")]
)
def test_global_options_stand_before_and_after_the_command(line, arguments):
    line(*arguments)
    assert line.options == [Options(profile="x")]


def test_a_global_option_after_the_command_wins(line):
    line("-p", "x", "-w", "7", "get", "nb", "--profile", "y", "--read-only")
    assert line.options == [Options(profile="y", workspace="7", read_only=True)]


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


def test_debug_leaves_a_private_file_without_secrets(line, tmp_path, monkeypatch):
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "plain-words")
    line.cloud.list_error = ZeroDivisionError("X-Auth-Token: MIIabc123 and plain-words")
    said = line("get", "nb", "--debug")
    (file,) = (tmp_path / "state" / "matui").glob("debug-*.log")
    assert str(file) in said.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    assert "ZeroDivisionError" in text
    assert "MIIabc123" not in text
    assert "plain-words" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: SDK-HMAC-SHA256 Access=HIDEME1, SignedHeaders=host, Signature=HIDEME2",
        '{"password": "HIDEME1"}',
        "sk = 'HIDEME1'",
        "token=HIDEME1",
        "key QTWAOYTTINDUTHIDEME1 was wrong",
    ],
)
def test_what_looks_secret_is_hidden(text):
    assert "HIDEME" not in redact(text, {})


def test_a_traceback_keeps_its_paths_and_lines():
    text = 'File "/usr/lib/python3.11/asyncio/base_events.py", line 654, in run_until_complete'
    assert redact(text, {"SHELL_TOKEN": "x"}) == text


def test_a_reader_who_leaves_ends_it_quietly():
    reading, writing = os.pipe()
    os.close(reading)
    done = matui("get", "jobs", "--demo", capture_output=False, stdout=writing, stderr=subprocess.PIPE)
    os.close(writing)
    assert done.stderr == ""
    assert done.returncode == 0


def test_a_bug_in_click_itself_never_shows_a_traceback(monkeypatch, capsys):
    monkeypatch.setattr(get_command, "parse_listed", lambda _name: 1 / 0)
    assert run(["get", "jobs"]) == 1
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("redirection", "code"),
    [
        (">&-", 0),
        ("<&-", 0),
        ("2>&-", 0),
        (">/dev/full", 1),
    ],
)
def test_closed_and_full_streams_never_show_a_traceback(redirection, code):
    shell = f"exec {sys.executable} -m matui get ws --demo {redirection}"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert "bug" not in done.stderr


def test_a_terminal_without_unicode_gets_ascii():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    for output in ("table", "json", "yaml"):
        done = matui("get", "jobs", "--demo", "-o", output, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()


@pytest.mark.parametrize("word", ["\udcff", "../x", "a/b", "?", "%2e", "\x1b[2J", "x" * 5000, ""])
def test_no_id_that_can_be_typed_is_a_bug(word):
    done = matui("get", "jobs", "--demo", word)
    assert done.returncode in (1, 2)
    assert "bug" not in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_a_log_in_a_pipe_has_the_same_bytes_in_every_locale(encoding):
    command = [sys.executable, "-m", "matui", "--demo", "logs", "wide-deep-night-0000", "--tail", "9"]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=True)
    assert "🎉".encode() in done.stdout


def test_what_an_encoding_cannot_hold_is_escaped():
    text = "● 大 – x".encode("latin-1", "matui_escape")
    assert text == b"* \\u5927 - x"


def test_a_log_to_a_closed_stdout_is_refused():
    shell = f"exec {sys.executable} -m matui --demo logs wide-deep-night-0000 >&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "stdout is closed" in done.stderr
