"""The shapes of log lines that hold training signals, one recogniser for each framework's format.

A recogniser takes one line of plain text and returns a ``LineReading``, or None for a line of another shape.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from matui.signals.names import Value, parse_number, parse_value


class LineReading(NamedTuple):
    """What one line holds. ``step`` counts steps from the start of the run, ``total`` is the last of them."""

    values: tuple[Value, ...]
    step: int | None = None
    total: int | None = None


class Shape(NamedTuple):
    """A format: a line of this shape holds at least one of ``words`` and one of ``hints``."""

    name: str
    words: tuple[str, ...]
    hints: tuple[str, ...]
    read: Callable[[str], LineReading | None]


_MEGATRON = re.compile(r"iteration\s+(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\|(?P<rest>.*)")
_MINDFORMERS = re.compile(
    r"\{\s*(?:Epoch:\s*\[\s*(?P<epoch>\d+)\s*/\s*(?P<epochs>\d+)\s*\]\s*,\s*)?"
    r"step:\s*\[\s*(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\]\s*,(?P<rest>[^{}]*)\}"
)
_MINDSPORE = re.compile(
    r"epoch:\s*(?P<epoch>\d+),?\s+step:\s*(?P<step>\d+),?\s+loss(?: is|:)\s*(?P<loss>\S+)"
)
_MINDSPORE_TIME = re.compile(r"per step time:\s*(?P<ms>[\d.]+)\s*ms")
_DICT = re.compile(r"\{(?P<rest>\s*['\"](?:[^{}]|\{[^{}]*\})*)\}")
_DICT_PAIR = re.compile(r"""['"](?P<word>[^'"]{1,60})['"]\s*:\s*['"]?(?P<value>[^,'"{}]{1,40})""")
_BAR = re.compile(
    r"(?P<percent>\d{1,3})%\|[^|]*\|\s*(?P<step>\d+)\s*/\s*(?P<total>\d+)\s*\[(?P<rest>[^\]]*)\]?"
)
_RATE = re.compile(r"(?P<rate>[\d.]+)\s?(?P<unit>it/s|s/it)")
_MOXING = re.compile(r"global step:\s*(?P<step>\d+)\)?(?P<rest>.*)")
_TF_LOSS = re.compile(r"\bloss = (?P<loss>[-+\w.]+), step = (?P<step>\d+)")
_TF_RATE = re.compile(r"\bglobal_step/sec: (?P<rate>[\d.]+)")
_KERAS = re.compile(
    r"(?:^|\s)(?P<step>\d+)/(?P<total>\d+)\s+(?:\[[=>.\s]*\]|━+(?:[\s━]*))\s*-?\s*(?P<rest>.*\bloss\b.*)"
)
_KERAS_STEP = re.compile(r"(?P<time>[\d.]+)\s?(?P<unit>us|ms|s)/step")
_MXNET = re.compile(r"Epoch\[(?P<epoch>\d+)\] (?:Batch ?\[(?P<batch>[\d-]+)\]\s*)?(?P<rest>.*)")
_MXNET_PAIR = re.compile(r"(?P<word>[A-Za-z][\w-]*)=(?P<value>[-+\w.]+)|Speed: (?P<speed>[\d.]+) samples/sec")
_DEEPSPEED_STEP = re.compile(r"\bstep=(?P<step>\d+), skipped=(?P<skipped>\d+), lr=\[(?P<lr>[-+\d.e]+)")
_DEEPSPEED_RATE = re.compile(r"\bglobal_step=(?P<step>\d+), (?P<rest>RunningAvgSamplesPerSec=.*)")
_DEEPSPEED_SKIP = re.compile(r"OVERFLOW!.*?reducing to\s+(?P<scale>[\d.e+]+)")
_ITER = re.compile(
    r"(?:\biter: (?P<step>\d+)\b"
    r"|Iter\((?:train)\)\s*\[\s*(?P<at>\d+)/(?P<of>\d+)\]"
    r"|Epoch\s?(?:\(train\))?\s*\[(?P<epoch>\d+)\]\s?\[\s*(?P<batch>\d+)/(?P<batches>\d+)\])(?P<rest>.*)"
)
_VLLM = re.compile(r"Avg (?P<kind>prompt|generation) throughput: (?P<rate>[\d.]+) tokens/s")
_VLLM_CACHE = re.compile(r"GPU KV cache usage: (?P<percent>[\d.]+)%")
_PADDLE = re.compile(r"\bglobal_step: (?P<step>\d+)")
_PADDLE_DETECTION = re.compile(
    r"Epoch: \[(?P<epoch>\d+)\]\s*\[\s*(?P<batch>\d+)/(?P<batches>\d+)\](?P<rest>.*)"
)
_SPACED = re.compile(
    r"(?:\bepoch\s+(?P<epoch>\d+)\s+)?\bstep\s+(?P<step>\d+)(?:/(?P<total>\d+))?\s+(?P<rest>(?:\w+\s+)?loss\s.*)"
)
_SPACED_PAIR = re.compile(r"(?P<word>[a-z][a-z_]*)\s+(?P<value>[-+]?(?:\d[\d.eE+-]*|nan|inf)\b)")
_CHECKPOINT = re.compile(
    r"(?:successfully )?sav(?:ed|ing)\b[^/]{0,40}?\bcheckpoints?\b|\bcheckpoint\b[^/]{0,30}?\bsaved\b",
    re.IGNORECASE,
)
_CHECKPOINT_STEP = re.compile(
    r"(?:iteration|step|global_step|iter)[ _=:]*(?P<step>\d+)|(?:checkpoint|ckpt)[-_](?P<dash>\d+)",
    re.IGNORECASE,
)
_MEMORY = re.compile(r"memory \(MB\) \|.*?\bmax allocated: (?P<mb>[\d.]+)")
_STEP_WORDS = (
    *("step", "train step", "global_step", "iter", "iteration", "steps", "global step", "train_step"),
    *("it", "batch_num"),
)
_ANCHORS = frozenset({"loss", "eval_loss", "grad_norm", "eval_accuracy"})
_NEVER_ALONE = frozenset({"epoch", "throughput", "memory_gib", "loss_scale", "skipped_steps"})
_CURRENT_STEPS = (
    *("epoch", "step", "global_step", "iter", "iteration", "train_step"),
    *("global step", "train step"),
)
_PAIR = re.compile(
    r"(?<![A-Za-z0-9_/.-])(?P<word>[A-Za-z][A-Za-z0-9_/.-]{0,40}(?: [a-z]+)?)"
    r"\s*[=:：]\s*(?=[-+\[('\"]?[\d.nNiI])"
    r"(?P<value>[-+\[('\"]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|[^\s,;|，；]{1,40})"
    r"(?: ?(?:images|samples|tokens)/s(?:ec)?(?!\s*[=:]))?)"
)
_CJK_STEP = re.compile(r"第\s*(?P<step>\d+)\s*步|步数\s*[=:：]\s*(?P<count>\d+)")


def _last(pattern: re.Pattern[str], line: str) -> re.Match[str] | None:
    """Return the last match in a line: a bar that was redrawn shows its last state."""
    matches = list(pattern.finditer(line))
    return matches[-1] if matches else None


def _collect(pairs: Iterable[tuple[str, str]]) -> tuple[Value, ...]:
    """Return the signals of pairs of a word and a text, the first of each name."""
    found: dict[str, Value] = {}
    for word, text in pairs:
        value = parse_value(word, text)
        if value is not None:
            found.setdefault(value.name, value)
    return tuple(found.values())


def _colon_pairs(text: str, separator: str) -> Iterator[tuple[str, str]]:
    for part in text.split(separator):
        word, colon, value = part.partition(":")
        if colon:
            yield word, value


def read_megatron(line: str) -> LineReading | None:
    """Read Megatron-LM and MindSpeed: ``iteration 200/ 1000 | lm loss: 7.39E+00 | … |``."""
    match = _MEGATRON.search(line)
    if match is None:
        return None
    values = _collect(_colon_pairs(match["rest"], "|"))
    return LineReading(values, int(match["step"]), int(match["total"])) if values else None


def read_mindformers(line: str) -> LineReading | None:
    """Read MindFormers 1.x, which counts steps in an epoch, and 2.x: ``{ step:[ 1/ 10], loss: 10.6 }``."""
    match = _MINDFORMERS.search(line)
    if match is None:
        return None
    values = _collect(_colon_pairs(match["rest"], ","))
    step, total = int(match["step"]), int(match["total"])
    if match["epoch"]:
        epoch = int(match["epoch"])
        values = (*values, Value("epoch", float(epoch)))
        step, total = (epoch - 1) * total + step, int(match["epochs"]) * total
    return LineReading(values, step, total) if values else None


def read_mindspore(line: str) -> LineReading | None:
    """Read the loss and time monitors of MindSpore: ``epoch: 1 step: 10, loss is 2.30``."""
    match = _MINDSPORE.search(line)
    if match is not None:
        loss = parse_value("loss", match["loss"])
        if loss is None:
            return None
        return LineReading((loss, Value("epoch", float(match["epoch"]))), int(match["step"]))
    timed = _MINDSPORE_TIME.search(line)
    return None if timed is None else LineReading((Value("step_time", float(timed["ms"]) / 1000, "s"),))


def read_dict(line: str) -> LineReading | None:
    """Read the dictionaries that the Trainer of Hugging Face and LLaMA-Factory print."""
    match = _DICT.search(line)
    if match is None:
        return None
    pairs = {pair["word"]: pair["value"] for pair in _DICT_PAIR.finditer(match["rest"])}
    return _read_pairs(pairs)


def read_json(line: str) -> LineReading | None:
    """Read a line that is an object in JSON, nested objects included."""
    start = line.find("{")
    try:
        tree = json.loads(line[start:])
    except (ValueError, RecursionError):
        return None
    return _read_pairs(dict(_leaves(tree))) if isinstance(tree, dict) else None


def _leaves(tree: dict[str, Any], depth: int = 0) -> Iterator[tuple[str, str]]:
    for word, value in tree.items():
        if isinstance(value, dict) and depth < 3:
            yield from _leaves(value, depth + 1)
        elif isinstance(value, int | float | str) and not isinstance(value, bool):
            yield word, str(value)[:60]


def _read_pairs(pairs: dict[str, str]) -> LineReading | None:
    """Read pairs that hold a loss or a gradient norm, or another signal with its step or epoch.

    A learning rate alone is a setting that was printed.
    """
    values = _collect(pairs.items())
    names = {value.name for value in values}
    others = names - _NEVER_ALONE
    is_of_step = bool(others) and any(word in pairs for word in _CURRENT_STEPS)
    if not (names & _ANCHORS or "eval_runtime" in pairs or is_of_step):
        return None
    return LineReading(values, _find_int(pairs, _STEP_WORDS), _find_int(pairs, ("total_steps", "max_steps")))


def _find_int(pairs: dict[str, str], words: Iterable[str]) -> int | None:
    for word in words:
        number = parse_number(pairs[word]) if word in pairs else None
        if number is not None and number == number // 1 and abs(number) < 1e15:
            return int(number)
    return None


def read_bar(line: str) -> LineReading | None:
    """Read the last state of a bar of tqdm, PyTorch Lightning's included."""
    match = _last(_BAR, line)
    if match is None:
        return None
    values = list(_collect(_equal_pairs(match["rest"])))
    rate = _RATE.search(match["rest"])
    if rate is not None and float(rate["rate"]) > 0:
        number = float(rate["rate"])
        values.append(Value("step_time", number if rate["unit"] == "s/it" else 1 / number, "s"))
    return LineReading(tuple(values), int(match["step"]), int(match["total"])) if values else None


def _equal_pairs(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(","):
        word, equals, value = part.partition("=")
        if equals:
            yield word, value


def read_moxing(line: str) -> LineReading | None:
    """Read MoXing and the estimators of TensorFlow 1."""
    match = _MOXING.search(line)
    if match is not None:
        values = _collect(_colon_pairs(match["rest"].replace("  ", "\t"), "\t"))
        return LineReading(values, int(match["step"])) if values else None
    loss = _TF_LOSS.search(line)
    if loss is not None:
        value = parse_value("loss", loss["loss"])
        return None if value is None else LineReading((value,), int(loss["step"]))
    rate = _TF_RATE.search(line)
    return None if rate is None else LineReading((Value("throughput", float(rate["rate"]), "steps/s"),))


def read_keras(line: str) -> LineReading | None:
    """Read the last state of a bar of Keras; its steps are those of one epoch."""
    match = _last(_KERAS, line)
    if match is None:
        return None
    values = list(_collect(_colon_pairs(match["rest"], " - ")))
    timed = _KERAS_STEP.search(match["rest"])
    if timed is not None:
        scale = {"us": 1e-6, "ms": 1e-3, "s": 1.0}[timed["unit"]]
        values.append(Value("step_time", float(timed["time"]) * scale, "s"))
    return LineReading(tuple(values), int(match["step"]), int(match["total"])) if values else None


def read_mxnet(line: str) -> LineReading | None:
    """Read MXNet's Speedometer: ``Epoch[0] Batch [20]  Speed: 1020.3 samples/sec  accuracy=0.5``."""
    match = _MXNET.search(line)
    if match is None:
        return None
    values = []
    for pair in _MXNET_PAIR.finditer(match["rest"]):
        if pair["speed"]:
            values.append(Value("throughput", float(pair["speed"]), "samples/s"))
        else:
            word = (
                pair["word"].lower().replace("validation-", "eval_").replace("train-", "").replace("-", "_")
            )
            word = {"cross_entropy": "loss", "eval_cross_entropy": "eval_loss"}.get(word, word)
            value = parse_value(word, pair["value"])
            if value is not None:
                values.append(value)
    if not values:
        return None
    batch = match["batch"]
    values.append(Value("epoch", float(match["epoch"])))
    return LineReading(tuple(values), int(batch.split("-")[-1]) if batch else None)


def read_deepspeed(line: str) -> LineReading | None:
    """Read DeepSpeed's steps, throughput and skipped steps."""
    match = _DEEPSPEED_STEP.search(line)
    if match is not None:
        rate = Value("learning_rate", float(match["lr"]))
        return LineReading((rate, Value("skipped_steps", float(match["skipped"]))), int(match["step"]))
    match = _DEEPSPEED_RATE.search(line)
    if match is not None:
        values = _collect(_equal_pairs(match["rest"]))
        return LineReading(values, int(match["step"])) if values else None
    match = _DEEPSPEED_SKIP.search(line)
    return None if match is None else LineReading((Value("loss_scale", float(match["scale"])),))


def read_iterations(line: str) -> LineReading | None:
    """Read detectron2 (``iter: 19  total_loss: 1.2``) and mmengine (``Epoch(train) [1][ 50/7330]``)."""
    match = _ITER.search(line)
    if match is None:
        return None
    head, rest = line[: match.start()], match["rest"]
    pairs = {pair["word"]: pair["value"] for pair in _PAIR.finditer(f"{head} {rest}")}
    values = list(_collect(pairs.items()))
    if "time" in pairs and (seconds := parse_number(pairs["time"])) is not None:
        values.append(Value("step_time", seconds, "s"))
    if not any(value.name in _ANCHORS or value.name == "learning_rate" for value in values):
        return None
    if match["epoch"]:
        epoch, batches = int(match["epoch"]), int(match["batches"])
        values.append(Value("epoch", float(epoch)))
        return LineReading(tuple(values), (epoch - 1) * batches + int(match["batch"]))
    total = int(match["of"]) if match["of"] else None
    return LineReading(tuple(values), int(match["step"] or match["at"]), total)


def read_paddle(line: str) -> LineReading | None:
    """Read PaddleNLP (``loss: 1.2, global_step: 10``) and PaddleDetection (``Epoch: [0] [ 20/1000]``)."""
    match = _PADDLE.search(line)
    if match is not None:
        values = _collect((pair["word"], pair["value"]) for pair in _PAIR.finditer(line))
        return LineReading(values, int(match["step"])) if values else None
    match = _PADDLE_DETECTION.search(line)
    if match is None:
        return None
    values = _collect((pair["word"], pair["value"]) for pair in _PAIR.finditer(match["rest"]))
    epoch, batches = int(match["epoch"]), int(match["batches"])
    return (
        LineReading((*values, Value("epoch", float(epoch))), epoch * batches + int(match["batch"]))
        if values
        else None
    )


def read_serving(line: str) -> LineReading | None:
    """Read the statistics of vLLM; generation is the throughput, the prompt's is a signal of its own."""
    found = {match["kind"]: float(match["rate"]) for match in _VLLM.finditer(line)}
    if not found:
        return None
    names = {"generation": "throughput", "prompt": "prompt_throughput"}
    values = [Value(names[kind], rate, "tokens/s") for kind, rate in found.items()]
    cache = _VLLM_CACHE.search(line)
    if cache is not None:
        values.append(Value("kv_cache_usage", float(cache["percent"]) / 100))
    return LineReading(tuple(values))


def read_checkpoint(line: str) -> LineReading | None:
    """Read that a checkpoint was saved, with its step where the line names one."""
    match = _CHECKPOINT.search(line)
    if match is None:
        return None
    step = _CHECKPOINT_STEP.search(line, match.start())
    number = step["step"] or step["dash"] if step else None
    return LineReading((Value("checkpoint", 1.0),), int(number) if number else None)


def read_memory(line: str) -> LineReading | None:
    """Read the memory report of Megatron-LM, in MB."""
    match = _MEMORY.search(line)
    return None if match is None else LineReading((Value("memory_gib", float(match["mb"]) / 1024, "GiB"),))


def read_spaced(line: str) -> LineReading | None:
    """Read words and numbers with spaces between them: ``epoch 4 step 17860 loss 2.3274 lr 1e-05``."""
    match = _SPACED.search(line) if "step" in line else None
    if match is None:
        return None
    values = _collect((pair["word"], pair["value"]) for pair in _SPACED_PAIR.finditer(match["rest"]))
    if match["epoch"]:
        values = (*values, Value("epoch", float(match["epoch"])))
    total = int(match["total"]) if match["total"] else None
    return LineReading(values, int(match["step"]), total) if values else None


def read_plain(line: str) -> LineReading | None:
    """Read ``key=value`` and ``key: value``, the last resort: one of a few known names has to be there."""
    pairs: dict[str, str] = {}
    for pair in _PAIR.finditer(line):
        pairs.setdefault(pair["word"].strip().lower(), pair["value"])
    step = _CJK_STEP.search(line)
    if step is not None:
        pairs.setdefault("step", step["step"] or step["count"])
    return _read_pairs(pairs)


_VALUE_AFTER = re.compile(r"[\w/@.-]*(?: [a-z]+)?['\"]?\s*[=:：]\s*['\"]?[-+\[(]?[\d.nNiI]")
_STEP_AFTER = re.compile(r"(?:step|iter(?:ation)?|epoch)['\"]?\s*[=:：]")
_ANCHOR_WORDS = ("loss", "Loss", "norm", "acc", "eval_runtime")
_OTHER_WORDS = ("lr", "learning", "eval_", "val_")
_STEP_WORDS_IN_LINE = ("step", "iter", "epoch")


@lru_cache(maxsize=4)  # three shapes ask in turn
def _has_anchor(line: str) -> bool:
    """Return whether a number follows one of the words without which pairs are no signals."""
    for word in _ANCHOR_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return True
    for word in _OTHER_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return any(_is_followed(line, step, _STEP_AFTER) for step in _STEP_WORDS_IN_LINE)
    return False


def _is_followed(line: str, word: str, pattern: re.Pattern[str]) -> bool:
    """Return whether ``pattern`` matches where ``word`` is, at any of its places."""
    at = line.find(word)
    while at >= 0:
        if pattern.match(line, at):
            return True
        at = line.find(word, at + 1)
    return False


def _anchored(read: Callable[[str], LineReading | None]) -> Callable[[str], LineReading | None]:
    """Return a recogniser that looks at lines with an anchor only: the others are most lines."""
    return lambda line: read(line) if _has_anchor(line) else None


def may_hold_signals(line: str) -> bool:
    """Return whether a line has one of the words that every known shape has: most lines have none."""
    return (
        "step" in line
        or "loss" in line
        or "poch" in line
        or "iter" in line
        or "heckpoint" in line
        or "%|" in line
        or "throughput" in line
        or "Loss" in line
    )


_LOSS = ("loss", "Loss")
_PAIRS = (*_LOSS, "poch", "step", "iter")
# A line without the words of a shape is not looked at; each word is looked for once for all shapes.
SHAPES: tuple[Shape, ...] = (
    Shape("megatron", ("iter",), ("iteration",), read_megatron),
    Shape("mindformers", ("step",), ("step:[", "step: ["), read_mindformers),
    Shape("mindspore", ("loss", "step"), ("loss is", "step: ", "per step time"), read_mindspore),
    Shape("deepspeed", ("step",), ("skipped=", "global_step=", "OVERFLOW!"), read_deepspeed),
    Shape("mxnet", ("poch",), ("Epoch[",), read_mxnet),
    Shape("moxing", ("step",), ("global step:", ", step = ", "global_step/sec"), read_moxing),
    Shape(
        "iterations",
        ("iter", "loss", "poch"),
        ("iter: ", "Iter(", "Epoch(train)", "Epoch ["),
        read_iterations,
    ),
    Shape("paddle", ("step", "poch"), ("global_step: ", "Epoch: ["), read_paddle),
    Shape("bar", ("%|",), ("%|",), read_bar),
    Shape("keras", ("loss",), ("[=", "[>", "[.", "━"), read_keras),
    Shape("vllm", ("throughput",), ("throughput: ",), read_serving),
    Shape("checkpoint", ("heckpoint",), ("sav", "Sav"), read_checkpoint),
    Shape("memory", ("iter",), ("memory (MB)",), read_memory),
    Shape("spaced", ("loss",), (" loss ",), read_spaced),
    Shape("trainer", _PAIRS, ("{'", '{"'), _anchored(read_dict)),
    Shape("json", _PAIRS, ('{"',), _anchored(read_json)),
    Shape("plain", _PAIRS, ("=", ":", "："), _anchored(read_plain)),
)
