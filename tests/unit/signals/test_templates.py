"""Templates read what the recognisers read, and nothing else."""

from __future__ import annotations

import random
import re

import pytest

from matui.signals.reader import SignalReader
from matui.signals.reading import Shape
from matui.signals.shapes import SHAPES
from matui.signals.templates import is_same, learn_template
from tests.unit.signals.test_shapes import CASES

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w%])")


def shape_of(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)


def varied(line: str, rng: random.Random) -> str:
    """Return a line with other numbers."""

    def other(match: re.Match[str]) -> str:
        if "." not in match[0]:
            return str(rng.randrange(1, 10 ** rng.randrange(1, 6)))
        return rng.choice((f"{rng.random():.4f}", f"{rng.random() * 100:.2f}", f"{rng.random() * 900:.1f}"))

    return NUMBER.sub(other, line)


@pytest.mark.parametrize(("name", "line"), [case[:2] for case in CASES], ids=range(len(CASES)))
def test_a_template_reads_the_same_as_its_recogniser(name: str, line: str) -> None:
    rng, read = random.Random(line), shape_of(name).read
    template = learn_template(line, read)
    assert template is not None
    for _ in range(200):
        other = varied(line, rng)
        found = template.read(other)
        assert found is None or is_same(found, read(other)), other


@pytest.mark.parametrize(("name", "line"), [case[:2] for case in CASES], ids=range(len(CASES)))
def test_most_lines_of_a_log_are_read_by_a_template(name: str, line: str) -> None:
    template = learn_template(line, shape_of(name).read)
    assert template is not None
    lines = [re.sub(r"(?<![\w.])\d+\.\d+", lambda m: f"{float(m[0]) / 2:.5f}", line) for _ in range(3)]
    assert all(template.read(one) is not None for one in lines)


@pytest.mark.parametrize("loss", ["nan", "NaN", "inf", "-inf", "1.5e-05", "1,234.5", "7"])
def test_numbers_in_any_form(loss: str) -> None:
    read = shape_of("plain").read
    template = learn_template("step=12 loss=0.5 lr=1e-4", read)
    assert template is not None
    line = f"step=13 loss={loss} lr=2e-4"
    found = template.read(line)
    assert found is not None
    assert is_same(found, read(line))


def test_a_line_with_other_words_is_left_to_the_recognisers() -> None:
    template = learn_template("step=12 loss=0.5 lr=1e-4", shape_of("plain").read)
    assert template is not None
    assert template.read("step=12 loss=none lr=1e-4") is None
    assert template.read("step=12 loss=0.5 epoch=1e-4") is None
    reader = SignalReader()
    reader.read("step=12 loss=0.5 lr=1e-4")
    reading = reader.read("step=13 loss=0.4 lr=1e-4 acc=0.5")
    assert reading is not None
    assert [value.name for value in reading.values] == ["loss", "learning_rate", "accuracy"]
