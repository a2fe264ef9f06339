"""The public interface: each command has its options and formats; what users and scripts rely on stays."""

from __future__ import annotations

import json

import click
import pytest

from matui.base import errors
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


ITEM = (
    "kind id name status phase workspace owner created_at updated_at duration_s actions cloud profile raw"
    " step total_steps loss eta_at stalled"
)
LISTING = "kind profile fetched_at stale total items"
# The words of a command, the fields of its document, and those of its first item.
DOCUMENTS = [
    ("get jobs", LISTING, ITEM),
    ("get triage", LISTING, "kind id what since why why_source acknowledged"),
    ("changes", "items watched", ""),
    ("report", "since until failed recovered actions open unwatched capsules", ""),
    ("capacity", "pools", ""),
    ("capsule list", "items", ""),
    (
        "why job 10035",
        "resource states first_error events metrics code exit actions differs next missing",
        "",
    ),
    ("signals 10035", "job version file shape segments step total_steps eta_at findings", ""),
    ("diff jobs 10039 10047", "a b differs equal stages first_error series", ""),
]
# The exit status of each error, and words that end with it.
STATUSES = [
    (errors.MatuiError, 1, "explain NoSuch.1"),
    (errors.NotFoundError, 1, "describe job no-such-job"),
    (errors.RefusedError, 1, "get jobs 1 2 3 no-such-job"),
    (errors.UsageError, 2, "get no-such-kind"),
    (errors.ConfigError, 2, "get jobs --filter phase:faild"),
    (errors.AuthenticationError, 3, ""),
    (errors.PermissionDeniedError, 3, ""),
    (errors.TimedOutError, 4, "wait job 10043 --for done --timeout 0"),
    (errors.UnreachableError, 4, ""),
    (errors.IncompleteOutputError, 6, ""),
]


@pytest.mark.slow
@pytest.mark.parametrize(("words", "fields", "of_item"), DOCUMENTS, ids=[row[0] for row in DOCUMENTS])
def test_a_document_has_its_fields(
    words: str, fields: str, of_item: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--demo", *words.split(), "-o", "json"]) in (0, 6)
    document = json.loads(capsys.readouterr().out)
    assert set(fields.split()) <= document.keys()
    if of_item:
        assert set(of_item.split()) <= document["items"][0].keys()


@pytest.mark.parametrize(("error", "status", "_words"), STATUSES)
def test_an_error_has_its_exit_status(error: type[errors.MatuiError], status: int, _words: str) -> None:
    assert error.exit_code == status


def test_an_unknown_outcome_has_an_exit_status_of_its_own() -> None:
    assert errors.UNKNOWN_OUTCOME_EXIT == 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "words"), [(0, "get jobs"), *((status, words) for _, status, words in STATUSES if words)]
)
def test_a_command_ends_with_its_exit_status(status: int, words: str) -> None:
    assert run(["--demo", *words.split()]) == status
