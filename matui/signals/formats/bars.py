"""Bars: tqdm, PyTorch Lightning, Keras, and the tables of Ultralytics YOLO."""

from __future__ import annotations

import re

from matui.signals.formats.trainer import read_dict
from matui.signals.names import Value, parse_value
from matui.signals.pairs import collect, find_pairs, find_spaced, split_pairs
from matui.signals.progress import LineReading, RunProgress, build_epoch_progress, to_int

# The counts may have a suffix; without a total there is no bar: "100it [00:10, 9.50it/s, loss=0.5]".
_COUNT = r"\d+(?:\.\d+)?[kMG]?"
_BAR = re.compile(
    rf"(?:\d+%(?:\|[^|]*\|)?\s*(?P<step>{_COUNT})\s*/\s*(?P<total>{_COUNT})\s*"
    rf"|(?<![\w.])(?P<done>{_COUNT})it )"
    r"\[(?P<rest>[^\]]*)\]?"
)
_BAR_EPOCH = re.compile(
    r"\b[Ee]poch\s*:?\s*\[?(?P<epoch>\d+)(?:\s*/\s*(?P<epochs>\d+)\b|(?=[\s:\]]*$|\s*/\s*[A-Za-z]))"
)
_SUFFIXES = {"k": 1_000, "M": 1_000_000, "G": 1_000_000_000}
# torchtune: the epoch, the step of the run and the loss are before the bar.
_TUNE = re.compile(r"(?<![\w|])(?P<epoch>\d+)\|(?P<step>\d+)\|Loss: ")
_LIGHTNING = re.compile(r"\bv_num=|_(?:step|epoch)=")
_UPDATES = re.compile(r"\bnum_updates=(?P<step>\d+)")
# Lightning with rich: "Epoch 3/9 ━━━━ 59/118 0:00:02 • 0:00:02 25.16it/s train_loss: 0.25".
_RICH = re.compile(
    r"Epoch (?P<epoch>\d+)(?:/(?P<last>\d+))?\s+[━╸╺\s-]*(?P<step>\d+)/(?P<total>\d+)"
    r" [\d:]+ • [-\d:]+ (?P<rate>[\d.]+)it/s(?P<rest>.*)"
)
_NOTEBOOK = re.compile(
    r"\[\s*(?P<step>\d+)/(?P<total>\d+) [\d:]+ < [\d:]+, (?P<rate>[\d.]+) it/s,"
    r" Epoch (?P<epoch>[\d.]+)/(?P<epochs>\d+)\]"
)
# What is read, prepared, evaluated or saved has no step of the training.
_OTHER_WORK = re.compile(
    r"(?i)\b(?:load|download|upload|map|token|filter|generat|eval|valid|sanity|fetch|resolv|cast|sav|preprocess|process"
    r"|convert|test|predict|extract|infer|pack|copy|calculat|comput|build|pars|read|warm|encod|embed|index|scor"
    r"|mAP50|group|running tokenizer|quantiz|creat|writ|captur|import)\w*[^|\r]*$"
)
_RATE = re.compile(
    r"(?P<rate>[\d.]+)\s?(?P<kilo>k?)\s?(?:(?P<inverse>s/(?:it|step|batch|iter|ba))|(?:it|step|batch(?:es)?|iter|ba)s?/s)\b"
)
_KERAS = re.compile(
    r"(?<![\w/.])(?<!Epoch )(?P<step>\d+)/(?:(?P<total>\d+)|Unknown)\s+"
    r"(?:\[[=>.\s]*\]|━+(?:[\s━]*)|(?=- (?:\d|loss)|\d+m?s \d))"
    r"\s*-?\s*(?P<rest>.*\bloss\b.*)"
)
_KERAS_STEP = re.compile(r"(?P<time>[\d.]+)\s?(?P<unit>us|ms|s)/step")
_YOLO = re.compile(
    r"(?:^|\s)(?P<epoch>\d+)/(?P<epochs>\d+)\s+(?P<memory>[\d.]+[GM])B?\s+"
    r"(?P<numbers>(?:(?:[\d.]+(?:[eE][-+]?\d+)?|nan|inf)\s+)+)\d+:\s+\d+%(?:\|[^|]*\|)?\D*(?P<step>\d+)/(?P<total>\d+)(?P<rest>.*)"
)
# YOLOv6: epoch, rate and losses before the bar.
_YOLO6 = re.compile(
    r"(?:^|\s)(?P<epoch>\d+)/(?P<epochs>\d+)\s+(?P<numbers>(?:[\d.]+(?:[eE][-+]?\d+)?|nan|inf|\s)+):\s+"
    r"\d+%(?:\|[^|]*\|)?\s*(?P<step>\d+)/(?P<total>\d+)(?P<rest>.*)"
)
_YOLO_SCORES = re.compile(r"(?:^|\s)all\s+\d+\s+\d+\s+(?P<numbers>(?:(?:[\d.]+|nan)\s*){4,})$")
ROW = "   all  "  # of a table of scores
_YOLO_COLUMNS = ("box_loss", "cls_loss", "dfl_loss")
_SCORE_COLUMNS = ("precision", "recall", "mAP50", "mAP50-95")


def read_bar(line: str) -> LineReading | None:
    """Read the last state of a bar of tqdm, PyTorch Lightning's included, with a dictionary on the same line.

    A bar with the number of its epoch has the steps of the run then. Lightning, which shows ``v_num`` or
    means of a step and an epoch, counts epochs from 0, other loops from 1, unless there was an epoch 0 in the
    log. The bar of other work, such as loading, is read only where it shows a loss.
    """
    matches = list(_BAR.finditer(line))
    if not matches:
        return None
    match = matches[-1]
    values = list(collect(split_pairs(match["rest"], ",", "=")))
    head = line[: match.start()]
    if len(matches) > 1:
        head = head[matches[-2].end() :]
    if not values and "oss" in line and "{" not in line:
        around = f"{head} {line[match.end() :]}"
        values = list(collect((find_spaced(around) | find_pairs(around)).items()))
    is_training = any(value.name == "loss" for value in values)
    rate = _RATE.search(match["rest"])
    if (rate is None and not values) or (not is_training and _OTHER_WORK.search(head)):
        return None
    if all(value.name != "step_time" for value in values):
        values += _read_step_time(rate)
    if "{" in line:
        beside = read_dict(line)
        names = {value.name for value in values}
        values += [] if beside is None else [one for one in beside.values if one.name not in names]
    if not values:
        return None
    return _find_progress(match, head).build_reading(tuple(values))


def _read_step_time(rate: re.Match[str] | None) -> list[Value]:
    """Return the seconds of a step by the speed of a bar, none where it is unknown or 0."""
    if rate is None or float(rate["rate"]) == 0:
        return []
    number = float(rate["rate"]) * (1000 if rate["kilo"] else 1)
    return [Value("step_time", number if rate["inverse"] else 1 / number, "s")]


def read_rich(line: str) -> LineReading | None:
    """Read a bar of Lightning as rich draws it; epochs count from 0, and the last of them is named."""
    match = _RICH.search(line)
    if match is None:
        return None
    values = list(collect(find_pairs(match["rest"]).items()))
    if float(match["rate"]) > 0:
        values.append(Value("step_time", 1 / float(match["rate"]), "s"))
    count = None if match["last"] is None else int(match["last"]) + 1
    epoch, step, total = (int(match[name]) for name in ("epoch", "step", "total"))
    if count is None:
        return RunProgress(epoch * total + step, None, float(epoch)).build_reading(tuple(values))
    return RunProgress(epoch * total + step, count * total, float(epoch), count).build_reading(tuple(values))


def read_notebook_bar(line: str) -> LineReading | None:
    """Read the bar of the Trainer in a notebook: ``[ 10/60 00:30 < 03:00, 0.28 it/s, Epoch 0.10/1]``."""
    match = _NOTEBOOK.search(line)
    if match is None or float(match["rate"]) <= 0:
        return None
    values = (Value("step_time", 1 / float(match["rate"]), "s"), Value("epoch", float(match["epoch"])))
    return LineReading(values, int(match["step"]), int(match["total"]), int(match["epochs"]))


def _find_progress(match: re.Match[str], head: str) -> RunProgress:
    step, total = _to_count(match["step"] or match["done"]) or 0, _to_count(match["total"])
    tune = _TUNE.search(head)
    if tune is not None:
        return RunProgress(int(tune["step"]), None, float(tune["epoch"]))
    epoch = _BAR_EPOCH.search(head)
    updates = _UPDATES.search(match["rest"])
    if updates is not None:
        return RunProgress(int(updates["step"]), None, None if epoch is None else float(epoch["epoch"]))
    if epoch is None or total is None:
        return RunProgress(step, total, None if epoch is None else float(epoch["epoch"]))
    epochs = int(epoch["epochs"]) if epoch["epochs"] else None
    is_of_lightning = epochs is None and _LIGHTNING.search(match["rest"]) is not None
    return build_epoch_progress(int(epoch["epoch"]), epochs, step, total, first=0 if is_of_lightning else 1)


def _to_count(text: str | None) -> int | None:
    """Return a count that may have a suffix, such as ``1.20k``; None for None."""
    if text is None:
        return None
    return round(float(text.rstrip("kMG")) * _SUFFIXES.get(text[-1], 1))


def read_keras(line: str) -> LineReading | None:
    """Read the last state of a bar of Keras; its steps are those of one epoch."""
    matches = list(_KERAS.finditer(line))
    if not matches:
        return None
    match = matches[-1]
    values = list(collect(split_pairs(match["rest"], " - ")))
    timed = _KERAS_STEP.search(match["rest"])
    if timed is not None:
        scale = {"us": 1e-6, "ms": 1e-3, "s": 1.0}[timed["unit"]]
        values.append(Value("step_time", float(timed["time"]) * scale, "s"))
    return LineReading(tuple(values), int(match["step"]), to_int(match["total"])) if values else None


def read_yolo(line: str) -> LineReading | None:
    """Read a row of the tables of YOLOv8 and later."""
    return read_yolo_row(line, "")


def read_yolo_row(line: str, header: str) -> LineReading | None:
    """Read a row of the losses of a training, whose columns ``header`` names."""
    if "iou_loss" in header:
        return _read_yolo6_row(line, header)
    match = _YOLO.search(line)
    if match is None:
        return None
    memory = parse_value("max_mem", match["memory"])
    values = [] if memory is None else [memory]
    numbers = match["numbers"].split()[:-1]  # the last one counts objects
    for column, text in zip(_split_columns(header, len(numbers)), numbers, strict=False):
        values.append(Value(column, float(text)))
    values += _read_step_time(_RATE.search(match["rest"]))
    epoch, epochs, step, total = (int(match[name]) for name in ("epoch", "epochs", "step", "total"))
    from_zero = epoch == 0 or "gpu_mem" in header or "obj_loss" in header
    count = epochs + 1 if from_zero else epochs
    return build_epoch_progress(epoch, count, step, total, first=0 if from_zero else 1).build_reading(
        tuple(values)
    )


def _read_yolo6_row(line: str, header: str) -> LineReading | None:
    match = _YOLO6.search(line)
    names, numbers = header.split(), [] if match is None else match["numbers"].split()
    columns = names[names.index("Epoch") + 1 :] if "Epoch" in names else []
    if match is None or len(columns) != len(numbers):
        return None
    values = list(collect(zip(columns, numbers, strict=True)))
    values += _read_step_time(_RATE.search(match["rest"]))
    epoch, last, step, total = (int(match[name]) for name in ("epoch", "epochs", "step", "total"))
    return build_epoch_progress(epoch, last + 1, step, total, first=0).build_reading(tuple(values))


def _split_columns(header: str, count: int) -> tuple[str, ...]:
    names = header.split()
    memory = next((number for number, name in enumerate(names) if name.lower() == "gpu_mem"), None)
    if memory is None:
        return _YOLO_COLUMNS if count == len(_YOLO_COLUMNS) else ()
    chosen = names[memory + 1 : memory + 1 + count]
    return tuple(name if name.endswith("loss") else f"{name}_loss" for name in chosen)


def read_scores(line: str) -> LineReading | None:
    """Read the row of a validation that is for all classes."""
    match = _YOLO_SCORES.search(line)
    if match is None:
        return None
    numbers = map(float, match["numbers"].split())
    return LineReading(
        tuple(Value(name, number) for name, number in zip(_SCORE_COLUMNS, numbers, strict=False))
    )
