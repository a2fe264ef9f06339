"""Reading TOML with limits, and which line a value stands on."""

from __future__ import annotations

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matui.base.toml import DEEPEST, find_places, parse_toml

TEXT = '''\
# a comment = "x"
top = 1
many = [
  "a = 1", # ] not the end
  [2, 3],
]
text = """
[not.a.table]
key = 5
"""
raw = \'\'\'
x = [\'\'\'
[a."b c".'d.e']
inner = { deep = 1, other = { most = 2 } }
dotted . "k" = "has # no comment"
[[list]]
x = 1
[[list]]
x = 2
'''


def test_each_key_is_found_where_it_is_written() -> None:
    lines = {path: line + 1 for path, line in find_places(TEXT).lines.items()}
    assert {path: lines[path] for path in [("top",), ("many",), ("text",), ("raw",)]} == {
        ("top",): 2,
        ("many",): 3,
        ("text",): 7,
        ("raw",): 11,
    }
    assert lines[("a", "b c", "d.e")] == 13
    assert lines[("a", "b c", "d.e", "dotted", "k")] == 15
    assert ("not", "a", "table") not in lines
    assert lines[("list",)] == 16


def test_a_key_within_an_inline_table_is_on_its_parents_line() -> None:
    assert find_places(TEXT).find_line(("a", "b c", "d.e", "inner", "other", "most")) == 13
    assert find_places("").find_line(("x",)) is None


_KEYS = st.text("abc.\"' -_é#=[", min_size=1, max_size=5)
_VALUES = st.one_of(
    st.integers().map(str),
    st.text('abc"[]{}#=\n\\', max_size=8).map(lambda s: _quote(s)),
    st.lists(st.text("a#[]", max_size=3), max_size=3).map(
        lambda xs: "[\n" + ",\n".join(map(_quote, xs)) + "\n]"
    ),
)


def _quote(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


@given(st.dictionaries(_KEYS, st.dictionaries(_KEYS, _VALUES, max_size=4), max_size=4))
def test_whatever_is_written_is_found_again(tree: dict[str, dict[str, str]]) -> None:
    written: list[str] = []
    expected: dict[tuple[str | int, ...], int] = {}
    for table, fields in tree.items():
        expected[(table,)] = _count(written)
        written.append(f"[{_quote(table)}]")
        for key, value in fields.items():
            expected[(table, key)] = _count(written)
            written.append(f"{_quote(key)} = {value}")
    text = "\n".join(written)
    parsed: dict[str, Any] = tomllib.loads(text)
    assert set(parsed) == set(tree)
    found = find_places(text).lines
    assert {path: line for path, line in found.items() if not isinstance(path[-1], int)} == expected


def _count(written: list[str]) -> int:
    return "\n".join(written).count("\n") + 1 if written else 0


@pytest.mark.parametrize(
    "text",
    [
        ".".join("a" * 20_000) + " = 1",
        "[" + " . ".join("a" * 20_000) + "]\nb = 1",
        "k = { " + ".".join(['"x y"'] * 20_000) + " = 1 }",
        "k = " + "[" * 20_000 + "]" * 20_000,
    ],
    ids=["dotted key", "table header", "quoted key in an inline table", "lists"],
)
def test_a_key_or_a_list_that_is_too_deep_is_refused_at_once(text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(RecursionError):
        parse_toml(text)
    assert time.monotonic() - begun < 5


def test_dots_in_strings_and_comments_are_no_names() -> None:
    dots = "a." * 500
    text = f"k = '{dots}' # {dots}\n\"{dots}\" = '''\n{dots}'''\n"
    assert parse_toml(text) == {"k": dots, dots: dots}


def test_lines_are_found_around_what_is_nested_too_deeply_to_follow() -> None:
    deep = "[" * 3000 + '"]", # ]\n' + "]" * 3000
    found = find_places(f"before = 1\nk = {deep}\nafter = 2\n")
    assert found.lines[("before",)] == 0
    assert found.lines[("after",)] == 3
    assert max(map(len, found.lines)) <= DEEPEST + 1
    keys = ".".join("a" * 5000)
    assert find_places(f"{keys} = 1\nafter = 2").lines[("after",)] == 1
