"""Variables of the environment without an effect are named: unknown names, unknown values."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import matui
from matui.cli.process.startup import MEASURES
from matui.config import odd_variables
from matui.config.odd_variables import describe_odd_variables
from matui.console.terminal.support import explain_unsupported


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("MATUI_READONLY", "1", "MATUI_READONLY has no effect. Did you mean MATUI_READ_ONLY?"),
        ("MATUI_CONFIG_FILE", "x", "MATUI_CONFIG_FILE has no effect. Did you mean MATUI_CONFIG?"),
        (
            "MATUI_STARTUP_OFF",
            "gc,lib",
            "MATUI_STARTUP_OFF names no measure with 'lib'. Did you mean libs?",
        ),
        (
            "MATUI_STARTUP_OFF",
            "zzz",
            f"MATUI_STARTUP_OFF names no measure with 'zzz'. There are: {', '.join(MEASURES)}.",
        ),
        ("MATUI_STOCK_TERMINAL", "ja", "MATUI_STOCK_TERMINAL is 'ja': the value must be 1 or 0."),
        (
            "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
            "1",
            "ALIBABA_CLOUD_CLI_PROFILE_DISABLED is '1': the value must be true or false.",
        ),
    ],
)
def test_what_has_no_effect_is_named(variable: str, value: str, told: str) -> None:
    assert describe_odd_variables({variable: value}, MEASURES) == [told]


@pytest.mark.parametrize(
    "environ",
    [
        {"MATUI_SK": "x", "MATUI_AK": "x", "MATUI_PROJECT": "x", "READONLY": "1"},
        {"MATUI_STARTUP_OFF": "gc, libs,"},
        {"MATUI_STOCK_TERMINAL": "off", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "False"},
        {"MATUI_READ_ONLY": "", "MATUI_PROFILE": "a,b"},
    ],
)
def test_what_has_an_effect_or_is_the_users_own_is_not_named(environ: dict[str, str]) -> None:
    assert describe_odd_variables(environ, MEASURES) == []


def test_the_stock_terminal_is_off_by_a_word() -> None:
    assert "is set" not in (explain_unsupported({"MATUI_STOCK_TERMINAL": "false"}) or "")
    assert "is set" in (explain_unsupported({"MATUI_STOCK_TERMINAL": "1"}) or "")


def test_all_variables_of_matui_are_known() -> None:
    root = Path(matui.__file__).parent
    read = {
        name
        for file in root.rglob("*.py")
        for name in re.findall(r"[\"'](MATUI_[A-Z_]+)[\"']", file.read_text("utf-8"))
    }
    assert read - {"MATUI_", "MATUI_COMPLETE"} == set(odd_variables._NAMES)
