"""Reads the signals of the lines of one log: learns the shape of the log, and tries it first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from matui.signals.counting import StepCounter
from matui.signals.formats.bars import ROW, read_scores, read_yolo_row
from matui.signals.formats.blocks import RowReader, read_block_line
from matui.signals.formats.tables import find_table, read_other_row
from matui.signals.names import Value, parse_number
from matui.signals.progress import LineReading, Shape
from matui.signals.shapes import SHAPES, may_hold_signals
from matui.signals.templates import Template, learn_template

MAX_MISSES = 256  # of one log; about 40 kB
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_OTHER_DIGITS = str.maketrans("0123456789", "1234567891")
_PAST = re.compile(
    r"(?<![\w.-])wandb: "
    r"|\b(?:[Ll]oad(?:ed|ing)|LOAD(?:ED|ING)) (?:\S+ ){0,3}?(?:checkpoint|ckpt|model|weights|state)"
    r"|\bAveraged stats: |\b[Bb]etter model found at\b|\btotal training loss \d"
    r"|\b[Rr](?:estor|esum)(?:ed|ing)\b"
    r"|(?:加载|恢复|载入)[^,，:：]{0,20}(?:检查点|模型|权重|训练|断点|checkpoint|ckpt)"
)
_BEST = re.compile(
    r"\b(?:[Bb]est|BEST)[ _-](?:\w+ )?(?:iteration|iter|epoch|step|round|model|checkpoint|ckpt)\b"
)
_MEASURED = re.compile(r"(?i)loss|acc|step|epoch|iter|损失")
_MAX_LINE = 4_000  # characters of a line that are looked at
_MAX_TEMPLATES = 6
_MAX_LESSONS = 24
_WORDS = tuple(
    (1 << number, word)
    for number, word in enumerate(dict.fromkeys(word for shape in SHAPES for word in shape.words))
)
# Reported beside the shape of the log; they do not become it.
_SIDE_SHAPES = frozenset({"checkpoint", "memory", "totals"})
# They read most lines with a loss, also those that a shape of their own reads better: never tried first.
_LAST_RESORTS = frozenset({"plain", "spaced"})
# What a number means depends on other lines.
_NOT_LEARNT = _SIDE_SHAPES | {"table"}


def normalize_digits(line: str) -> bytes:
    """Return a line with each run of digits as one 0."""
    form = line.encode("utf-8", "surrogatepass").translate(_DIGITS)
    return form.replace(b"0000", b"0").replace(b"00", b"0").replace(b"00", b"0")


def replace_numbers(line: str) -> str:
    """Return a line with other numbers of the same width, none of which is zero."""
    return line.translate(_OTHER_DIGITS)


def is_of_past(line: str, *, is_saved: bool = False) -> bool:
    """Return whether the values of a line are not those of the step that the run is at.

    ``is_saved`` is for a checkpoint that is saved now; it may be the best one.
    """
    if _PAST.search(line):
        return True
    if is_saved:
        return False
    best = _BEST.search(line)
    return best is not None and _MEASURED.search(line, 0, best.start()) is None


def announces_best(line: str) -> bool:
    """Return whether the next line repeats the best round: ``Early stopping, best iteration is:``."""
    return "est iteration is" in line


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
        self._shapes_by_words: dict[int, tuple[Shape, ...]] = {}
        self._templates: list[tuple[Shape, Template]] = []
        self._misses: set[bytes] = set()
        self._lessons = 0
        self._counter = StepCounter()
        self._header = ""
        self._has_scores = False
        self._read_table_row: RowReader | None = None  # of the last table that named its columns
        self._has_context = False
        self._best_follows = False
        self._looks_at_all = bool(own)  # also at lines without any word of a shape
        self._table_step: int | None = None  # of the rows of a table
        self._reward: tuple[Value, ...] = ()  # of a row above that of the steps

    def read(self, line: str) -> LineReading | None:
        """Return the signals of a line of plain text; None for a line without one."""
        may_hold = may_hold_signals(line)
        if not may_hold and not self._looks_at_all:  # most lines of most logs
            return None
        head = line if len(line) <= _MAX_LINE else line[:_MAX_LINE]
        if self._best_follows:
            self._best_follows = False
            return None
        found = self._read_form(head) if may_hold else None
        if found is None and self._has_context:
            found = self._read_in_context(head)
        return self._add_own(head, found) if self._own else found

    def _read_in_context(self, head: str) -> LineReading | None:
        """Read a line that depends on those before it: of a table of scores or of epochs, or of a block."""
        if self._has_scores and ROW in head:
            return read_scores(head)
        if self._table_step is not None and (row := read_other_row(head)) is not None:
            return row._replace(step=self._table_step)
        found = None if self._read_table_row is None else self._read_table_row(head)
        if found is None and self._counter.is_in_block:
            found = read_block_line(head)
            if found is not None and found.values[0].name == "loss" and self._counter.has_loss:
                return None
        if found is None:
            return None
        self.shape = self.shape or "plain"
        return self._counter.place(found)

    def _read_form(self, head: str) -> LineReading | None:
        """Read a line by the forms of those before it, else by its shape."""
        for shape, template in self._templates:
            found = template.read(head)
            if found is not None:
                return self._counter.count(found, shape.name)
        form = normalize_digits(head)
        if form in self._misses:
            return None
        found = self._read_shapes(head)
        if found is None and len(self._misses) < MAX_MISSES and self._is_miss(head):
            self._misses.add(form)
        return found

    def _is_miss(self, head: str) -> bool:
        """Return whether no shape reads a line, whatever its numbers are, and no other line depends on it."""
        if self._header is head or self._best_follows or _names_scores(head) or self._counter.is_header(head):
            return False
        if find_table(head) is not None:
            return False
        return all(self._find_reading(other) is None for other in (head, replace_numbers(head)))

    def _read_shapes(self, head: str) -> LineReading | None:
        found = self._find_reading(head)
        if found is not None:
            shape, reading = found
            if is_of_past(head, is_saved=shape.name == "checkpoint"):
                return None
            self._prefer(shape)
            self._learn(head, shape)
            return self._count_steps(reading, shape)
        if "GPU_mem" in head or "gpu_mem" in head or ("iou_loss" in head and "Epoch" in head):
            self._header = head
            self._templates.clear()
        self._has_scores = self._has_scores or _names_scores(head)
        self._best_follows = announces_best(head)
        self._read_table_row = find_table(head) or self._read_table_row
        header = self._counter.read_header(head)
        self._has_context = (
            self._has_scores
            or self._read_table_row is not None
            or self._table_step is not None
            or self._counter.is_in_block
        )
        self._looks_at_all = bool(self._own) or self._has_context or self._best_follows
        return header

    def _find_reading(self, head: str) -> tuple[Shape, LineReading] | None:
        """Return the first shape that reads a line, and its signals."""
        words = 0
        for bit, word in _WORDS:
            if word in head:
                words |= bit
        for shape in self._shapes_by_words.get(words) or self._find_shapes(words):
            for hint in shape.hints:
                if hint in head:
                    break
            else:
                continue
            found = self._read_row(head) if shape.name == "yolo" else shape.read(head)
            if found is not None:
                return shape, found
        return None

    def _read_row(self, head: str) -> LineReading | None:
        """Read a row of a table; the columns of a training are those of the last header."""
        return read_yolo_row(head, self._header)

    def _find_shapes(self, words: int) -> tuple[Shape, ...]:
        """Return the shapes that may have lines with just these words, and remember them."""
        held = {word for bit, word in _WORDS if words & bit}
        shapes = tuple(shape for shape in self._shapes if not held.isdisjoint(shape.words))
        self._shapes_by_words[words] = shapes
        return shapes

    def _prefer(self, shape: Shape) -> None:
        """Try a shape before the others from now on."""
        if shape is not self._shapes[0] and shape.name not in _SIDE_SHAPES | _LAST_RESORTS:
            self._shapes.remove(shape)
            self._shapes.insert(0, shape)
            self._shapes_by_words.clear()

    def _add_own(self, head: str, found: LineReading | None) -> LineReading | None:
        """Return what was found together with the signals of the configuration."""
        reading = self._read_own(head)
        if found is None or reading is None:
            return reading if found is None else found
        return _join(found, reading)

    def _read_own(self, line: str) -> LineReading | None:
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
        return LineReading(tuple(values), step) if values else None

    def _learn(self, line: str, shape: Shape) -> None:
        """Remember the form of a line: most lines of a log have one of a few forms."""
        if self._lessons >= _MAX_LESSONS or shape.name in _NOT_LEARNT:
            return
        self._lessons += 1
        template = learn_template(line, self._read_row if shape.name == "yolo" else shape.read)
        if template is not None:
            self._templates = [(shape, template), *self._templates[: _MAX_TEMPLATES - 1]]

    def _count_steps(self, reading: LineReading, shape: Shape) -> LineReading | None:
        """Return the reading with steps counted from the start of the run."""
        if shape.name in _SIDE_SHAPES:
            return reading
        counted = self._counter.count(reading, shape.name)
        if counted is not None:
            self.shape = shape.name
        if counted is not None and shape.name == "table":
            self._table_step = counted.step if counted.step is not None else self._table_step
            self._has_context = self._looks_at_all = True
            counted = self._place_row(counted)
        return counted

    def _place_row(self, row: LineReading) -> LineReading | None:
        """Return the row of a table at the step of its table; the reward is above the row of the steps."""
        if not row.values:
            row, self._reward = row._replace(values=self._reward), ()
            return row if row.values else None
        if row.values[0].name == "reward":
            self._reward = row.values
            return None
        return row._replace(step=self._table_step)


def _names_scores(line: str) -> bool:
    """Return whether a line is the head of a table of scores of YOLO."""
    return "mAP50" in line or "mAP@.5:" in line


def _join(first: LineReading, second: LineReading) -> LineReading:
    """Return the values of both; those of ``second`` replace those of one name."""
    names = {value.name for value in second.values}
    kept = tuple(value for value in first.values if value.name not in names)
    step = second.step if second.step is not None else first.step
    return LineReading((*kept, *second.values), step, first.total, first.epochs)
