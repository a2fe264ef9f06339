"""Each format of training log gives exactly its numbers; other lines give none."""

from __future__ import annotations

import math

import pytest

from matui.signals.reader import SignalReader
from matui.signals.shapes import SHAPES, may_hold_signals

MEGATRON = (
    " iteration      200/    1000 | consumed samples:         3200 | elapsed time per iteration (ms): 430.0 |"
    " learning rate: 1.0E-05 | global batch size:    16 | lm loss: 7.39E+00 |"
    " loss scale: 1.0 | grad norm: 2.1 |"
    " number of skipped iterations:   0 | number of nan iterations:   0 |"
)
MINDFORMERS_1 = (
    "- INFO - { Epoch:[  1/  2], step:[    2/   19], loss: 10.633, per_step_time: 1752ms, lr: 1e-05,"
    " overflow cond: False, loss_scale: 1.0, global_norm: [9.1], train_throughput_per_npu: 170.738T }"
)
MINDFORMERS_2 = (
    "{ step:[    1/   10], loss: 10.6, per_step_time: 9000ms, lr: 0.0, grad_norm: 9.1, throughput: 1.36T }"
)
PADDLE = (
    "[2026-11-28 12:00:00,001] [    INFO] - loss: 1.2, learning_rate: 3e-05, global_step: 10,"
    " interval_samples_per_second: 40.1, interval_steps_per_second: 2.5, epoch: 0.1"
)
PADDLE_DETECTION = (
    "[11/28 12:00:01] ppdet.engine INFO: Epoch: [0] [  20/1000] learning_rate: 0.000100 loss: 1.234567"
    " eta: 1:02:03 batch_cost: 0.5000 data_cost: 0.0100 ips: 4.0000 images/s"
)
DETECTRON = (
    "[11/28 12:00:01 d2.utils.events]:  eta: 0:05:10  iter: 19  total_loss: 1.234  loss_cls: 0.512"
    "  time: 0.3512  data_time: 0.02  lr: 0.0010  max_mem: 2048M"
)
MMENGINE = (
    "11/28 12:00:01 - mmengine - INFO - Epoch(train)   [2][  50/7330]  lr: 1.0000e-03  eta: 12:00:00"
    "  time: 0.5000  data_time: 0.0200  memory: 5000  loss: 1.3000  loss_cls: 0.7"
)
DEEPSPEED_RATE = (
    "epoch=0/micro_step=10/global_step=10, RunningAvgSamplesPerSec=5.4, CurrSamplesPerSec=5.3,"
    " MemAllocated=1.25GB, MaxMemAllocated=2.3GB"
)
VLLM = (
    "INFO 11-28 12:00:01 metrics.py:455] Avg prompt throughput: 12.3 tokens/s, Avg generation throughput:"
    " 45.6 tokens/s, Running: 1 reqs, Swapped: 0 reqs, Pending: 0 reqs, GPU KV cache usage: 1.2%"
)

CASES: list[tuple[str, str, int | None, int | None, dict[str, float]]] = [
    (
        "megatron",
        MEGATRON,
        200,
        1000,
        {
            "loss": 7.39,
            "learning_rate": 1e-05,
            "step_time": 0.43,
            "grad_norm": 2.1,
            "loss_scale": 1.0,
            "skipped_steps": 0.0,
            "nan_steps": 0.0,
        },
    ),
    (
        "mindformers",
        MINDFORMERS_1,
        2,
        38,
        {
            "loss": 10.633,
            "step_time": 1.752,
            "learning_rate": 1e-05,
            "loss_scale": 1.0,
            "grad_norm": 9.1,
            "throughput": 170.738,
            "epoch": 1.0,
        },
    ),
    (
        "mindformers",
        MINDFORMERS_2,
        1,
        10,
        {"loss": 10.6, "step_time": 9.0, "learning_rate": 0.0, "grad_norm": 9.1, "throughput": 1.36},
    ),
    ("mindspore", "epoch: 1 step: 10, loss is 2.30", 10, None, {"loss": 2.3, "epoch": 1.0}),
    (
        "mindspore",
        "Train epoch time: 1752.3 ms, per step time: 175.5 ms",
        None,
        None,
        {"step_time": 0.1755},
    ),
    (
        "trainer",
        "{'loss': 1.23, 'grad_norm': 0.9, 'learning_rate': 5e-05, 'epoch': 0.1}",
        None,
        None,
        {"loss": 1.23, "grad_norm": 0.9, "learning_rate": 5e-05, "epoch": 0.1},
    ),
    (
        "trainer",
        "{'loss': '1.23', 'grad_norm': '0.9', 'learning_rate': '5e-05', 'epoch': '0.1'}",
        None,
        None,
        {"loss": 1.23, "grad_norm": 0.9, "learning_rate": 5e-05, "epoch": 0.1},
    ),
    (
        "trainer",
        "{'eval_loss': 1.1, 'eval_runtime': 12.3, 'eval_samples_per_second': 4.0, 'eval_f1': 0.7}",
        None,
        None,
        {"eval_loss": 1.1, "eval_f1": 0.7},
    ),
    (
        "paddle",
        PADDLE,
        10,
        None,
        {"loss": 1.2, "learning_rate": 3e-05, "throughput": 40.1, "epoch": 0.1},
    ),
    (
        "paddle",
        PADDLE_DETECTION,
        20,
        None,
        {"loss": 1.234567, "learning_rate": 1e-4, "step_time": 0.5, "throughput": 4.0, "epoch": 0.0},
    ),
    (
        "moxing",
        "INFO:tensorflow:step: 0(global step: 0)\tsample/sec: 97.193\tloss: 2.303",
        0,
        None,
        {"throughput": 97.193, "loss": 2.303},
    ),
    ("moxing", "INFO:tensorflow:loss = 2.303, step = 100 (0.512 sec)", 100, None, {"loss": 2.303}),
    ("moxing", "INFO:tensorflow:global_step/sec: 12.34", None, None, {"throughput": 12.34}),
    (
        "bar",
        "  5%|▌  | 50/1000 [00:30<09:30,  2.00it/s, loss=2.1]",
        50,
        1000,
        {"loss": 2.1, "step_time": 0.5},
    ),
    (
        "bar",
        "Epoch 0:  10%|█         | 10/100 [00:01<00:09,  4.00s/it, v_num=0, train_loss=0.512]",
        10,
        None,
        {"loss": 0.512, "step_time": 4.0, "epoch": 0.0},
    ),
    (
        "keras",
        "16/20 [=====>.] - ETA: 0s - loss: 0.5321 - accuracy: 0.9000",
        16,
        None,
        {"loss": 0.5321, "accuracy": 0.9},
    ),
    (
        "keras",
        "100/100 ━━━━━━━━━━━━━━━━━━━━ 1s 2ms/step - accuracy: 0.9012 - loss: 0.2103 - val_loss: 0.31",
        100,
        None,
        {"accuracy": 0.9012, "loss": 0.2103, "eval_loss": 0.31, "step_time": 0.002},
    ),
    (
        "mxnet",
        "INFO:root:Epoch[0] Batch [20]\tSpeed: 1020.30 samples/sec\taccuracy=0.512\tcross-entropy=1.234",
        20,
        None,
        {"throughput": 1020.3, "accuracy": 0.512, "loss": 1.234, "epoch": 0.0},
    ),
    (
        "mxnet",
        "INFO:root:Epoch[3] Validation-accuracy=0.712",
        None,
        None,
        {"eval_accuracy": 0.712, "epoch": 3.0},
    ),
    (
        "deepspeed",
        "[INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=1, lr=[1e-05], mom=[[0.9, 0.95]]",
        10,
        None,
        {"learning_rate": 1e-05, "skipped_steps": 1.0},
    ),
    ("deepspeed", DEEPSPEED_RATE, 10, None, {"throughput": 5.3, "memory_gib": 1.25}),
    (
        "deepspeed",
        "OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 65536, reducing to 32768",
        None,
        None,
        {"loss_scale": 32768.0},
    ),
    (
        "iterations",
        DETECTRON,
        19,
        None,
        {"loss": 1.234, "loss_cls": 0.512, "step_time": 0.3512, "learning_rate": 0.001, "memory_gib": 2.0},
    ),
    (
        "iterations",
        MMENGINE,
        7380,
        None,
        {
            "loss": 1.3,
            "loss_cls": 0.7,
            "step_time": 0.5,
            "learning_rate": 0.001,
            "memory_gib": 4.8828125,
            "epoch": 2.0,
        },
    ),
    (
        "vllm",
        VLLM,
        None,
        None,
        {
            "prompt_throughput": 12.3,
            "throughput": 45.6,
            "kv_cache_usage": 0.012,
            "running_requests": 1,
            "waiting_requests": 0,
        },
    ),
    ("trainer", '{"step": 12, "loss": 0.5, "lr": 1e-4}', 12, None, {"loss": 0.5, "learning_rate": 1e-4}),
    ("trainer", '{"metrics": {"global_step": 12, "loss": NaN}}', 12, None, {"loss": math.nan}),
    (
        "plain",
        "step=12 loss=0.5 lr=1e-4 tokens/s=1,234.5",
        12,
        None,
        {"loss": 0.5, "learning_rate": 1e-4, "throughput": 1234.5},
    ),
    ("plain", "第 12 步 loss：0.5", 12, None, {"loss": 0.5}),
    ("plain", "train step: 100 loss: 1,234.50 acc: 92.5%", 100, None, {"loss": 1234.5, "accuracy": 0.925}),
    (
        "spaced",
        "INFO trainer.py:214  epoch      4 step     17860 loss  2.3274 lr 1.00e-05  191.5/s",
        17860,
        None,
        {"loss": 2.3274, "learning_rate": 1e-05, "epoch": 4.0},
    ),
]


@pytest.mark.parametrize(("shape", "line", "step", "total", "values"), CASES, ids=range(len(CASES)))
def test_a_line_gives_exactly_its_numbers(
    shape: str, line: str, step: int | None, total: int | None, values: dict[str, float]
) -> None:
    reader = SignalReader()
    reading = reader.read(line)
    assert reading is not None
    found = {value.name: value.number for value in reading.values}
    assert (reader.shape, reading.step, reading.total) == (shape, step, total)
    assert found.keys() == values.keys()
    assert all(found[name] == pytest.approx(values[name], nan_ok=True) for name in values)


@pytest.mark.parametrize(
    "line",
    [
        "  successfully saved checkpoint at iteration    1000 to /cache/out",
        "Saving model checkpoint to out/checkpoint-1000",
        "INFO  checkpoint.py:88  saved /cache/output/ckpt-001000.pth",
    ],
)
def test_a_saved_checkpoint_is_a_signal_with_its_step(line: str) -> None:
    reader = SignalReader()
    reading = reader.read(line)
    assert reading is not None
    assert ([value.name for value in reading.values], reading.step) == (["checkpoint"], 1000)
    assert reader.shape == ""


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Validation Error: 0.231",
        "loss: information",
        "loss of connection: 3",
        "packet loss: 3 %",
        "lr: left",
        "error rate: 0.5",
        "Namespace(lr=0.1, epochs=3, batch_size=32)"[:9],
        "GET /v1/models 200 12ms",
        "step 3 of the installation is finished",
        "iteration over the files took 3 s",
        '{"level": "info", "msg": "loss of a node", "step": "init"}',
        "2026-11-28 12:00:00 INFO learning how to read",
        "Epoch: [0] starts",
        "100%|██████████| 10/10 [00:01<00:00]",
        "critical loss: 15 (step 3)",
        "Insurance claim: loss: 12000.50, claim step: 2",
        'ok: [host1] => {"changed": false, "loss": 0.5}',
        "User score: accuracy: 95% level: 3 epoch: 1672531200",
        "SLO burn: window 5m loss=0 step=5m",
        "Checkpoint saved to /var/lib/influxdb/wal",
        "Saved checkpoint to /data/tsdb/wal/checkpoint.00000012",
    ],
)
def test_other_lines_give_nothing(line: str) -> None:
    assert SignalReader().read(line) is None


def test_every_word_of_a_shape_is_looked_for() -> None:
    words = {word for shape in SHAPES for word in shape.words}
    assert [word for word in words if not may_hold_signals(f"[a] 5% {word} | b")] == []


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ('{"step": 10, "eval_f1": 0.75}', "eval_f1", 0.75),
        ("{'eval_accuracy': 0.9, 'epoch': 2.0}", "eval_accuracy", 0.9),
        ("epoch: 3, lr: 0.01", "learning_rate", 0.01),
        ("step=5 grad_norm=0.7", "grad_norm", 0.7),
    ],
)
def test_other_signals_need_their_step_or_epoch(line: str, name: str, value: float) -> None:
    reading = SignalReader().read(line)
    assert reading is not None
    assert (name, value) in [(one.name, one.number) for one in reading.values]


@pytest.mark.parametrize(
    "line",
    [
        "Namespace(batch_size=8, learning_rate=0.1, lr=0.1, steps=100, loss='ce')",
        '"learning_rate": 5e-05, "num_train_epochs": 3, "eval_steps": 500,',
        "eval_delay=0, eval_accumulation_steps=4, eval_ratio=0.1",
        "optimizer: AdamW(lr=0.001, betas=(0.9, 0.95))",
    ],
)
def test_settings_that_are_printed_are_no_signals(line: str) -> None:
    assert SignalReader().read(line) is None
