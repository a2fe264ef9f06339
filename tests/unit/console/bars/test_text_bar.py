"""The hints of keys that follow a title."""

from __future__ import annotations

import pytest
from textual.content import Content

from matui.console.bars.text_bar import append_hints


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (60, "report   / searches · c copies · esc closes"),
        (42, "report   / searches · esc closes"),
        (20, "report   esc closes"),
        (5, "report   esc closes"),
    ],
)
def test_the_key_that_closes_is_the_last_hint_to_go(width: int, shown: str) -> None:
    assert append_hints(Content("report"), ("/ searches", "c copies", "esc closes"), width).plain == shown
