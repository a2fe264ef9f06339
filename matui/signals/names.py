"""The names of signals, and the reading of their values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matui.signals.words import ACCURACY, EVAL_ACCURACY, MEANINGS, WordMeaning

PERCENT = "%"
_LEAST_BYTES = 1e7  # a memory without a unit that is as large is in bytes, whatever the word
_LEAST_TIME = 1e8  # an epoch as large is a time in s since 1970
_NEEDS_UNIT = frozenset({"speed", "dt", "max_memory"})
_CJK_WORDS = sorted((word for word in MEANINGS if word[-1] > "\u4e00"), key=len, reverse=True)
# Parts of a loss, such as loss_cls, and scores, such as eval_f1 or coco/bbox_mAP_50, keep their own name.
_TERM = re.compile(
    r"(?:[a-z0-9_.]{1,40}[._])?loss_[a-z0-9_.]{1,40}|[a-z0-9_.]{0,40}[a-z0-9]loss\d?|[a-z0-9_.]{1,40}_loss(?:_epoch)?"
    r"|eval_[a-z0-9_@]{1,40}|[a-z]{1,12}_?(?:acc|f1|bleu|map)\d?|(?:[a-z0-9_]{1,20}[/.])?[a-z]{0,12}_?acc_seg"
    r"|(?:acc|top_k_accuracy|top)[-_@]?\d|(?:[a-z0-9_]{1,20}/)(?:[a-z0-9]{1,12}_)?(?:map|ap|miou|acc)(?:_[a-z0-9]{1,4})?"
    r"|accuracy(?:/top|_top-)\d|[a-z]{1,12}_map_(?:50|75|s|m|l)"
    r"|(?:actor|critic)/(?:[a-z_]*loss|entropy|ppo_kl|(?:score|rewards|returns)/mean)|response_length/mean"
    r"|val-core/[\w@/.-]{1,60}"
    # The trainers of TRL and MindSpeed-RL.
    r"|objective/[a-z_]{1,40}|policy/[a-z_]{1,40}_avg|loss/[a-z_]{1,40}_(?:avg|loss)|rewards/[a-z0-9_]{1,60}/mean"
    r"|grpo/(?:score|rewards|advantages|returns)/mean"
    r"|[a-z]{1,12}_(?:wer|cer)"
    r"|(?:miou|map(?:50)?(?:-95)?|auc|psnr|ssim|dice|rouge-?[12l])"
)
_PREFIX = re.compile(r"(?P<training>train(?:ing)?[/_])|(?:eval|val|valid|validation|test)/")
_NOT_SIGNALS = re.compile(
    r"(?:eval|train)_(?:runtime|time|samples|steps)?(?:_per_second)?\Z|eval_(?:batch_size|steps|iters|interval|epoch)\Z"
    # Losses of networks, shops and games; settings, and sentences about a loss.
    r"|(?:[\w.]*_)?(?:packets?|pkts?|path|stop|profit|pnl|heat|hearing|insertion|centipawn|critical|insurance|claims?|profit/)_?loss\Z"
    r"|(?:[\w.]*_)?loss_(?:weight|type|fn|func|function|name|coef|coeff|factor)s?\Z"
    r"|(?:the|a|an|this|that|its|his|her|my|our|your|their|of|no|any|each|every|compute|what|which)_"
)
_NUMBER = re.compile(
    r"\s*[\[('\"]*\s*(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?!\.?#)"
    r"|[-+]?(?:nan|inf(?:inity)?)(?!\w|-\w))\s*(?P<unit>%|[A-Za-zµ][A-Za-z_/]{0,15})?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\s*(?P<hits>\d+)/(?P<of>[1-9]\d*)")  # of an accuracy: 9885/10000
# A loss of a training has none of these units.
_UNITS_OF_OTHERS = frozenset(
    {PERCENT, "db", "dbm", "kg", "w", "ms", "segs", "packets", "pkts", "bytes", "sectors"}
)
_CARDS = ("p", "gpu", "npu", "card", "device")
_UNITS: dict[str, tuple[str, float]] = {
    "ms": ("s", 0.001),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), ("s", 1.0)),
    **dict.fromkeys(("us", "µs"), ("s", 1e-6)),
    "t": ("TFLOPS/card", 1.0),
    **dict.fromkeys(("g", "gb", "gib"), ("GiB", 1.0)),
    **dict.fromkeys(("m", "mb", "mib"), ("GiB", 1 / 1024)),
    **dict.fromkeys(
        ("images/s", "samples/s", "samples/sec", "img/s", "imgs/s", "images/sec"), ("samples/s", 1.0)
    ),
    **dict.fromkeys(
        (
            "sequences/sec",
            "seqs/s",
            "sample_per_sec",
            "ins/s",
            "samples_per_sec",
            "records/second",
            "examples/sec",
            "imgs/sec",
            "img/sec",
        ),
        ("samples/s", 1.0),
    ),
    **dict.fromkeys(("tokens/s", "tokens/sec", "token/s", "tok/s", "toks/s"), ("tokens/s", 1.0)),
    **{f"samples/s/{card}": ("samples/s/card", 1.0) for card in _CARDS},
    **{f"tokens/s/{card}": ("tokens/s/card", 1.0) for card in _CARDS},
    **dict.fromkeys(("tflops", "tflop/s", "tflops/gpu", "tflop/s/gpu", "tflops/npu"), ("TFLOPS/card", 1.0)),
    **dict.fromkeys(("it/s", "step/s", "steps/s", "steps/sec"), ("steps/s", 1.0)),
}
_MULTIPLES = {"k": 1e3, "m": 1e6, "g": 1e9}
_OF_UNIT = {
    "step_time": ("s",),
    "memory_gib": ("GiB",),
    "throughput": (
        *("TFLOPS/card", "samples/s", "tokens/s", "samples/s/card"),
        *("tokens/s/card", "steps/s"),
    ),
}


class Value(NamedTuple):
    """One number of a log line: its signal, the number, and its unit (``""`` for none)."""

    name: str
    number: float
    unit: str = ""


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
    meaning = _find_meaning(word)
    if meaning is None:
        return None
    found = _NUMBER.match(text)
    if found is None:
        return None
    number = float(found["number"].replace(",", "")) * meaning.scale
    if meaning.name == "epoch" and number >= _LEAST_TIME:
        return None
    if meaning in (ACCURACY, EVAL_ACCURACY) and (share := _SHARE.match(text)):
        number = int(share["hits"]) / int(share["of"])
    return _convert_units(meaning, number, found["unit"] or "", word)


def _convert_units(meaning: WordMeaning, number: float, written: str, word: str) -> Value | None:
    """Return the value in the unit of its signal; ``written`` is what the log has behind the number."""
    written = written.lower()
    unit = meaning.unit
    if written in _UNITS_OF_OTHERS and meaning.name.endswith("loss"):
        return None
    known, factor = _UNITS.get(written, ("", 1.0))
    if written == PERCENT:
        number, unit = number / 100, ""
    elif known in _OF_UNIT.get(meaning.name, ()) and meaning.scale == 1.0:
        number, unit = number * factor, unit if meaning.unit in ("TFLOPS/card", f"{known}/card") else known
    elif written in _MULTIPLES and (meaning.name != "step_time" or written == "k"):
        number *= _MULTIPLES[written]
    elif word in _NEEDS_UNIT:
        return None
    if meaning.inverse:
        if number <= 0:
            return None
        number = 1 / number
    if meaning.name == "memory_gib" and not written and number >= _LEAST_BYTES:
        return Value("memory_gib", number / 2**30, "GiB")
    if meaning.name == "memory_gib":
        number, unit = number / 1024 if unit == "MiB" else number, "GiB"
    return Value(meaning.name, number, unit)


@lru_cache(maxsize=512)
def _find_meaning(word: str) -> WordMeaning | None:
    """Return what a word of a log means: a known name, or a term or score that keeps its own."""
    key = normalize_word(word)
    meaning = MEANINGS.get(key) or MEANINGS.get(key.replace("-", "_"))
    if meaning is not None:
        return meaning
    if word[-1:] > "\u4e00":
        return next((MEANINGS[known] for known in _CJK_WORDS if key.endswith(known)), None)
    if _NOT_SIGNALS.match(key):
        return None
    if _TERM.fullmatch(key):
        return WordMeaning("_".join(word.strip(" \t'\"").split()))
    prefix = _PREFIX.match(key)
    meaning = None if prefix is None else _find_meaning(key[prefix.end() :])
    if prefix is None or meaning is None or prefix["training"]:
        return meaning
    return meaning._replace(name=f"eval_{meaning.name}") if _is_measured(meaning.name) else None


def _is_measured(name: str) -> bool:
    """Return whether an evaluation measures a signal of this name: a loss or a score."""
    return name in ("accuracy", "perplexity") or name.lower().endswith(("loss", "acc", "f1", "bleu", "map"))
