"""The metrics that the algorithms of SageMaker print."""

from __future__ import annotations

import re

from matui.signals.names import Value, parse_number, parse_value
from matui.signals.progress import RunProgress, to_int
from matui.signals.reading import LineReading

_QUALITY = re.compile(
    r"#quality_metric: host=[^,\s]+,(?: epoch=(?P<epoch>\d+),?)?(?: batch=(?P<batch>\d+),?)?"
    r" (?P<word>(?:train|validation|test) [\w ]+?)(?: <[^>]*>)?=(?P<value>\S+)"
)
_RATE = re.compile(r"#throughput_metric: host=[^,\s]+, train throughput=(?P<rate>[\d.]+) \w+/second")


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
    return RunProgress(to_int(match["batch"]), None, epoch).reading((value,))
