"""The table of words that logs use for signals."""

from __future__ import annotations

import ast
import inspect
from collections import Counter
from typing import Any

from matui.signals import words
from matui.signals.words import MEANINGS


def count_spelled_words() -> Counter[Any]:
    """Return the words as the table spells them, with how often it has each."""
    tree = ast.parse(inspect.getsource(words))
    table = next(node.value for node in tree.body if isinstance(node, ast.AnnAssign))
    assert isinstance(table, ast.Dict)
    spelled = [key for key in table.keys if key is not None]
    for inner in table.values:
        if isinstance(inner, ast.Call) and isinstance(inner.args[0], ast.Tuple):
            spelled += inner.args[0].elts
    return Counter(node.value for node in spelled if isinstance(node, ast.Constant))


def test_a_word_is_in_the_table_once() -> None:
    found = count_spelled_words()
    assert len(found) > 150
    assert [word for word, count in found.items() if count > 1] == []


def test_a_word_is_in_lower_case_with_single_underscores() -> None:
    assert [word for word in MEANINGS if word != word.lower() or "__" in word or " " in word] == []
