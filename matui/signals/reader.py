"""Reads the signals of the lines of one log: learns the shape of the log, and tries it first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from matui.signals.names import Value, parse_number
from matui.signals.shapes import SHAPES, Reading, Shape, may_hold_signals

_MAX_LINE = 4_000  # characters of a line that are looked at
_EPOCH = re.compile(r"^\s*Epoch (?P<epoch>\d+)/(?P<epochs>\d+)\s*$")
# Counted from the start of each epoch, not of the run.
_STEPS_OF_EPOCH = frozenset({"keras", "mindspore", "mxnet", "bar"})
# Reported beside the shape of the log; they do not become it.
_SIDE_SHAPES = frozenset({"checkpoint", "memory"})


class OwnSignal(NamedTuple):
    """A signal of the configuration: its name, and a regex.

    The value is the group ``value``, else group 1; the step is the group ``step``.
    """

    name: str
    regex: re.Pattern[str]


class SignalReader:
    """Reads lines of one log in order. ``shape`` is the name of the shape seen last, ``""`` before any."""

    def __init__(self, own: Sequence[OwnSignal] = ()) -> None:
        self.shape = ""
        self._own = tuple(own)
        self._shapes = list(SHAPES)
        self._offset = 0
        self._last_step = 0
        self._total = 0

    def read(self, line: str) -> Reading | None:
        """Return the signals of a line of plain text; None for a line without one."""
        head = line[:_MAX_LINE]
        reading = self._read_own(head) if self._own else None
        if not may_hold_signals(head):
            return reading
        for position, shape in enumerate(self._shapes):
            for hint in shape.hints:
                if hint in head:
                    break
            else:
                continue
            found = shape.read(head)
            if found is not None:
                if position and shape.name not in _SIDE_SHAPES:
                    self._shapes.insert(0, self._shapes.pop(position))
                found = self._count_steps(found, shape)
                return found if reading is None else _join(found, reading)
        return reading

    def _read_own(self, line: str) -> Reading | None:
        values, step = [], None
        for signal in self._own:
            match = signal.regex.search(line)
            if match is None:
                continue
            groups = match.groupdict()
            text = groups["value"] if "value" in groups else match[1] if match.re.groups else match[0]
            number = parse_number(text or "")
            if number is not None:
                values.append(Value(signal.name, number))
                written = parse_number(groups.get("step") or "")
                step = int(written) if written is not None and written == written // 1 else step
        if values and not self.shape:
            self.shape = "configured"
        return Reading(tuple(values), step) if values else None

    def _count_steps(self, reading: Reading, shape: Shape) -> Reading:
        """Return the reading with steps counted from the start of the run."""
        if shape.name in _SIDE_SHAPES:
            return reading
        self.shape = shape.name
        step = reading.step
        if step is None or shape.name not in _STEPS_OF_EPOCH:
            return reading
        if step < self._last_step:
            self._offset += max(self._last_step, self._total)
        self._last_step, self._total = step, reading.total or 0
        return reading._replace(step=self._offset + step, total=None if self._offset else reading.total)


def _join(first: Reading, second: Reading) -> Reading:
    """Return the values of both; those of ``second`` replace those of one name."""
    names = {value.name for value in second.values}
    kept = tuple(value for value in first.values if value.name not in names)
    step = second.step if second.step is not None else first.step
    return Reading((*kept, *second.values), step, first.total)
