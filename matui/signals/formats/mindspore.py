"""MindSpore's monitors, MindFormers, MindCV, MindYOLO and MindOCR."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_value
from matui.signals.pairs import collect, find_pairs, split_pairs
from matui.signals.progress import LineReading, build_epoch_progress, find_progress

_MINDFORMERS = re.compile(
    r"(?:[Ee]poch:\s*\[\s*(?P<epoch>\d+)\s*/\s*(?P<epochs>\d+)\s*\]\s*,?\s*)?"
    r"step:\s*\[\s*(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\]\s*,(?P<rest>[^{}]*)"
)
_BARE_NORM = re.compile(r"\bglobal_norm \[(?P<norm>[-+\w.]+)")
_SPEED = re.compile(r"\d% \|[^|]*\|\s*(?P<rate>[\d.]+) samples/s/p\b")
_MONITOR = re.compile(
    r"epoch:\s*(?P<epoch>\d+),?\s+step:\s*(?P<step>\d+),?\s+loss(?: is|:)\s*(?P<loss>[^\s,]+)"
)
# The suites of models print what the network returns: the loss is its first number.
_OUTPUTS = re.compile(
    r"epoch:\s*(?P<epoch>\d+),.*?\bstep:\s*(?P<step>\d+), outputs (?:are|is):?\s*[\[(]*"
    r"(?:Tensor\(.*?value=\s*)?(?P<loss>[-+]?(?:\d[\d.eE+-]*|nan|inf))"
)
_STEP_TIME = re.compile(r"(?:per|,) step time:\s*(?P<time>[\d.]+)\s*(?P<unit>ms|s)\b")


def read_mindformers(line: str) -> LineReading | None:
    """Read MindFormers 1.x, which counts steps in an epoch, and 2.x: ``{ step:[ 1/ 10], loss: 10.6 }``.

    MindVision writes ``time:`` instead of ``per_step_time:`` and counts epochs from 0.
    """
    speed = _SPEED.search(line)
    if speed is not None:
        return LineReading((Value("throughput", float(speed["rate"]), "samples/s/card"),))
    match = _MINDFORMERS.search(line)
    if match is None:
        return None
    pairs = dict(split_pairs(match["rest"], ","))
    texts = {word.strip(): text for word, text in pairs.items()}
    bare = _BARE_NORM.search(match["rest"])
    if bare is not None:
        texts["global_norm"] = bare["norm"]
    first = 1
    if "time" in texts:
        texts["step_time"], first = texts.pop("time"), 0
    values = _add_step_time(collect(texts.items()), line)
    step, total = int(match["step"]), int(match["total"])
    if not match["epoch"]:
        return LineReading(values, step, total) if values else None
    return build_epoch_progress(
        int(match["epoch"]), int(match["epochs"]), step, total, first=first
    ).build_reading(values)


def read_mindspore(line: str) -> LineReading | None:
    """Read the loss and time monitors, ``epoch: 1 step: 10, loss is 2.30``, and those of the model suites."""
    match = _MONITOR.search(line)
    if match is not None:
        loss = parse_value("loss", match["loss"])
        if loss is None:
            return None
        others = find_pairs(line)
        values = collect(
            (("loss", match["loss"]), *((word, others[word]) for word in others if word != "loss"))
        )
        kept = tuple(value for value in values if value.name not in ("epoch",))
        return LineReading(
            (*_add_step_time(kept, line), Value("epoch", float(match["epoch"]))), int(match["step"])
        )
    match = _OUTPUTS.search(line)
    if match is not None:
        loss = parse_value("loss", match["loss"])
        epoch = Value("epoch", float(match["epoch"]))
        return None if loss is None else LineReading((loss, epoch), int(match["step"]))
    pairs = find_pairs(line)
    pairs.pop("time", None)
    values = collect(pairs.items())
    if any(value.name == "loss" for value in values):
        return find_progress(line).build_reading(_add_step_time(values, line))
    timed = _STEP_TIME.search(line)
    return None if timed is None else find_progress(line).build_reading((_read_step_time(timed),))


def _add_step_time(values: tuple[Value, ...], line: str) -> tuple[Value, ...]:
    timed = _STEP_TIME.search(line)
    if timed is None or any(value.name == "step_time" for value in values):
        return values
    return (*values, _read_step_time(timed))


def _read_step_time(match: re.Match[str]) -> Value:
    scale = 0.001 if match["unit"] == "ms" else 1.0
    return Value("step_time", float(match["time"]) * scale, "s")
