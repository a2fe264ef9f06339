"""The reader learns the shape of a log, counts steps over epochs, and reads signals of the configuration."""

from __future__ import annotations

import re
import time
from unittest.mock import patch

import pytest

from matui.signals.reader import MAX_MISSES, OwnSignal, SignalReader, normalize_digits


def test_the_shape_of_a_log_is_tried_first_from_then_on() -> None:
    reader = SignalReader()
    reader.read("{'loss': 1.25, 'learning_rate': 5e-05, 'epoch': 0.1}")
    assert reader.shape == "trainer"
    assert reader._shapes[0].name == "trainer"


def test_a_shape_of_the_last_resort_is_not_tried_before_those_that_read_a_line_better() -> None:
    reader = SignalReader()
    reader.read("INFO:tensorflow:  loss = 0.5")
    line = "INFO:tensorflow:Saving dict for global step 1000: accuracy = 0.75, global_step = 1000, loss = 0.5"
    reading = reader.read(line)
    assert reading is not None
    assert [value.name for value in reading.values] == ["eval_accuracy", "eval_loss"]


def test_steps_of_an_epoch_are_counted_over_the_run() -> None:
    reader = SignalReader()
    lines = [f"{step}/3 [=====] - loss: 0.5" for step in (1, 2, 3, 1, 2)]
    steps = [reading.step for line in lines if (reading := reader.read(line))]
    assert steps == [1, 2, 3, 4, 5]


def test_a_configured_regex_gives_its_groups() -> None:
    rule = OwnSignal("reward", re.compile(r"at (?P<step>\d+): reward (?P<value>[-\d.]+)"))
    reader = SignalReader([rule])
    reading = reader.read("at 30: reward -1.5")
    assert reading is not None
    assert (reading.step, reading.values[0].name, reading.values[0].number) == (30, "reward", -1.5)
    assert reader.shape == "configured"


def test_without_names_the_first_group_is_the_value() -> None:
    reading = SignalReader([OwnSignal("q", re.compile(r"q=(\d+)"))]).read("q=7")
    assert reading is not None
    assert reading.values[0].number == 7


def test_a_configured_signal_joins_those_of_the_line() -> None:
    reading = SignalReader([OwnSignal("q", re.compile(r"q=(\d+)"))]).read("step=4 loss=0.5 q=7")
    assert reading is not None
    assert {value.name: value.number for value in reading.values} == {"loss": 0.5, "q": 7}
    assert reading.step == 4


def test_lines_that_differ_in_their_numbers_have_one_form() -> None:
    assert normalize_digits("10.0.3.14 took 1234567890123 ms, 0 left") == normalize_digits(
        "10.0.31.4 took 5 ms, 17 left"
    )
    assert normalize_digits("loss: 1.5") != normalize_digits("loss: ")


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
