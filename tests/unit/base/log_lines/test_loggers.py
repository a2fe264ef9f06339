"""The time and the level of the lines of common loggers, alone and behind what launchers put before them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matui.base.log_lines.errors import level
from matui.base.log_lines.times import TimestampParser
from tests.unit.base.log_lines import log_samples as samples
from tests.unit.base.log_lines import log_samples_of_others as of_others

LINES = [
    tuple(line.split(" ", 2))
    for line in Path(__file__).with_name("logger_lines.txt").read_text("utf-8").splitlines()[1:]
]
ELEVEN = datetime(2026, 11, 28, 11, tzinfo=UTC).timestamp() * 1000
LEADS = ["", "[rank3]: ", "[default0]:", "[1,0]<stderr>:", "(train pid=12, ip=10.0.0.1) "]
LEADS_WITH_TIMES = ["2026-11-28T12:00:01.123456789Z stdout F ", "Nov 28 12:00:01 node-1 python[12]: "]


def _read(text: str) -> datetime | None:
    stamp = TimestampParser(ELEVEN, UTC).read(text)
    return None if stamp is None else datetime.fromtimestamp(stamp.ms // 1000, UTC)


@pytest.mark.parametrize("lead", [*LEADS, *LEADS_WITH_TIMES])
def test_each_logger_has_its_time(lead: str) -> None:
    wrong = []
    for logger, _, text in LINES:
        clock = (12, 0, 0) if text.startswith("12:00PM") and lead in LEADS else (12, 0, 1)
        if _read(lead + text) != datetime(2026, 11, 28, *clock, tzinfo=UTC):
            wrong.append((logger, lead + text))
    assert wrong == []


@pytest.mark.parametrize("lead", [*LEADS, *LEADS_WITH_TIMES])
def test_each_logger_has_its_level(lead: str) -> None:
    bare = "E 2026-"  # a letter at the start of a line only
    assert [
        (logger, expected, lead + text)
        for logger, expected, text in LINES
        if (level(lead + text) or "info") != expected and not (lead and text.startswith(bare))
    ] == []


@pytest.mark.parametrize("lead", [LEADS[2], LEADS_WITH_TIMES[0]])
def test_a_lead_changes_no_level(lead: str) -> None:
    job_control = "[1]"  # of a shell, at the start of a line only
    for expected, texts in (
        ("", (*samples.HEALTHY, *of_others.HEALTHY)),
        ("warning", (*samples.WARNINGS, *of_others.WARNINGS)),
        ("error", (*samples.ERRORS, *of_others.ERRORS)),
    ):
        found = {lead + text: level(lead + text) for text in texts if not text.startswith(job_control)}
        assert [text for text, level_found in found.items() if level_found != expected] == []


def test_words_that_are_levels_elsewhere_are_none() -> None:
    for text in ("FTL SSD driver loaded", "[loss#error] 0.12", "fail: 0", '{"s":"E","c":3,"text":"a"}'):
        assert level(text) == "", text
    assert _read("[step 3]: 12:00:01 left") is None


def test_a_log_of_two_loggers_has_the_times_of_both() -> None:
    parser = TimestampParser(ELEVEN, UTC)
    parser.read("[2026-11-28 12:00:01,123] [INFO] [x.py:1] step")
    for text in (
        "[NeMo I 2026-11-28 12:00:01 exp_manager:1] x",
        "Sat 2026-11-28 12:00:01 UTC host app[12]: x",
        "logger=settings t=2026-11-28T12:00:01.123456789Z level=info msg=x",
    ):
        assert parser.read(text) is not None, text


def test_the_extent_of_a_time_behind_a_lead_is_in_the_whole_line() -> None:
    text = "[default0]:[12:00:01] step"
    stamp = TimestampParser(ELEVEN, UTC).read(text)
    assert stamp is not None
    assert text[stamp.start : stamp.end] == "12:00:01"
