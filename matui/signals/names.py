"""The names of signals, the words that logs use for them, and the reading of their values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

PERCENT = "%"


class Value(NamedTuple):
    """One number of a log line: its signal, the number, and its unit (``""`` for none)."""

    name: str
    number: float
    unit: str = ""


class _Meaning(NamedTuple):
    """The name of a signal, its unit where the log gives none, and what its number is multiplied with."""

    name: str
    unit: str = ""
    scale: float = 1.0
    inverse: bool = False


_LOSS = _Meaning("loss")
_EVAL_LOSS = _Meaning("eval_loss")
_RATE = _Meaning("learning_rate")
_GRAD = _Meaning("grad_norm")
_SCALE = _Meaning("loss_scale")
_SECONDS = _Meaning("step_time", "s")
_STEPS_PER_SECOND = _Meaning("step_time", "s", inverse=True)
_ACCURACY = _Meaning("accuracy")
_EVAL_ACCURACY = _Meaning("eval_accuracy")
_PERPLEXITY = _Meaning("perplexity")
_EVAL_PERPLEXITY = _Meaning("eval_perplexity")
_SAMPLES = _Meaning("throughput", "samples/s")
_TOKENS = _Meaning("throughput", "tokens/s")
_STEPS = _Meaning("throughput", "steps/s")
_TOKENS_OF_CARD = _Meaning("throughput", "tokens/s/card")
_GIB = _Meaning("memory_gib")
_MIB = _Meaning("memory_gib", "MiB")

# Words in lower case with single underscores; a unit in brackets is part of the word.
_MEANINGS: dict[str, _Meaning] = {
    **dict.fromkeys(("loss", "lm_loss", "train_loss", "training_loss", "total_loss", "train/loss"), _LOSS),
    **dict.fromkeys(("train_loss_step", "reduced_train_loss", "step_loss", "loss/total_loss"), _LOSS),
    **dict.fromkeys(
        ("avg_loss", "average_loss", "trainloss", "loss/train", "loss_train", "loss/train/total"), _LOSS
    ),
    **dict.fromkeys(("损失", "损失值", "loss值"), _LOSS),
    **dict.fromkeys(("eval_loss", "val_loss", "valid_loss", "validation_loss", "test_loss"), _EVAL_LOSS),
    **dict.fromkeys(("eval/loss", "val/loss", "lm_loss_value", "valid/loss", "val_loss_epoch"), _EVAL_LOSS),
    **dict.fromkeys(("cv_loss", "valloss", "val._loss", "valid._loss", "loss/val", "loss_val"), _EVAL_LOSS),
    **dict.fromkeys(("验证损失", "测试损失", "评估损失"), _EVAL_LOSS),
    **dict.fromkeys(("learning_rate", "lr", "learning-rate", "train/learning_rate", "base_lr"), _RATE),
    **dict.fromkeys(("cur_lr", "current_lr", "学习率"), _RATE),
    **dict.fromkeys(("actor/lr", "actor_lr", "act_lr", "optim0_lr0", "lr_0"), _RATE),
    **dict.fromkeys(("grad_norm", "global_norm", "gradient_norm", "gnorm", "train/grad_norm"), _GRAD),
    **dict.fromkeys(
        ("actor/grad_norm", "optim/total_grad_norm", "gradnorm", "norm", "grdn", "梯度范数"), _GRAD
    ),
    **dict.fromkeys(("loss_scale", "scale", "loss_scaling"), _SCALE),
    **dict.fromkeys(("step_time", "batch_cost", "per_step_time", "sec/step", "time_per_step"), _SECONDS),
    **dict.fromkeys(("iter_time", "elapsed_time_per_iteration", "avg_batch_cost"), _SECONDS),
    **dict.fromkeys(("iter_time_(s)", "train_step_timing_in_s", "time/step", "sec/iter"), _SECONDS),
    **dict.fromkeys(("train_speed(s/it)", "timing_s/step", "perf/time_per_step"), _SECONDS),
    **dict.fromkeys(("step_avg", "time_each_step", "per-step_time", "sec/batch", "updt_s", "dt"), _SECONDS),
    **dict.fromkeys(("单步耗时", "步耗时"), _SECONDS),
    **dict.fromkeys(("train_speed(iter/s)", "ups", "it/s", "iter/s", "iters/s"), _STEPS_PER_SECOND),
    "elapsed_time_per_iteration_(ms)": _Meaning("step_time", "s", 0.001),
    "elapsed_time_per_iteration_(s)": _SECONDS,
    "ms/batch": _Meaning("step_time", "s", 0.001),
    **dict.fromkeys(("epoch", "progress_or_epoch"), _Meaning("epoch")),
    **dict.fromkeys(("accuracy", "acc", "top1_acc", "acc1", "train_accuracy", "train_acc"), _ACCURACY),
    **dict.fromkeys(("acc@1", "top1", "top-1", "train-acc", "准确率", "精度", "训练准确率"), _ACCURACY),
    **dict.fromkeys(("eval_accuracy", "val_accuracy", "val_acc", "eval_acc", "val-acc"), _EVAL_ACCURACY),
    **dict.fromkeys(("validation_accuracy", "valid_acc", "test_accuracy", "test_acc"), _EVAL_ACCURACY),
    **dict.fromkeys(("验证准确率", "测试准确率", "val/acc", "val/accuracy"), _EVAL_ACCURACY),
    **dict.fromkeys(("number_of_skipped_iterations", "skipped"), _Meaning("skipped_steps")),
    "number_of_nan_iterations": _Meaning("nan_steps"),
    **dict.fromkeys(("throughput", "ips", "speed", "吞吐", "吞吐量"), _Meaning("throughput")),
    **dict.fromkeys(
        ("train_throughput_per_npu", "throughput_per_gpu_(tflop/s/gpu)", "tflops_per_gpu"),
        _Meaning("throughput", "TFLOPS/card"),
    ),
    **dict.fromkeys(
        ("throughput_(token/sec/gpu)", "interval_tokens_per_second_per_device", "tps", "tgs"), _TOKENS_OF_CARD
    ),
    "tokens_per_gpu_per_second_(tgs)": _TOKENS_OF_CARD,
    **dict.fromkeys(("tokens-per-second-per-gpu", "tokens_per_second_per_gpu"), _TOKENS_OF_CARD),
    **dict.fromkeys(("tokens/train_per_sec_per_gpu", "perf/throughput"), _TOKENS_OF_CARD),
    **dict.fromkeys(("interval_samples_per_second", "sample/sec", "samples/sec", "samples/s"), _SAMPLES),
    **dict.fromkeys(("samples_per_second", "samples_per_sec", "train_samples_per_second"), _SAMPLES),
    **dict.fromkeys(("currsamplespersec", "fps", "img/s", "imgs/s", "images/s", "images/sec"), _SAMPLES),
    **dict.fromkeys(("examples/sec", "examples_per_second", "samplespersec", "mean_fps"), _SAMPLES),
    **dict.fromkeys(
        ("tokens_per_second", "tokens/sec", "tokens/s", "tokens_per_sec", "tok/s", "tok/sec", "wps"), _TOKENS
    ),
    **dict.fromkeys(
        ("global_step/sec", "steps/sec", "steps/s", "train_steps_per_second"),
        _Meaning("throughput", "steps/s"),
    ),
    **dict.fromkeys(("perplexity", "ppl", "train_ppl", "困惑度"), _PERPLEXITY),
    **dict.fromkeys(("lm_loss_ppl", "valid_ppl", "val_ppl", "eval_ppl", "eval_perplexity"), _EVAL_PERPLEXITY),
    "val._ppl": _EVAL_PERPLEXITY,
    **dict.fromkeys(("mem_allocated", "memallocated", "memory(gib)", "max_memory_allocated"), _GIB),
    **dict.fromkeys(("memory_allocated(gb)", "peak_memory_alloc", "gpu_max_cached_mem_gb"), _GIB),
    **dict.fromkeys(("memory/max_mem_allocated(gib)", "memory/max_allocated_(gib)"), _GIB),
    **dict.fromkeys(("perf/max_memory_allocated_gb", "actor/perf/max_memory_allocated_gb"), _GIB),
    **dict.fromkeys(("gpu_memory", "npu_memory", "gpu_mem", "显存"), _GIB),
    **dict.fromkeys(("max_mem", "max_mem_allocated", "memory", "mem"), _MIB),
    **{word: _Meaning(word) for word in ("mfu", "reward", "kl", "entropy", "precision", "recall")},
    **{
        f"rewards/{word}": _Meaning(f"rewards/{word}")
        for word in ("chosen", "rejected", "margins", "accuracies")
    },
}
_NEEDS_UNIT = frozenset({"speed", "dt"})
_CJK_WORDS = sorted((word for word in _MEANINGS if word[-1] > "\u4e00"), key=len, reverse=True)
# Parts of a loss, such as loss_cls, and scores, such as eval_f1 or coco/bbox_mAP_50, keep their own name.
_TERM = re.compile(
    r"(?:[a-z0-9_.]{1,40}[._])?loss_[a-z0-9_.]{1,40}|[a-z0-9_.]{0,40}[a-z0-9]loss\d?|[a-z0-9_.]{1,40}_loss(?:_epoch)?"
    r"|eval_[a-z0-9_@]{1,40}|[a-z]{1,12}_?(?:acc|f1|bleu|map)\d?|(?:[a-z0-9_]{1,20}[/.])?[a-z]{0,12}_?acc_seg"
    r"|(?:acc|top_k_accuracy|top)[-_@]?\d|(?:[a-z0-9_]{1,20}/)(?:[a-z0-9]{1,12}_)?(?:map|ap|miou|acc)(?:_[a-z0-9]{1,4})?"
    r"|accuracy/top\d|[a-z]{1,12}_map_(?:50|75|s|m|l)"
    r"|(?:actor|critic)/(?:[a-z_]*loss|entropy|ppo_kl|(?:score|rewards|returns)/mean)|response_length/mean"
    r"|val-core/[\w@/.-]{1,60}"
    r"|(?:miou|map(?:50)?(?:-95)?|auc|psnr|ssim|dice|rouge-?[12l])"
)
_NOT_SIGNALS = re.compile(
    r"(?:eval|train)_(?:runtime|samples|steps)?(?:_per_second)?\Z|eval_(?:batch_size|steps|iters|interval)\Z"
    # Settings, and sentences about a loss.
    r"|(?:[\w.]*_)?loss_(?:weight|type|fn|func|function|name|coef|coeff|factor)s?\Z"
    r"|(?:the|a|an|this|that|its|his|her|my|our|your|their|of|no|any|each|every|compute|what|which)_"
)

_NUMBER = re.compile(
    r"\s*[\[('\"]*\s*(?P<number>[-+]?(?:\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?!\.?#)"
    r"|[-+]?(?:nan|inf(?:inity)?)(?![A-Za-z]))\s*(?P<unit>%|[A-Za-zµ][A-Za-z/]{0,15})?",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\s*(?P<hits>\d+)/(?P<of>[1-9]\d*)")  # of an accuracy: 9885/10000
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
        ("sequences/sec", "records/second", "examples/sec", "imgs/sec", "img/sec"), ("samples/s", 1.0)
    ),
    **dict.fromkeys(("tokens/s", "tokens/sec", "token/s", "tok/s", "toks/s"), ("tokens/s", 1.0)),
    "samples/s/p": ("samples/s/card", 1.0),
    "tokens/s/p": ("tokens/s/card", 1.0),
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
    if meaning in (_ACCURACY, _EVAL_ACCURACY) and (share := _SHARE.match(text)):
        number = int(share["hits"]) / int(share["of"])
    return _in_units(meaning, number, found["unit"] or "", word)


def _in_units(meaning: _Meaning, number: float, written: str, word: str) -> Value | None:
    """Return the value in the unit of its signal; ``written`` is what the log has behind the number."""
    written = written.lower()
    unit = meaning.unit
    known, factor = _UNITS.get(written, ("", 1.0))
    if written == PERCENT:
        number, unit = number / 100, ""
    elif known in _OF_UNIT.get(meaning.name, ()) and meaning.scale == 1.0:
        number, unit = number * factor, unit if meaning.unit == "TFLOPS/card" else known
    elif written in _MULTIPLES and meaning.name != "step_time":
        number *= _MULTIPLES[written]
    elif word in _NEEDS_UNIT:
        return None
    if meaning.inverse:
        if number <= 0:
            return None
        number = 1 / number
    if meaning.name == "memory_gib":
        number, unit = number / 1024 if unit == "MiB" else number, "GiB"
    return Value(meaning.name, number, unit)


@lru_cache(maxsize=512)
def _find_meaning(word: str) -> _Meaning | None:
    """Return what a word of a log means: a known name, or a term or score that keeps its own."""
    key = normalize_word(word)
    meaning = _MEANINGS.get(key)
    if meaning is not None:
        return meaning
    if word[-1:] > "\u4e00":
        return next((_MEANINGS[known] for known in _CJK_WORDS if key.endswith(known)), None)
    if _NOT_SIGNALS.match(key) or not _TERM.fullmatch(key):
        return None
    return _Meaning("_".join(word.strip(" \t'\"").split()))
