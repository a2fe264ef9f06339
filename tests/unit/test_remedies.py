"""Each error says what to do next: in its remedy, or in its sentence, which a table holds with the reason."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import pytest

from matui.base import errors
from matui.clouds.http import api_errors
from matui.clouds.http.api_errors import Meaning, explain_status
from tests.syntax_trees import ROOT, parse_modules

# Why an error has no remedy, and the places: the folder, and how the code of its first argument begins.
REVIEWED = {
    "its class writes the remedy": (
        ("cli/context/", "names"),
        ("config/", "tuple("),
    ),
    "the remedy is its third argument": (
        ("live/notify/", "'kinds'"),
        ("live/notify/", "field"),
    ),
    "it quotes an error that has one": (
        ("cli/context/", "f'No {self._kind.singular} {name} is in what was read. "),
        ("console/", "failed"),
        ("live/forms/", "f'Cancelled when a part of it had been sent. {error.fact}"),
    ),
    "the sentence names what is accepted": (
        ("cli/", "f'--theme: {describe_unknown_theme("),
        ("cli/logs/", "f'{option} {text} is {wrong}.'"),
        ("cli/", "f'{option} {typed!r} is {wrong}.'"),
        ("cli/", "f'--timeout: {wrong}.'"),
        ("clouds/modelarts/", "f'ModelArts v1 has no list of "),
        ("clouds/opensearch/", "f'An id is {shape} here.'"),
        ("config/", "'The value must be 1 or 0.'"),
        ("config/", "f'The value {reason}.'"),
        ("console/commands/", "'Type a kind (jobs), a command (pause) or: profile NAME.'"),
        ("console/commands/", "f'{word} needs a {VERBS[word]}.'"),
        ("console/commands/", 'f"There is no {VERBS[verb].lower()} {argument!r}. Known: '),
        ("console/commands/", "reason"),
        ("console/commands/", "f'{action_id} is for what is selected or marked"),
        ("live/notify/", "'filter'"),
        ("resources/forms/", "f'--set {assignment!r} is not field=value.'"),
    ),
    "the sentence says what to do": (
        ("clouds/http/", "f'The proxy {proxy.address} {what}{answer}: {fix} "),
        ("console/", "hint"),
    ),
    "each problem names its field and what it takes": (
        ("clouds/modelarts/", "flags"),
        ("clouds/modelarts/", "tuple(problems)"),
        ("clouds/modelarts/", "problems"),
        ("clouds/modelarts/", "(FieldProblem("),
    ),
    "the cloud lacks it, which nobody can change, and the reason names where it is instead": (
        ("cli/get/", "f'{reason[:1].upper()}{reason[1:]}.'"),
        ("cli/logs/", "f'{reason}.'"),
        ("clouds/modelarts/", "self.no_list"),
        ("clouds/modelarts/", "f'{_NO_VERSIONS[:1].upper()}"),
        ("clouds/modelarts/", "f'{_NO_NODES}.'"),
        ("clouds/", "f'{reason}.'"),
        ("clouds/", "f'{name_cloud(cloud)} {lacking}.'"),
    ),
    "the reason is the rule of the profile, or the state of the resource": (
        ("cli/output/", "f'{reason[:1].upper()}{reason[1:]}.'"),
        ("console/commands/", "_format_refusals(plan)"),
        ("live/actions/", "sentence"),
        ("live/forms/", "sentence"),
        ("live/forms/", "f'{reason[:1].upper()}{reason[1:]}.'"),
    ),
    "the user did it, and the outcome says what became of the action": (
        ("base/calls/", "'Cancelled before it was sent.'"),
        ("live/actions/", "'The wait for the answer was cancelled.'"),
        ("live/forms/", "'The wait for the answer was cancelled.'"),
    ),
    "only the code sees it: it reads the resource again, searches no more, or was written wrongly": (
        ("base/calls/", "'The resource was re-read too long ago.'"),
        ("live/actions/", "'There are too many rows to search.'"),
        ("live/poll/", "'This cloud has no lists to watch.'"),
    ),
    "what was kept is all there is": (
        ("live/", "self.NO_ACTIONS"),
        ("live/", "self.NO_BYTES"),
        ("live/recording/", "f'The recording holds no {kind}.'"),
    ),
}
PLACES = [place for places in REVIEWED.values() for place in places]
TABLES = ("error_codes.toml", "run_codes.toml")


class MadeError(NamedTuple):
    """A place in the code that makes an error; ``words`` is the code of its first argument."""

    file: str
    line: int
    words: str
    has_remedy: bool


def _list_error_names(classes: Sequence[ast.ClassDef]) -> frozenset[str]:
    """Return MatuiError and what inherits from it, in every module."""
    known = {name for name, value in vars(errors).items() if isinstance(value, type)}
    bases = {node.name: {ast.unparse(base) for base in node.bases} for node in classes}
    for _ in range(3):  # the depth of what inherits outside of base/errors.py
        known |= {name for name, of in bases.items() if of & known}
    return frozenset(known)


@cache
def _list_made() -> tuple[MadeError, ...]:
    classes: list[ast.ClassDef] = []
    calls: list[tuple[str, ast.Call, str]] = []
    for path, tree in parse_modules().items():
        file = str(path.relative_to(ROOT))
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes.append(node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                calls.append((file, node, node.func.id))
    names = _list_error_names(classes)
    return tuple(
        MadeError(
            file,
            node.lineno,
            ast.unparse(node.args[0]) if node.args else "",
            any(word.arg == "remedy" for word in node.keywords),
        )
        for file, node, name in calls
        if name in names
    )


def _is_reviewed(made: MadeError) -> bool:
    return any(made.file.startswith(folder) and made.words.startswith(words) for folder, words in PLACES)


@pytest.mark.slow
def test_each_error_has_a_remedy_or_is_reviewed() -> None:
    made = _list_made()
    assert len(made) > 300
    bare = [
        f"{one.file}:{one.line} {one.words}" for one in made if not one.has_remedy and not _is_reviewed(one)
    ]
    assert bare == []


def test_what_is_reviewed_is_still_there() -> None:
    bare = [one for one in _list_made() if not one.has_remedy]
    gone = [
        place
        for place in PLACES
        if not any(one.file.startswith(place[0]) and one.words.startswith(place[1]) for one in bare)
    ]
    assert gone == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 418, 429, 500, 502, 503, 504, 599])
def test_each_status_has_a_remedy(status: int) -> None:
    assert explain_status(status).remedy


def test_each_meaning_of_a_refusal_has_a_remedy() -> None:
    values = [*vars(api_errors).values(), *api_errors._DENIALS.values(), *api_errors._BY_STATUS.values()]
    meanings = [value for value in values if isinstance(value, Meaning)]
    assert [one.sentence for one in meanings if not one.remedy] == []


@pytest.mark.parametrize("name", TABLES)
def test_each_code_with_a_meaning_has_a_remedy(name: str) -> None:
    tables = tomllib.loads((ROOT / "base" / "codes" / name).read_text("utf-8"))
    rows = {
        f"{table} {code}": row
        for table, codes in tables.items()
        for code, row in codes.items()
        if isinstance(row, dict)
    }
    assert rows
    assert [code for code, row in rows.items() if not row.get("remedy")] == []


def test_a_remedy_points_back_to_nothing_that_the_sentence_does_not_name() -> None:
    """``The job does not exist. See them with …`` is about one."""
    texts = {file: file.read_text("utf-8") for file in ROOT.rglob("*.py")}
    assert [file.name for file, text in texts.items() if "See them with: " in text] == []


def test_the_sentences_of_a_missing_list_or_row_are_true_of_every_cloud() -> None:
    assert not any(word in explain_status(404).remedy for word in ("region", "project", "app"))
