"""Page contents become lines, whichever way they were joined."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matui.live.logs.page_content import split_content

TEXTS = st.lists(st.sampled_from(["", "a", "b", "epoch 1", " ", "\r"]), min_size=1, max_size=12)


@given(TEXTS, st.sampled_from(["\n", "\n\n"]), st.booleans())
def test_the_count_tells_how_lines_were_joined(lines: list[str], joiner: str, last: bool) -> None:
    content = joiner.join(lines) + ("\n" if last else "")
    assert split_content(content, len(lines)).lines == tuple(lines)


def test_the_vendors_tutorial_joins_with_a_blank_line() -> None:
    split = split_content("one\n\ntwo\n\nthree\n", 3)
    assert split.lines == ("one", "two", "three")
    assert split.separator == "double"


@pytest.mark.parametrize(
    ("content", "count", "learned", "lines"),
    [
        ("a\n\nb\n", None, "", ("a", "b")),
        ("a\n\nb\n", None, "single", ("a", "", "b")),
        ("a\n\nb\n\n\n\nc\n", 9, "", ("a", "b", "", "c")),
        ("a\nb\nc\n", 2, "", ("a", "b", "c")),
        ("a\nb\nc\n", None, "double", ("a", "b", "c")),
        ("", None, "", ()),
        ("", 0, "", ()),
        ("", 1, "", ("",)),
        ("\n", 1, "", ("",)),
        ("a", 0, "", ("a",)),
    ],
)
def test_without_a_count_that_fits_no_text_is_lost(content, count, learned, lines) -> None:
    assert split_content(content, count, learned).lines == lines


def test_lines_counted_but_not_sent_are_owned_up_to() -> None:
    assert split_content("", 5).missing == 5
    assert split_content("a\nb\n", 4).missing == 2
