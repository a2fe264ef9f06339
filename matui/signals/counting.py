"""Steps counted from the start of the run, where lines count them from the start of an epoch."""

from __future__ import annotations

import re

from matui.signals.names import Value
from matui.signals.progress import LineReading, build_epoch_progress, to_int

_EPOCH_HEADER = re.compile(r"(?:^|[\s:|\]])Epoch:? (?P<epoch>\d+)/(?P<epochs>\d+)\s*$")
EPOCH_ALONE = re.compile(r"(?:^|[\s\]:|])epoch:  (?P<epoch>\d{1,6})\s*$")  # of nnU-Net 1
# Composer and OLMo write the step on a line, and the values on lines of their own: "[batch=100/4800]:".
_STEP_HEADER = re.compile(
    r"\[(?:epoch=(?P<epoch>\d+)\]\[)?(?:step|batch)=(?P<step>\d+)(?:/(?P<total>\d+))?(?:,epoch=[\w/]+)?\]:?$"
)
# Logs of these may have one line an epoch, each with the same step: of a bar its last state.
_ONCE_AN_EPOCH = frozenset({"mindspore", "mxnet", "plain", "spaced", "bar"})
_ALMOST_ALL = 0.9  # of the steps of an epoch, before the next one begins


class StepCounter:
    """Follows the steps and epochs of one log."""

    def __init__(self) -> None:
        self._offset = 0
        self._last_step = 0
        self._last: LineReading | None = None
        self._size = 0
        self._bar_total = 0
        self._bars_have_loss = False
        self._has_losses = False
        self._next_total: int | None = None  # of a bar that may be that of a further training
        self._has_loss_since = False
        self._header: tuple[int, int] | None = None
        self._announced: LineReading | None = None
        self.has_loss = False
        """Whether a block of values had a line with the loss of the training."""

    @property
    def is_in_block(self) -> bool:
        """Whether the lines that follow hold the values of a step that was announced."""
        return self._announced is not None

    def is_header(self, line: str) -> bool:
        """Return whether a line says where the run is, and nothing else."""
        return any(header.search(line) is not None for header in (_STEP_HEADER, _EPOCH_HEADER, EPOCH_ALONE))

    def read_header(self, line: str) -> LineReading | None:
        """Read where the run is: ``Epoch 2/5`` of Keras, ``[batch=100/4800]:`` of Composer."""
        if line.endswith(("]", "]:")) and (found := _STEP_HEADER.search(line)) is not None:
            self._announced = _read_step(found)
            return self._announced
        if "epoch:  " in line and (alone := EPOCH_ALONE.search(line)) is not None:
            return LineReading((Value("epoch", float(alone["epoch"])),))
        match = _EPOCH_HEADER.search(line) if "Epoch" in line else None
        if match is None:
            return None
        self._header = (int(match["epoch"]), int(match["epochs"]))
        return LineReading((Value("epoch", float(self._header[0])),), None, None, self._header[1])

    def count(self, reading: LineReading, shape: str) -> LineReading | None:
        """Return the reading with the step of the run; None for a bar that is not the one of the training."""
        step = reading.step
        asked = self._bar_total and (self._next_total is not None or not self._has_losses)
        if asked and _has_loss(reading):
            self._has_losses = self._has_loss_since = True
        if step is None:
            if self._announced is None or shape != "plain":
                return reading
            self.has_loss = self.has_loss or _has_loss(reading)
            return self.place(reading)
        self._announced = None
        if shape == "keras":
            return self._count_in_epoch(reading, step)
        if shape == "bar" and reading.epoch is None and not self._is_of_training(reading):
            return None
        if step <= self._last_step and (step < self._last_step or shape in _ONCE_AN_EPOCH):
            self._begin_again(reading, step, is_bar=shape == "bar")
        self._last_step, self._last = step, reading
        if not self._offset:
            return reading
        return LineReading(reading.values, self._offset + step, None, reading.epochs)

    def place(self, reading: LineReading) -> LineReading:
        """Return the reading with the step that was announced."""
        if self._announced is None:
            return reading
        return reading._replace(step=self._announced.step, total=self._announced.total)

    def _begin_again(self, reading: LineReading, step: int, *, is_bar: bool) -> None:
        """Count on where the next epoch has begun, and from the start where the run has."""
        last = self._last or reading
        size = last.total or 0
        epoch = _find_epoch(reading)
        is_next = epoch > _find_epoch(last) >= 0
        if is_bar and epoch < 0:
            is_next = (
                step < self._last_step and reading.total == size > 0 and self._last_step >= _ALMOST_ALL * size
            )
        if is_next:
            self._offset += max(self._last_step, size)
        elif step < self._last_step:
            self._offset = 0

    def _count_in_epoch(self, reading: LineReading, step: int) -> LineReading:
        values, size = reading.values, reading.total or 0
        if self._header is not None:
            epoch, epochs = self._header
            values = (*values, Value("epoch", float(epoch)))
            if size:
                return LineReading(values, (epoch - 1) * size + step, epochs * size, epochs)
        if step < self._last_step:
            self._offset += max(self._last_step, self._size)
        self._last_step, self._size = step, size
        return LineReading(values, self._offset + step, None, reading.epochs)

    def _is_of_training(self, reading: LineReading) -> bool:
        """Return whether a bar is that of the training: one with a loss, else the one that is under way.

        The Trainer draws the bar of an evaluation while that of the training waits; other programs draw it
        between two epochs.
        """
        total = reading.total or 0
        has_loss = _has_loss(reading)
        if total == self._bar_total or not self._bar_total or has_loss or self._is_next(total):
            self._bar_total, self._next_total = total, None
            self._bars_have_loss = self._bars_have_loss or has_loss
            return True
        return False

    def _is_next(self, total: int) -> bool:
        """Return whether a bar without a loss, after one that is full, is that of a further training.

        Where the log has losses, one of them follows the first state of the bar.
        """
        if self._bars_have_loss or self._last_step < self._bar_total:
            return False
        if not self._has_losses or (total == self._next_total and self._has_loss_since):
            return True
        if total != self._next_total:
            self._next_total, self._has_loss_since = total, False
        return False


def _read_step(match: re.Match[str]) -> LineReading:
    """Return the step of a header; one that names the epoch counts the steps of it."""
    step, total = int(match["step"]), to_int(match["total"])
    if match["epoch"] is None or total is None:
        return LineReading((), step, total)
    return LineReading((), build_epoch_progress(int(match["epoch"]), None, step, total).step)


def _has_loss(reading: LineReading) -> bool:
    """Return whether the loss of the training is among the values."""
    return any(value.name == "loss" for value in reading.values)


def _find_epoch(reading: LineReading) -> float:
    """Return the epoch that a line names, -1 where it names none."""
    epoch = reading.epoch
    return -1.0 if epoch is None else epoch
