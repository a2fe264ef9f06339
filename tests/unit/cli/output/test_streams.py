"""Output in every encoding."""

from __future__ import annotations

import codecs
import os
import subprocess
import sys
from pathlib import Path

import pytest

from matui.cli.output.streams import (
    ClosedStdout,
    describe_no_match,
    discard,
    escape_unencodable,
    is_c_locale,
    keep_unencodable,
    note,
    print_outcome,
    tolerate_narrow_encodings,
)
from matui.resources.columns import PHASE_SYMBOLS


def run_matui(*arguments: str, **kwargs) -> subprocess.CompletedProcess[str]:
    settings = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 60} | kwargs
    return subprocess.run([sys.executable, "-m", "matui", *arguments], **settings)


@pytest.mark.slow
def test_a_terminal_without_unicode_gets_ascii():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    for output in ("table", "json", "yaml"):
        done = run_matui("get", "jobs", "--demo", "-o", output, env=environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
def test_a_log_in_a_pipe_has_the_same_bytes_in_every_locale(encoding):
    command = [sys.executable, "-m", "matui", "--demo", "logs", "wide-deep-night-0000", "--tail", "9"]
    environment = os.environ | {"PYTHONIOENCODING": encoding}
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, check=True)
    assert "🎉".encode() in done.stdout


def test_what_an_encoding_cannot_hold_is_escaped():
    codecs.register_error("matui_escape", escape_unencodable)
    text = "● 大 – x".encode("latin-1", "matui_escape")
    assert text == b"* \\u5927 - x"


def test_every_sign_of_a_phase_has_an_ascii_one():
    codecs.register_error("matui_escape", escape_unencodable)
    signs = "".join((*PHASE_SYMBOLS.values(), "≤≥×·–…→←│─∅⊘■◔›±µμ▁▂▃▄▅▆▇█"))
    assert b"\\" not in signs.encode("ascii", "matui_escape")


def test_in_the_locale_c_signs_are_ascii_and_names_stay():
    codecs.register_error("matui_keep", keep_unencodable)
    assert "≤7d · 大 – x…".encode("ascii", "matui_keep") == "<=7d - 大 - x...".encode()
    assert is_c_locale({"LC_ALL": "C"})
    assert is_c_locale({"LC_ALL": "", "LANG": "POSIX"})
    assert not is_c_locale({"LC_ALL": "C.UTF-8", "LANG": "C"})
    assert not is_c_locale({})


@pytest.mark.slow
@pytest.mark.parametrize("command", [["doctor"], ["get", "triage"]])
def test_a_command_in_the_locale_c_writes_no_sign_of_ours(command):
    left_out = {"PYTHONIOENCODING", "PYTHONUTF8"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run(
        [sys.executable, "-m", "matui", "--demo", *command],
        capture_output=True,
        timeout=60,
        env=environment | {"LC_ALL": "C"},
        check=True,
    )
    assert not set(done.stdout.decode()) & set("≤≥×·–…→●◐✓○▲✗∅■◔")


@pytest.mark.parametrize("command", ["--demo logs wide-deep-night-0000", "explain 404"])
def test_what_is_written_to_a_closed_stdout_is_refused(command):
    shell = f"exec {sys.executable} -m matui {command} >&-"
    done = subprocess.run(["sh", "-c", shell], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "stdout is closed" in done.stderr


def test_the_outcome_of_an_action_goes_to_stderr_where_stdout_is_closed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdout", ClosedStdout())
    print_outcome("job train: stop accepted")
    assert capsys.readouterr().err == "matui: job train: stop accepted\n"


@pytest.fixture
def full():
    with Path("/dev/full").open("w", buffering=1) as stream:
        yield stream
        discard(stream)


def test_the_outcome_of_an_action_goes_to_stderr_where_stdout_takes_no_more(monkeypatch, capsys, full):
    monkeypatch.setattr(sys, "stdout", full)
    print_outcome("job train: stop accepted")
    print_outcome("job eval: stop accepted")
    assert "matui: job train: stop accepted\n" in capsys.readouterr().err


def test_a_message_that_stderr_does_not_take_ends_no_command(monkeypatch, full):
    monkeypatch.setattr(sys, "stderr", full)
    note("job eval: not found")
    note("job train: stop not sent")


def test_a_message_for_a_closed_stderr_is_not_written_to_stdout(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    tolerate_narrow_encodings()
    note("Waiting for sim")
    print("a\tb", file=sys.stderr)
    assert not sys.stderr.isatty()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("redirection", [">&- 2>&-", ">/dev/full 2>&-", ">&- 2>/dev/full"])
def test_an_action_whose_outcome_nobody_takes_has_its_exit_code(redirection):
    shell = f"exec {sys.executable} -m matui --demo stop nb li-wei-scratch --yes {redirection}"
    assert subprocess.run(["sh", "-c", shell], timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "There are no jobs."),
        (1, "The only job does not match."),
        (2000, "None of 2,000 jobs match."),
    ],
)
def test_a_filter_without_a_match_is_stated_in_the_right_number(count, said):
    assert describe_no_match(count, "job", "jobs") == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "No job came; 2 more did not come, and one may match."),
        (1, "None of the 1 job that came matches; 2 more did not come, and one may match."),
        (3, "None of the 3 jobs that came matches; 2 more did not come, and one may match."),
    ],
)
def test_a_filter_on_a_list_cut_short_does_not_speak_of_what_did_not_come(count, said):
    assert describe_no_match(count, "job", "jobs", missing=2) == said
