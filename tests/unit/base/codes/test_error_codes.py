"""Every error code is explained, found as people type it, and shown by ``matui explain``."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from matui.base.codes.error_codes import (
    Explanation,
    explain,
    explain_peer_code,
    list_explanations,
    list_peer_codes,
    suggest_codes,
)
from matui.base.codes.run_codes import list_run_codes
from matui.base.errors import CloudError, MatuiError, UsageError
from matui.cli.explain import command
from matui.clouds.opensearch import errors as opensearch_errors
from matui.clouds.qianfan import errors as qianfan_errors
from matui.console.screens.errors import _render_meaning

_DATA = Path(__file__).parent / "data" / "error_codes.txt"


def _read_documented() -> dict[str, list[str]]:
    """Return the code numbers that are documented, by prefix."""
    lines = (line for line in _DATA.read_text().splitlines() if not line.startswith("#"))
    blocks = "\n".join(lines).split("\n\n")
    return {words[0]: words[1:] for words in (block.split() for block in blocks)}


DOCUMENTED = [f"{prefix}.{number}" for prefix, numbers in _read_documented().items() for number in numbers]
REFERENCE = [code for code in DOCUMENTED if code.startswith("ModelArts.") or code == "APIG.0201"]


def test_all_231_codes_of_the_reference_are_explained() -> None:
    assert len(set(REFERENCE)) == 231
    assert [code for code in REFERENCE if explain(code) is None] == []


def test_nothing_is_explained_that_no_one_documents() -> None:
    assert {entry.code for entry in list_explanations()} == set(DOCUMENTED)


def test_no_code_appears_twice() -> None:
    codes = [entry.code for entry in list_explanations()]
    assert len(codes) == len(set(codes)) == len(DOCUMENTED) == 230 + 35 + 51


@pytest.mark.parametrize("entry", list_explanations(), ids=lambda entry: entry.code)
def test_an_entry_is_complete_and_plain(entry: Explanation) -> None:
    for words in (entry.kind, entry.meaning, entry.remedy):
        assert words.strip() == words != ""
        assert words.isprintable()
        assert not re.search(r"\{|\}|error_msg|TODO|contact technical support", words, re.IGNORECASE)
    for sentence in (entry.meaning, entry.remedy):
        assert sentence.endswith(".")
        assert ". " not in sentence, "one sentence, not two"
        assert sentence[0].isupper()
        assert len(sentence) <= 160
    assert entry.meaning != entry.remedy


def test_no_two_codes_of_one_service_mean_the_same() -> None:
    meanings = [entry.meaning for entry in list_explanations() if entry.code.startswith("ModelArts")]
    assert sorted(m for m in set(meanings) if meanings.count(m) > 1) == []


def test_the_list_is_ordered_by_service_and_number() -> None:
    codes = [entry.code for entry in list_explanations()]
    assert codes[0] == "ModelArts.0010"
    assert codes[229:231] == ["ModelArts.7101", "APIGW.0101"]
    assert codes[-1] == "APIG.1009"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ModelArts.6305", "ModelArts.6305"),
        ("MODELARTS.6305", "ModelArts.6305"),
        ("modelarts 6305", "ModelArts.6305"),
        ("ModelArts6305", "ModelArts.6305"),
        ("  6305\n", "ModelArts.6305"),
        ("114", "ModelArts.0114"),
        ("APIGW.0301", "APIGW.0301"),
        ("apig.0301", "APIG.0301"),
        ("0801", "APIGW.0801"),
        ("1009", "APIG.1009"),
        ("0201", "ModelArts.0201"),
    ],
)
def test_a_code_is_found_as_people_type_it(typed: str, code: str) -> None:
    entry = explain(typed)
    assert entry is not None
    assert entry.code == code


@pytest.mark.parametrize(
    "typed",
    ["", "ModelArts", "ModelArts.9999", "6305x", "63055", "Other.6305", "٦٣٠٥", "\x1b[31m", "9" * 100_000],
)
def test_anything_else_is_not_a_code(typed: str) -> None:
    assert explain(typed) is None


def test_the_same_number_can_mean_different_things_per_service() -> None:
    prediction, gateway = explain("APIG.0201"), explain("APIGW.0201")
    assert prediction is not None
    assert gateway is not None
    assert "60 seconds" in prediction.meaning
    assert "60 seconds" not in gateway.meaning


def test_suggestions_are_codes_with_nearly_the_same_number() -> None:
    near = suggest_codes("ModelArts.6310")
    assert 1 <= len(near) <= 3
    assert all(code.startswith("ModelArts.6") for code in near)


def test_swapped_digits_are_the_first_suggestion() -> None:
    assert suggest_codes("ModelArts.6035")[0] == "ModelArts.6305"
    assert suggest_codes("APIGW.0380")[0] == "APIGW.0308"


def test_suggestions_correct_a_misspelt_service() -> None:
    assert suggest_codes("ModelAtrs.6305")[0] == "ModelArts.6305"
    assert suggest_codes("APGIW.0308")[0] == "APIGW.0308"


@pytest.mark.parametrize("typed", ["", "notebook", "ModelArts.9999", "Other.6305", "\x1b" * 100_000])
def test_nothing_is_suggested_for_what_resembles_nothing(typed: str) -> None:
    assert suggest_codes(typed) == ()


def test_the_command_says_what_it_means_and_what_to_do() -> None:
    result = CliRunner().invoke(command, ["modelarts", "6304"])
    assert result.exit_code == 0
    first, meaning, remedy = result.output.splitlines()
    assert first == "ModelArts.6304 (Development environment error)"
    assert "stopped before" in meaning
    assert remedy.startswith("What to do: Stop it")


def test_the_command_answers_in_json() -> None:
    result = CliRunner().invoke(command, ["APIGW.0308", "-o", "json"])
    body = json.loads(result.output)
    assert list(body) == ["code", "kind", "meaning", "remedy"]
    assert body["code"] == "APIGW.0308"


def test_the_command_lists_every_code() -> None:
    text = CliRunner().invoke(command, ["--list"]).output.splitlines()
    items = json.loads(CliRunner().invoke(command, ["--list", "-o", "json"]).output)
    assert (
        len(text) == len(items) == len(list_explanations()) + len(list_peer_codes()) + len(list_run_codes())
    )
    assert all(line.startswith(item["code"]) for line, item in zip(text, items, strict=True))


def test_an_unknown_code_fails_with_suggestions() -> None:
    error = CliRunner().invoke(command, ["ModelArts.6310"]).exception
    assert type(error) is MatuiError
    assert error.exit_code == 1
    assert "ModelArts.6310 does not exist" in error.sentence
    assert "ModelArts.63" in error.remedy


def test_an_unknown_code_cannot_reach_the_terminal_raw() -> None:
    error = CliRunner().invoke(command, ["\x1b[2J" + "x" * 5000]).exception
    assert isinstance(error, MatuiError)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 200
    assert "--list" in error.remedy


@pytest.mark.parametrize("arguments", [[], [" "], ["--list", "6305"]])
def test_the_command_wants_a_code_or_the_list(arguments: list[str]) -> None:
    assert isinstance(CliRunner().invoke(command, arguments).exception, UsageError)


@pytest.mark.parametrize("typed", ["Qianfan.111", "qianfan 111", "111"])
def test_a_code_is_found_as_it_is_sent_and_after_its_cloud(typed: str) -> None:
    assert [entry.code for entry in explain_peer_code(typed)] == ["Qianfan.111"]
    shown = CliRunner().invoke(command, [typed]).output
    assert "The access token has expired." in shown


def test_every_code_that_decides_an_error_is_explained() -> None:
    known = {entry.code for entry in list_peer_codes()}
    assert {f"Qianfan.{number}" for number in qianfan_errors._BY_NUMBER} <= known
    assert len(known) == len(list_peer_codes())
    words = [word for word, _error in opensearch_errors._BY_WORD]
    assert all(
        any(word in code.lower().replace(".", "") for word in words) for code in known if "OpenS" in code
    )


def test_the_list_of_errors_explains_a_bare_number_as_qianfans_and_not_as_that_of_modelarts() -> None:
    shown = {
        code: str(_render_meaning(CloudError("x", code=code))) for code in ("111", "ModelArts.0111", "0111")
    }
    assert "Qianfan.111" in shown["111"]
    assert "ModelArts" not in shown["111"]
    assert "ModelArts.0111" in shown["ModelArts.0111"]
    assert shown["0111"] == "[]"


def test_an_unknown_code_has_no_meaning() -> None:
    assert explain_peer_code("999999") == explain_peer_code("") == ()
