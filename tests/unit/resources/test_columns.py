"""Columns that several kinds share."""

from __future__ import annotations

from matui.resources.columns import (
    PHASE_ORDER,
    PHASE_SYMBOLS,
    add_profile_columns,
    build_fact_count_column,
    build_fact_text_column,
    build_number_key,
    build_text_key,
    format_age_at,
    format_full_status,
    format_time_left,
)
from matui.resources.kinds.notebooks import NOTEBOOKS
from matui.resources.model import Fact, Phase, Resource


def _make_row(**facts: Fact) -> Resource:
    return Resource("jobs", "1", "a", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p", facts=facts)


def test_every_phase_has_a_symbol_and_a_place_in_the_order() -> None:
    assert set(PHASE_SYMBOLS) == set(PHASE_ORDER) == set(Phase)
    assert len(set(PHASE_SYMBOLS.values())) == len(Phase)


def test_absent_values_sort_last() -> None:
    assert sorted(["b", "", "A"], key=build_text_key) == ["A", "b", ""]
    assert sorted([2.0, None, 1.0], key=build_number_key) == [1.0, 2.0, None]


def test_a_time_left_changes_once_a_minute_below_ten_minutes() -> None:
    assert [format_time_left(ms, 0) for ms in (None, -1, 45_000, 272_000, 7_200_000)] == [
        "–", "–", "45s", "4m", "2h00m",
    ]  # fmt: skip
    assert format_age_at(None, 0) == "–"


def test_a_status_is_followed_by_its_secondary_phase_until_an_action_is_expected_to_change_it() -> None:
    assert format_full_status(_make_row(secondary_phase="Evicting")) == "RUNNING · Evicting"
    assert format_full_status(_make_row(secondary_phase="Evicting", expected=True)) == "RUNNING"


def test_a_fact_without_a_value_is_a_dash() -> None:
    text, count = (
        build_fact_text_column("flavor", "FLAVOR", width=4, max_width=9, drop=1),
        build_fact_count_column("gpus", "GPUS", drop=1),
    )
    assert [text.text(_make_row(), 0), count.text(_make_row(), 0), count.text(_make_row(gpus=8), 0)] == [
        "–",
        "–",
        "8",
    ]


def test_profile_and_cloud_come_after_the_name() -> None:
    assert [column.id for column in add_profile_columns(NOTEBOOKS).columns[:3]] == [
        "name",
        "profile",
        "cloud",
    ]
