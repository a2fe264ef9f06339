"""Image synthesis, whose losses have names of their own: CycleGAN and pix2pix, StyleGAN 2 and 3, BasicSR."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number
from matui.signals.progress import RunProgress
from matui.signals.reading import LineReading

_LINE = re.compile(r"\(epoch: (?P<epoch>\d+), iters: (?P<step>\d+), time: [\d.]+[^)]*\)(?P<rest>.*)")
_LOSS = re.compile(r"\b(?P<name>[A-Za-z]\w{0,40}): (?P<value>-?\d[\d.]*(?:e-?\d+)?|-?(?:nan|inf))(?!\S)")
_TICK = re.compile(
    r"\btick (?P<step>\d+)\s+kimg (?P<kimg>\d[\d.]*)\s.*?\bsec/tick (?P<time>\d[\d.]*)"
    r"(?:.*?\bgpumem (?P<memory>\d[\d.]*))?(?:.*?\baugment (?P<augment>\d[\d.]*))?"
)
_BASICSR_LINE = re.compile(
    r"\[epoch:\s*(?P<epoch>\d+), iter:\s*(?P<step>[\d,]+), lr:\((?P<rate>[^,)]+)[^\]]*\]"
    r"(?: \[[^\]]*?(?:time \(data\): (?P<time>\d[\d.]*)[^\]]*)?\])?(?P<rest>.*)"
)
_BASICSR_LOSS = re.compile(
    r"\b(?P<name>[A-Za-z]\w{0,40}): (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))(?!\S)"
)
_SCORE = re.compile(r"# (?P<name>[a-z]\w{0,20}): (?P<value>\d[\d.]*)\s+Best: \d[\d.]* @ (?P<step>\d+) iter")


def read_cyclegan(line: str) -> LineReading | None:
    """Read ``(epoch: 1, iters: 100, time: 0.12, data: 0.01) D_A: 0.25 G_A: 0.31``; each name stays."""
    match = _LINE.search(line)
    if match is None:
        return None
    values = tuple(Value(loss["name"], float(loss["value"])) for loss in _LOSS.finditer(match["rest"]))
    return RunProgress(int(match["step"]), None, float(match["epoch"])).build_reading(values)


def read_stylegan(line: str) -> LineReading | None:
    """Read ``tick 12  kimg 48.4  time 12m 34s  sec/tick 101.2  gpumem 7.35``; a step is a tick."""
    match = _TICK.search(line)
    if match is None:
        return None
    values = [Value("kimg", float(match["kimg"])), Value("step_time", float(match["time"]), "s")]
    if match["memory"]:
        values.append(Value("memory_gib", float(match["memory"]), "GiB"))
    if match["augment"]:
        values.append(Value("augment", float(match["augment"])))
    return LineReading(tuple(values), int(match["step"]))


def read_basicsr(line: str) -> LineReading | None:
    """Read ``[train..][epoch:  0, iter:  5,000, lr:(1.0e-04,)] [eta: …] l_pix: 1.2e-02``; names stay."""
    match = _BASICSR_LINE.search(line)
    if match is None:
        score = _SCORE.search(line)
        return None if score is None else LineReading((Value(score["name"], float(score["value"])),))
    values = [Value(loss["name"], float(loss["value"])) for loss in _BASICSR_LOSS.finditer(match["rest"])]
    rate = parse_number(match["rate"])
    if rate is not None:
        values.append(Value("learning_rate", rate))
    if match["time"]:
        values.append(Value("step_time", float(match["time"]), "s"))
    step = int(match["step"].replace(",", ""))
    return RunProgress(step, None, float(match["epoch"])).build_reading(tuple(values))
