"""Templates read what the recognisers read, and nothing else."""

from __future__ import annotations

import random
import re
import time

import pytest

from matui.signals.progress import Shape
from matui.signals.reader import OwnSignal, SignalReader
from matui.signals.shapes import SHAPES
from matui.signals.templates import is_same, learn_template
from tests.unit.signals.test_shapes import CASES

NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w%])")


def find_shape(name: str) -> Shape:
    return next(shape for shape in SHAPES if shape.name == name)


def vary_numbers(line: str, rng: random.Random) -> str:
    """Return a line with other numbers."""

    def other(match: re.Match[str]) -> str:
        if "." not in match[0]:
            return str(rng.randrange(1, 10 ** rng.randrange(1, 6)))
        return rng.choice((f"{rng.random():.4f}", f"{rng.random() * 100:.2f}", f"{rng.random() * 900:.1f}"))

    return NUMBER.sub(other, line)


@pytest.mark.parametrize(("name", "line"), [case[:2] for case in CASES], ids=range(len(CASES)))
def test_a_template_reads_the_same_as_its_recogniser(name: str, line: str) -> None:
    rng, read = random.Random(line), find_shape(name).read
    template = learn_template(line, read)
    assert template is not None
    for _ in range(200):
        other = vary_numbers(line, rng)
        found = template.read(other)
        assert found is None or is_same(found, read(other)), other


@pytest.mark.parametrize(("name", "line"), [case[:2] for case in CASES], ids=range(len(CASES)))
def test_most_lines_of_a_log_are_read_by_a_template(name: str, line: str) -> None:
    template = learn_template(line, find_shape(name).read)
    assert template is not None
    lines = [re.sub(r"(?<![\w.])\d+\.\d+", lambda m: f"{float(m[0]) / 2:.5f}", line) for _ in range(3)]
    assert all(template.read(one) is not None for one in lines)


@pytest.mark.parametrize("loss", ["nan", "NaN", "inf", "-inf", "1.5e-05", "1,234.5", "7"])
def test_numbers_in_any_form(loss: str) -> None:
    read = find_shape("plain").read
    template = learn_template("step=12 loss=0.5 lr=1e-4", read)
    assert template is not None
    line = f"step=13 loss={loss} lr=2e-4"
    found = template.read(line)
    assert found is not None
    assert is_same(found, read(line))


def test_a_line_with_other_words_is_left_to_the_recognisers() -> None:
    template = learn_template("step=12 loss=0.5 lr=1e-4", find_shape("plain").read)
    assert template is not None
    assert template.read("step=12 loss=none lr=1e-4") is None
    assert template.read("step=12 loss=0.5 epoch=1e-4") is None
    reader = SignalReader()
    reader.read("step=12 loss=0.5 lr=1e-4")
    reading = reader.read("step=13 loss=0.4 lr=1e-4 acc=0.5")
    assert reading is not None
    assert [value.name for value in reading.values] == ["loss", "learning_rate", "accuracy"]


SAME_FORM = (
    (
        "  5%|▌         | 50/1000 [00:30<09:30,  2.00it/s, loss=2.1]",
        " 52%|█████▏    | 520/1000 [04:30<05:30,  2.10it/s, loss=1.75]",
    ),
    (
        " 50%|#####     | 500/1000 [00:30<09:30,  2.00it/s, loss=2.1]",
        " 57%|#####7    | 570/1000 [00:33<09:27,  2.00it/s, loss=2.05]",
    ),
    (
        "100/391 [======>.......................] - ETA: 10s - loss: 0.5",
        "200/391 [==============>...............] - ETA: 7s - loss: 0.25",
    ),
    (
        "Epoch 3/9 ━━━━━━━━━━━━━━━━━━━━ 59/118 0:00:02 • 0:00:02 25.16it/s train_loss: 0.25",
        "Epoch 4/9 ━━━━━━━━━━╸          99/118 0:00:04 • 0:00:01 24.66it/s train_loss: 0.125",
    ),
    (
        "Epoch: [1][ 10/5005] Time 0.512 ( 1.023) Loss 6.9 (7.0) Acc@1 0.39 (0.45)",
        "Epoch: [2][ 20/5005] Time 0.412 ( 0.923) Loss 6.1 (6.5) Acc@1 1.39 (1.45)",
    ),
    (
        "Train step of epoch 0:  10%|█         | 10/100 [00:10<01:30,  1.00s/it, loss=0.69]",
        "Train step of epoch 1:  30%|███       | 30/100 [00:30<01:10,  1.25s/it, loss=0.50]",
    ),
    (
        "iteration: 100 / 1000 | consumed_tokens: 105M | tokens_per_sec: 1.5K | lm_loss: 2.5",
        "iteration: 110 / 1000 | consumed_tokens: 115M | tokens_per_sec: 1.25K | lm_loss: 2.25",
    ),
    (
        "训练第120步，共5000步，损失值为0.5123，学习率为1e-5",
        "训练第130步，共5000步，损失值为0.75，学习率为2e-5",
    ),
    ("Epoch: 1/100... Loss: 0.25", "Epoch: 12/100... Loss: 0.5"),
    (
        "  1/100   10.5G   1.25   2.5   3.75   12   640:  10%|█   | 10/100 [00:10<01:30,  1.00s/it]",
        "  2/100   11.5G   1.15   2.4   3.65   13   640:  50%|██▌ | 50/100 [00:50<00:50,  1.25s/it]",
    ),
)


def test_a_line_of_blanks_takes_no_time_for_the_template_of_a_bar() -> None:
    reader = SignalReader()
    reader.read("epoch 1 ━━━━━━━━━━ 5/10 loss: 1.0")
    start = time.process_time()
    assert reader.read(f"epoch 1 {' ' * 3900}loss: ") is None
    assert time.process_time() - start < 0.05


@pytest.mark.parametrize(("line", "other"), SAME_FORM, ids=range(len(SAME_FORM)))
def test_lines_that_differ_in_bar_suffix_or_epoch_are_read_by_a_template(line: str, other: str) -> None:
    reader = SignalReader()
    assert reader.read(line) is not None
    ((shape, template),) = reader._templates
    found = template.read(other)
    assert found is not None
    assert is_same(found, (reader._read_row if shape.name == "yolo" else shape.read)(other))


def test_a_new_header_of_a_table_makes_its_rows_be_learnt_again() -> None:
    row = SAME_FORM[-1][0]
    reader = SignalReader()
    names = []
    for losses in ("box_loss cls_loss dfl_loss", "box_loss obj_loss cls_loss"):
        reader.read(f"Epoch   GPU_mem   {losses}   Instances   Size")
        for _ in range(2):
            reading = reader.read(row)
            assert reading is not None
        names.append([value.name for value in reading.values if value.name.endswith("loss")])
    assert names == [["box_loss", "cls_loss", "dfl_loss"], ["box_loss", "obj_loss", "cls_loss"]]


def test_lines_are_learnt_beside_signals_of_the_configuration() -> None:
    reader = SignalReader([OwnSignal("q", re.compile(r"q=(\d+)"))])
    for step in (1, 2):
        reading = reader.read(f"step={step} loss=0.5 q=7")
    assert reading is not None
    assert [value.name for value in reading.values] == ["loss", "q"]
    assert len(reader._templates) == 1
