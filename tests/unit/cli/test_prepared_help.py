"""The prepared text of ``matui --help``: what click writes, without click."""

from __future__ import annotations

import pytest

import tests.prepared_help
from matui.cli import prepared_help
from matui.cli.main import run


@pytest.mark.parametrize("width", prepared_help.WIDTHS)
def test_the_prepared_text_is_what_click_writes(width: int) -> None:
    text = prepared_help.read_help(width)
    assert text == tests.prepared_help.format_by_click(width), "run: python -m tests.guide"


@pytest.mark.parametrize("columns", ["40", "80", "99", "100", "300", "0", "wide"])
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help_is_the_same_with_and_without_the_measure(
    columns: str, option: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run([option]) == 0
    prepared = capsys.readouterr().out
    monkeypatch.setenv("MATUI_STARTUP_OFF", "help")
    assert run([option]) == 0
    assert capsys.readouterr().out == prepared


def test_a_width_that_is_not_prepared_and_a_missing_file_are_left_to_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert prepared_help.read_help(79) is None
    monkeypatch.setattr(prepared_help, "__file__", "/nowhere/__init__.py")
    assert prepared_help.read_help(80) is None
