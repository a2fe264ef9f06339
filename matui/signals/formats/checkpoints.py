"""Checkpoints that were saved."""

from __future__ import annotations

import re

from matui.signals.formats.plain import has_anchor_word, read_plain
from matui.signals.names import Value, parse_value
from matui.signals.progress import to_int
from matui.signals.reading import LineReading

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
