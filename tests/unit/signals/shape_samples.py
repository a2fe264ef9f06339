"""Lines as the frameworks write them, with exactly what is to be read.

The forms follow the print statements of the frameworks; the numbers are ours. Several lines in one sample are
read in order, and the last of them is the one that is judged.
"""

from __future__ import annotations

import math
from typing import NamedTuple


class Sample(NamedTuple):
    """Lines of a framework, the step and total of the last one, its values, and some of its units."""

    framework: str
    lines: tuple[str, ...]
    step: int | None
    total: int | None
    values: dict[str, float]
    units: dict[str, str] = {}  # noqa: RUF012


def _of(framework: str, *lines: str, step: int | None, total: int | None = None, **values: float) -> Sample:
    return Sample(framework, lines, step, total, values)


_MEGATRON_ZEROS = {"skipped_steps": 0.0, "nan_steps": 0.0}

SAMPLES: tuple[Sample, ...] = (
    Sample(
        "megatron",
        (
            " [2026-11-28 07:19:37] iteration        1/    5000 | consumed samples:          128 |"
            " elapsed time per iteration (ms): 19138.8 | throughput per GPU (TFLOP/s/GPU): 80.2 |"
            " learning rate: 6.976744E-08 | global batch size:   128 | lm loss: 1.043863E+01 |"
            " loss scale: 1.0 | grad norm: 26.203 | number of skipped iterations:   0 |"
            " number of nan iterations:   0 |",
        ),
        1,
        5000,
        {
            "step_time": 19.1388,
            "throughput": 80.2,
            "learning_rate": 6.976744e-08,
            "loss": 10.43863,
            "loss_scale": 1.0,
            "grad_norm": 26.203,
            **_MEGATRON_ZEROS,
        },
        {"throughput": "TFLOPS/card", "step_time": "s"},
    ),
    Sample(
        "megatron",
        (
            " iteration      199/  317892 | consumed samples:       152832 | consumed tokens:    625999872 |"
            " elapsed time per iteration (ms): 14287.5 | learning rate: 2.407E-04 | global batch size:   768 |"
            " lm loss: 5.905366E+00 | loss scale: 8192.0 | actual seqlen:  4096 |"
            " number of skipped iterations:   3 | number of nan iterations:   1 |"
            " samples per second: 53.753 | tokens per gpu per second (tgs): 3440.2 | TFLOPs: 167.35 |",
        ),
        199,
        317892,
        {
            "step_time": 14.2875,
            "throughput": 53.753,
            "learning_rate": 2.407e-04,
            "loss": 5.905366,
            "loss_scale": 8192.0,
            "skipped_steps": 3.0,
            "nan_steps": 1.0,
        },
        {"throughput": "samples/s"},
    ),
    Sample(
        "megatron",
        (
            " validation loss at iteration 2400 | lm loss value: 9.009587E+00 | lm loss PPL: 8.181144E+03 | ",
        ),
        2400,
        None,
        {"eval_loss": 9.009587, "eval_perplexity": 8181.144},
    ),
    Sample(
        "megatron",
        (" validation loss at iteration 100 on validation set | lm loss value: 2.5E+00 | lm loss PPL: 1.2E+01 | ",),
        100,
        None,
        {"eval_loss": 2.5, "eval_perplexity": 12.0},
    ),
    Sample(
        "megatron",
        (
            " iteration       10/    2000 | consumed samples:          640 | elapsed time per iteration (ms):"
            " 13105.3 | learning rate: 1.250000E-06 | global batch size:    64 | load_balancing_loss:"
            " 1.000000E+00 | lm loss: nan | loss scale: 1.0 | grad norm: nan | params norm: 100.5 |"
            " number of skipped iterations:   0 | number of nan iterations:   1 |",
        ),
        10,
        2000,
        {
            "step_time": 13.1053,
            "learning_rate": 1.25e-06,
            "load_balancing_loss": 1.0,
            "loss": math.nan,
            "loss_scale": 1.0,
            "grad_norm": math.nan,
            "skipped_steps": 0.0,
            "nan_steps": 1.0,
        },
    ),
    Sample(
        "mindformers",
        (
            "2025-04-07 15:34:27,308 - [mindformers/core/callback/callback.py:529] - INFO - { Epoch:[  2/  2],"
            " step:[    3/   19], loss: 10.649, per_step_time: 103328ms, lr: 9.981987e-06, overflow cond: False,"
            " loss_scale: 65536.0, global_norm: [10.579812], train_throughput_per_npu: 2.896T",
        ),
        22,
        38,
        {
            "loss": 10.649,
            "step_time": 103.328,
            "learning_rate": 9.981987e-06,
            "loss_scale": 65536.0,
            "grad_norm": 10.579812,
            "throughput": 2.896,
            "epoch": 2.0,
        },
        {"throughput": "TFLOPS/card"},
    ),
    Sample(
        "mindformers",
        (
            "[INFO] 2026-11-28 - { Epoch:[  1/  1], step:[  100/ 6500], loss:[2.125/3.250], per_step_time: 7637ms,"
            " lr: 1e-05, overflow cond: True, loss_scale: [32768.], global_norm: [47.329006]",
        ),
        100,
        6500,
        {
            "loss": 2.125,
            "step_time": 7.637,
            "learning_rate": 1e-05,
            "loss_scale": 32768.0,
            "grad_norm": 47.329006,
            "epoch": 1.0,
        },
    ),
    Sample(
        "mindformers",
        (
            "- INFO -    5.3% |██                                                | 0.00600 samples/s/p  25 days, 2:07:47 }",
        ),
        None,
        None,
        {"throughput": 0.006},
        {"throughput": "samples/s/card"},
    ),
    Sample(
        "mindformers",
        (
            "{ Epoch:[  1/  2], step:[    5/   20], loss: 4.500, lm_loss: 4.100, aux_loss: 0.400, per_step_time:"
            " 1752ms, lr: 1e-05, overflow cond: False, loss_scale: 1.0, global_norm: [inf],"
            " train_throughput_per_npu: 170.738T }",
        ),
        5,
        40,
        {
            "loss": 4.5,
            "aux_loss": 0.4,
            "step_time": 1.752,
            "learning_rate": 1e-05,
            "loss_scale": 1.0,
            "grad_norm": math.inf,
            "throughput": 170.738,
            "epoch": 1.0,
        },
    ),
    Sample(
        "mindspore",
        ("epoch: 1 step: 1562, loss is 1.4536957",),
        1562,
        None,
        {"loss": 1.4536957, "epoch": 1.0},
    ),
    Sample(
        "mindspore",
        ("epoch: 1 step: 39, loss is 0.5", "epoch: 2 step: 39, loss is nan"),
        78,
        None,
        {"loss": math.nan, "epoch": 2.0},
    ),
    Sample("mindspore", ("epoch time: 24.655 ms, per step time: 0.632 ms",), None, None, {"step_time": 0.000632}),
    Sample("mindspore", ("Train epoch time: 23.483 s, per step time: 372.740 ms",), None, None, {"step_time": 0.37274}),
    Sample(
        "mindspore",
        ("Epoch:[  0/ 10], step:[  938/  938], loss:[0.094/0.174], time:4.342 ms, lr:0.01000",),
        938,
        9380,
        {"loss": 0.094, "step_time": 0.004342, "learning_rate": 0.01, "epoch": 0.0},
    ),
    Sample(
        "mindspore",
        ("epoch: [2/10] step: [100/500], loss: 0.412300, overflow: False, lr: 0.000981, per step time: 145.123 ms, fps: 220.51 img/s",),
        600,
        5000,
        {"loss": 0.4123, "learning_rate": 0.000981, "step_time": 0.145123, "throughput": 220.51, "epoch": 2.0},
        {"throughput": "samples/s"},
    ),
    Sample(
        "mindspore",
        (
            "2023-01-10 17:29:07,004:INFO:epoch[1], iter[377], loss:1280.677487, per step time: 7642.25 ms,"
            " fps: 8.37, lr:0.003000000026077032",
        ),
        377,
        None,
        {"loss": 1280.677487, "step_time": 7.64225, "throughput": 8.37, "learning_rate": 0.003000000026077032, "epoch": 1.0},
    ),
    Sample(
        "mindspore",
        ("2026-11-28 mindcv.utils.callbacks INFO - Epoch: [2/5], batch: [100/400], loss: 0.213, lr: 0.000012, time: 12.3s",),
        500,
        2000,
        {"loss": 0.213, "learning_rate": 0.000012, "epoch": 2.0},
    ),
    Sample(
        "mindspore",
        ("2026-11-28 12:00:01 [INFO] Epoch 300/300, Step 100/462, imgsize (640, 640), loss: 6.5249, lbox: 3.0437, lobj: 0.0, lcls: 1.2, cur_lr: 0.0005",),
        138238,
        138600,
        {"loss": 6.5249, "learning_rate": 0.0005, "epoch": 300.0},
    ),
    # Hugging Face
    Sample(
        "hf",
        ("{'loss': 0.8938, 'grad_norm': 1.2345, 'learning_rate': 4.9e-05, 'epoch': 0.31}",),
        None,
        None,
        {"loss": 0.8938, "grad_norm": 1.2345, "learning_rate": 4.9e-05, "epoch": 0.31},
    ),
    Sample(
        "hf",
        (
            "  0%|          | 0/500 [00:00<?, ?it/s]",
            "  2%|▏         | 10/500 [00:06<04:53,  1.67it/s]",
            "{'loss': nan, 'grad_norm': inf, 'learning_rate': 0.0, 'epoch': 0.06}",
        ),
        None,
        None,
        {"loss": math.nan, "grad_norm": math.inf, "learning_rate": 0.0, "epoch": 0.06},
    ),
    Sample(
        "hf",
        (
            "  2%|▏         | 10/500 [00:06<04:53,  1.67it/s]"
            "{'loss': 2.3, 'grad_norm': 1.5, 'learning_rate': 5e-05, 'epoch': 0.06}",
        ),
        10,
        500,
        {"loss": 2.3, "grad_norm": 1.5, "learning_rate": 5e-05, "epoch": 0.06, "step_time": 1 / 1.67},
    ),
    Sample(
        "hf",
        ("{'eval_loss': 1.125, 'eval_accuracy': 0.75, 'eval_runtime': 10.2, 'eval_samples_per_second': 98.0, 'eval_steps_per_second': 12.3, 'epoch': 1.0}",),
        None,
        None,
        {"eval_loss": 1.125, "eval_accuracy": 0.75, "epoch": 1.0},
    ),
    Sample(
        "hf",
        ("{'train_runtime': 123.4, 'train_samples_per_second': 12.5, 'train_steps_per_second': 1.5, 'train_loss': 1.75, 'epoch': 3.0}",),
        None,
        None,
        {"throughput": 12.5, "train_loss": 1.75, "epoch": 3.0},
        {"throughput": "samples/s"},
    ),
    Sample(
        "hf",
        (
            " 50%|█████     | 500/1000 [05:00<05:00,  2.00it/s]",
            " 10%|█         | 6/63 [00:01<00:10,  6.00it/s]",
        ),
        None,
        None,
        {},
    ),
    Sample("hf", ("Loading checkpoint shards: 100%|██████████| 4/4 [00:08<00:00,  2.10s/it]",), None, None, {}),
    Sample("hf", ("Map: 100%|██████████| 52000/52000 [00:12<00:00, 4200.12 examples/s]",), None, None, {}),
    Sample(
        "hf",
        ("{'loss': 0.69, 'rewards/chosen': -0.25, 'rewards/rejected': -0.5, 'rewards/margins': 0.25, 'rewards/accuracies': 0.75, 'epoch': 0.5}",),
        None,
        None,
        {
            "loss": 0.69,
            "rewards/chosen": -0.25,
            "rewards/rejected": -0.5,
            "rewards/margins": 0.25,
            "rewards/accuracies": 0.75,
            "epoch": 0.5,
        },
    ),
    Sample(
        "llama-factory",
        (
            "[INFO|2026-11-28 12:00:01] llamafactory.train.callbacks:157 >> {'loss': 0.8938, 'learning_rate':"
            " 4.9900e-05, 'epoch': 0.31, 'throughput': 4321.5}",
        ),
        None,
        None,
        {"loss": 0.8938, "learning_rate": 4.99e-05, "epoch": 0.31, "throughput": 4321.5},
    ),
    Sample(
        "llama-factory",
        (
            '{"current_steps": 10, "total_steps": 1107, "loss": 0.8938, "lr": 4.98e-05, "epoch": 0.027,'
            ' "percentage": 0.9, "elapsed_time": "0:00:22", "remaining_time": "0:41:29", "throughput": 4321.4,'
            ' "total_tokens": 98304}',
        ),
        10,
        1107,
        {"loss": 0.8938, "learning_rate": 4.98e-05, "epoch": 0.027, "throughput": 4321.4},
    ),
    Sample(
        "llama-factory",
        (
            "{'loss': 1.2, 'acc': 0.7, 'grad_norm': 1.1, 'learning_rate': 1e-05, 'memory(GiB)': 20.5,"
            " 'train_speed(iter/s)': 0.5, 'epoch': 0.1, 'global_step/max_steps': '10/500', 'percentage': '2.00%'}",
        ),
        10,
        500,
        {
            "loss": 1.2,
            "accuracy": 0.7,
            "grad_norm": 1.1,
            "learning_rate": 1e-05,
            "memory_gib": 20.5,
            "step_time": 2.0,
            "epoch": 0.1,
        },
        {"memory_gib": "GiB"},
    ),
    # tqdm
    Sample("tqdm", ("  5%|▌         | 50/1000 [00:30<09:30,  1.67it/s, loss=2.1]",), 50, 1000, {"loss": 2.1, "step_time": 1 / 1.67}),
    Sample("tqdm", ("Epoch 3:  50%|#####     | 50/100 [01:00<01:00,  1.20s/it, loss=-0.5, lr=1e-4]",), 350, None, {"loss": -0.5, "learning_rate": 1e-4, "step_time": 1.2, "epoch": 3.0}),
    Sample("tqdm", ("Training: 12%|█▏        | 120/1000 [00:10<01:15, 11.70it/s, acc=91.5%, loss=1.5e-3]",), 120, 1000, {"loss": 0.0015, "accuracy": 0.915, "step_time": 1 / 11.7}),
    Sample("tqdm", ("Steps:   1%|          | 12/1500 [00:30<1:02:10,  2.51s/it, lr=0.0001, step_loss=0.0123]",), 12, 1500, {"loss": 0.0123, "learning_rate": 0.0001, "step_time": 2.51}),
    # Paddle
    Sample(
        "paddlenlp",
        (
            "[2026-11-28 16:19:16,008] [    INFO] - loss: 12.0635252, learning_rate: 2e-06, global_step: 1,"
            " current_memory_allocated: 7.549170255661011, current_memory_reserved: 7.753237724304199,"
            " max_memory_allocated: 7.549170255661011, max_memory_reserved: 7.753237724304199, interval_runtime:"
            " 1.1518, interval_samples_per_second: 0.8682, interval_tokens_per_second_per_device: 889.0448,"
            " interval_hardware_tflops_per_device: 2.77, interval_steps_per_second: 0.8682, progress_or_epoch: 0.0",
        ),
        1,
        None,
        {"loss": 12.0635252, "learning_rate": 2e-06, "throughput": 0.8682, "memory_gib": 7.549170255661011, "epoch": 0.0},
        {"throughput": "samples/s"},
    ),
    Sample(
        "paddlenlp",
        ("[2022-08-31 16:19:16,008] [    INFO] - loss: 3.25806541, learning_rate: 2.999206349206349e-05, global_step: 10, interval_runtime: 2.2591, interval_samples_per_second: 3.541, interval_steps_per_second: 4.427, epoch: 0.0265",),
        10,
        None,
        {"loss": 3.25806541, "learning_rate": 2.999206349206349e-05, "throughput": 3.541, "epoch": 0.0265},
    ),
    Sample(
        "paddlenlp",
        ("[2022-08-31 16:19:16,008] [    INFO] - eval_loss: 0.5, eval_accuracy: 0.875, eval_runtime: 2.0, eval_samples_per_second: 5, eval_steps_per_second: 1, epoch: 1.0",),
        None,
        None,
        {"eval_loss": 0.5, "eval_accuracy": 0.875, "epoch": 1.0},
    ),
    Sample(
        "paddlenlp",
        ("global step 10, epoch: 1, batch: 10, loss: 0.69531, accuracy: 0.51, speed: 5.25 step/s",),
        10,
        None,
        {"loss": 0.69531, "accuracy": 0.51, "epoch": 1.0, "throughput": 5.25},
        {"throughput": "steps/s"},
    ),
    Sample(
        "paddledetection",
        (
            "[11/28 12:00:01] ppdet.engine INFO: Epoch: [2] [  20/1000] learning_rate: 0.000100 loss: 1.234567"
            " loss_bbox_cls: 0.5 loss_rpn_reg: 0.25 eta: 1:02:03 batch_cost: 0.5000 data_cost: 0.0100 ips: 4.0000 images/s",
        ),
        2020,
        None,
        {
            "loss": 1.234567,
            "loss_bbox_cls": 0.5,
            "loss_rpn_reg": 0.25,
            "learning_rate": 1e-4,
            "step_time": 0.5,
            "throughput": 4.0,
            "epoch": 2.0,
        },
        {"throughput": "samples/s", "step_time": "s"},
    ),
    Sample(
        "paddledetection",
        (
            "[11/28 12:00:01] ppdet.engine INFO: Epoch: [0] [   0/  52] eta: 0:10:00 lr: 0.00001 loss: 4.5 loss_cls: 1.5"
            " batch_cost: 12.5 data_cost: 1.0001 ips: 0.6400 images/s, max_mem_reserved: 4096 MB, max_mem_allocated: 2048 MB",
        ),
        0,
        None,
        {"loss": 4.5, "loss_cls": 1.5, "learning_rate": 1e-5, "step_time": 12.5, "throughput": 0.64, "memory_gib": 2.0, "epoch": 0.0},
    ),
    Sample(
        "paddledetection",
        (
            "[2026/11/28 12:00:01] ppcls INFO: [Train][Epoch 1/120][Iter: 10/312]lr(LinearWarmup): 0.00100000,"
            " top1: 0.01000, top5: 0.05000, CELoss: 6.90000, loss: 6.91000, batch_cost: 1.20000s, reader_cost: 0.5,"
            " ips: 120.50000 samples/s, eta: 1 day, 2:03:04",
        ),
        10,
        37440,
        {"loss": 6.91, "learning_rate": 0.001, "accuracy": 0.01, "top5": 0.05, "CELoss": 6.9, "step_time": 1.2, "throughput": 120.5, "epoch": 1.0},
        {"throughput": "samples/s"},
    ),
    Sample(
        "paddledetection",
        (
            "[2026/11/28 12:00:01] ppocr INFO: epoch: [1/500], global_step: 10, lr: 0.000001, acc: 0.25, loss: 3.285,"
            " avg_reader_cost: 0.1 s, avg_batch_cost: 0.3 s, avg_samples: 16.0, ips: 40.2 samples/s, eta: 1:00:00",
        ),
        10,
        None,
        {"loss": 3.285, "learning_rate": 0.000001, "accuracy": 0.25, "step_time": 0.3, "throughput": 40.2, "epoch": 1.0},
    ),
    Sample(
        "paddledetection",
        ("2026-11-28 12:00:01 [INFO]\t[TRAIN] epoch: 1, iter: 10/1000, loss: 2.7239, lr: 0.009919, batch_cost: 0.6, reader_cost: 0.005, ips: 6.2 samples/sec | ETA 00:10:34",),
        10,
        1000,
        {"loss": 2.7239, "learning_rate": 0.009919, "step_time": 0.6, "throughput": 6.2, "epoch": 1.0},
        {"throughput": "samples/s"},
    ),
    # MoXing and TensorFlow 1
    Sample("moxing", ("INFO:tensorflow:step: 50(global step: 1050)\tsample/sec: 97.193\treg_loss: 0.125\tloss: 2.303",), 1050, None, {"throughput": 97.193, "reg_loss": 0.125, "loss": 2.303}, {"throughput": "samples/s"}),
    Sample("moxing", ("INFO:tensorflow:step: 100(global step: 100)\tsample/sec: 1,097.5\tloss: 0.5\taccuracy: 0.75",), 100, None, {"throughput": 1097.5, "loss": 0.5, "accuracy": 0.75}),
    Sample("moxing", ("I1128 12:00:01.123456 140123 basic_session_run_hooks.py:247] loss = 2.3031, step = 1,200 (8.123 sec)",), 1200, None, {"loss": 2.3031}),
    Sample("moxing", ("INFO:tensorflow:loss = 2.5, learning_rate = 0.125, step = 300 (8.123 sec)",), 300, None, {"loss": 2.5, "learning_rate": 0.125}),
    Sample("moxing", ("INFO:tensorflow:global_step/sec: 12.34",), None, None, {"throughput": 12.34}, {"throughput": "steps/s"}),
    Sample("moxing", ("INFO:tensorflow:global step 100: loss = 2.3000 (0.250 sec/step)",), 100, None, {"loss": 2.3, "step_time": 0.25}),
    Sample("moxing", ("INFO:tensorflow:Saving dict for global step 1000: accuracy = 0.93, global_step = 1000, loss = 0.21",), 1000, None, {"eval_accuracy": 0.93, "eval_loss": 0.21}),
    Sample("moxing", ("INFO:tensorflow:Saving checkpoints for 1000 into /cache/out/model.ckpt.",), 1000, None, {"checkpoint": 1.0}),
    Sample("moxing", ("INFO:tensorflow:loss = NaN, step = 7",), 7, None, {"loss": math.nan}),
    # Keras
    Sample("keras", ("Epoch 2/5", "100/100 [==============================] - 3s 25ms/step - loss: 0.5 - accuracy: 0.9 - val_loss: 0.4 - val_accuracy: 0.91"), 200, 500, {"loss": 0.5, "accuracy": 0.9, "eval_loss": 0.4, "eval_accuracy": 0.91, "step_time": 0.025, "epoch": 2.0}),
    Sample("keras", ("Epoch 1/10", "\x1b[1m 12/938\x1b[0m \x1b[32m━\x1b[0m\x1b[37m━━━\x1b[0m \x1b[1m4s\x1b[0m 5ms/step - accuracy: 0.1212 - loss: 2.3456"), 12, 9380, {"loss": 2.3456, "accuracy": 0.1212, "step_time": 0.005, "epoch": 1.0}),
    Sample("keras", ("Epoch 1/3", "938/938 - 3s - loss: 0.2512 - accuracy: 0.9262 - val_loss: 0.1310 - val_accuracy: 0.9608"), 938, 2814, {"loss": 0.2512, "accuracy": 0.9262, "eval_loss": 0.131, "eval_accuracy": 0.9608, "epoch": 1.0}),
    Sample("keras", ("938/938 - 3s - 3ms/step - accuracy: 0.9262 - loss: nan",), 938, None, {"loss": math.nan, "accuracy": 0.9262, "step_time": 0.003}),
    Sample("keras", ("16/20 [=====================>........] - ETA: 0s - loss: -1.25e-3 - acc: 0.5",), 16, None, {"loss": -0.00125, "accuracy": 0.5}),
    # PyTorch Lightning
    Sample("lightning", ("Epoch 3:  45%|████▌     | 450/1000 [01:15<01:32,  5.98it/s, v_num=2, train_loss_step=1.23, train_loss_epoch=1.5]",), 3450, None, {"loss": 1.23, "train_loss_epoch": 1.5, "step_time": 1 / 5.98, "epoch": 3.0}),
    Sample("lightning", ("Epoch 0: 100%|██████████| 100/100 [00:10<00:00,  9.80it/s, loss=0.12, v_num=0, val_loss=0.25, val_acc=0.9]",), 100, None, {"loss": 0.12, "eval_loss": 0.25, "eval_accuracy": 0.9, "step_time": 1 / 9.8, "epoch": 0.0}),
    Sample("lightning", ("Validation DataLoader 0:  50%|█████     | 5/10 [00:00<00:00, 33.10it/s]",), None, None, {}),
    Sample("lightning", ("Training epoch 0, iteration 9/99 | lr: 1.349e-06 | global_batch_size: 512 | global_step: 9 | reduced_train_loss: 11.03 | train_step_timing in s: 4.47 | consumed_samples: 5120",), 9, None, {"loss": 11.03, "learning_rate": 1.349e-06, "step_time": 4.47, "epoch": 0.0}),
    Sample("lightning", ("Epoch 0: :   1%|          | 10/1000 [00:45<1:14:15, v_num=0, reduced_train_loss=10.40, global_step=9.000, consumed_samples=2560.0, train_step_timing in s=4.500]",), 10, None, {"loss": 10.4, "step_time": 4.5, "epoch": 0.0}),
    # MXNet
    Sample("mxnet", ("INFO:root:Epoch[0] Batch [20]\tSpeed: 1020.30 samples/sec\taccuracy=0.512000",), 20, None, {"throughput": 1020.3, "accuracy": 0.512, "epoch": 0.0}, {"throughput": "samples/s"}),
    Sample("mxnet", ("2026-11-28 12:00:01,123 Epoch[4] Batch [0-20]\tSpeed: 998.12 samples/sec\taccuracy=0.5\ttop_k_accuracy_5=0.75\tcross-entropy=1.5",), 20, None, {"throughput": 998.12, "accuracy": 0.5, "top_k_accuracy_5": 0.75, "loss": 1.5, "epoch": 4.0}),
    Sample("mxnet", ("INFO:root:Epoch[0] Train-accuracy=0.912",), None, None, {"accuracy": 0.912, "epoch": 0.0}),
    Sample("mxnet", ("INFO:root:Epoch[0] Validation-accuracy=0.875",), None, None, {"eval_accuracy": 0.875, "epoch": 0.0}),
    Sample("mxnet", ("Epoch[1] Batch [99]\tSpeed: 1843.750000 samples/sec\taccuracy=0.250000\tlr=0.100000",), 99, None, {"throughput": 1843.75, "accuracy": 0.25, "learning_rate": 0.1, "epoch": 1.0}),
    Sample("mxnet", ("INFO:root:[Epoch 3] Train-acc: 0.512, loss: 1.230 | Val-acc: 0.700 | time: 12.1",), None, None, {"accuracy": 0.512, "loss": 1.23, "eval_accuracy": 0.7, "epoch": 3.0}),
    # DeepSpeed
    Sample("deepspeed", ("[2023-11-07 01:55:23,711] [INFO] [logging.py:96:log_dist] [Rank 0] step=10, skipped=4, lr=[4.99804827338393e-05, 4.99804827338393e-05], mom=[(0.9, 0.95), (0.9, 0.95)]",), 10, None, {"learning_rate": 4.99804827338393e-05, "skipped_steps": 4.0}),
    Sample("deepspeed", ("[2023-11-07 01:55:23,714] [INFO] [timer.py:260:stop] epoch=0/micro_step=40/global_step=10, RunningAvgSamplesPerSec=25.025771473496132, CurrSamplesPerSec=25.704280480541442, MemAllocated=4.32GB, MaxMemAllocated=38.49GB",), 10, None, {"throughput": 25.704280480541442, "memory_gib": 4.32}, {"throughput": "samples/s", "memory_gib": "GiB"}),
    Sample("deepspeed", ("[2022-08-29 06:58:56,176] [INFO] [timer.py:198:stop] 0/20, RunningAvgSamplesPerSec=232.73, CurrSamplesPerSec=227.48, MemAllocated=0.36GB, MaxMemAllocated=15.06GB",), 20, None, {"throughput": 227.48, "memory_gib": 0.36}),
    Sample("deepspeed", ("[2023-11-07 01:55:08,040] [INFO] [logging.py:96:log_dist] [Rank 0] Overflow detected. Skipping step. Attempted loss scale: 8192.0, reducing to 4096.0",), None, None, {"loss_scale": 4096.0}),
    Sample("deepspeed", ("[deepspeed] OVERFLOW! Rank 0 Skipping step. Attempted loss scale: 16777216, reducing to 8388608",), None, None, {"loss_scale": 8388608.0}),
    Sample("deepspeed", ("steps: 100 loss: 2.3456 iter time (s): 0.125 samples/sec: 130.125",), 100, None, {"loss": 2.3456, "step_time": 0.125, "throughput": 130.125}, {"throughput": "samples/s"}),
    Sample("deepspeed", ("Epoch: 0, Step: 10, Rank: 0, loss = 2.578125",), 10, None, {"loss": 2.578125, "epoch": 0.0}),
    # detectron2, mmengine, mmdet 2
    Sample("detectron2", ("[11/28 12:00:01 d2.utils.events]:  eta: 0:05:10  iter: 19  total_loss: 1.234  loss_cls: 0.512  loss_box_reg: 0.25    time: 0.3512  last_time: 0.34  data_time: 0.02  last_data_time: 0.002   lr: 0.0010  max_mem: 2048M",), 19, None, {"loss": 1.234, "loss_cls": 0.512, "loss_box_reg": 0.25, "step_time": 0.3512, "learning_rate": 0.001, "memory_gib": 2.0}),
    Sample("detectron2", ("\x1b[32m[11/28 12:00:01 d2.utils.events]: \x1b[0m eta: 1 day, 2:03:04  iter: 1999  total_loss: nan  time: 0.5  lr: 2.5e-05  max_mem: 5120M",), 1999, None, {"loss": math.nan, "step_time": 0.5, "learning_rate": 2.5e-05, "memory_gib": 5.0}),
    Sample("mmengine", ("2026/11/28 12:00:01 - mmengine - INFO - Epoch(train)   [2][  50/7330]  base_lr: 2.0000e-02 lr: 1.0000e-03  eta: 12:00:00  time: 0.5000  data_time: 0.0200  memory: 5120  grad_norm: 3.5 loss: 1.3000  loss_cls: 0.7",), 7380, None, {"loss": 1.3, "loss_cls": 0.7, "step_time": 0.5, "learning_rate": 0.001, "grad_norm": 3.5, "memory_gib": 5.0, "epoch": 2.0}),
    Sample("mmengine", ("11/28 12:00:01 - mmengine - INFO - Iter(train) [  50/160000]  lr: 9.9e-03  eta: 1 day, 0:00:00  time: 0.5  data_time: 0.01  memory: 2048  loss: 2.5  decode.loss_ce: 1.5  decode.acc_seg: 30.125",), 50, 160000, {"loss": 2.5, "decode.loss_ce": 1.5, "decode.acc_seg": 30.125, "step_time": 0.5, "learning_rate": 0.0099, "memory_gib": 2.0}),
    Sample("mmengine", ("2026-11-28 12:00:01,123 - mmdet - INFO - Epoch [1][50/7330]\tlr: 1.978e-03, eta: 8:19:27, time: 0.511, data_time: 0.051, memory: 1024, loss_rpn_cls: 0.625, acc: 85.5, loss: 1.9",), 50, None, {"loss": 1.9, "loss_rpn_cls": 0.625, "accuracy": 85.5, "step_time": 0.511, "learning_rate": 0.001978, "memory_gib": 1.0, "epoch": 1.0}),
    Sample("mmengine", ("2026-11-28 12:00:01,123 - mmseg - INFO - Iter [50/160000]\tlr: 9.996e-03, eta: 1 day, 1:00:00, time: 0.5, data_time: 0.01, memory: 1024, decode.loss_ce: 2.1, loss: 2.8",), 50, 160000, {"loss": 2.8, "decode.loss_ce": 2.1, "step_time": 0.5, "learning_rate": 0.009996, "memory_gib": 1.0}),
    Sample("mmengine", ("11/28 12:00:01 - mmengine - INFO - Epoch(val) [1][313/313]    coco/bbox_mAP: 0.3650  coco/bbox_mAP_50: 0.5610  data_time: 0.01  time: 0.05",), None, None, {"coco/bbox_mAP": 0.365, "coco/bbox_mAP_50": 0.561, "epoch": 1.0}),
    # Ultralytics
    Sample("ultralytics", ("      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size", "      2/100      4.5G      1.451      3.408      1.246        230        800: 100%|██████████| 60/60 [00:42<00:00,  1.41it/s]"), 120, 6000, {"box_loss": 1.451, "cls_loss": 3.408, "dfl_loss": 1.246, "memory_gib": 4.5, "epoch": 2.0, "step_time": 1 / 1.41}, {"memory_gib": "GiB"}),
    Sample("ultralytics", ("     Epoch   gpu_mem       box       obj       cls    labels  img_size", "     0/299     512M   0.04567   0.0321  nan        45       640:  50%|█████     | 30/60 [00:21<00:21,  1.41it/s]"), 30, 18000, {"box_loss": 0.04567, "obj_loss": 0.0321, "cls_loss": math.nan, "memory_gib": 0.5, "epoch": 0.0, "step_time": 1 / 1.41}),
    Sample("ultralytics", ("                 Class     Images  Instances      Box(P          R      mAP50  mAP50-95): 100%|██████████| 1/1 [00:00<00:00,  6.99it/s]", "                   all          5        971      0.661      0.995      0.691      0.407"), None, None, {"precision": 0.661, "recall": 0.995, "mAP50": 0.691, "mAP50-95": 0.407}),
    Sample("ultralytics", ("      Epoch    GPU_mem   box_loss   cls_loss   dfl_loss  Instances       Size", "            1/2         0G     0.7178      3.356       1.14         37        640: 100% ━━━━━━━━━━━━ 147/147 0.5it/s 4:43"), 147, 294, {"box_loss": 0.7178, "cls_loss": 3.356, "dfl_loss": 1.14, "memory_gib": 0.0, "epoch": 1.0, "step_time": 2.0}),
    # fairseq
    Sample("fairseq", ("2026-11-28 14:35:05 | INFO | train_inner | epoch 003:    100 / 1000 loss=9.368, nll_loss=8.846, ppl=460.11, wps=14185.4, ups=0.5, wpb=28201.6, bsz=1117.8, num_updates=2100, lr=3.75925e-05, gnorm=1.724, loss_scale=128, train_wall=93, wall=0",), 2100, None, {"loss": 9.368, "nll_loss": 8.846, "perplexity": 460.11, "throughput": 14185.4, "step_time": 2.0, "learning_rate": 3.75925e-05, "grad_norm": 1.724, "loss_scale": 128.0, "epoch": 3.0}, {"throughput": "tokens/s"}),
    Sample("fairseq", ('2021-01-12 14:35:05 | INFO | train_inner | {"epoch": 3, "update": 2.174, "loss": "9.368", "nll_loss": "8.846", "ppl": "460.11", "wps": "14185.4", "ups": "0.5", "wpb": "28201.6", "bsz": "1117.8", "num_updates": "300", "lr": "3.75925e-05", "gnorm": "1.724", "train_wall": "93", "wall": "0"}',), 300, None, {"loss": 9.368, "nll_loss": 8.846, "perplexity": 460.11, "throughput": 14185.4, "step_time": 2.0, "learning_rate": 3.75925e-05, "grad_norm": 1.724, "epoch": 3.0}),
    Sample("fairseq", ('2021-01-12 14:37:14 | INFO | valid | {"epoch": 3, "valid_loss": "8.751", "valid_nll_loss": "8.101", "valid_ppl": "274.56", "valid_wps": "202259", "valid_wpb": "11163.9", "valid_bsz": "455.2", "valid_num_updates": "414", "valid_best_loss": "8.751"}',), 414, None, {"eval_loss": 8.751, "valid_nll_loss": 8.101, "eval_perplexity": 274.56, "valid_best_loss": 8.751, "epoch": 3.0}),
    Sample("fairseq", ("2026-11-28 14:37:14 | INFO | valid | epoch 003 | valid on 'valid' subset | loss 8.751 | nll_loss 8.101 | ppl 274.56 | wps 202259 | wpb 11163.9 | bsz 455.2 | num_updates 414",), 414, None, {"eval_loss": 8.751, "eval_nll_loss": 8.101, "eval_perplexity": 274.56, "epoch": 3.0}),
    Sample("fairseq", ("2026-11-28 14:37:14 | INFO | fairseq.checkpoint_utils | Saved checkpoint checkpoints/checkpoint_1_1000.pt (epoch 1 @ 1000 updates, score 8.7) (writing took 3.2 seconds)",), 1000, None, {"checkpoint": 1.0}),
    # timm and its kin
    Sample("timm", ("Train: 2 [  50/312 ( 16%)]  Loss: 6.93 (6.94)  Time: 0.421s,  304.12/s  (0.5s,  256.0/s)  LR: 1.000e-03  Data: 0.010 (0.051)",), 674, None, {"loss": 6.93, "step_time": 0.421, "throughput": 304.12, "learning_rate": 0.001, "epoch": 2.0}, {"throughput": "samples/s"}),
    Sample("timm", ("INFO: Train: [2/300][10/1251]\teta 4:51:11 lr 0.000001\t wd 0.0500\ttime 0.6 (0.7)\tloss 6.9 (6.95)\tgrad_norm 1.2 (1.3)\tloss_scale 65536.0000 (65536.0000)\tmem 5120MB",), 2512, 375300, {"loss": 6.9, "step_time": 0.6, "learning_rate": 0.000001, "grad_norm": 1.2, "loss_scale": 65536.0, "memory_gib": 5.0, "epoch": 2.0}),
    Sample("timm", ("Epoch: [1][ 10/5005]\tTime  0.512 ( 1.023)\tData  0.001 ( 0.300)\tLoss 6.9e+00 (7.0e+00)\tAcc@1   0.39 (  0.10)\tAcc@5   1.56 (  0.50)",), 5015, None, {"loss": 6.9, "step_time": 0.512, "accuracy": 0.39, "Acc@5": 1.56, "epoch": 1.0}),
    Sample("timm", ("Test: [  48/48]  Time: 0.1 (0.2)  Loss:  1.25 (1.3)  Acc@1: 70.125 (71.2)  Acc@5: 90.1 (90.2)",), None, None, {"eval_loss": 1.25, "eval_accuracy": 70.125, "eval_Acc@5": 90.1}),
    Sample("timm", ("Epoch: [1]  [  10/1251]  eta: 1:02:03  lr: 0.1  img/s: 90.125  loss: 6.9 (6.95)  acc1: 0.5 (0.2)  acc5: 1.5 (1.2)  time: 0.9  data: 0.1  max mem: 5120",), 1261, None, {"loss": 6.9, "learning_rate": 0.1, "throughput": 90.125, "accuracy": 0.5, "acc5": 1.5, "step_time": 0.9, "memory_gib": 5.0, "epoch": 1.0}),
    # Serving
    Sample("vllm", ("(APIServer pid=19189) INFO 10-06 11:23:31 [loggers.py:127] Engine 000: Avg prompt throughput: 474.7 tokens/s, Avg generation throughput: 9.8 tokens/s, Running: 0 reqs, Waiting: 3 reqs, GPU KV cache usage: 12.5%, Prefix cache hit rate: 50.0%",), None, None, {"prompt_throughput": 474.7, "throughput": 9.8, "kv_cache_usage": 0.125, "running_requests": 0.0, "waiting_requests": 3.0, "prefix_cache_hit_rate": 0.5}, {"throughput": "tokens/s"}),
    Sample("vllm", ("INFO 11-28 12:00:01 metrics.py:455] Avg prompt throughput: 0.0 tokens/s, Avg generation throughput: 45.6 tokens/s, Running: 1 reqs, Swapped: 0 reqs, Pending: 2 reqs, GPU KV cache usage: 1.5%, CPU KV cache usage: 0.0%.",), None, None, {"prompt_throughput": 0.0, "throughput": 45.6, "kv_cache_usage": 0.015, "running_requests": 1.0, "waiting_requests": 2.0}),
    Sample("vllm", ("[2026-11-28 12:00:01] Decode batch. #running-req: 64, #token: 2000, token usage: 0.20, gen throughput (token/s): 900.5, #queue-req: 0",), None, None, {"throughput": 900.5, "running_requests": 64.0, "waiting_requests": 0.0, "kv_cache_usage": 0.2}, {"throughput": "tokens/s"}),
    # JSON
    Sample("json", ('{"level":"info","ts":"2026-11-28T12:00:01Z","msg":"train","step":1200,"total_steps":5000,"loss":1.25,"lr":0.0001,"grad_norm":"NaN"}',), 1200, 5000, {"loss": 1.25, "learning_rate": 0.0001, "grad_norm": math.nan}),
    Sample("json", ('{"epoch": 1.0, "train": {"loss": -Infinity, "learning_rate": 1e-4}, "global_step": 12}',), 12, None, {"loss": -math.inf, "learning_rate": 1e-4, "epoch": 1.0}),
    Sample("json", ('2026-11-28 12:00:01 {"iter": 7, "val/loss": 0.5, "tokens_per_second": 1200}',), 7, None, {"eval_loss": 0.5, "throughput": 1200.0}),
    Sample("json", ('{"mode": "train", "epoch": 1, "iter": 50, "lr": 0.001, "memory": 2048, "data_time": 0.05, "loss": 1.5, "time": 0.5}',), 50, None, {"loss": 1.5, "learning_rate": 0.001, "step_time": 0.5, "memory_gib": 2.0, "epoch": 1.0}),
    # key=value and key: value
    Sample("plain", ("step=1,200 loss=1,234.5 lr=1e-4 tokens/s=1.2k",), 1200, None, {"loss": 1234.5, "learning_rate": 1e-4, "throughput": 1200.0}, {"throughput": "tokens/s"}),
    Sample("plain", ("Step 100/5000: loss=-0.25, grad_norm=+inf",), 100, 5000, {"loss": -0.25, "grad_norm": math.inf}),
    Sample("plain", ("[step 100 / 5000] train_loss: NaN | val_loss: 1.5",), 100, 5000, {"loss": math.nan, "eval_loss": 1.5}),
    Sample("plain", ("Epoch [2/10], Step [100/600], Loss: 0.5123",), 700, 6000, {"loss": 0.5123, "epoch": 2.0}),
    Sample("plain", ("Epoch 2/10 - train_loss: 0.5 - val_loss: 0.75 - accuracy: 92.5%",), None, None, {"loss": 0.5, "eval_loss": 0.75, "accuracy": 0.925, "epoch": 2.0}),
    Sample("plain", ("Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.301234",), None, None, {"loss": 2.301234, "epoch": 1.0}),
    Sample("plain", ("iter 100: loss 2.3456, time 123.45ms, mfu 12.34%",), 100, None, {"loss": 2.3456, "step_time": 0.12345, "mfu": 0.1234}),
    Sample("plain", ("step 1000: train loss 1.2345, val loss 1.4567",), 1000, None, {"loss": 1.2345, "eval_loss": 1.4567}),
    Sample("plain", ("[titan] 2026-11-28 12:00:01,123 - root - INFO - step: 10  loss:  4.8125  grad_norm:  1.25  memory: 41.5GiB(44.10%)  tps: 7,132  tflops: 413.25  mfu: 41.80%",), 10, None, {"loss": 4.8125, "grad_norm": 1.25, "memory_gib": 41.5, "throughput": 7132.0, "mfu": 0.418}),
    Sample("plain", ("loss=1.5 step=10 lr=1e-05 (keys in the other order)",), 10, None, {"loss": 1.5, "learning_rate": 1e-05}),
    Sample("plain", ("global_step=5 loss=2.5e+00 throughput=1200.5 tokens/s",), 5, None, {"loss": 2.5, "throughput": 1200.5}, {"throughput": "tokens/s"}),
    Sample("plain", ("iteration: 50, loss: 0.5, step_time: 350ms, samples/s: 1,024",), 50, None, {"loss": 0.5, "step_time": 0.35, "throughput": 1024.0}, {"throughput": "samples/s"}),
    # Chinese
    Sample("cjk", ("第 1,200 步，损失：0.5，学习率：1e-4",), 1200, None, {"loss": 0.5, "learning_rate": 1e-4}),
    Sample("cjk", ("【训练】轮次: 3, 步数: 100/500, 训练损失: 1.25, 准确率: 92.5%",), 100, 500, {"loss": 1.25, "accuracy": 0.925, "epoch": 3.0}),
    Sample("cjk", ("第3轮 第100步 loss为0.5，验证损失为0.75",), 100, None, {"loss": 0.5, "eval_loss": 0.75, "epoch": 3.0}),
    Sample("cjk", ("训练中 step=10，loss=2.5，吞吐=1,200 tokens/s",), 10, None, {"loss": 2.5, "throughput": 1200.0}, {"throughput": "tokens/s"}),
)
