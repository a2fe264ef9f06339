"""The text of the header."""

from __future__ import annotations

import pytest

from matui.console.bars.header import (
    HeaderPlace,
    RowCounts,
    build_fleet_header,
    build_header,
    get_chip_style,
    shorten_names,
)
from matui.console.fleet import Chip
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase


def test_a_workspace_is_named_only_where_the_cloud_has_any() -> None:
    assert (
        "ws default"
        in build_header(HeaderPlace("prod", "cn-north-4", ""), JOBS, RowCounts({}, 0, 0), 80).plain
    )
    assert "ws team-a" in build_header(HeaderPlace("prod", "", "team-a"), JOBS, RowCounts({}, 0, 0), 80).plain
    assert "ws" not in build_header(HeaderPlace("qf", "", None), JOBS, RowCounts({}, 0, 0), 80).plain


def test_what_is_in_trouble_is_counted_where_the_place_has_no_room() -> None:
    place = HeaderPlace("demo", "cn-north-4", "")
    counts = {Phase.FAILED: 17, Phase.RUNNING: 7, Phase.DONE: 20}
    rows = [build_header(place, JOBS, RowCounts(counts, 44, 44), width).plain for width in (80, 54, 44, 30)]
    assert rows == [
        " demo  cn-north-4 · ws default  jobs 44  ✗ 17  ● 7  ✓ 20",
        " demo  cn-north-4 · ws default  jobs 44  ✗ 17  ● 7",
        " demo  cn-north-4  jobs 44  ✗ 17  ● 7",
        " demo   jobs 44  ✗ 17  ● 7",
    ]


def test_what_is_acknowledged_is_stated_apart_where_there_is_room() -> None:
    counts = RowCounts({Phase.FAILED: 2}, 5, None, acknowledged=3)
    rows = [build_header(HeaderPlace("demo", "", None), JOBS, counts, width).plain for width in (80, 30)]
    assert rows == [" demo   jobs 5  ✗ 2  3 acknowledged", " demo   jobs 5  ✗ 2"]


@pytest.mark.parametrize("count", [2, 3, 5])
def test_the_header_of_several_fits_eighty_cells_and_names_all_of_them(count: int) -> None:
    chips = [Chip(f"{n}-a-profile-of-a-long-name", "cyan", "open", read_only=n == 0) for n in range(count)]
    chips[-1] = Chip(f"{count - 1}-failing", "red", "failed")
    counts = {Phase.RUNNING: 7, Phase.FAILED: 2}
    row = build_fleet_header(chips, JOBS, RowCounts(counts, 45, 45), 80)
    assert row.cell_length <= 80
    assert all(f" {n}-" in row.plain for n in range(count))
    assert " RO " in row.plain
    assert " ✗ " in row.plain
    assert "jobs 45" in row.plain


def test_shortened_names_stay_different_and_kinds_without_trouble_are_shortened_first() -> None:
    assert shorten_names(["prod-eu-west", "prod-eu-east", "lab"], 7) == ["…u-west", "…u-east", "lab"]
    assert shorten_names(["prod-eu-west", "大模型训练"], 7) == ["prod-e…", "大模型…"]
    chips = [Chip(name, "cyan", "open") for name in ("demo", "demo-qianfan", "demo-opensearch")]
    counts = {Phase.FAILED: 11, Phase.RUNNING: 7, Phase.STOPPED: 5, Phase.DONE: 20}
    wide, narrow = (
        build_fleet_header(chips, JOBS, RowCounts(counts, 45, 45), cells).plain for cells in (80, 52)
    )
    assert "✓ 20" in wide
    assert "demo-opensearch" in wide
    assert "✗ 11" in narrow
    assert "✓" not in narrow


def test_the_name_can_be_read_on_any_colour() -> None:
    assert get_chip_style("#ffee88").startswith("bold #000000")
    assert get_chip_style("#101040").startswith("bold #ffffff")
    assert get_chip_style("green") == "bold $background on $profile-green"


def test_before_the_first_list_no_count_is_stated() -> None:
    """The last known rows stood below ``jobs 0``."""
    place = HeaderPlace("prod", "cn-north-4", "")
    assert build_header(place, JOBS, RowCounts({}, None, None), 80).plain.endswith("jobs –")
    assert build_header(place, JOBS, RowCounts({}, 0, 0), 80).plain.endswith("jobs 0")
