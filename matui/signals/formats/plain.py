"""Checkpoints saved, and the last resort: ``key=value``, ``key: value``, ``key value`` of known words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from matui.signals.formats.trainer import has_anchor
from matui.signals.names import Value, parse_value
from matui.signals.pairs import (
    as_evaluation,
    collect,
    find_pairs,
    find_spaced,
    is_evaluated_batch,
    is_evaluation,
)
from matui.signals.progress import LineReading, find_progress, to_int

_STEP_WORDS = (
    "step",
    "Step",
    "iter",
    "Iter",
    "poch",
    "POCH",
    "pdate",
    "Batch",
    " batch ",
    "步",
    "迭代",
    "it ",
)
_NEVER_ALONE = frozenset({"epoch", "throughput", "memory_gib", "loss_scale", "skipped_steps", "step_time"})
# A number before its unit: "(1250.5 examples/sec; 0.102 sec/batch)", "(250.50 ms | 125000 tok/s)".
_PACE = re.compile(
    r"(?<!data_time: )(?<![\w.])(?P<number>\d[\d.,]*)"
    r"(?P<unit> ?(?:(?:examples|samples|images|imgs?|tokens|tok|iters?|it)/s(?:ec(?:ond)?)?"
    r"|(?:sec(?:onds)?|ms|s)/(?:batch|it|iter|step)|/s(?=, [\d.]+/s/gpu))"
    r"| ms(?= \||, \d+ tok/s))(?![\w/:=：])"
    r"|\(took (?P<took>[\d.]+) ms\)"
)
# The meters of PyTorch's examples: "Time  0.250 ( 0.300)", the last and the mean.
_METER = re.compile(r"\bTime\s+(?P<time>\d[\d.]*) \(\s*\d[\d.]*\)")
_PACE_WORDS = {
    **dict.fromkeys(("", "ms"), "elapsed time per iteration (ms)"),
    "/s": "samples/s",
    "s/batch": "sec/batch",
    "sec/it": "s/it",
    "seconds/step": "s/step",
    "examples/second": "examples/sec",
    "img/s": "imgs/s",
}
# Some write the loss of an evaluation alone: "val loss 3.25".
_LAST_LOSS = re.compile(r" loss [\d.]+\s*$")
_EVALUATIONS = ("val", "valid", "validation", "eval", "test")
# The table of the Trainer at the end of a run.
_SUMMARY = re.compile(r"(?<![\w/.])train_loss {2,}= ")
_SETTINGS = frozenset({"learning_rate", "epoch", "loss_scale"})
_SETTING = re.compile(r"(?i)batch[_ -]?size|momentum|weight[_ -]decay|warmup")
_TIME_WITH_UNIT = re.compile(r"[\d.]+ ?(?:ms|s)\b")

# Networks, names of tests, matches, profit and loss, claims, results of Ansible, queries with a step of 5m.
_OF_OTHERS = re.compile(
    r"(?i)\b(?:rtt|jitter|packets?(?:lost|_loss)?|pkts?|cwnd|bitrate|icmp_seq|ssrc)\b"
    r"|\.py::(?:\w+::)?test|^#\d+ \["
    r"|\bwins?:? \d|\bprofit: [^\s,]+, loss\b|\binsurance claim\b"
    r"|\b(?:ok|changed|fatal|failed): \[[^\]/\s]+\](?:: \w+!)? => |\bstep=\d+(?-i:[mhd])\b"
)

_VALUE_AFTER = re.compile(
    r"(?!accum)[\w/@.-]{0,60}(?: R?[a-z]+)?['\"]?(?:\s*[=:：为]|\s+is)\s*(?:tensor\(|['\"])?[-+\[(]?[\d.nNiI]"
)
_STEP_AFTER = re.compile(r"(?:[Ss]tep|iter(?:ation)?|epoch)['\"]?\s*[=:：]|\bIteration \d+, lr = ")
_ANCHOR_WORDS = ("loss", "Loss", "norm", "acc", "Acc", "eval_runtime", "损失", "bpb")
_OTHER_WORDS = ("lr", "learning", "eval_", "val_", "step_avg", "ean Reward")
_SAVED = re.compile(
    r"(?:successfully )?sav(?:ed|ing)\b[^/]{0,40}?\b(?:checkpoints?|ckpt)\b"
    r"|\bcheckpoint\b[^/]{0,30}?\bsaved\b|\bsave checkpoint: |\bsaving model to |\bsave to checkpoint\b"
    r"|\bsav(?:ed|ing) (?:current |)(?:model|state) to \S*(?:checkpoint|ckpt)|\[torch\] saved \S+\.pt\b"
    r"|\bcheckpoint save for step \d+ .*\bfinalized successfully|\bsave (?:best )?model (?:in|is to) "
    r"|\bsnapshotting to (?:binary proto file )?\S+_iter_\d",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"(?i)\bcheckpoint snapshot (?:min|max)\b"  # of databases
    r"|/(?:pg_)?wal(?:[/\s]|\Z)"
    r"|/var/lib/(?:influxdb|prometheus|postgresql|etcd|mysql|mongodb|clickhouse|redis|kafka|cassandra|zookeeper)\b"
    r"|\b(?:fail(?:ed|ure|ing)?|unable|cannot|could not|errors?|skip\w*|not)\b|失败|未保存|没有|不保存"
)
_PATH = (
    r"(?:[\"'`]?[\w.~-]*[/\\]\S"
    r"|[\"'`]?[\w./-]+\.(?:pth?|ckpt|npz|h5|keras|bin|safetensors|pkl|onnx|params|pdparams))"
)
_WHICH = r"(?:(?:the|new|best|final|current|last|latest|trained|ema|adapter) ){0,3}"
# Of a model by its name, not as a checkpoint.
_SAVED_MODEL = re.compile(
    rf"\b(?:saved?|saving) {_WHICH}(?:model|weights)\b[^/:,|]{{0,60}}?\b(?:to|in|at|into|as):? {_PATH}"
    r"|\b(?:model|weights) (?:(?:has been|have been|is|was|were|successfully) )?"
    rf"saved (?:to|in|at|into|as):? {_PATH}"
    r"|\b(?:saved|saving) (?:the )?(?:new )?best (?:model|weights)\b"
    r"|\bsaved pipeline to output directory|\bsaving models and training states\b"
    r"|(?:模型|权重|检查点|断点)(?:参数|文件)?(?:已经?|成功)?保存(?:成功|完成|完毕|至|到|在|$|[，。！!])"
    r"|保存(?:了|最佳|最优|当前|最新|最终){0,2}(?:模型|权重|检查点|断点)(?:参数|文件)?"
    r"(?:成功|完成|完毕|至|到|[:：] ?\S*[/.]|$)",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"@ (?P<updates>\d+) updates|checkpoint at (?P<iterations>\d+) iterations"
    r"|model_(?P<detectron>\d{7})\.pth|checkpoints for (?P<tensorflow>\d+) into"
    r"|(?:iteration|step|global_step|iter)[ _=:]*(?P<step>\d[\d,]*)|(?:checkpoint|ckpt)[-_](?P<dash>\d+)",
    re.IGNORECASE,
)
# Lightning: "Epoch 3, global step 354: 'val_loss' reached 0.25000 (best 0.25000), saving model to …".
_BEST = re.compile(r"global step (?P<step>\d+): '?(?P<word>\S+?)'? reached (?P<value>\S+) .*saving model to ")
_UPDATES = re.compile(r"@ (?P<step>\d+) updates")


def read_spaced(line: str) -> LineReading | None:
    """Read ``step 17860 loss 2.3274``: words and numbers with spaces between them."""
    has_place = any(word in line for word in _STEP_WORDS)
    is_read = (has_place or _is_checked(line)) and not _OF_OTHERS.search(line)
    return read_plain(line) if is_read else None


def read_plain(line: str) -> LineReading | None:
    """Read words and their numbers; without a separator only where the line has a step or epoch."""
    pairs = find_pairs(line)
    if "Epoch time" in line:
        pairs.pop("time", None)
    has_loss = "oss" in line or "损失" in line or "xent: " in line
    if not (has_loss or collect(pairs.items())):
        return None
    progress = find_progress(line)
    has_place = progress.step is not None or progress.epoch is not None
    if has_loss and (has_place or _is_checked(line)):
        pairs = {**find_spaced(line), **pairs}
        pairs.update(_find_paces(line, pairs, has_step=progress.step is not None))
    if "Batch Loss" in pairs:  # JoeyNMT
        pairs.setdefault("loss", pairs.pop("Batch Loss"))
    if "completed step" in line and "seconds" in pairs:  # MaxText
        pairs["step_time"] = pairs["seconds"]
    if "time" in pairs and ("data_time" in pairs or "max mem" in pairs):
        pairs["step_time"] = pairs["time"]
    values = collect(pairs.items())
    if values and is_evaluation(line):
        values = as_evaluation(values)
        progress = progress._replace(step=None, total=None) if is_evaluated_batch(line) else progress
    if _SUMMARY.search(line):
        return LineReading(tuple(one._replace(name="train_loss") for one in values if one.name == "loss"))
    names = {value.name for value in values}
    is_of_step = (bool(names - _NEVER_ALONE) or "step_avg:" in line) and has_place
    is_setting = names <= _SETTINGS and _SETTING.search(line) is not None
    if is_setting or not (has_anchor(values) or is_of_step):
        return None
    return progress.build_reading(values)


def _is_checked(line: str) -> bool:
    """Return whether a line without a place in the run reports a validation."""
    last = _LAST_LOSS.search(line)
    return (last is not None and line[: last.start()].endswith(_EVALUATIONS)) or is_evaluated_batch(line)


def _find_paces(line: str, pairs: dict[str, str], *, has_step: bool) -> dict[str, str]:
    """Return times and rates that other words have than their names, without those of ``pairs``.

    The time of a line without a step is that of an epoch.
    """
    found: dict[str, str] = {}
    for pace in _PACE.finditer(line) if "/" in line or " ms" in line else ():
        unit = (pace["unit"] or "").strip()
        if unit not in pairs:
            found.setdefault(_PACE_WORDS.get(unit, unit), pace["number"] or pace["took"])
    if has_step and "Time " in line and (meter := _METER.search(line)) is not None:
        found["step_time"] = meter["time"]
    if has_step and _TIME_WITH_UNIT.match(pairs.get("time", "")):
        found["step_time"] = pairs["time"]
    return found


@lru_cache(maxsize=4)  # three shapes ask in turn
def has_anchor_word(line: str) -> bool:
    """Return whether a number follows one of the words without which pairs are no signals."""
    for word in _ANCHOR_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return True
    for word in _OTHER_WORDS:
        if word in line and _is_followed(line, word, _VALUE_AFTER):
            return _STEP_AFTER.search(line) is not None
    return False


def _is_followed(line: str, word: str, pattern: re.Pattern[str]) -> bool:
    """Return whether ``pattern`` matches where ``word`` is, at any of its places."""
    find, match = line.find, pattern.match
    at = find(word)
    while at >= 0:
        if match(line, at):
            return True
        at = find(word, at + 1)
    return False


def require_anchor(read: Callable[[str], LineReading | None]) -> Callable[[str], LineReading | None]:
    """Return a recogniser that looks at lines with an anchor only: the others are most lines."""
    return lambda line: read(line) if has_anchor_word(line) and not _OF_OTHERS.search(line) else None


def read_checkpoint(line: str) -> LineReading | None:
    """Read that a checkpoint was saved, with its step where the line names one."""
    match = _SAVED.search(line)
    if match is None or _FAILED.search(line):
        return None
    step = _UPDATES.search(line) or _STEP.search(line, match.start())
    best = _BEST.search(line)
    if best is not None:
        value = parse_value(best["word"], best["value"])
        values = (Value("checkpoint", 1.0), *(() if value is None else (value,)))
        return LineReading(values, int(best["step"]))
    number = None if step is None else next(text for text in step.groups() if text)
    return LineReading((Value("checkpoint", 1.0),), to_int(number))


def read_saved_model(line: str) -> LineReading | None:
    """Read that a model was saved, ``Saved model to out/model_10.pth``, with the other signals of the line.

    What is beside the best model was measured before.
    """
    match = _SAVED_MODEL.search(line)
    if match is None or _FAILED.search(line):
        return None
    step = _UPDATES.search(line) or _STEP.search(line, match.start())
    number = None if step is None else to_int(next(text for text in step.groups() if text))
    beside = None
    if has_anchor_word(line) and "est" not in match[0]:
        beside = read_plain(line)
    if beside is None:
        return LineReading((Value("checkpoint", 1.0),), number)
    values = (*beside.values, Value("checkpoint", 1.0))
    return beside._replace(values=values, step=number if beside.step is None else beside.step)
