"""Regular expressions from users."""

from __future__ import annotations

import re

import pytest

from matui.base.text.regex import LazyPattern, compile_user_regex


def test_case_does_not_matter() -> None:
    assert compile_user_regex("error$").search("an ERROR")


@pytest.mark.parametrize("pattern", ["(a+)+", "(a*b)*", "(", "x" * 501, "a{1,99999999999}"])
def test_an_invalid_or_dangerous_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError):
        compile_user_regex(pattern)


def test_a_lazy_pattern_is_compiled_at_its_first_use() -> None:
    wrong = LazyPattern("(")
    with pytest.raises(re.error):
        _ = wrong.compiled
    right = LazyPattern("a+", re.IGNORECASE)
    assert right.compiled.fullmatch("aA")
    assert right.compiled is right.compiled
