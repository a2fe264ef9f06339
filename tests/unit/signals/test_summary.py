from __future__ import annotations

from math import inf, nan

import pytest

from matui.signals.summary import TREND_POINTS, find_main_loss, find_trend


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("l_pix", "learning_rate"), "l_pix"),
        (("box_loss", "cls_loss", "loss"), "loss"),
        (("loss_disc", "loss_gen", "loss_gen_all"), "loss_gen_all"),
        (("d_loss", "g_loss"), "d_loss"),
        (("epoch", "Loss_D", "Loss_G"), "Loss_D"),
        (("loss_tok2vec", "loss_ner", "eval_ents_f"), "loss_tok2vec"),
        (("iou_loss", "total_loss"), "total_loss"),
        (("loss/policy_avg", "loss/value_avg"), "loss/policy_avg"),
        (("D_A", "G_A", "cycle_A"), "D_A"),
        (("closs",), "closs"),
        (("eval_loss", "valid_nll_loss", "validation_0-logloss", "best_loss", "loss_scale"), None),
        (("accuracy", "step_time"), None),
    ],
)
def test_the_loss_of_a_training_is_its_total_or_its_first(
    names: tuple[str, ...], expected: str | None
) -> None:
    assert find_main_loss(names) == expected


@pytest.mark.parametrize(
    ("values", "arrow"),
    [
        ((), ""),
        ((1.0, 2.0, 3.0), ""),
        ((1.0, 2.0, 3.0, 4.0), "↑"),
        ((4.0, 3.0, 2.0, 1.0), "↓"),
        ((2.0, 2.0, 2.01, 2.01), "→"),
        ((0.0, 0.0, 0.0, 0.0), "→"),
        ((-1.0, -1.0, 1.0, 1.0), "↑"),
        ((nan, inf, 1.0, 2.0, 3.0), ""),
    ],
)
def test_the_newer_half_is_compared_with_the_older(values: tuple[float, ...], arrow: str) -> None:
    assert find_trend(values) == arrow


def test_only_the_last_values_count() -> None:
    assert find_trend([9.0] * 500 + [1.0] * TREND_POINTS) == "→"
