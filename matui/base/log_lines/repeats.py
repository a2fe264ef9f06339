"""The same traceback of many ranks: found once, with the ranks that wrote it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from matui.base.log_lines.tracebacks import split_prefix
from matui.base.log_lines.writers import read_rank

_HEAD = "Traceback (most recent call last)"
REACH = 400  # lines after the first in which a traceback ends
_LONGEST = 200  # lines of one traceback
_NUMBER = re.compile(r"0x[0-9a-fA-F]+|\d+")
_BETWEEN = re.compile(r"\s*$|During handling of the above exception|The above exception was the direct cause")


@dataclass(slots=True)
class Repeat:
    """A traceback and its writers; ``first`` is its earliest line, by ``first_writer``.

    ``end`` is the last line of the copy that stays.
    """

    first: int
    first_writer: str
    end: int
    writers: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Open:
    start: int
    lines: list[int]
    bodies: list[str]


class RepeatFinder:
    """Finds the tracebacks of other writers that repeat one found before.

    The writer of a line is its rank, else what a launcher put before it with what ``describe_file`` returns
    for its number. ``copies`` are the lines of the repetitions, each with its traceback; ``ends`` the
    tracebacks that stay, by their last line.
    """

    def __init__(self, describe_file: Callable[[int], str] = lambda _number: "") -> None:
        self.copies: dict[int, Repeat] = {}
        self.ends: dict[int, Repeat] = {}
        self.writers: dict[int, str] = {}
        self._describe_file = describe_file
        self._known: dict[tuple[object, int], Repeat] = {}
        self._times: dict[tuple[str, object], int] = {}

    def scan(self, begin: int, end: int, texts: Sequence[str]) -> bool:
        """Find the tracebacks that begin in lines ``begin`` to ``end`` (exclusive); whether there is one.

        ``texts`` are plain and reach up to ``REACH`` lines further.
        """
        blocks: dict[str, _Open] = {}
        after: dict[str, Repeat] = {}
        known = len(self._times)
        for number, text in enumerate(texts, begin):
            is_head = number < end and _HEAD in text
            if not is_head and not blocks and not after:
                if number >= end:
                    break
                continue
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
        return len(self._times) > known

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
        prefix, body = split_prefix(text)
        rank = read_rank(text[:200])
        if rank is not None and prefix:
            return str(rank), body
        return f"{self._describe_file(number)}{prefix}", body

    def _close(self, writer: str, block: _Open) -> Repeat | None:
        """Add a whole traceback; return the one that it repeats, or None for a new one."""
        signature = (*block.bodies[:-1], _NUMBER.sub("#", block.bodies[-1]))
        turn = self._times.get((writer, signature), 0)
        self._times[writer, signature] = turn + 1
        repeat = self._known.get((signature, turn))
        if repeat is None:
            repeat = Repeat(block.start, writer, block.lines[-1], {writer})
            self._known[signature, turn] = self.ends[block.lines[-1]] = repeat
            return None
        repeat.writers.add(writer)
        if block.start < repeat.first:
            repeat.first, repeat.first_writer = block.start, writer
        for number in block.lines:
            self.copies[number] = repeat
            self.writers[number] = writer
        return repeat
