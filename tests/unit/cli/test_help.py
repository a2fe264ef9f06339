"""``matui help``: the guide in the terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from matui.base.text.cells import measure_width
from matui.cli.main import run
from matui.guide import TOPICS


def test_without_a_topic_each_is_listed_with_its_summary(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line[2:3].isalpha() and line.startswith("  ")] == list(
        TOPICS
    )


def test_a_topic_is_plain_text_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "Filters"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("FILTERS\n=======\n\n")
    assert "\x1b" not in out


@pytest.mark.parametrize("arguments", [["help"], ["help", "filters"], ["help", "describe"], ["--help"]])
@pytest.mark.parametrize(("columns", "width"), [(None, 80), ("80", 80), ("60", 60), ("44", 44)])
def test_piped_help_wraps_at_the_columns_given_or_at_80(
    arguments: list[str],
    columns: str | None,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    assert run(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if measure_width(line) > width and not line.startswith("    ")] == []


def test_a_command_shows_its_own_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["help", "describe"]) == 0
    assert "Usage: matui describe [OPTIONS] KIND ID" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("keyz", "Did you mean keys?"),
        ("qqqqqq", "See the topics with: matui help"),
        ("jobs", "Did you mean kinds?"),
    ],
)
def test_an_unknown_topic_names_the_nearest(
    word: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["help", word]) == 2
    assert capsys.readouterr().err == f"matui: There is no topic {word!r}. {remedy}\n"


def test_on_a_terminal_it_is_shown_in_the_pager(tmp_path: Path) -> None:
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {tmp_path}/shown\n")
    pager.chmod(0o700)
    master, terminal = pty.openpty()
    environment = os.environ | {"MATUI_PAGER": str(pager), "TERM": "xterm"}
    command = [sys.executable, "-m", "matui", "help", "terminal"]
    done = subprocess.run(command, stdin=terminal, stdout=terminal, env=environment, timeout=60, check=False)
    os.close(terminal)
    os.close(master)
    assert done.returncode == 0
    assert (tmp_path / "shown").read_text().startswith("TERMINAL\n")
