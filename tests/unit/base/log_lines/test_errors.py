"""Where errors begin in a log."""

from __future__ import annotations

import pytest

from matui.base.log_lines.errors import error_heads

TRACE = [
    "Traceback (most recent call last):",
    '  File "a.py", line 1',
    "    x()",
    "RuntimeError: CUDA error: x",
]


@pytest.mark.parametrize(
    ("texts", "heads"),
    [
        (["fine", *TRACE, "fine", *TRACE], [1, 6]),
        (
            [*TRACE, "", "During handling of the above exception, another exception occurred:", "", *TRACE],
            [0],
        ),
        (["2020 ERROR a", "2020 ERROR b", "2020 INFO fine", "2020 ERROR c"], [0, 3]),
        (["INFO ok", "step 1 loss 0.1"], []),
        (["Killed"], [0]),
    ],
)
def test_a_traceback_and_what_it_ends_in_are_one_error(texts: list[str], heads: list[int]) -> None:
    assert error_heads(texts) == heads


def test_an_error_that_began_before_is_not_counted_again() -> None:
    assert error_heads(TRACE, skip=2) == []
