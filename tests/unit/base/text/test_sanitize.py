"""Names that an action will hit: nothing in them hides, and two that differ look different."""

from __future__ import annotations

import pytest

from matui.base.text.sanitize import decode_argument, make_visible


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


def test_an_argument_that_a_c_locale_could_not_decode_is_utf_8() -> None:
    """``LC_ALL=C matui logs JOB --grep é`` matched nothing."""
    assert decode_argument("é训".encode().decode("ascii", "surrogateescape")) == "é训"
    assert decode_argument("é") == "é"
    assert decode_argument("\udcff") == "\udcff"
