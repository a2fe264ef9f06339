"""The reader learns the shape of a log, counts steps over epochs, and reads signals of the configuration."""

from __future__ import annotations

import re

from matui.signals.reader import OwnSignal, SignalReader


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
