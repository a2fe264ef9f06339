"""Templates: the literal text of a line that had signals, so that lines like it are read at once.

A template is learnt from one line and the recogniser that read it. The numbers of the line are replaced by
probes, and the recogniser shows which of them become which value; it never has to be understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from math import isclose, isnan
from operator import itemgetter, mul
from typing import NamedTuple, TypeAlias

from matui.signals.names import Value
from matui.signals.progress import LineReading

_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.@])[-+]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
    r"|(?<![\w.])(?<![A-Za-z] )[-+]?(?:nan|inf)(?!\w|-\w)",
    re.IGNORECASE,
)
_ANY_NUMBER = r"[-+.,0-9A-Za-z]+"  # what is no number fails when it is converted
_SCALES = (1.0, 1e-3, 1e-2, 1e-6, 1 / 1024, 1e3, 1e6, 1e9)
_FEW = 2  # scaled values: cheaper one by one than a product for each value
_INVERSE = 0.0  # the scale of a value that is one divided by the number
_MOST_NUMBERS = 60
# A bar of tqdm, Keras or rich, and what stands for it: it may be filled otherwise.
_FILL = re.compile(r"(%\|[ #0-9█▉▊▋▌▍▎▏]*\||\[[=>.]{2,}\]|[━╸╺][━╸╺\s]*)")
_FILLED = {"%": r"%\|[^|]*\|", "[": r"\[[=>.\s]*\]"}
_FILLED_LINE = r"[━╸╺][━╸╺\s]*"
_PROBES = ((1009, 7), (5003, 11))  # the first number, and the least distance between two

_new = tuple.__new__  # half the time of calling the class
Read: TypeAlias = Callable[[str], LineReading | None]


class _Place(NamedTuple):
    """Which number a value is, times what, its name and unit."""

    number: int
    scale: float
    name: str
    unit: str


class _Count(NamedTuple):
    """Which number a step or total is.

    In a log that counts by epoch it is (``epoch`` - ``first``) × ``size`` + the number; an epoch 0 is the
    first all the same. ``plus`` is added where there is no epoch.
    """

    number: int
    epoch: int = -1
    size: int = -1
    first: int = 0
    plus: int = 0

    def renumber(self, group_of: Mapping[int, int]) -> _Count:
        """Return the same by groups instead of numbers."""
        number, epoch, size = (group_of.get(one, -1) for one in (self.number, self.epoch, self.size))
        return _Count(number, epoch, size, self.first, self.plus)

    def compute_step(self, epoch: int, size: int, number: int) -> int:
        """Return the step of a number in an epoch."""
        return (epoch - (self.first if epoch or self.first != 1 else 0)) * size + number

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers that it is made of."""
        return tuple(number for number in (self.number, self.epoch, self.size) if number >= 0)


class Template:
    """Reads lines that differ from the one it was learnt from in their numbers only."""

    def __init__(
        self,
        literals: list[str],
        places: list[_Place],
        step: _Count | None,
        total: _Count | None,
        epochs: _Count | None,
    ) -> None:
        counts = [count for count in (step, total, epochs) if count is not None]
        read = sorted({place.number for place in places} | {n for count in counts for n in count.numbers})
        group_of = {number: group for group, number in enumerate(read)}
        pattern = [_escape(literals[0])]
        for number in range(len(literals) - 1):
            pattern += [
                f"({_ANY_NUMBER})" if number in group_of else _ANY_NUMBER,
                _escape(literals[number + 1]),
            ]
        self._match = re.compile("".join(pattern)).fullmatch
        parts = (part for literal in literals for part in _FILL.sub(" ", literal).split())
        self._literal = max(parts, key=len, default="")
        self._values = tuple((group_of[p.number], p.scale, p.name, p.unit) for p in places)
        ats = [group_of[place.number] for place in places]
        self._pick = itemgetter(*ats) if len(ats) > 1 else lambda texts: (texts[ats[0]],) if ats else ()
        self._names, self._units = (tuple(place[at] for place in places) for at in (2, 3))
        self._types = (Value,) * len(places)
        self._scales = tuple(p.scale for p in places)
        self._scaled = tuple((at, scale) for at, scale in enumerate(self._scales) if scale != 1.0)
        self._is_plain = all(place.scale != _INVERSE for place in places)
        self._step, self._total, self._epochs = (
            None if count is None else count.renumber(group_of) for count in (step, total, epochs)
        )
        self._step_at, self._total_at, self._epochs_at = map(
            _find_group, (self._step, self._total, self._epochs)
        )

    def read(self, line: str) -> LineReading | None:
        """Return the signals of a line; None for a line of another form."""
        if self._literal not in line:
            return None
        match = self._match(line)
        if match is None:
            return None
        texts = match.groups()
        if not self._is_plain:
            return self._read_any(texts)
        try:
            # Loops in C cost a tenth less, and most lines with signals are read here.
            numbers: Iterable[float] = map(float, self._pick(texts))
            if len(self._scaled) > _FEW:
                numbers = map(mul, numbers, self._scales)
            elif self._scaled:
                numbers = list(numbers)
                for at, scale in self._scaled:
                    numbers[at] *= scale
            values = tuple(map(_new, self._types, zip(self._names, numbers, self._units, strict=False)))
            step = int(texts[self._step_at]) if self._step_at >= 0 else _count(self._step, texts)
            total = int(texts[self._total_at]) if self._total_at >= 0 else _count(self._total, texts)
            epochs = int(texts[self._epochs_at]) if self._epochs_at >= 0 else _count(self._epochs, texts)
        except ValueError:  # thousands separators, or no number: most lines like it will have them too
            self._is_plain = False
            return self._read_any(texts)
        return _new(LineReading, (values, step, total, epochs))

    def _read_any(self, texts: tuple[str, ...]) -> LineReading | None:
        """Return the signals of the numbers of a line, with thousands separators and inverses."""
        try:
            values = []
            for at, scale, name, unit in self._values:
                text = texts[at]
                number = float(text) if "," not in text else float(_strip_separators(text))
                if scale != 1.0:
                    number = number * scale if scale else 1 / number
                values.append(_new(Value, (name, number, unit)))
            step, total, epochs = (_count(made, texts) for made in (self._step, self._total, self._epochs))
        except (ValueError, ZeroDivisionError):
            return None
        return _new(LineReading, (tuple(values), step, total, epochs))


def _find_group(count: _Count | None) -> int:
    """Return the group of a step or total that is one number; -1 for none and for one of several numbers."""
    return count.number if count is not None and count.epoch < 0 and not count.plus else -1


def _count(count: _Count | None, texts: tuple[str, ...]) -> int | None:
    if count is None:
        return None
    at, epoch_at, size_at, first, plus = count
    if at < 0:
        number = 0
    else:
        text = texts[at]
        number = int(text) if "," not in text else int(_strip_separators(text))
    if epoch_at < 0:
        return number + plus
    epoch = int(texts[epoch_at])
    # As in _Count.of: without a call, which most lines with signals would make twice.
    return (epoch - (first if epoch or first != 1 else 0)) * int(texts[size_at]) + number


def _strip_separators(text: str) -> str:
    """Return a number without its thousands separators. Raises ValueError for other commas."""
    head, *groups = text.split(",")
    if len(head.lstrip("+-")) > 3 or any(len(group.partition(".")[0]) != 3 for group in groups):
        raise ValueError(text)
    return head + "".join(groups)


def learn_template(line: str, read: Read) -> Template | None:
    """Return the template of a line that ``read`` understands; None where its values are no plain numbers."""
    fills = [match.span() for match in _FILL.finditer(line)]
    spans = [match.span() for match in _NUMBER.finditer(line)]
    spans = [one for one in spans if not any(begin <= one[0] < end for begin, end in fills)]
    if not spans or len(spans) > _MOST_NUMBERS:
        return None
    literals = [line[: spans[0][0]], *(line[a[1] : b[0]] for a, b in pairwise(spans)), line[spans[-1][1] :]]
    count = len(spans)
    readings = [read(_fill(literals, _probe(which, count))) for which in range(2)]
    first, second = readings
    if first is None or second is None or len(first.values) != len(second.values):
        return None
    places = list(_find_places(first, second, count))
    counts = [_find_count(a, b, count) for a, b in zip(first[1:], second[1:], strict=True)]
    if len(places) != len(first.values):
        return None
    if any((made is None) != (held is None) for made, held in zip(counts, first[1:], strict=True)):
        return None
    template = Template(literals, places, *counts)
    return template if is_same(template.read(line), read(line)) else None


def is_same(one: LineReading | None, other: LineReading | None) -> bool:
    """Return whether two readings hold the same values, but for rounding."""
    if one is None or other is None:
        return one is other
    if one[1:] != other[1:] or len(one.values) != len(other.values):
        return False
    pairs = zip(one.values, other.values, strict=True)
    return all(
        (a.name, a.unit) == (b.name, b.unit)
        and (isclose(a.number, b.number) or (isnan(a.number) and isnan(b.number)))
        for a, b in pairs
    )


def _probe(which: int, count: int) -> list[int]:
    """Return a number for each of the line, unevenly apart so that sums of them differ."""
    start, apart = _PROBES[which]
    return [start + number * apart + number * number * number for number in range(count)]


def _fill(literals: list[str], numbers: list[int]) -> str:
    """Return the line with other numbers."""
    return literals[0] + "".join(
        f"{number}{text}" for number, text in zip(numbers, literals[1:], strict=True)
    )


def _find_places(first: LineReading, second: LineReading, count: int) -> Iterator[_Place]:
    """Yield the place of each value that is one number times a known scale, or one divided by it."""
    of_a, of_b = _probe(0, count), _probe(1, count)
    for one, two in zip(first.values, second.values, strict=True):
        for number, (a, b) in enumerate(zip(of_a, of_b, strict=True)):
            scale = next(
                (s for s in _SCALES if isclose(a * s, one.number) and isclose(b * s, two.number)), None
            )
            if isclose(1 / a, one.number) and isclose(1 / b, two.number):
                scale = _INVERSE
            if scale is not None and (one.name, one.unit) == (two.name, two.unit):
                yield _Place(number, scale, one.name, one.unit)
                break


def _find_count(first: int | None, second: int | None, count: int) -> _Count | None:
    """Return how a step or total is made of the numbers; None where it is not."""
    if first is None or second is None:
        return None
    a, b = _probe(0, count), _probe(1, count)
    for number in range(count):
        for plus in (0, 1):
            if (a[number] + plus, b[number] + plus) == (first, second):
                return _Count(number, plus=plus)
    for size in range(count):
        for epoch in range(count):
            for number, start in ((size - 1, 0), (size - 1, 1), (-1, 0), (-1, -1)):
                made = _Count(number, epoch, size, start)
                if (_count_made_of(made, a), _count_made_of(made, b)) == (first, second):
                    return made
    return None


def _count_made_of(count: _Count, numbers: list[int]) -> int:
    number = 0 if count.number < 0 else numbers[count.number]
    return count.compute_step(numbers[count.epoch], numbers[count.size], number)


def _escape(literal: str) -> str:
    """Return the pattern of a literal: white space may differ in width, except one blank between words.

    A bar may be filled otherwise.
    """
    pieces = _FILL.split(literal)  # what is between bars, and the bars
    patterns = [_escape_words(piece) for piece in pieces]
    patterns[1::2] = [_FILLED.get(piece[0], _FILLED_LINE) for piece in pieces[1::2]]
    return "".join(patterns)


def _escape_words(literal: str) -> str:
    parts = re.split(r"(\s+)", literal)  # words, and the white space between them
    escaped = [re.escape(parts[0])]
    for before, space, word in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        escaped += [" " if space == " " and before and word else r"\s+", re.escape(word)]
    return "".join(escaped)
