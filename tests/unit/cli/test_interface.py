"""The public interface: each command has its options and formats; what users and scripts rely on stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

import click
import pytest

import tests.guide
from matui.base import errors
from matui.cli.group import EXIT_CODES, cli
from matui.cli.main import run
from matui.live.capacity.summary import Cost, FlavorCards, Holder, PoolCapacity, Waiting, Waste
from matui.live.capacity.views import serialize_capacity
from matui.live.capsules.manifest import Manifest
from matui.live.compare.comparison import Difference
from matui.live.journal.change import Account, Change, Span
from matui.live.journal.change_views import serialize_change, serialize_span
from matui.resources.detail import Event

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


ITEM_OF_ALL = (
    "kind id name status phase workspace owner created_at updated_at duration_s actions cloud profile raw"
)
ITEM = f"{ITEM_OF_ALL} step total_steps loss eta_at stalled"
LISTING = "kind profile fetched_at stale total items"
# The words of a command, the fields of its document, and those of its first item.
DOCUMENTS = [
    ("get jobs", LISTING, ITEM),
    ("get triage", LISTING, "kind id what since why why_source acknowledged"),
    ("get notebooks", LISTING, ITEM_OF_ALL),
    ("describe job 10033", ITEM + " sections versions events", ""),
    ("describe services asr-streaming", ITEM_OF_ALL + " sections versions events updates", ""),
    ("audit", "since skipped total items", ""),
    ("explain 404", "code kind meaning remedy", ""),
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
CHANGE = (
    "seen_at happened_at profile kind id name owner workspace from to from_phase to_phase reason code source"
)
# The fields of what is in a document, and those that the code writes.
INNER: dict[str, tuple[str, Iterable[str]]] = {
    "a change": (
        CHANGE,
        serialize_change(
            Change(1, Account("", "", ""), 0, None, "", "", "", "", "", "", None, None, None, None)
        ),
    ),
    "a time that was watched": ("from to", serialize_span(Span(0, 1))),
    "an event of a description": ("at text abnormal source", Event(None, "").as_json()),
    "a pool": (
        "profile id name flavors holders waiting waste cost problem",
        serialize_capacity([PoolCapacity("", "", "", ())])["pools"][0],
    ),
    "a flavor": ("flavor total used free faulty biggest_free", FlavorCards._fields),
    "a holder": ("owner cards card_hours faulty", Holder._fields),
    "a workload that waits": ("id name cards position since why", Waiting._fields),
    "waste": ("kind id cards since why", Waste._fields),
    "a cost": ("per_hour currency", Cost._fields),
    "a difference of two resources": ("path a b", Difference._fields),
    "a capsule": (
        "id saved_at profile kind resource_id name status bytes cut withheld",
        Manifest("c1", 0, "", "", "", "", "", "", "").as_json(1),
    ),
}
# The document of a command, and the fields at places of it.
PLACES = [
    ("why job 10033", {"first_error": "file line at text around"}),
    (
        "signals 10043",
        {"segments.0": "started_at series", "segments.0.series.0": "name unit points"},
    ),
    ("capacity", {"pools.0": "profile id name flavors holders waiting waste cost"}),
    ("diff jobs 10039 10047", {"first_error": "a b", "differs.0": "path a b", "stages.0": "name a b"}),
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


@pytest.mark.parametrize("name", INNER)
def test_what_a_document_holds_has_its_fields(name: str) -> None:
    fields, written = INNER[name]
    assert set(fields.split()) == set(written)


@pytest.mark.slow
@pytest.mark.parametrize(("words", "places"), PLACES, ids=[row[0] for row in PLACES])
def test_a_place_of_a_document_has_its_fields(
    words: str, places: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--demo", *words.split(), "-o", "json"]) in (0, 6)
    document = json.loads(capsys.readouterr().out)
    for place, fields in places.items():
        found = document
        for step in place.split("."):
            found = found[int(step) if step.isdigit() else step]
        assert set(fields.split()) <= found.keys()


@pytest.mark.slow
def test_a_line_of_jsonl_is_one_point(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "signals", "10043", "-o", "jsonl"]) == 0
    for line in capsys.readouterr().out.splitlines():
        assert {"name", "unit", "step", "time_ms", "value"} <= json.loads(line).keys()


def test_the_guide_names_every_field_of_every_document() -> None:
    page = (tests.guide.GUIDE / "headless.md").read_text("utf-8")
    named = {word for quoted in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"\w+", quoted)}
    fields = [fields for _, *rest in DOCUMENTS for fields in rest]
    fields += [fields for fields, _ in INNER.values()]
    fields += [inner for _, places in PLACES for inner in places.values()]
    assert {field for text in fields for field in text.split()} - named == set()


def test_the_guide_names_the_exit_statuses() -> None:
    text = (tests.guide.GUIDE / "headless.md").read_text("utf-8")
    assert set(EXIT_CODES) <= set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))


def test_an_interrupted_command_ends_with_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_arguments: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("matui.cli.explain.print_line", interrupt)
    assert run(["explain", "404"]) == 130
    assert capsys.readouterr().out == ""
