"""Durations as users type them."""

from __future__ import annotations

import pytest

from matui.base.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("15m", 900),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("2 days", 172_800),
        ("1w", 604_800),
        ("10min", 600),
        ("00:15:00", 900),
        ("02:30", 150),
    ],
)
def test_durations_have_several_forms(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "h", "1x", "-5m", "1:2:3:4", "a:b", "1h!", "²"])
def test_a_wrong_duration_is_a_value_error(text):
    with pytest.raises(ValueError):
        parse_duration(text)
