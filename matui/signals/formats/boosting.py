"""XGBoost, LightGBM and CatBoost: one line a round."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number
from matui.signals.reading import LineReading

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


def read_boosting(line: str) -> LineReading | None:
    """Read ``[100]  train-rmse:0.25  eval-rmse:0.27``, and what CatBoost learns as the loss."""
    match = _CATBOOST.search(line)
    if match is not None:
        values = (("loss", match["learn"]), ("eval_loss", match["test"] or match["alone"]))
        found = tuple(Value(name, float(text)) for name, text in values if text is not None)
        return LineReading(found, int(match["round"]))
    match = _ROUND.search(line)
    if match is not None:
        return LineReading(_scores(line[match.end() :]), int(match["round"]))
    match = _CLI.search(line)
    if match is None:
        return None
    return LineReading((Value("_".join(match["word"].split()), float(match["value"])),), int(match["round"]))


def _scores(text: str) -> tuple[Value, ...]:
    found: dict[str, Value] = {}
    for score in _SCORE.finditer(text):
        number = parse_number(score["value"])
        name = "_".join(score["word"].split())
        if number is not None:
            found.setdefault(name, Value(name, number))
    return tuple(found.values())
