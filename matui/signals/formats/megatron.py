"""Megatron-LM, Megatron-DeepSpeed and MindSpeed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from matui.signals.names import Value
from matui.signals.pairs import as_evaluation, collect, find_pairs, split_pairs
from matui.signals.progress import find_progress
from matui.signals.reading import LineReading

_TRAINING = re.compile(r"iteration:?\s+(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\|(?P<rest>.*)")
_VALIDATION = re.compile(
    r"(?:validation|test)(?:-\S+)? (?:loss|results) at iteration\s+(?P<step>\d+)[^|]*\|(?P<rest>.*)"
)
_MEMORY = re.compile(r"memory \(MB\) \|.*?\bmax allocated: (?P<mb>[\d.]+)")


def read_megatron(line: str) -> LineReading | None:
    """Read ``iteration 200/ 1000 | lm loss: 7.39E+00 | … |`` and the loss of a validation.

    NeMo counts the iterations of each epoch, and states the step of the run. GPT-NeoX has the rate before.
    """
    match = _TRAINING.search(line)
    if match is not None:
        values = collect((*_split(match["rest"]), *find_pairs(line[: match.start()]).items()))
        if "global_step:" in line:
            progress = find_progress(line)
            return progress.reading(values)
        return LineReading(values, int(match["step"]), int(match["total"])) if values else None
    match = _VALIDATION.search(line) if " at iteration" in line else None
    if match is None:
        return None
    values = as_evaluation(collect(split_pairs(match["rest"], "|")))
    return LineReading(values, int(match["step"])) if values else None


def _split(rest: str) -> Iterator[tuple[str, str]]:
    """Yield words and texts; the first releases write no colon: ``lm loss 1.04E+01``."""
    for part in rest.split("|"):
        word, found, value = part.partition(": ")
        if not found:
            word, _, value = part.rstrip().rpartition(" ")
        yield word, value


def read_memory(line: str) -> LineReading | None:
    """Read the memory report, in MB."""
    match = _MEMORY.search(line)
    return None if match is None else LineReading((Value("memory_gib", float(match["mb"]) / 1024, "GiB"),))
