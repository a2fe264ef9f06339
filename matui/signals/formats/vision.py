"""Vision libraries, and image synthesis, whose losses have names of their own.

The libraries are detectron2, mmengine and mmcv, the Paddle suites, timm, Swin and torchvision, Darknet;
those of image synthesis are CycleGAN and pix2pix, StyleGAN 2 and 3, BasicSR.
"""

from __future__ import annotations

import re

from matui.signals.formats.trainer import has_anchor
from matui.signals.names import Value, parse_number, parse_value
from matui.signals.pairs import (
    as_evaluation,
    collect,
    find_pairs,
    find_spaced,
    is_evaluated_batch,
    is_evaluation,
)
from matui.signals.progress import LineReading, RunProgress, find_progress

_VALIDATION = re.compile(r"\b(?:Epoch|Iter)\(val\)\s*(?:\[(?P<epoch>\d+)\])?\s*\[\s*\d+(?:/\d+)?\]")
_SUMMARY = re.compile(r"(?:^|[\s:])(?:\*|Test: (?:EMA)?) ?(?:Acc|Prec)@1 ")
_BEST = re.compile(r"\* Best metric: (?P<metric>[\d.]+) \(epoch \d+\)")
# COCO's, of all areas and with 100 detections.
_PRECISION = re.compile(
    r"Average Precision\s+\(AP\) @\[ IoU=(?P<overlap>0\.50:0\.95|0\.50|0\.75)\s*\| area=\s*all"
    r" \| maxDets=\s*100 \]"
    r" = (?P<value>\d\.\d+)"
)
_PRECISIONS = {"0.50:0.95": "AP", "0.50": "AP50", "0.75": "AP75"}
_PER_SECOND = re.compile(r"\bTime: [\d.]+s,\s*(?P<rate>[\d.,]+)/s")
_NUMBER = r"-?(?:\d[\d.]*|nan|inf)"
_LINE = re.compile(
    rf"(?<![\w.])(?P<step>\d+): (?P<loss>{_NUMBER}), {_NUMBER} avg loss, "
    r"(?P<rate>\d[\d.e-]*) rate, (?P<time>\d[\d.]*) seconds, \d+ images"
)
_PIX2PIX_LINE = re.compile(r"\(epoch: (?P<epoch>\d+), iters: (?P<step>\d+), time: [\d.]+[^)]*\)(?P<rest>.*)")
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


def read_iterations(line: str) -> LineReading | None:
    """Read detectron2 (``iter: 19  total_loss: 1.2``), mmengine (``Epoch(train) [1][ 50/7330]``) and mmcv."""
    checked = _VALIDATION.search(line)
    pairs = find_pairs(line)
    if "time" in pairs:
        pairs["step_time"] = pairs["time"]
    values = collect(pairs.items())
    if checked is not None:
        scores = as_evaluation(values)
        epoch = None if checked["epoch"] is None else float(checked["epoch"])
        return RunProgress(None, None, epoch).build_reading(scores)
    if not has_anchor(values) and all(value.name != "learning_rate" for value in values):
        return None
    progress = find_progress(line)
    return None if progress.step is None else progress.build_reading(values)


def read_paddle(line: str) -> LineReading | None:
    """Read PaddleNLP (``loss: 1.2, global_step: 10``) and the other suites (``Epoch: [0] [ 20/1000]``)."""
    pairs = find_pairs(line)
    if "lr(" in line:  # the name of the scheduler is beside the word
        pairs["lr"] = next((text for word, text in pairs.items() if word.startswith("lr(")), "")
    if "max mem" in pairs and "time" in pairs:  # torchvision writes the same form
        pairs["step_time"] = pairs["time"]
        pairs["max_mem"] = pairs.pop("max mem")
    values = collect(pairs.items())
    if not has_anchor(values) and not pairs.keys() & {"learning_rate", "global_step", "batch_id"}:
        return None
    if is_evaluation(line):
        progress = find_progress(line)
        return progress._replace(step=None, total=None).build_reading(as_evaluation(values))
    return find_progress(line).build_reading(values)


def read_timm(line: str) -> LineReading | None:
    """Read timm, Swin and PyTorch's ImageNet example: ``Epoch: [1][ 10/5005]  Time 0.5 ( 1.0)  Loss 6.9``."""
    checked = is_evaluated_batch(line)
    if "%|" in line or (is_evaluation(line) and not checked):
        return None
    best = _BEST.search(line)
    if best is not None:
        return LineReading((Value("best_metric", float(best["metric"])),))
    pairs = {**find_spaced(line), **find_pairs(line)}
    time = next((pairs[word] for word in ("Time", "time") if word in pairs), None)
    if time is not None and not checked:
        pairs["step_time"] = time
    values = collect(pairs.items())
    if checked or _SUMMARY.search(line):
        values = as_evaluation(values)
        return LineReading(values) if has_anchor(values) else None
    if not has_anchor(values):
        return None
    rate = _PER_SECOND.search(line)
    if rate is not None and (value := parse_value("samples/s", rate["rate"])) is not None:
        values = (*values, value)
    progress = find_progress(line)
    return None if progress.epoch is None else progress.build_reading(values)


def read_current_metric(line: str) -> LineReading | None:
    """Read the scores of an evaluation of PaddleOCR: ``cur metric, precision: 0.5, hmean: 0.44``."""
    values = as_evaluation(collect(find_pairs(line).items()))
    return LineReading(values) if values else None


def read_precision(line: str) -> LineReading | None:
    """Read the average precision in the evaluation of COCO."""
    match = _PRECISION.search(line)
    return (
        None if match is None else LineReading((Value(_PRECISIONS[match["overlap"]], float(match["value"])),))
    )


def read_darknet(line: str) -> LineReading | None:
    """Read ``100: 2.34, 2.45 avg loss, 0.001000 rate, 3.5 seconds, 6400 images``."""
    match = _LINE.search(line)
    if match is None:
        return None
    loss, rate, seconds = (float(match[name]) for name in ("loss", "rate", "time"))
    values = (Value("loss", loss), Value("learning_rate", rate), Value("step_time", seconds, "s"))
    return LineReading(values, int(match["step"]))


def read_cyclegan(line: str) -> LineReading | None:
    """Read ``(epoch: 1, iters: 100, time: 0.12, data: 0.01) D_A: 0.25 G_A: 0.31``; each name stays."""
    match = _PIX2PIX_LINE.search(line)
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
