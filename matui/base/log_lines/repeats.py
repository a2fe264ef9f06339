"""The same traceback of many ranks: found once, with the ranks that wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from matui.base.log_lines.records import split_line
from matui.base.log_lines.writers import read_rank

ReadTexts: TypeAlias = Callable[[int, int], Sequence[str]]
_HEAD = "Traceback (most recent call last)"
_FRAME = '  File "'
REACH = 1000  # lines within which a traceback ends, those of other ranks between them
_STEP = 250
_LONGEST = 200  # lines of one traceback
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_BETWEEN = re.compile(r"\s*$|During handling of the above exception|The above exception was the direct cause")


@dataclass(slots=True)
class Repeat:
    """A traceback and its writers; ``first`` is its earliest line, by ``first_writer``.

    ``start`` is the first line of the copy that stays.
    """

    first: int
    first_writer: str
    start: int
    writers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Open:
    start: int
    lines: list[int]
    bodies: list[str]


class RepeatFinder:
    """Finds the tracebacks of other writers that repeat one found before.

    The writer of a line is its rank, else what a launcher put before it with what ``describe_file`` returns
    for its number. ``copies`` are the lines of the repetitions, each with its traceback; ``kept``
    the tracebacks that stay, by their first line.
    """

    def __init__(self, describe_file: Callable[[int], str] = lambda _number: "") -> None:
        self.copies: dict[int, Repeat] = {}
        self.kept: dict[int, Repeat] = {}
        self.writers: dict[int, str] = {}
        self._describe_file = describe_file
        self._known: dict[tuple[object, int], Repeat] = {}
        self._times: dict[tuple[str, object], int] = {}
        self._starts: set[int] = set()
        self._is_unfinished = False

    def scan(self, begin: int, end: int, texts: ReadTexts, first: int, last: int) -> None:
        """Find the tracebacks of which lines ``begin`` to ``end`` (exclusive) hold a part.

        ``texts`` returns plain lines of a log that reaches from ``first`` to ``last`` (exclusive).
        """
        nearby = texts(max(first, begin - 2), end)
        if not self._is_unfinished and not any(_HEAD in line or _FRAME in line for line in nearby):
            return
        self._is_unfinished = False
        blocks: dict[str, _Open] = {}
        after: dict[str, Repeat] = {}
        number = max(first, begin - REACH)
        until = min(last, end + REACH)
        lines = texts(number, end)
        while lines:
            for text in lines:
                if number >= end and not blocks:
                    return
                self._read(number, text, blocks, after, is_new=number < end)
                number += 1
            lines = texts(number, min(number + _STEP, until)) if number < until else ()
        self._is_unfinished = bool(blocks) and number >= last

    def _read(
        self, number: int, text: str, blocks: dict[str, _Open], after: dict[str, Repeat], *, is_new: bool
    ) -> None:
        """Read a line; a traceback begins with it only where it ``is_new``."""
        is_head = is_new and _HEAD in text and number not in self._starts
        if not is_head and not blocks and not after:
            return
        writer, body = self._identify(number, text)
        if is_head and writer and writer not in blocks:
            after.pop(writer, None)
            blocks[writer] = _Open(number, [number], [body])
        elif writer in blocks:
            self._extend(writer, blocks, after, number, body)
        elif writer in after:
            if _BETWEEN.match(body):
                self.copies[number] = after[writer]
            else:
                del after[writer]

    def _extend(
        self, writer: str, blocks: dict[str, _Open], after: dict[str, Repeat], number: int, body: str
    ) -> None:
        """Add a line to the open traceback of its writer, and close it at its final line."""
        block = blocks[writer]
        block.lines.append(number)
        block.bodies.append(body)
        if body.strip() and not body[0].isspace() and _HEAD not in body:
            del blocks[writer]
            repeat = self._close(writer, block)
            if repeat is not None:
                after[writer] = repeat
        elif len(block.lines) > _LONGEST:
            del blocks[writer]

    def _identify(self, number: int, text: str) -> tuple[str, str]:
        prefix, body = split_line(text)
        rank = read_rank(text[:200])
        if rank is not None and prefix:
            return str(rank), body
        return f"{self._describe_file(number)}{prefix}", body

    def _close(self, writer: str, block: _Open) -> Repeat | None:
        """Add a whole traceback; return the one that it repeats, or None for a new one."""
        self._starts.add(block.start)
        signature = (*block.bodies[:-1], _NUMBER.sub("#", block.bodies[-1]))
        turn = self._times.get((writer, signature), 0)
        self._times[writer, signature] = turn + 1
        repeat = self._known.get((signature, turn))
        if repeat is None:
            repeat = Repeat(block.start, writer, block.start, {writer})
            self._known[signature, turn] = self.kept[block.start] = repeat
            return None
        repeat.writers.add(writer)
        if block.start < repeat.first:
            repeat.first, repeat.first_writer = block.start, writer
        for number in block.lines:
            self.copies[number] = repeat
            self.writers[number] = writer
        return repeat
