"""MoXing, TensorFlow 1 with its benchmarks, MXNet, and the examples of tinygrad."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_value
from matui.signals.pairs import as_evaluation, collect, find_pairs, is_evaluation
from matui.signals.progress import LineReading, to_int

_MOXING = re.compile(r"global step:\s*(?P<step>\d[\d,]*)\)?(?P<rest>.*)")
_HOOK = re.compile(r"\bloss = (?P<loss>[-+\w.]+).*?\bstep = (?P<step>\d{1,3}(?:,\d{3})+|\d+)")
_SLIM = re.compile(
    r"\bglobal step (?P<step>\d+): loss = (?P<loss>[-+\w.]+)(?: \((?P<time>[\d.]+) sec/step\))?"
)
_EVALUATION = re.compile(r"Saving dict for global step (?P<step>\d+):(?P<rest>.*)")
_RATE = re.compile(r"\b(?P<of>global_step|examples)/sec: (?P<rate>[\d.]+)")
_PER_STEP = re.compile(r"\bStep (?P<step>\d+) per-step time (?P<time>[\d.]+)s")
# The benchmarks of TensorFlow and Horovod: "10  images/sec: 228.5 +/- 0.2 (jitter = 0.6)  7.682".
_BENCHMARK = re.compile(
    r"(?<![\w.])(?P<step>\d+)\s+images/sec: (?P<rate>[\d.]+) \+/- [\d.]+ \(jitter = [\d.]+\)"
    r"(?:\s+(?P<loss>[\d.]+|nan|inf))?"
)
_MXNET = re.compile(
    r"(?:Epoch|Iter)(?:\[(?P<epoch>\d+)\]| (?P<gluon>\d+)\]) ?"
    r"(?:\[?(?:Batch|Iter(?:ation)?) ?\[?(?P<batch>[\d-]+)(?:/(?P<size>\d+))?\]\s*)?(?P<rest>.*)"
)
_MXNET_PAIR = re.compile(
    r"Speed: (?P<speed>[\d.]+) samples/sec"
    r"|(?P<word>(?:training |validation )?[A-Za-z][\w-]*)(?:=|: )(?P<value>[-+]?(?:\d[\d.eE+-]*|nan|inf))"
)
_MXNET_VALIDATION = re.compile(r"^val(?:idation)?[- ]")
_MXNET_TRAINING = re.compile(r"^train(?:ing)?[- ]")
_MXNET_LOSS = re.compile(r"(?:cross_?entropy|softmaxcrossentropyloss)$")
_TINYGRAD = re.compile(r"(?<![\w.])(?P<step>\d+)\s+(?P<time>\d[\d.]*) (?P<unit>m?s) run,(?P<rest>.*)")
_TINYGRAD_PAIR = re.compile(
    r"(?<![\w.])(?P<value>[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|nan|inf)) (?P<word>loss|acc|LR|GB used)\b"
)


def read_moxing(line: str) -> LineReading | None:
    """Read MoXing, the estimators and slim of TensorFlow 1, and the benchmarks of TensorFlow and Horovod."""
    evaluated = _EVALUATION.search(line)
    if evaluated is not None:
        values = as_evaluation(collect(find_pairs(evaluated["rest"]).items()))
        return LineReading(values, int(evaluated["step"])) if values else None
    match = _MOXING.search(line)
    if match is not None:
        values = collect(find_pairs(match["rest"]).items())
        if is_evaluation(line):
            values = as_evaluation(values)
        return LineReading(values, to_int(match["step"])) if values else None
    slim = _SLIM.search(line)
    if slim is not None:
        loss = parse_value("loss", slim["loss"])
        timed = () if slim["time"] is None else (Value("step_time", float(slim["time"]), "s"),)
        return None if loss is None else LineReading((loss, *timed), int(slim["step"]))
    hook = _HOOK.search(line)
    if hook is not None:
        values = collect(find_pairs(line).items())
        return LineReading(values, to_int(hook["step"])) if values else None
    paced = _PER_STEP.search(line)
    if paced is not None:
        values = collect(find_pairs(line).items())
        return LineReading((Value("step_time", float(paced["time"]), "s"), *values), int(paced["step"]))
    bench = _BENCHMARK.search(line)
    if bench is not None:
        values = (Value("throughput", float(bench["rate"]), "samples/s"),)
        loss = None if bench["loss"] is None else Value("loss", float(bench["loss"]))
        return LineReading(values if loss is None else (*values, loss), int(bench["step"]))
    rate = _RATE.search(line)
    if rate is None:
        return None
    unit = "steps/s" if rate["of"] == "global_step" else "samples/s"
    return LineReading((Value("throughput", float(rate["rate"]), unit),))


def read_mxnet(line: str) -> LineReading | None:
    """Read MXNet's Speedometer, ``Epoch[0] Batch [20]  Speed: 10.3 samples/sec``, Gluon and Ignite."""
    match = _MXNET.search(line)
    if match is None or "][Epoch" in line:
        return None
    values: dict[str, Value] = {}
    for pair in _MXNET_PAIR.finditer(match["rest"]):
        value = (
            Value("throughput", float(pair["speed"]), "samples/s")
            if pair["speed"]
            else parse_value(_read_mxnet_word(pair["word"]), pair["value"])
        )
        if value is not None:
            values.setdefault(value.name, value)
    if not values:
        return None
    values["epoch"] = Value("epoch", float(match["epoch"] or match["gluon"]))
    batch = match["batch"]
    step = int(batch.split("-")[-1]) if batch else None
    return LineReading(tuple(values.values()), step, to_int(match["size"]))


def _read_mxnet_word(word: str) -> str:
    plain = _MXNET_TRAINING.sub("", _MXNET_VALIDATION.sub("eval_", word.lower())).replace("-", "_")
    known = _MXNET_LOSS.sub("loss", plain)
    return word if known == word.lower() else known


def read_tinygrad(line: str) -> LineReading | None:
    """Read ``12  456.78 ms run, 12.34 ms python, 5.67 loss, 0.000100 LR, 3.21 GB used``."""
    match = _TINYGRAD.search(line)
    if match is None:
        return None
    pairs = {pair["word"]: pair["value"] for pair in _TINYGRAD_PAIR.finditer(match["rest"])}
    if "GB used" in pairs:
        pairs["gpu_memory"] = f"{pairs['GB used']} GB"
    values = collect(pairs.items())
    timed = Value("step_time", float(match["time"]) * (0.001 if match["unit"] == "ms" else 1.0), "s")
    return LineReading((*values, timed), int(match["step"])) if values else None
