"""The command line as a whole: options, exit codes, and failures told in one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from matui import __version__
from matui.cli.main import run


def run_matui(*arguments: str, **kwargs) -> subprocess.CompletedProcess[str]:
    settings = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL, "timeout": 60} | kwargs
    return subprocess.run([sys.executable, "-m", "matui", *arguments], **settings)


def test_version_is_one_line(capsys):
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"matui {__version__}\n"


def test_version_stands_among_other_options(capsys):
    assert run(["--demo", "--version"]) == 0
    assert capsys.readouterr().out == f"matui {__version__}\n"


@pytest.mark.parametrize("arguments", [["--bogus"], ["get"], ["get", "jobs", "-o", "xml"], ["get", "jbos"]])
def test_a_usage_error_exits_2_with_one_line(arguments, capsys):
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("matui: ")
    assert err.count("\n") == 1


def test_without_a_terminal_the_console_says_so_in_one_line():
    done = run_matui("--demo")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize("word", ["\udcff", "../x", "a/b", "?", "%2e", "\x1b[2J", "x" * 5000, ""])
def test_no_id_that_can_be_typed_is_a_bug(word, capsys):
    assert run(["get", "jobs", "--demo", word]) in (1, 2)
    err = capsys.readouterr().err
    assert "bug" not in err
    assert "\x1b" not in err


def test_an_argument_that_is_not_unicode_is_not_a_bug():
    done = run_matui("get", "jobs", "--demo", "\udcff")
    assert done.returncode in (1, 2)
    assert "bug" not in done.stderr
