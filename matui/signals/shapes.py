"""The table of shapes: which words a line of each format has, and its recogniser.

A recogniser takes one line of plain text and returns a ``LineReading``, or None for a line of another shape.
"""

from __future__ import annotations

from matui.signals.formats.bars import read_bar, read_keras, read_notebook_bar, read_rich, read_yolo
from matui.signals.formats.boosting import read_boosting, read_sagemaker
from matui.signals.formats.large_models import (
    read_deepspeed,
    read_megatron,
    read_memory,
    read_serving,
    read_verl,
)
from matui.signals.formats.mindspore import read_mindformers, read_mindspore
from matui.signals.formats.plain import (
    read_checkpoint,
    read_plain,
    read_saved_model,
    read_spaced,
    require_anchor,
)
from matui.signals.formats.speech_and_text import read_espnet, read_flair, read_marian, read_tacotron
from matui.signals.formats.tables import read_table_row
from matui.signals.formats.tensorflow import read_moxing, read_mxnet, read_tinygrad
from matui.signals.formats.trainer import read_dict, read_json, read_totals
from matui.signals.formats.vision import (
    read_basicsr,
    read_current_metric,
    read_cyclegan,
    read_darknet,
    read_iterations,
    read_paddle,
    read_precision,
    read_stylegan,
    read_timm,
)
from matui.signals.progress import Shape

_PAIRS = ("#Images", "loss", "Loss", "poch", "step", "iter", "Iter", "Step", "损失")
# A line without the words of a shape is not looked at; each word is looked for once for all shapes.
SHAPES: tuple[Shape, ...] = (
    Shape("megatron", ("iter",), ("iteration",), read_megatron),
    Shape("mindformers", ("step", " samples/s/p"), ("step:[", "step: [", " samples/s/p"), read_mindformers),
    Shape(
        "mindspore",
        ("loss", "step"),
        (
            "loss is",
            "] step: [",
            "per step time",
            ", step time: ",
            "mindcv",
            "imgsize (",
            "outputs are",
            "outputs is",
        ),
        read_mindspore,
    ),
    Shape(
        "deepspeed",
        ("step", "SamplesPerSec", "Samples/sec", "loss"),
        ("skipped=", "SamplesPerSec=", "Skipping step", "steps: ", "loss scale", "Samples/sec: "),
        read_deepspeed,
    ),
    Shape("mxnet", ("poch", "Iter"), ("Epoch[", "[Epoch ", "Iter["), read_mxnet),
    Shape(
        "moxing",
        ("step", "examples/sec", "jitter"),
        (
            *(
                "global step:",
                "step = ",
                "global_step/sec",
                "global step ",
                "per-step time ",
                "examples/sec: ",
            ),
            "images/sec: ",
        ),
        read_moxing,
    ),
    Shape("yolo", ("%|",), (":  ", ": 1"), read_yolo),  # of YOLOv6
    Shape("yolo", ("%|", "% ━", "it/s", "s/it"), ("G   ", "M   "), read_yolo),
    Shape("basicsr", ("iter",), (", lr:(", " iter"), read_basicsr),
    Shape(
        "iterations",
        ("iter", "Iter", "poch"),
        ("iter: ", "Iter(", "Iter [", "Epoch(train)", "Epoch(val)", "Epoch ["),
        read_iterations,
    ),
    Shape(
        "timm",
        ("Loss", "loss", "Acc@1", "poch"),
        ("Train: ", "Test:", "Test (", "Acc@1 ", " mem ", "* Best metric"),
        read_timm,
    ),
    Shape("paddle", ("step", "poch"), ("global_step: ", "Epoch: [", "][Epoch ", ", batch_id: "), read_paddle),
    Shape("paddle", ("cur metric, ",), ("cur metric, ",), read_current_metric),
    Shape("rich", ("poch",), (" • ",), read_rich),
    Shape(
        "vllm",
        ("throughput", "%|", "router", "thr (in/out)"),
        ("throughput: ", " throughput (", "est. speed", "per_token=", "Avg thr (in/out)"),
        read_serving,
    ),
    Shape("bar", ("%|",), ("%|",), read_bar),
    Shape("bar", ("it/s", "s/it"), ("% ",), read_bar),  # in a notebook, without the bar itself
    Shape("bar", ("loss", "Loss"), ("it [",), read_bar),
    Shape("bar", ("it/s",), (" it/s, Epoch ",), read_notebook_bar),
    Shape("keras", ("loss",), ("[=", "[>", "[.", "━", "s - ", " - loss: ", "/Unknown "), read_keras),
    Shape("table", ("loss", "step", "ep_rew_mean"), (" |",), read_table_row),
    Shape("table", ("loss", "iter"), (" │",), read_table_row),
    Shape("checkpoint", ("heckpoint", "ckpt"), ("sav", "Sav"), read_checkpoint),
    Shape("checkpoint", ("iter",), ("Snapshotting to ",), read_checkpoint),
    Shape("checkpoint", ("poch",), ("saving model to ",), read_checkpoint),
    Shape("checkpoint", ("save ",), (" model ",), read_checkpoint),
    Shape(
        "checkpoint",
        ("aved ", "aving ", "ave "),
        ("model", "Model", "weights", "pipeline", "training states"),
        read_saved_model,
    ),
    Shape("checkpoint", ("保存",), ("模型", "权重", "检查点", "断点"), read_saved_model),
    Shape("memory", ("iter",), ("memory (MB)",), read_memory),
    Shape("totals", ("step", "poch"), ("Total optimization steps", "Num Epochs"), read_totals),
    Shape("verl", ("step",), ("step:",), read_verl),
    Shape("espnet", ("poch",), ("epoch:train:", "epoch results: "), read_espnet),
    Shape("sagemaker", ("poch", "throughput"), ("#quality_metric: ", "#throughput_metric: "), read_sagemaker),
    Shape(
        "boosting",
        ("train-", "valid", "total: ", "Iteration:"),
        ("] ", "total: ", "Iteration:"),
        read_boosting,
    ),
    Shape("tinygrad", ("loss",), (" ms run, ", " s run, "), read_tinygrad),
    Shape("cyclegan", ("iter",), ("(epoch: ",), read_cyclegan),
    Shape("marian", (" : Cost ", "valid"), (" : Up. ",), read_marian),
    Shape("stylegan", ("gpumem ",), ("sec/tick",), read_stylegan),
    Shape("flair", ("loss",), ("DEV : loss ", "TEST : loss "), read_flair),
    Shape("coco", ("@[ IoU=",), ("Average Precision",), read_precision),
    Shape("tacotron", ("loss",), ("Train loss ", "Validation loss "), read_tacotron),
    Shape("darknet", ("loss",), (" avg loss, ",), read_darknet),
    Shape("spaced", ("loss", "Loss", "损失"), (" loss ", " Loss ", "-loss ", "_loss ", "损失 "), read_spaced),
    Shape("trainer", _PAIRS, ("{'", '{"'), require_anchor(read_dict)),
    Shape("json", _PAIRS, ('{"',), require_anchor(read_json)),
    Shape("plain", _PAIRS, ("=", ":", "：", "为"), require_anchor(read_plain)),
)


def may_hold_signals(line: str) -> bool:
    """Return whether a line has one of the words that every known shape has: most lines have none."""
    # A letter that few lines have is looked for before its words: it costs a third.
    return (
        "oss" in line
        or "ter" in line
        or (
            "p" in line
            and (
                "tep" in line
                or "poch" in line
                or "amples" in line
                or ("k" in line and "ckp" in line)
                or ("u" in line and ("throughput" in line or "gpumem " in line))
            )
        )
        or (
            "%" in line
            and ("%|" in line or "% ━" in line or ("/" in line and ("it/s" in line or "s/it" in line)))
        )
        or ("|" in line and "ep_rew_mean " in line)
        or ("@" in line and ("Acc@1" in line or "@[ IoU=" in line))
        or ("#" in line and ("#Images" in line or " LOSS " in line))
        or (
            "v" in line
            and (
                ("av" in line and ("aved " in line or "aving " in line or "ave " in line))
                or ("]" in line and "valid" in line)
            )
        )
        or (
            "]" in line
            and (
                "train-" in line
                or ("=" in line and "[batch=" in line)
                or ("C" in line and " : Cost " in line)
                or ("," in line and "cur metric, " in line)
                or ("/" in line and "thr (in/out)" in line)
            )
        )
        or "total: " in line
        or (not line.isascii() and ("损失" in line or "保存" in line))
    )
