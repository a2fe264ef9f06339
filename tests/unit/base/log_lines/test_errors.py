"""Which lines of a training job's log are errors."""

from __future__ import annotations

import time

import pytest

from matui.base.log_lines.errors import EXAMINED, ErrorRules, error_heads, is_error, level
from tests.unit.base.log_lines import log_samples_of_others as of_others
from tests.unit.base.log_lines.log_samples import ERRORS, HEALTHY, WARNINGS


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_is_found_by_its_level_or_by_its_signature(text: str) -> None:
    assert level(text) == "error"


@pytest.mark.parametrize("text", WARNINGS)
def test_a_warning_that_speaks_of_errors_is_a_warning(text: str) -> None:
    assert level(text) == "warning"


@pytest.mark.parametrize("text", HEALTHY)
def test_measured_errors_arguments_and_lines_of_other_levels_are_no_errors(text: str) -> None:
    assert level(text) == ""


def test_lines_of_other_writers_have_their_level() -> None:
    found = {text: level(text) for text in (*of_others.ERRORS, *of_others.WARNINGS, *of_others.HEALTHY)}
    assert [text for text in of_others.ERRORS if found[text] != "error"] == []
    assert [text for text in of_others.WARNINGS if found[text] != "warning"] == []
    assert [text for text in of_others.HEALTHY if found[text]] == []


def test_an_error_is_found_behind_what_a_launcher_or_collector_puts_before_it() -> None:
    died = ["Killed", "sh: 1: nvcc: not found", "python: can't open file 'x'", "make: *** [all] Error 2"]
    for prefix in of_others.PREFIXES:
        assert [text for text in died if level(prefix + text) != "error"] == [], prefix
        assert level(prefix + "error count 0") == ""


def test_one_search_over_many_lines_finds_each_error() -> None:
    assert error_heads([text for error in ERRORS for text in ("step 1", error)]) == [
        2 * at + 1 for at in range(len(ERRORS))
    ]


def test_a_users_patterns_add_errors_and_take_them_away() -> None:
    rules = ErrorRules.compile(["loss plateau"], ["ignored error"])
    assert rules.is_error("2026-11-28 12:00:00 INFO loss plateau reached")
    assert rules.level("ERROR: ignored error 7") == ""
    assert rules.error_heads(["ok", "loss plateau", "ok", "ERROR: ignored error 7", "ERROR: x"]) == [1, 4]


def test_a_wrong_pattern_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="regex"):
        ErrorRules.compile(["("], [])


@pytest.mark.parametrize(
    "unit", ["E", "error: ", "loss ", "a.", "(", "[", "x: line 1: ", "ERROR ", '{"level":', "exit "]
)
def test_a_hostile_line_takes_no_long_time(unit: str) -> None:
    began = time.process_time()
    for _ in range(20):
        is_error((unit * EXAMINED)[:EXAMINED])
        error_heads(["ERROR", unit * EXAMINED, "ERROR"])
    assert time.process_time() - began < 2
