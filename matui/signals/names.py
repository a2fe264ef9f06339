"""The names of signals, the words that logs use for them, and the reading of their values."""

from __future__ import annotations

import re
from typing import NamedTuple

PERCENT = "%"


class Value(NamedTuple):
    """One number of a log line: its signal, the number, and its unit (``""`` for none)."""

    name: str
    number: float
    unit: str = ""


class _Meaning(NamedTuple):
    name: str
    unit: str = ""
    scale: float = 1.0


_LOSS = _Meaning("loss")
_EVAL_LOSS = _Meaning("eval_loss")
_RATE = _Meaning("learning_rate")
_GRAD = _Meaning("grad_norm")
_SCALE = _Meaning("loss_scale")
_SECONDS = _Meaning("step_time", "s")
_ACCURACY = _Meaning("accuracy")

# Words in lower case with single underscores; a unit in brackets is part of the word.
_MEANINGS: dict[str, _Meaning] = {
    **dict.fromkeys(("loss", "lm_loss", "train_loss", "training_loss", "total_loss", "train/loss"), _LOSS),
    **dict.fromkeys(("eval_loss", "val_loss", "valid_loss", "validation_loss", "test_loss"), _EVAL_LOSS),
    **dict.fromkeys(("eval/loss", "val/loss", "lm_loss_value"), _EVAL_LOSS),
    **dict.fromkeys(("learning_rate", "lr", "learning-rate", "train/learning_rate", "base_lr"), _RATE),
    **dict.fromkeys(("grad_norm", "global_norm", "gradient_norm", "gnorm", "train/grad_norm"), _GRAD),
    **dict.fromkeys(("loss_scale", "scale", "loss_scaling"), _SCALE),
    **dict.fromkeys(("step_time", "batch_cost", "per_step_time", "sec/step", "time_per_step"), _SECONDS),
    **dict.fromkeys(("iter_time", "elapsed_time_per_iteration"), _SECONDS),
    "elapsed_time_per_iteration_(ms)": _Meaning("step_time", "s", 0.001),
    "elapsed_time_per_iteration_(s)": _SECONDS,
    "epoch": _Meaning("epoch"),
    **dict.fromkeys(("accuracy", "acc", "top1_acc", "acc1", "train_accuracy", "train_acc"), _ACCURACY),
    **dict.fromkeys(("eval_accuracy", "val_accuracy", "val_acc"), _Meaning("eval_accuracy")),
    "number_of_skipped_iterations": _Meaning("skipped_steps"),
    "skipped": _Meaning("skipped_steps"),
    "number_of_nan_iterations": _Meaning("nan_steps"),
    "throughput": _Meaning("throughput"),
    "train_throughput_per_npu": _Meaning("throughput", "TFLOPS/card"),
    "throughput_per_gpu_(tflop/s/gpu)": _Meaning("throughput", "TFLOPS/card"),
    "throughput_(token/sec/gpu)": _Meaning("throughput", "tokens/s/card"),
    "interval_samples_per_second": _Meaning("throughput", "samples/s"),
    "interval_tokens_per_second_per_device": _Meaning("throughput", "tokens/s/card"),
    **dict.fromkeys(("sample/sec", "samples/sec", "samples_per_second"), _Meaning("throughput", "samples/s")),
    **dict.fromkeys(("train_samples_per_second", "currsamplespersec"), _Meaning("throughput", "samples/s")),
    **dict.fromkeys(
        ("tokens_per_second", "tokens/sec", "tokens/s", "tokens_per_sec"), _Meaning("throughput", "tokens/s")
    ),
    **dict.fromkeys(
        ("global_step/sec", "steps/sec", "train_steps_per_second"), _Meaning("throughput", "steps/s")
    ),
    "ips": _Meaning("throughput"),
    "perplexity": _Meaning("perplexity"),
    "ppl": _Meaning("perplexity"),
    "mem_allocated": _Meaning("memory_gib"),
    "memallocated": _Meaning("memory_gib"),
    "max_mem": _Meaning("memory_gib"),
}
# Parts of a loss, such as loss_cls, and scores of an evaluation, such as eval_f1, keep their own name.
_TERM = re.compile(
    r"(?:loss_[a-z0-9_.]{1,40}|[a-z0-9_.]{1,40}_loss|eval_[a-z0-9_]{1,40}|[a-z]{1,12}_?(?:acc|f1|bleu|map)\d?)\Z"
)
_NOT_SIGNALS = re.compile(
    r"(?:eval|train)_(?:runtime|samples|steps)?(?:_per_second)?\Z|eval_(?:batch_size|steps|iters|interval)\Z"
)

_NUMBER = re.compile(
    r"\s*[\[(]?\s*(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
    r"|[-+]?(?:nan|inf(?:inity)?)(?![A-Za-z]))\s*(?P<unit>%|[A-Za-zµ][A-Za-z/]{0,15})?",
    re.IGNORECASE,
)
_UNITS: dict[str, tuple[str, float]] = {
    "ms": ("s", 0.001),
    "s": ("s", 1.0),
    "sec": ("s", 1.0),
    "us": ("s", 1e-6),
    "µs": ("s", 1e-6),
    "t": ("TFLOPS/card", 1.0),
    "gb": ("GiB", 1.0),
    "gib": ("GiB", 1.0),
    "mb": ("GiB", 1 / 1024),
    "mib": ("GiB", 1 / 1024),
    "m": ("GiB", 1 / 1024),
    "images/s": ("samples/s", 1.0),
    "samples/s": ("samples/s", 1.0),
    "samples/sec": ("samples/s", 1.0),
    "tokens/s": ("tokens/s", 1.0),
    "it/s": ("steps/s", 1.0),
}


def parse_number(text: str) -> float | None:
    """Return the number at the start of a text, thousands separators removed; None where there is none.

    ``nan`` and ``inf`` are numbers, in any case.
    """
    found = _NUMBER.match(text)
    return None if found is None else float(found["number"].replace(",", ""))


def normalize_word(word: str) -> str:
    """Return a key of a log line in lower case, its spaces as single underscores."""
    return "_".join(word.strip(" \t'\"").lower().split())


def parse_value(word: str, text: str) -> Value | None:
    """Return the signal that ``word`` names with the number in ``text``; None for any other word.

    Times are in seconds, memory in GiB; a throughput keeps the unit that the log gives.
    """
    key = normalize_word(word)
    meaning = _MEANINGS.get(key)
    if meaning is None:
        if _NOT_SIGNALS.match(key) or not _TERM.match(key):
            return None
        meaning = _Meaning(key)
    found = _NUMBER.match(text)
    if found is None:
        return None
    number = float(found["number"].replace(",", "")) * meaning.scale
    unit = meaning.unit
    written = (found["unit"] or "").lower()
    if written in _UNITS and meaning.scale == 1.0:
        known, factor = _UNITS[written]
        if meaning.name in ("step_time", "throughput", "memory_gib"):
            number, unit = number * factor, unit if meaning.unit == "TFLOPS/card" else known
    elif written == PERCENT:
        number, unit = number / 100, ""
    if meaning.name == "memory_gib":
        unit = "GiB"
    return Value(meaning.name, number, unit)
