"""Which line a key stands on."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from matui.config.toml_lines import key_lines, line_of

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
    lines = key_lines(TEXT)
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
    assert line_of(key_lines(TEXT), ("a", "b c", "d.e", "inner", "other", "most")) == 14
    assert line_of({}, ("x",)) is None


_KEYS = st.text("abc.\"' -_é#=[", min_size=1, max_size=5)
_VALUES = st.one_of(
    st.integers().map(str),
    st.text('abc"[]{}#=\n\\', max_size=8).map(lambda s: _quoted(s)),
    st.lists(st.text("a#[]", max_size=3), max_size=3).map(
        lambda xs: "[\n" + ",\n".join(map(_quoted, xs)) + "\n]"
    ),
)


def _quoted(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


@given(st.dictionaries(_KEYS, st.dictionaries(_KEYS, _VALUES, max_size=4), max_size=4))
def test_whatever_is_written_is_found_again(tree: dict[str, dict[str, str]]) -> None:
    written: list[str] = []
    expected: dict[tuple[str, ...], int] = {}
    for table, fields in tree.items():
        expected[(table,)] = _count(written) + 1
        written.append(f"[{_quoted(table)}]")
        for key, value in fields.items():
            expected[(table, key)] = _count(written) + 1
            written.append(f"{_quoted(key)} = {value}")
    text = "\n".join(written)
    parsed: dict[str, Any] = tomllib.loads(text)
    assert set(parsed) == set(tree)
    assert key_lines(text) == expected


def _count(written: list[str]) -> int:
    return "\n".join(written).count("\n") + 1 if written else 0
