"""Toolkits for speech and text: ESPnet 2, Tacotron 2, Marian and Flair."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.signals.names import Value, parse_number
from matui.signals.pairs import as_evaluation, collect, split_pairs
from matui.signals.progress import LineReading, RunProgress

_BATCHES = re.compile(r"\b(?P<epoch>\d+)epoch:train:\d+-(?P<batch>\d+)batch: (?P<rest>.*)")
_RESULTS = re.compile(
    r"\b(?P<epoch>\d+)epoch results: \[train\] (?P<train>[^\[]*)(?:\[valid\] (?P<valid>[^\[]*))?"
)
_TIMES = {"train_time": "step_time", "iter_time": ""}  # iter_time is the wait for data
_NUMBER = r"(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf)"
_TRAINING = re.compile(
    rf"\bTrain loss (?P<step>\d+) (?P<loss>-?{_NUMBER}) Grad Norm (?P<norm>{_NUMBER}) (?P<time>\d[\d.]*)s/it"
)
_VALIDATION = re.compile(rf"\bValidation loss (?P<step>\d+):\s+(?P<loss>-?{_NUMBER})\s*$")
_LINE = re.compile(
    r"(?P<checked>\[valid\] )?\bEp\. (?P<epoch>\d[\d.]*) : Up\. (?P<step>[\d,]+) : (?P<rest>.*)"
)
_PAIR = re.compile(
    r"(?P<word>Cost|gNorm|L\.r\.) (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))|(?P<rate>[\d.]+) words/s"
)
_METRIC = re.compile(r"(?P<word>[\w-]+) : (?P<value>[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|nan|inf))")
_WORDS = {"Cost": "loss", "gNorm": "grad_norm", "L.r.": "learning_rate"}
_METRICS = {"cross-entropy": "eval_loss", "perplexity": "eval_perplexity"}
_FLAIR_LINE = re.compile(
    r"\b(?:DEV|TEST) : loss (?P<loss>\d[\d.]*(?:e-?\d+)?|nan|inf)"
    r"(?: - (?P<word>[a-z][\w-]*)(?: \([^)]*\))?\s+(?P<score>\d[\d.]*))?"
)
_SCORES = {"f1-score": "eval_f1", "accuracy": "eval_accuracy"}


def read_espnet(line: str) -> LineReading | None:
    """Read ``1epoch:train:1-100batch: loss=162.5, acc=0.25`` and the means of an epoch."""
    match = _BATCHES.search(line)
    if match is not None:
        values = collect(_iterate_pairs(match["rest"]))
        return RunProgress(int(match["batch"]), None, float(match["epoch"])).build_reading(values)
    match = _RESULTS.search(line)
    if match is None:
        return None
    checked = as_evaluation(collect(_iterate_pairs(match["valid"] or "")))
    return RunProgress(None, None, float(match["epoch"])).build_reading(
        (*collect(_iterate_pairs(match["train"])), *_select_new(checked))
    )


def _iterate_pairs(text: str) -> Iterator[tuple[str, str]]:
    for word, value in split_pairs(text, ",", "="):
        yield _TIMES.get(word.strip(), word.strip()), value


def _select_new(values: tuple[Value, ...]) -> Iterator[Value]:
    """Yield the values that only an evaluation has."""
    return (value for value in values if value.name.startswith("eval_"))


def read_tacotron(line: str) -> LineReading | None:
    """Read ``Train loss 100 0.51 Grad Norm 2.01 1.79s/it`` and ``Validation loss 1000:  0.465``."""
    match = _TRAINING.search(line)
    if match is not None:
        loss, norm, seconds = (float(match[name]) for name in ("loss", "norm", "time"))
        values = (Value("loss", loss), Value("grad_norm", norm), Value("step_time", seconds, "s"))
        return LineReading(values, int(match["step"]))
    match = _VALIDATION.search(line)
    return (
        None
        if match is None
        else LineReading((Value("eval_loss", float(match["loss"])),), int(match["step"]))
    )


def read_marian(line: str) -> LineReading | None:
    """Read ``Ep. 1 : Up. 1000 : Sen. 64,230 : Cost 7.21 : Time 92.21s : 18144.71 words/s``.

    The cross-entropy of a validation is the loss of the evaluation; other metrics keep their name.
    """
    match = _LINE.search(line)
    if match is None:
        return None
    step = int(match["step"].replace(",", ""))
    progress = RunProgress(step, None, float(match["epoch"]))
    if match["checked"]:
        metric = _METRIC.match(match["rest"])
        number = None if metric is None else parse_number(metric["value"])
        if metric is None or number is None:
            return None
        return progress.build_reading(
            (Value(_METRICS.get(metric["word"], f"eval_{metric['word']}"), number),)
        )
    pairs = [
        ("tokens/s", pair["rate"]) if pair["rate"] else (_WORDS[pair["word"]], pair["value"])
        for pair in _PAIR.finditer(match["rest"])
    ]
    return progress.build_reading(collect(pairs))


def read_flair(line: str) -> LineReading | None:
    """Read ``DEV : loss 0.12 - f1-score (micro avg)  0.9012``."""
    match = _FLAIR_LINE.search(line)
    if match is None:
        return None
    values = [Value("eval_loss", float(match["loss"]))]
    if match["word"]:
        word = match["word"]
        values.append(Value(_SCORES.get(word, f"eval_{word}"), float(match["score"])))
    return LineReading(tuple(values))
