"""Names that an action will hit: nothing in them hides, and two that differ look different."""

from __future__ import annotations

import pytest

from matui.base.sanitize import make_visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("train-7", "train-7"),
        ("训练 é", "训练 é"),
        ("a\u202eb", "a<202e>b"),
        ("a\u200bb", "a<200b>b"),
        ("a\u200db", "a<200d>b"),
        ("a\u00adb", "a<ad>b"),
        ("a\ufe0fb", "a<fe0f>b"),
        ("a\u3164b", "a<3164>b"),
        ("a\u00a0b", "a<a0>b"),
        ("a\U000e0041b", "a<e0041>b"),
        ("a\x1bb", "a␛b"),
        ("a ", "a␠"),
        (" a", "␠a"),
        ("a  b", "a␠␠b"),
        ("a b", "a b"),
    ],
)
def test_nothing_in_a_name_hides(name, shown):
    assert make_visible(name) == shown
