"""The stages of a v2 job."""

from __future__ import annotations

from typing import Any

import pytest

from matui.clouds.modelarts.v2.jobs.stages import (
    BAR_CELLS,
    StageRecords,
    build_stage_sections,
    describe_stage,
    make_bar,
    select_newest_stages,
)

T0 = 1_760_000_000_000


def make_stage(
    name: str, order: int | None, start: int | None, end: int | None, **fields: Any
) -> dict[str, Any]:
    return {"name": name, "stage_order": order, "start_time": start, "end_time": end, **fields}


def make_records(*runs: tuple[int, list[dict[str, Any]]]) -> StageRecords:
    return StageRecords.model_validate(
        {"running_records": [{"record_order": order, "stages": rows} for order, rows in runs]}
    )


def test_the_newest_run_counts_and_its_stages_are_in_order() -> None:
    found = select_newest_stages(
        make_records(
            (
                2,
                [
                    make_stage("running", 3, T0, None),
                    make_stage("odd", None, None, None),
                    make_stage("preparing", 2, T0, T0),
                ],
            ),
            (1, [make_stage("end", 4, T0, T0)]),
        )
    )
    assert [one.name for one in found] == ["preparing", "running", "odd"]


def test_no_run_has_no_stages() -> None:
    assert select_newest_stages(StageRecords()) == []
    assert describe_stage([], T0) == ""


def test_the_stage_under_way_is_described_with_its_step() -> None:
    steps = [{"name": "image_pull", "en_message": "Pulling.", "zh_message": "拉取。"}]
    found = select_newest_stages(make_records((1, [make_stage("preparing", 2, T0, None, sub_stages=steps)])))
    assert describe_stage(found, T0 + 34 * 60_000) == "preparing 34m: image pull"


def test_the_message_is_in_the_language_that_was_asked_for() -> None:
    rows = [make_stage("end", 4, T0, T0 + 1000, en_message="Failed.", zh_message="失败。")]
    for language, text in (("en", "Failed."), ("zh", "失败。")):
        (section,) = build_stage_sections(make_records((1, rows)), T0, language)
        assert any(str(value).endswith(text) for _label, value in section.rows)


@pytest.mark.parametrize(("until", "spent"), [(T0 + 60_000, "1m00s"), (None, "–")])
def test_a_stage_of_an_ended_job_does_not_go_on(until: int | None, spent: str) -> None:
    (section,) = build_stage_sections(
        make_records((1, [make_stage("running", 3, T0, None)])), until, ended=True
    )
    assert [(label, str(value).split()[-1]) for label, value in section.rows] == [("running", spent)]


def test_a_stage_without_an_end_lasts_until_the_next_one_begins() -> None:
    found = select_newest_stages(
        make_records(
            (1, [make_stage("scheduling", 1, T0, None), make_stage("preparing", 2, T0 + 60_000, None)])
        )
    )
    assert describe_stage(found, T0 + 180_000) == "preparing 2m00s"
    (section,) = build_stage_sections(
        make_records((1, [{**one.model_dump()} for one in found])), T0 + 180_000
    )
    assert [str(value).split()[-1] for _label, value in section.rows[1:]] == ["1m00s", "2m00s"]


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, ""), (0.001, "▏"), (0.5, "█" * 8), (1.0, "█" * 16), (7.0, "█" * 16), (-1.0, "")]
)
def test_a_bar_shows_any_share_above_zero(share: float, text: str) -> None:
    assert make_bar(share) == text.ljust(BAR_CELLS)
