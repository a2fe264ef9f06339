"""Each error says what to do next: in its remedy, or in its sentence, which a table holds with the reason."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import matui
from matui.base import errors
from matui.clouds.http import api_errors
from matui.clouds.http.api_errors import Meaning, explain_status

ROOT = Path(matui.__file__).parent
# Why an error has no remedy, and the places: the file, and how the code of its first argument begins.
REVIEWED = {
    "its class writes the remedy": (
        ("cli/context/session.py", "names"),
        ("config/profiles.py", "tuple("),
    ),
    "the remedy is its third argument": (
        ("live/notify/rules.py", "'kinds'"),
        ("live/notify/rules.py", "field"),
    ),
    "it quotes an error that has one": (
        ("cli/context/resolve.py", "f'No {self._kind.singular} {name} is in what was read. "),
        ("console/profile_manager.py", "failed"),
        ("live/forms/service.py", "f'Cancelled when a part of it had been sent. {error}"),
    ),
    "the sentence names what is accepted": (
        ("cli/group.py", "f'--theme: {describe_unknown_theme("),
        ("cli/logs/options.py", "f'{option} {text} is {wrong}.'"),
        ("cli/options.py", "f'{option} {typed!r} is {wrong}.'"),
        ("cli/wait.py", "f'--timeout: {wrong}.'"),
        ("clouds/modelarts/v1/cloud.py", "f'ModelArts v1 has no list of "),
        ("clouds/opensearch/api.py", "f'An id is {shape} here.'"),
        ("config/environment.py", "'The value must be 1 or 0.'"),
        ("config/environment.py", "f'The value {reason}.'"),
        ("console/commands/command_line.py", "'Type a kind (jobs), a command (pause) or: profile NAME.'"),
        ("console/commands/command_line.py", "f'{word} needs a {VERBS[word]}.'"),
        ("console/commands/command_line.py", 'f"There is no {VERBS[verb].lower()} {argument!r}. Known: '),
        ("console/commands/command_line.py", "reason"),
        ("console/commands/resources.py", "f'{action_id} is for what is selected or marked"),
        ("live/notify/rules.py", "'filter'"),
        ("resources/forms/document.py", "f'--set {assignment!r} is not field=value.'"),
    ),
    "the sentence says what to do": (
        ("clouds/http/network_errors.py", "f'The proxy {proxy.address} {what}{answer}: {fix} "),
        ("console/notices.py", "hint"),
    ),
    "each problem names its field and what it takes": (
        ("clouds/modelarts/requests.py", "flags"),
        ("clouds/modelarts/requests.py", "tuple(problems)"),
        ("clouds/modelarts/v1/services/forms.py", "problems"),
        ("clouds/modelarts/v1/services/forms.py", "(FieldProblem("),
        ("clouds/modelarts/v1/workspaces/requests.py", "problems"),
        ("clouds/modelarts/v2/services/forms.py", "tuple(problems)"),
    ),
    "the cloud lacks it, which nobody can change, and the reason names where it is instead": (
        ("cli/get/command.py", "f'{reason[:1].upper()}{reason[1:]}.'"),
        ("cli/logs/selection.py", "f'{reason}.'"),
        ("clouds/modelarts/kind_client.py", "self.no_list"),
        ("clouds/modelarts/v2/cloud.py", "f'{_NO_VERSIONS[:1].upper()}"),
        ("clouds/modelarts/v2/cloud.py", "f'{_NO_NODES}.'"),
        ("clouds/peer_cloud.py", "f'{reason}.'"),
        ("clouds/protocols.py", "f'{name_cloud(cloud)} {lacking}.'"),
    ),
    "the reason is the rule of the profile, or the state of the resource": (
        ("cli/output/prompts.py", "f'{reason[:1].upper()}{reason[1:]}.'"),
        ("console/commands/actions.py", "_format_refusals(plan)"),
        ("live/actions/outcome.py", "sentence"),
        ("live/forms/outcome.py", "sentence"),
        ("live/forms/service.py", "f'{reason[:1].upper()}{reason[1:]}.'"),
    ),
    "the user did it, and the outcome says what became of the action": (
        ("base/calls/send_gate.py", "'Cancelled before it was sent.'"),
        ("live/actions/run_record.py", "'The wait for the answer was cancelled.'"),
        ("live/forms/service.py", "'The wait for the answer was cancelled.'"),
    ),
    "only the code sees it: it reads the resource again, searches no more, or was written wrongly": (
        ("base/calls/send_gate.py", "'The resource was re-read too long ago.'"),
        ("live/actions/bulk_delete.py", "'There are too many rows to search.'"),
        ("live/poll/poller_set.py", "'This cloud has no lists to watch.'"),
    ),
    "what was kept is all there is": (
        ("live/offline_cloud.py", "self.NO_ACTIONS"),
        ("live/offline_cloud.py", "self.NO_BYTES"),
        ("live/recording/replay_cloud.py", "f'The recording holds no {kind}.'"),
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


@cache
def _parse_all() -> dict[str, ast.Module]:
    return {str(file.relative_to(ROOT)): ast.parse(file.read_text("utf-8")) for file in ROOT.rglob("*.py")}


@cache
def _list_error_names() -> frozenset[str]:
    """Return MatuiError and what inherits from it, in every module."""
    known = {name for name, value in vars(errors).items() if isinstance(value, type)}
    own = [
        node for tree in _parse_all().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    for _ in range(3):  # the depth of what inherits outside of base/errors.py
        known |= {node.name for node in own if {ast.unparse(base) for base in node.bases} & known}
    return frozenset(known)


def _list_made() -> Iterator[MadeError]:
    for file, tree in _parse_all().items():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in _list_error_names():
                words = ast.unparse(node.args[0]) if node.args else ""
                has_remedy = any(word.arg == "remedy" for word in node.keywords)
                yield MadeError(file, node.lineno, words, has_remedy)


def _is_reviewed(made: MadeError) -> bool:
    return any(made.file == file and made.words.startswith(words) for file, words in PLACES)


def test_each_error_has_a_remedy_or_is_reviewed() -> None:
    made = list(_list_made())
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
        if not any(one.file == place[0] and one.words.startswith(place[1]) for one in bare)
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
