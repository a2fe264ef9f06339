"""DeepSpeed."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.pairs import collect, split_pairs
from matui.signals.reading import LineReading

_STEP = re.compile(r"\bstep=(?P<step>\d+), skipped=(?P<skipped>\d+), lr=\[(?P<lr>[-+\d.e]+)")
_RATE = re.compile(r"(?:\bglobal_step=|\b\d+/)(?P<step>\d+), (?P<rest>(?:RunningAvg)?SamplesPerSec=.*)")
_PIPELINE = re.compile(r"\bsteps: (?P<step>\d+) (?P<rest>loss: .*)")
_PIPELINE_PAIR = re.compile(r"(?P<word>loss|iter time \(s\)|samples/sec): (?P<value>[-+\w.]+)")
_SKIP = re.compile(
    r"(?:Skipping step.*?reducing to|\bloss scale (?:adjust )?(?:from [\d.e+]+ )?to:?|Attempted loss scale:)"
    r"\s+(?P<scale>[\d.e+]*\d)"
)
# DeepSpeed-Chat.
_CHAT = re.compile(r"(?:\bLatency: .*\bSamples/sec: |\|CurSamplesPerSec=)(?P<rate>[\d.]+)")


def read_deepspeed(line: str) -> LineReading | None:
    """Read DeepSpeed's steps, throughput, skipped steps and the losses of its pipelines."""
    match = _STEP.search(line)
    if match is not None:
        rate = Value("learning_rate", float(match["lr"]))
        return LineReading((rate, Value("skipped_steps", float(match["skipped"]))), int(match["step"]))
    match = _RATE.search(line)
    if match is not None:
        values = collect((word.strip(), text) for word, text in split_pairs(match["rest"], ",", "="))
        return LineReading(values, int(match["step"])) if values else None
    match = _PIPELINE.search(line)
    if match is not None:
        values = collect((pair["word"], pair["value"]) for pair in _PIPELINE_PAIR.finditer(match["rest"]))
        return LineReading(values, int(match["step"])) if values else None
    match = _CHAT.search(line)
    if match is not None:
        return LineReading((Value("throughput", float(match["rate"]), "samples/s"),))
    match = _SKIP.search(line)
    return None if match is None else LineReading((Value("loss_scale", float(match["scale"])),))
