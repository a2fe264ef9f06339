"""Durations, ages, counts and sizes in few cells."""

from __future__ import annotations

import re
from datetime import UTC
from math import inf
from pathlib import Path

import pytest

import matui
from matui.base.text.formatting import (
    format_age,
    format_amount,
    format_bytes,
    format_count,
    format_duration,
    format_iso_utc,
    format_local_time,
    format_percent,
    format_share,
    join_unit,
    parse_duration,
    pluralize,
)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (4.2e6, "MB", "4.0 TiB"),
        (3, "gb", "3.0 GiB"),
        (None, "MB", "– MB"),
        (inf, "MB", "unlimited MB"),
        (1, "minute", "1 minute"),
        (6000, "minute", "6000 minutes"),
        (8, "GPUs", "8 GPUs"),
        (47.691, "Percent", "47.69%"),
        (12_345, "", "12.3k"),
        (5, "ms", "5 ms"),
    ],
)
def test_an_amount_has_its_unit(value: float | None, unit: str, text: str) -> None:
    assert format_amount(value, unit) == text


def test_a_share_names_the_unit_once_unless_it_is_scaled() -> None:
    assert format_share(3, 8, "GPUs") == "3 of 8 GPUs"
    assert (format_share(0, 1, "GPUs"), format_amount(1, "cores")) == ("0 of 1 GPU", "1 core")
    assert format_share(4.1e6, 4.2e6, "MB") == "3.9 TiB of 4.0 TiB"
    assert format_share(None, inf, "minute") == "unlimited minutes"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(45, "45s"), (272, "4m32s"), (700, "11m"), (11_520, "3h12m"), (190_800, "2d5h"), (-1, "0s")],
)
def test_a_duration_has_at_most_two_units(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(("seconds", "text"), [(45, "45s"), (7199, "119m"), (7200, "2h"), (172_800, "2d")])
def test_an_age_has_one_unit(seconds: float, text: str) -> None:
    assert format_age(seconds) == text


@pytest.mark.parametrize(("count", "text"), [(999, "999"), (12_345, "12.3k"), (4e6, "4.0M")])
def test_a_count_takes_five_cells(count: float, text: str) -> None:
    assert format_count(count) == text


def test_a_size_has_a_binary_unit() -> None:
    assert [format_bytes(size) for size in (512, 1536, 3 * 2**30)] == ["512 B", "1.5 KiB", "3.0 GiB"]


def test_a_time_outside_the_calendar_is_absent() -> None:
    assert format_iso_utc(1_594_887_749_000) == "2020-07-16T08:22:29Z"
    assert format_iso_utc(inf) is None
    assert format_local_time(1_594_887_749_000, UTC) == "2020-07-16 08:22:29 UTC"
    assert format_local_time(1e300) == format_local_time(None) == "–"


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 lines"), (1, "1 line"), (2, "2 lines"), (1200, "1,200 lines")]
)
def test_a_count_has_its_noun(count: int, text: str) -> None:
    assert pluralize(count, "line") == text


def test_a_percent_sign_is_written_by_one_function() -> None:
    package = Path(matui.__file__).parent
    written = re.compile(r"\} ?%(?![(\w|])")
    found = [
        f"{file.relative_to(package)}: {line.strip()}"
        for file in package.rglob("*.py")
        if file.relative_to(package).parts[0] != "sim"
        for line in file.read_text(encoding="utf-8").splitlines()
        if '"' in line and 'f"' in line and written.search(line)
    ]
    assert found == [
        'base/text/formatting.py: return f"{figure}%" if unit == "%" else f"{figure} {unit}".rstrip()'
    ]


def test_a_percent_sign_has_no_space() -> None:
    assert (format_amount(45, "%"), join_unit("3", "cores")) == ("45%", "3 cores")
    assert [format_percent(None), format_percent(0.25, 1), format_percent(93.7)] == ["–", "0.2%", "94%"]


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
