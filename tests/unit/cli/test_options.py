"""What is wrong with options: a filter's term, options without an effect."""

from __future__ import annotations

import pytest

from matui.base.errors import UsageError
from matui.cli.main import run
from matui.cli.options import parse_filter_option


def test_a_right_filter_is_parsed() -> None:
    assert parse_filter_option("phase:failed age<2h")
    assert not parse_filter_option("")


@pytest.mark.parametrize("expression", ["nonsense:x", "age:2h", "/("])
def test_a_wrong_term_is_named(expression: str) -> None:
    with pytest.raises(UsageError, match="The filter is wrong"):
        parse_filter_option(expression)


@pytest.mark.parametrize(
    "words",
    [
        "get jobs --show-secrets",
        "get jobs --show-secrets -o name",
        "describe job 7 --show-secrets",
        "why job 7 --show-secrets -o markdown",
        "capsule show 7 --log a.log -o json",
        "create job --template --yes",
        "rerun 7 --template --set a=1",
        "edit svc 7 --template --dry-run",
        "create job --template -f form.toml",
        "create job --set a=1 --dry-run --follow",
        "-p a --all-profiles get jobs",
        "get jobs -p a --all-profiles",
    ],
)
def test_an_option_without_an_effect_is_refused(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", *words.split()]) == 2
    assert "no effect with" in (said := capsys.readouterr().err) or "cannot be combined" in said


@pytest.mark.parametrize("path", ["", " ", "-"])
@pytest.mark.parametrize(
    "words",
    ["logs 7 --output", "create job --yes -f", "--record", "--replay", "--config", "capsule export 7"],
)
def test_a_path_that_names_no_file_is_refused(
    words: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if path == "-" and words in ("logs 7 --output", "create job --yes -f"):
        return  # stdout, stdin
    assert run(["--demo", *words.split(), path]) == 2
    assert ("- is no file here" if path == "-" else "the path is empty") in capsys.readouterr().err


def test_variables_without_an_effect_are_named_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATUI_READONLY", "1")
    monkeypatch.setenv("MATUI_STARTUP_OFF", "gc,zz")
    assert run(["help"]) == 0
    said = capsys.readouterr().err
    assert said.count("MATUI_READONLY has no effect. Did you mean MATUI_READ_ONLY?") == 1
    assert said.count("names no measure with 'zz'") == 1


def test_a_pager_that_does_not_exist_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MATUI_PAGER", "no-such-pager -R")
    assert run(["help", "filters"]) == 0
    assert "MATUI_PAGER names no program: 'no-such-pager'" in capsys.readouterr().err
