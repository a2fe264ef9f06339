"""Lines without signals that have a word of a shape: their forms are remembered."""

from __future__ import annotations

import time
from unittest.mock import patch

import pytest

from matui.signals.misses import MAX_MISSES, form_of
from matui.signals.reader import SignalReader


def test_lines_that_differ_in_their_numbers_have_one_form() -> None:
    assert form_of("10.0.3.14 took 1234567890123 ms, 0 left") == form_of("10.0.31.4 took 5 ms, 17 left")
    assert form_of("loss: 1.5") != form_of("loss: ")


def test_a_form_without_signals_is_looked_at_once() -> None:
    reader = SignalReader()
    assert reader.read("step 1/7: FROM base:1.0") is None
    with patch.object(reader, "_read_shapes", side_effect=AssertionError):
        assert reader.read("step 12/70: FROM base:2.14") is None
    assert reader.read("step 1/7: loss: 0.5") is not None


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("0it [00:00, ?it/s, loss=0.5]", "3it [00:00, 2.5it/s, loss=0.5]"),
        (" 10%|█    | 1/10 [00:00<00:00, 0.00it/s]", " 20%|██   | 2/10 [00:01<00:04, 2.00it/s]"),
        ("Epoch 0, throughput: 0 it/s, ups=0 wps", "Epoch 1, loss: 0.5"),
    ],
)
def test_numbers_that_are_zero_do_not_hide_later_ones(before: str, line: str) -> None:
    reader = SignalReader()
    reader.read(before)
    assert reader.read(line) is not None


def test_what_other_lines_depend_on_is_never_taken_for_a_miss() -> None:
    reader = SignalReader()
    for _ in range(2):
        reader.read("Early stopping, best iteration is:")
        assert reader.read("[57]\ttrain-rmse:0.5\tvalid-rmse:0.75") is None
    for epoch in (1, 2):
        for step in (1, 2):
            reader.read(f"Epoch {epoch}/5")
            reading = reader.read(f"{step}/10 [=>....] - loss: 0.5")
            assert reading is not None
            assert reading.step == (epoch - 1) * 10 + step


def test_the_forms_that_are_remembered_are_few() -> None:
    reader = SignalReader()
    for number in range(2 * MAX_MISSES):
        reader.read("step " + "x" * number)
    assert len(reader._misses) == MAX_MISSES


def test_a_long_word_of_signs_of_numbers_takes_no_time() -> None:
    start = time.process_time()
    assert SignalReader().read(f"loss epoch step: {'lr' * 1900}") is None
    assert time.process_time() - start < 0.1
