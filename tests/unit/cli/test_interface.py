"""The public interface: each command has its options and formats; what users and scripts rely on stays."""

from __future__ import annotations

import click
import pytest

from matui.cli.group import cli
from matui.cli.main import run

GLOBAL = "--profile -p --config --workspace -w --screen --read-only --theme --debug --demo --version"
LISTS = "table wide json jsonl yaml name"
# The command, its options, and its formats with the default first.
COMMANDS = [
    ("get", "-o --output --filter --sort --watch --no-headers --show-secrets", LISTS),
    ("describe", "-o --output --show-secrets", "text json yaml"),
    ("logs", "--file --all-files -f --follow --tail --timestamps --grep --since --until --output", ""),
    *((name, "--yes --dry-run --filter", "") for name in ("start", "stop", "restart", "delete")),
    ("wait", "--for --timeout", ""),
    ("doctor", "", ""),
    ("explain", "-o --output --list --lang", "text json"),
    ("config init", "--force", ""),
    ("config show", "", ""),
    ("config path", "", ""),
    ("sim", "--port --seed --scale --speed --faults", ""),
    ("changes", "--since --until -o --output", "table json jsonl"),
    ("why", "-o --output", "text json markdown"),
    ("report", "--since -o --output", "markdown json"),
    ("capsule list", "-o --output", "table json"),
    ("capsule show", "", ""),
    ("capsule export", "", ""),
    ("signals", "--file -f --follow -o --output", "table json jsonl csv"),
    ("diff", "-o --output", "text json"),
    ("capacity", "-o --output", "table json"),
    ("audit", "--since -o --output", "text json jsonl"),
    ("help", "", ""),
    ("completion", "", ""),
    ("catalog", "", ""),
    ("rollback", "--yes --dry-run", ""),
    ("scale", "--yes --dry-run", ""),
    *((name, "--yes --dry-run", "") for name in ("lock", "unlock", "drain", "reboot", "reset")),
    ("save-image", "--yes --dry-run", ""),
    ("accept", "--yes --dry-run", ""),
]
WRONG = [("get", "jobs"), ("describe", "job 1"), ("changes", ""), ("why", "job 1"), ("report", "")]
WRONG += [("signals", "1"), ("diff", "job 1 2"), ("capacity", ""), ("explain", "404"), ("audit", "")]


def _find(path: str) -> click.Command:
    context, command = click.Context(cli), cli
    for word in path.split():
        assert isinstance(command, click.Group)
        found = command.get_command(context, word)
        assert found is not None, f"there is no command {path}"
        command = found
    return command


def _list_options(command: click.Command) -> set[str]:
    return {name for one in command.params if isinstance(one, click.Option) for name in one.opts}


def test_the_global_options_are_there() -> None:
    assert set(GLOBAL.split()) <= _list_options(cli)


@pytest.mark.parametrize(("path", "options", "formats"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_a_command_has_its_options_and_formats(path: str, options: str, formats: str) -> None:
    command = _find(path)
    assert set(options.split()) <= _list_options(command)
    if formats:
        output = next(one for one in command.params if one.name == "output")
        assert isinstance(output.type, click.Choice)
        assert (output.default, set(formats.split()) <= set(output.type.choices)) == (
            formats.split()[0],
            True,
        )


@pytest.mark.parametrize(("command", "words"), WRONG, ids=[row[0] for row in WRONG])
def test_an_unknown_format_is_named_with_those_there_are(
    command: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--demo", command, *words.split(), "-o", "xml"]) == 2
    said = capsys.readouterr()
    assert (said.out, "'xml'" in said.err, "json" in said.err) == ("", True, True)
