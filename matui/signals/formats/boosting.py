"""Boosting and the built-in algorithms of SageMaker: XGBoost, LightGBM and CatBoost write a line a round."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.progress import LineReading, RunProgress, to_int

_NUMBER = r"[-+]?(?:\d[\d.]*(?:[eE][-+]?\d+)?|nan|inf)"
_SET = r"d?(?:train|valid|validation|val|eval|test)(?:ing)?[\w']*"
# The rest of a value of cross-validation is its deviation: "train-rmse:0.25+0.01".
_ROUND = re.compile(rf"\[(?P<round>\d+)\]\s+(?={_SET}[- ])")
_SCORE = re.compile(rf"(?P<word>{_SET}[- ][\w@-]+): ?(?P<value>{_NUMBER})")
_CLI = re.compile(rf"Iteration:(?P<round>\d+), (?P<word>{_SET} [\w@]+) : (?P<value>{_NUMBER})")
_CATBOOST = re.compile(
    rf"(?:^|[\s:])(?P<round>\d+):\s+(?:learn: (?P<learn>{_NUMBER})(?:\s+test: (?P<test>{_NUMBER}))?"
    rf"|test: (?P<alone>{_NUMBER}))\s.*\btotal: "
)
_QUALITY = re.compile(
    r"#quality_metric: host=[^,\s]+,(?: epoch=(?P<epoch>\d+),?)?(?: batch=(?P<batch>\d+),?)?"
    r" (?P<word>(?:train|validation|test) [\w ]+?)(?: <[^>]*>)?=(?P<value>\S+)"
)
_RATE = re.compile(r"#throughput_metric: host=[^,\s]+, train throughput=(?P<rate>[\d.]+) \w+/second")


def read_boosting(line: str) -> LineReading | None:
    """Read ``[100]  train-rmse:0.25  eval-rmse:0.27``, and what CatBoost learns as the loss."""
    match = _CATBOOST.search(line)
    if match is not None:
        values = (("loss", match["learn"]), ("eval_loss", match["test"] or match["alone"]))
        found = tuple(Value(name, float(text)) for name, text in values if text is not None)
        return LineReading(found, int(match["round"]))
    match = _ROUND.search(line)
    if match is not None:
        return LineReading(_read_scores(line[match.end() :]), int(match["round"]))
    match = _CLI.search(line)
    if match is None:
        return None
    return LineReading((Value("_".join(match["word"].split()), float(match["value"])),), int(match["round"]))


def _read_scores(text: str) -> tuple[Value, ...]:
    found: dict[str, Value] = {}
    for score in _SCORE.finditer(text):
        number = parse_number(score["value"])
        name = "_".join(score["word"].split())
        if number is not None:
            found.setdefault(name, Value(name, number))
    return tuple(found.values())


def read_sagemaker(line: str) -> LineReading | None:
    """Read ``#quality_metric: host=algo-1, epoch=1 train loss <loss>=0.25``, and the throughput."""
    match = _QUALITY.search(line)
    if match is None:
        rate = _RATE.search(line)
        return None if rate is None else LineReading((Value("throughput", float(rate["rate"]), "samples/s"),))
    number = parse_number(match["value"])
    if number is None:
        return None
    value = parse_value(match["word"], match["value"]) or Value("_".join(match["word"].split()), number)
    epoch = None if match["epoch"] is None else float(match["epoch"])
    return RunProgress(to_int(match["batch"]), None, epoch).build_reading((value,))
