"""Words and their numbers in a log line, in the forms that logs have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from matui.signals.names import Value, parse_value

_UNIT = (
    r"(?: ?(?:ms|us|s|GB|GiB|MB|MiB"
    r"|(?:images|imgs?|samples|sequences|seqs|records|tokens|steps?|it|ins)/s(?:ec(?:ond)?)?(?:/(?:gpu|npu|card|device|p))?|samples?_per_sec"
    r"|dBm?|kg|W|pkts|packets|segs|sectors|bytes"
    r"|TFLOPS?(?:/s)?(?:/[GN]PU)?)(?![\w/:=：]))?"
)
_NAMED = (
    r"[A-Za-z][\w/.@-]{0,60}(?: [A-Za-z]+){0,2}"
    r"(?:[ _]?\((?:ms|s|t|GiB|MiB|iter/s|token/s|tokens/gpu/second|[A-Z][A-Za-z]+)\))?(?: in s)?"
    r"|[\u4e00-\u9fff][\w/.@-]{0,60}"
)
_PAIR = re.compile(
    rf"(?<![\w/.@?&-])(?P<word>{_NAMED})['\"]?"
    r"(?:\s*[=:：为]|\s+is(?=\s+[-+]?\d))\s*(?:tensor\(|\{'\d\w{0,40}': )?(?=[-+\[('\"]*[\d.nNiI])"
    rf"(?P<value>[-+\[('\"]*(?:\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?[A-Za-z%]?|[^\s,;|\]，；。]{{1,40}}){_UNIT})"
)
_SPACED = re.compile(
    r"(?<![\w/.@-])(?P<word>"
    r"(?:(?i:train|val|valid|validation|eval|test|lm|learning|total|model|avg|average) )?"
    r"[A-Za-z][\w@/-]{0,40}"
    r"|[\u4e00-\u9fff]{1,20})\s+"
    rf"(?P<value>[-+]?(?:\d[\d.,]*(?:[eE][-+]?\d+)?|nan|inf)%?{_UNIT})(?![\w.])"
)
# The rate of all cards, and that of one: "tps 6574.51(821.81/gpu)".
_OF_CARD = re.compile(r"\btps [\d.,]+\((?P<rate>\d[\d.,]*)/gpu\)")
# "Test:  [ 10/100]", "Validate: [0][10/100]": the batches of an evaluation are no steps.
_BATCH = re.compile(r"\[\s*\d+\s*/\s*\d+\s*\]")
_BEFORE_BATCH = re.compile(
    r"(?:^|[\s:])(?:Test|Val(?:id(?:at(?:e|ion))?)?|Eval(?:uat(?:e|ion))?)(?: \([A-Z]+\))?:?\s*"
    r"(?:\[\s*\d+\]\s*)?$"
)
_VALID = re.compile(
    r"\| valid\b|\bvalid on\b|\bTest set:"
    r"|\[(?:[Ee]val|EVAL|[Vv]alid|VALID|Val|VAL|Validation(?: Metric)?)\]"
    r"|(?:^|\s)eval \| step:|\bvalidate step:|, validation: loss=|\bEval Epoch:"
    r"|\beval metrics\b|\bCV (?:\| )?(?:steps/sec [\d.]+\| )?Batch "
    r"|\b(?:[Ee]val(?:uat(?:e|ion))?|Validation|Test) [Rr]esult"
    r"|\beval loss: [\d.]+, accu: |\bcur metric, |\bAccuracy: [\d.]+%, Avg loss:"
    r"|\b(?:[Vv]alid|[Ee]val|[Tt]est) step:? \d|, test batch \d"
)
_LEVELS = re.compile(r"(?:(?:INFO|DEBUG|WARNING|WARN|Epoch|Step|[Ii]ter|stdout|stderr|[FP]) )+")
_OF_TRAINING = frozenset({"throughput", "step_time", "memory_gib"})
_LATE = frozenset(
    {
        "base_lr",
        "avg_loss",
        "Average loss",
        "speed",
        "tflops",
        "TFLOPS",
        "TFLOPs",
        "TFLOP/s/device",
        "TFLOP/s",
    }
)  # only where the line has no other


def collect(pairs: Iterable[tuple[str, str]]) -> tuple[Value, ...]:
    """Return the signals of pairs of a word and a text, the first of each name."""
    found: dict[str, Value] = {}
    late: list[Value] = []
    for word, text in pairs:
        value = parse_value(word, text)
        if value is None:
            continue
        if word in _LATE:
            late.append(value)
        else:
            found.setdefault(value.name, value)
    for value in late:
        found.setdefault(value.name, value)
    return tuple(found.values())


def split_pairs(text: str, separator: str, between: str = ":") -> Iterator[tuple[str, str]]:
    """Yield words and texts of a list whose items have ``between`` between the two."""
    for part in text.split(separator):
        word, found, value = part.partition(between)
        if found:
            yield word, value


def find_pairs(line: str) -> dict[str, str]:
    """Return ``word=number`` and ``word: number`` of a line by their words, the first of each."""
    pairs: dict[str, str] = {}
    for pair in _PAIR.finditer(line):
        word = _LEVELS.sub("", pair["word"], 1) if " " in pair["word"] else pair["word"]
        pairs.setdefault(word, pair["value"])
    return pairs


def find_spaced(line: str) -> dict[str, str]:
    """Return ``word number`` of a line by their words, the first of each."""
    pairs: dict[str, str] = {}
    for pair in _SPACED.finditer(line):
        pairs.setdefault(pair["word"], pair["value"])
    if "/gpu)" in line and (card := _OF_CARD.search(line)) is not None:
        pairs["tps"] = card["rate"]
    return pairs


def is_evaluation(line: str) -> bool:
    """Return whether a line reports a validation."""
    return _VALID.search(line) is not None or is_evaluated_batch(line)


def is_evaluated_batch(line: str) -> bool:
    """Return whether a line reports one batch of a validation."""
    if "val, rank: " in line:  # FunASR
        return True
    batch = _BATCH.search(line)
    return batch is not None and _BEFORE_BATCH.search(line[: batch.start()]) is not None


def as_evaluation(values: Iterable[Value]) -> tuple[Value, ...]:
    """Return values that were measured on the validation set, by the names of such; its pace is left out."""
    return tuple(
        value._replace(name=f"eval_{value.name}") if _is_of_training(value.name) else value
        for value in values
        if value.name not in _OF_TRAINING
    )


def _is_of_training(name: str) -> bool:
    if name.startswith(("eval", "val")):
        return False
    return (
        name in ("accuracy", "perplexity")
        or name.lower().endswith("loss")
        or (name.lower().startswith(("acc", "top", "loss_")) and name != "loss_scale")
    )
