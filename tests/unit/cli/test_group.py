"""The command line's help and global options."""

from __future__ import annotations

import subprocess
import sys

import pytest

from matui.cli.console import command as console
from matui.cli.group import COMMANDS
from matui.cli.main import run
from matui.cli.options import Options
from matui.cli.output import streams as output
from matui.console.first_rows import find_first_kind
from matui.resources.registry import KINDS


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
    usage, does, *_rest = capsys.readouterr().out.split("\n\n")
    assert f"matui {name}" in usage
    assert not does.startswith(("Options", "Commands"))


def test_an_unknown_command_suggests_the_nearest(capsys):
    assert run(["gett"]) == 2
    assert capsys.readouterr().err == (
        "matui: There is no command 'gett'. Did you mean get? Try: matui --help\n"
    )


@pytest.mark.parametrize("typed", ["jobs", "nb", "Service", "triage"])
def test_a_kind_in_place_of_a_command_names_the_command_that_lists_it(typed, capsys):
    assert run([typed]) == 2
    assert f"matui get {typed.lower()}" in capsys.readouterr().err


@pytest.mark.parametrize(("line", "near"), [("config shwo", "show"), ("capsule lst", "list")])
def test_an_unknown_subcommand_suggests_the_nearest_too(line, near, capsys):
    assert run(line.split()) == 2
    err = capsys.readouterr().err
    assert f"There is no command '{line}'. Did you mean {near}?" in err


def test_what_is_no_number_is_said_so(capsys):
    assert run(["logs", "x", "--tail", "y"]) == 2
    assert "'y' is not a whole number. " in capsys.readouterr().err


def test_a_missing_choice_is_named_with_its_choices_in_one_sentence(capsys):
    assert run(["completion"]) == 2
    err = capsys.readouterr().err
    assert "Choose from: bash, zsh, fish. Try: matui completion --help" in err


def test_a_usage_error_is_a_sentence(capsys):
    assert run(["completion", "bash", "zsh"]) == 2
    assert "(zsh). Try: matui completion --help" in capsys.readouterr().err


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
    ("name", "kind"),
    [(None, None), ("triage", "triage"), ("Triage", "triage"), ("job", "jobs"), ("svc", "services")],
)
def test_the_console_opens_with_triage_or_any_kind_by_any_of_its_names(
    name: str | None, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Options] = []
    monkeypatch.setattr(output, "is_terminal", lambda _stream: True)
    monkeypatch.setattr(console, "open_console", lambda options: opened.append(options) or 0)
    assert run(("--demo", *(("--screen", name) if name else ()))) == 0
    assert find_first_kind(opened[0].screen) == kind


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [("--theme", "matui-drak", "Did you mean matui-dark?"), ("--screen", "jbos", "jobs")],
)
def test_a_wrong_option_of_the_console_is_refused_by_commands_too(option, value, words, capsys):
    assert run([option, value, "explain", "404"]) == 2
    said = capsys.readouterr()
    assert value in said.err
    assert words in said.err
    assert not said.out
    right = {"--theme": "matui-light", "--screen": "j"}[option]
    assert run([option, right, "explain", "404"]) == 0
