"""``matui explain``: every meaning of a code."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matui.base.codes import error_codes
from matui.base.codes.error_codes import list_explanations
from matui.cli.main import run


@pytest.mark.parametrize(("code", "words"), [("-9", "SIGKILL"), ("143", "SIGTERM"), ("ERR01100", "ACL")])
def test_codes_outside_of_the_api_are_explained(code: str, words: str, capsys) -> None:
    assert run(["explain", code]) == 0
    assert words in capsys.readouterr().out


def test_a_number_with_several_meanings_has_each(capsys) -> None:
    assert run(["explain", "404"]) == 0
    out = capsys.readouterr().out
    assert "ModelArts.0404" in out
    assert "HTTP 404" in out
    assert run(["explain", "404", "-o", "json"]) == 0
    tree = json.loads(capsys.readouterr().out)
    assert (tree["code"], [other["code"] for other in tree["others"]]) == ("ModelArts.0404", ["HTTP 404"])


@pytest.mark.parametrize("status", ["401", "403", "404", "409", "502"])
def test_an_http_status_that_is_a_code_of_the_api_too_has_both_meanings(status: str, capsys) -> None:
    assert run(["explain", status]) == 0
    first, *more = capsys.readouterr().out.split("\n\n")
    assert first.split(".")[0] in ("ModelArts", "APIGW")
    assert more[0].startswith(f"HTTP {status} ")


def test_an_unknown_code_is_refused(capsys) -> None:
    assert run(["explain", "XYZ"]) == 1


def test_a_code_without_a_translation_is_explained_in_english(capsys, monkeypatch) -> None:
    assert run(["explain", "137", "--lang", "zh"]) == 0
    assert "What to do: " in capsys.readouterr().out
    read = error_codes._read_toml

    def without(name: str) -> dict[str, dict[str, Any]]:
        tree = read(name)
        if name == "error_codes_zh.toml":
            del tree["ModelArts"]["6305"]
        return tree

    monkeypatch.setattr(error_codes, "_read_toml", without)
    error_codes._load_table.cache_clear()
    try:
        entry = error_codes.explain("ModelArts.6305", "zh")
    finally:
        error_codes._load_table.cache_clear()
    assert entry is not None
    assert entry == error_codes.explain("ModelArts.6305")


def test_codes_of_the_api_are_explained_in_chinese(capsys) -> None:
    assert run(["explain", "ModelArts.6305", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "已在运行" in out
    assert "处理方法" in out
    assert run(["explain", "--list", "--lang", "zh", "-o", "json"]) == 0
    english = {entry.code: entry for entry in list_explanations()}
    rows = json.loads(capsys.readouterr().out)
    assert {row["code"] for row in rows} >= set(english)
    assert [row["code"] for row in rows if row["code"] in english and row["meaning"].isascii()] == []
