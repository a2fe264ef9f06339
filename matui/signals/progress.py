"""The values of a line of a training log, and its progress: step, total, epoch, in their common forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from matui.signals.names import Value
from matui.signals.pairs import is_evaluated_batch

_N = r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d{1,15})"
# Both in brackets: "Epoch: [1][ 10/5005]", "Epoch(train) [2][ 50/7330]", "Train: 2 [ 50/312 ( 16%)]".
# "Train Epoch: 1 [640/60000 (1%)]" counts samples.
_EPOCH_AND_BATCH = re.compile(
    r"(?<!Train )(?<!Eval )(?:\b[Ee]poch|\bTrain)(?P<mode>\s?\(train\))?\s*(?P<colon>:?)\s*"
    rf"\[?\s*(?P<epoch>\d+)\s*(?:/\s*(?P<epochs>\d+))?\s*\]?\s*\[\s*(?P<step>{_N})\s*/\s*(?P<total>{_N})"
)
# The tutorials of PyTorch: "[1,  2000] loss: 2.250".
_LISTED = re.compile(r"\[(?P<epoch>\d+),\s+(?P<step>\d+)\]\s+loss:")
# WeNet: "TRAIN | steps/sec 4.000| Batch 2/100 loss 25.5" is batch 100 of epoch 2.
_WENET = re.compile(
    r"\b(?:TRAIN|(?P<checked>CV))\b[^/]{0,20}(?:/sec [\d.]+)?[ |]+Batch (?P<epoch>\d+)/(?P<step>\d+) loss "
)
_BATCHES = re.compile(rf"(?P<step>{_N})\s*/\s*(?P<total>{_N}) batches")
# Early fairseq and OpenNMT: "epoch 010  2000 / 8223 loss=1.27", "Epoch  1, 12900/37527; acc:  4.48".
_BATCH_BEHIND_EPOCH = re.compile(
    rf"\b[Ee]poch:?\s+(?P<epoch>\d+)[,:]?\s+(?P<step>{_N})\s*/\s*(?P<total>{_N})(?=[\s;,:|])"
)
_EPOCH = re.compile(
    r"(?:(?<![A-Za-z_])(?:(?:[Ee]poch|EPOCH)(?:_id)?|Pass(?= \d+, (?:train )?batch))|轮次|轮数)"
    r"(?:\.\.\. \()?['\"]?\s*[:=：#]?\s*\[?\s*(?P<epoch>\d{1,8}(?!\d)(?:\.\d+)?)(?![\d.]*s)"
    r"(?:\s*/\s*(?P<epochs>\d+)(?:\.0)?)?"
    r"|第\s*(?P<cjk>\d+)(?:\s*/\s*(?P<cjk_epochs>\d+))?\s*(?:轮|个?\s?[Ee]poch)"
)
_OF_RUN = re.compile(
    rf"(?:(?<![A-Za-z])[Gg]lobal[_ ]?(?:[Ss]tep|[Ii]ter(?:ation)?)|\bn(?:um_)?updates|\bcurrent_steps?)"
    r"['\"]?\s*[:=：]?\s*"
    rf"(?P<step>{_N})(?![\d.]*\d)"
    rf"(?:\s*/\s*(?P<total>{_N}))?"
    rf"|第\s*(?P<cjk>{_N})\s*(?:/\s*(?P<cjk_total>{_N})\s*步|步(?:\s*[/,，(（]\s*共\s*(?P<cjk_all>{_N})\s*步)?)"
)
_STEP = re.compile(
    r"(?<![A-Za-z_/])(?:[Tt]rain[_ ])?"
    r"(?:[Ss]teps?|STEP|[Ii]ter(?:ation)?s?|ITER|[Bb]atch(?:_id)?|it(?= \d+:)|步[数骤]|迭代(?:次数)?"
    r"|[Uu]pdates?)"
    rf"(?:\(train\)|\.\.\. \()?['\"]?\s*[:=：#_]?\s*\[?\s*(?P<step>{_N})(?![\d.]*[\d%KM]|m?s\b|[mhd]\b)"
    rf"(?:\s*(?:/|of)\s*(?P<total>{_N}))?"
)

# The examples of PyTorch for GAN count epochs from 0: "[1/25][100/1583] Loss_D: 0.5".
_BARE_EPOCH = re.compile(
    rf"(?<!\w)\[(?P<epoch>\d+)/(?P<epochs>\d+)\]\s?\[\s*(?P<step>{_N})/(?P<total>{_N})\](?=[\s:,])"
)
# CLU of JAX: "logging_writer.py:48] [100] learning_rate=0.001, loss=2.5".
_CLU = re.compile(rf"\] \[(?P<step>{_N})\] \w[\w/]*=")
# "[1200/5000] loss=0.5".
_BARE = re.compile(rf"\[(?<![\w)]\[)\s*(?P<step>{_N})\s*/\s*(?P<total>{_N})\s*\](?=[\s:,])")


class LineReading(NamedTuple):
    """The values of one line.

    ``step`` counts steps from the start of the run, ``total`` is the last of them, and ``epochs`` the number
    of epochs of the run.
    """

    values: tuple[Value, ...]
    step: int | None = None
    total: int | None = None
    epochs: int | None = None

    @property
    def epoch(self) -> float | None:
        """The epoch that the line names, None where it names none."""
        for value in self.values:
            if value[0] == "epoch":
                return value[1]
        return None


class Shape(NamedTuple):
    """A format: a line of this shape holds at least one of ``words`` and one of ``hints``."""

    name: str
    words: tuple[str, ...]
    hints: tuple[str, ...]
    read: Callable[[str], LineReading | None]


class RunProgress(NamedTuple):
    """Step and total of the run, epoch and number of epochs; None where the line does not say."""

    step: int | None = None
    total: int | None = None
    epoch: float | None = None
    epochs: int | None = None

    def build_reading(self, values: tuple[Value, ...]) -> LineReading | None:
        """Return the values with the epoch among them; None without any value."""
        if not values:
            return None
        if self.epoch is not None and all(value.name != "epoch" for value in values):
            values = (*values, Value("epoch", self.epoch))
        return LineReading(values, self.step, self.total, self.epochs)


def to_int(text: str | None) -> int | None:
    """Return an integer without its thousands separators; None for None."""
    return None if text is None else int(text.replace(",", ""))


def build_epoch_progress(
    epoch: int, epochs: int | None, step: int, total: int, *, first: int = 1
) -> RunProgress:
    """Return the progress of a run whose steps are counted in each epoch, the first of which is ``first``."""
    run_total = None if epochs is None else epochs * total
    return RunProgress((epoch - (0 if epoch == 0 else first)) * total + step, run_total, float(epoch), epochs)


def find_progress(line: str) -> RunProgress:
    """Return where the run is.

    A step is counted from the start of the epoch where the line has both the number of epochs and that of the
    steps of one. Frameworks that write ``Epoch: [`` or ``Train:`` count epochs from 0, the others from 1.
    """
    both = _EPOCH_AND_BATCH.search(line)
    of_run = _OF_RUN.search(line)
    if both is not None and of_run is None:
        first = 0 if both["colon"] else 1
        step, total = to_int(both["step"]) or 0, to_int(both["total"]) or 0
        return build_epoch_progress(int(both["epoch"]), to_int(both["epochs"]), step, total, first=first)
    wenet = _WENET.search(line) if " Batch " in line else None
    if wenet is not None:
        batch = None if wenet["checked"] else to_int(wenet["step"])
        return RunProgress(batch, None, float(wenet["epoch"]))
    listed = _LISTED.search(line)
    if listed is not None:
        return RunProgress(to_int(listed["step"]), None, float(listed["epoch"]))
    found = _EPOCH.search(line)
    epoch = None if found is None else float(found["epoch"] or found["cjk"])
    epochs = None if found is None else to_int(found["epochs"] or found["cjk_epochs"])
    if of_run is not None:
        last = of_run["total"] or of_run["cjk_total"] or of_run["cjk_all"]
        return RunProgress(to_int(of_run["step"] or of_run["cjk"]), to_int(last), epoch, epochs)
    batches = _BATCHES.search(line) or _BATCH_BEHIND_EPOCH.search(line)
    if batches is not None and epoch is not None:
        step, total = to_int(batches["step"]) or 0, to_int(batches["total"]) or 0
        return build_epoch_progress(int(epoch), epochs, step, total)
    at = _STEP.search(line)
    bare = _BARE_EPOCH.search(line) if at is None and epoch is None else None
    if bare is not None:
        step, total = to_int(bare["step"]) or 0, to_int(bare["total"]) or 0
        return build_epoch_progress(int(bare["epoch"]), int(bare["epochs"]), step, total, first=0)
    if at is None and epoch is None and (at := _BARE.search(line)) is not None and is_evaluated_batch(line):
        at = None
    if at is None:
        clu = _CLU.search(line)
        return RunProgress(None if clu is None else to_int(clu["step"]), None, epoch, epochs)
    step, size = to_int(at["step"]) or 0, to_int(at["total"])
    if epoch is not None and epochs is not None and size is not None and epoch.is_integer():
        return build_epoch_progress(int(epoch), epochs, step, size)
    return RunProgress(step, size, epoch, epochs)
