"""The table of shapes: which words a line of each format has, and its recogniser.

A recogniser takes one line of plain text and returns a ``LineReading``, or None for a line of another shape.
"""

from __future__ import annotations

from matui.signals.formats.bars import read_bar, read_keras, read_yolo
from matui.signals.formats.checkpoints import read_checkpoint
from matui.signals.formats.deepspeed import read_deepspeed
from matui.signals.formats.megatron import read_megatron, read_memory
from matui.signals.formats.mindspore import read_mindformers, read_mindspore
from matui.signals.formats.plain import anchored, read_plain, read_spaced
from matui.signals.formats.serving import read_serving
from matui.signals.formats.tensorflow import read_moxing, read_mxnet
from matui.signals.formats.trainer import read_dict, read_json, read_totals
from matui.signals.formats.vision import read_iterations, read_paddle, read_timm
from matui.signals.reading import Shape


def may_hold_signals(line: str) -> bool:
    """Return whether a line has one of the words that every known shape has: most lines have none."""
    return (
        "tep" in line
        or "oss" in line
        or "poch" in line
        or "ter" in line
        or "heckpoint" in line
        or "%|" in line
        or "throughput" in line
        or "amples" in line
        or "损失" in line
        or "% ━" in line
    )


_PAIRS = ("loss", "Loss", "poch", "step", "iter", "Iter", "Step", "损失")
# A line without the words of a shape is not looked at; each word is looked for once for all shapes.
SHAPES: tuple[Shape, ...] = (
    Shape("megatron", ("iter",), ("iteration",), read_megatron),
    Shape("mindformers", ("step", " samples/s/p"), ("step:[", "step: [", " samples/s/p"), read_mindformers),
    Shape(
        "mindspore",
        ("loss", "step"),
        ("loss is", "] step: [", "per step time", "mindcv", "imgsize ("),
        read_mindspore,
    ),
    Shape(
        "deepspeed",
        ("step", "SamplesPerSec", "loss"),
        ("skipped=", "SamplesPerSec=", "Skipping step", "steps: ", "loss scale to"),
        read_deepspeed,
    ),
    Shape("mxnet", ("poch",), ("Epoch[", "[Epoch "), read_mxnet),
    Shape(
        "moxing",
        ("step",),
        ("global step:", "step = ", "global_step/sec", "global step "),
        read_moxing,
    ),
    Shape("yolo", ("%|", "% ━"), ("G   ", "M   "), read_yolo),
    Shape(
        "iterations",
        ("iter", "Iter", "poch"),
        ("iter: ", "Iter(", "Iter [", "Epoch(train)", "Epoch(val)", "Epoch ["),
        read_iterations,
    ),
    Shape(
        "timm",
        ("Loss", "loss"),
        ("Train: ", "Test: [", "Acc@1 ", " mem "),
        read_timm,
    ),
    Shape("paddle", ("step", "poch"), ("global_step: ", "Epoch: [", "][Epoch "), read_paddle),
    Shape("bar", ("%|",), ("%|",), read_bar),
    Shape("keras", ("loss",), ("[=", "[>", "[.", "━", "s - "), read_keras),
    Shape("vllm", ("throughput",), ("throughput: ", "gen throughput ("), read_serving),
    Shape("checkpoint", ("heckpoint",), ("sav", "Sav"), read_checkpoint),
    Shape("memory", ("iter",), ("memory (MB)",), read_memory),
    Shape("totals", ("step", "poch"), ("Total optimization steps", "Num Epochs"), read_totals),
    Shape("spaced", ("loss", "损失"), (" loss ", "损失 "), read_spaced),
    Shape("trainer", _PAIRS, ("{'", '{"'), anchored(read_dict)),
    Shape("json", _PAIRS, ('{"',), anchored(read_json)),
    Shape("plain", _PAIRS, ("=", ":", "：", "为"), anchored(read_plain)),
)
