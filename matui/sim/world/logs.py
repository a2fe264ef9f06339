"""A log file of a run, generated on access: lines by index, and pages by line (5.1.13) and byte (5.1.11)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Literal, NamedTuple

from matui.sim.world.catalog import SPECS
from matui.sim.world.entities.jobs import COMPLETED, KILLED, KILLING, LOST, SimJob, Version
from matui.sim.world.log_text import LogText, LogWriter, build_epilogue

SEQUENCE = 1_000_000


@dataclass(slots=True)
class LogFile:
    """A file at one moment.

    A line is generated every ``gap_us`` µs from ``start`` (ms) on, except during ``waits`` (from, to; ms);
    ``generated`` counts them, the preamble (``opening``) included. ``tail`` holds the lines after them with
    their cursors.
    """

    text: LogText
    source: LogWriter
    start: int
    gap_us: int
    generated: int
    opening: list[str]
    tail: list[tuple[int, str]]
    waits: list[tuple[int, int]] = field(default_factory=list)
    _sizes: tuple[list[int], list[int]] | None = field(default=None)

    def __len__(self) -> int:
        return self.generated + len(self.tail)

    def _compute_moment(self, index: int) -> int:
        moment = self.start + index * self.gap_us // 1000
        for begun, ended in self.waits:
            if moment >= begun:
                moment += ended - begun
        return moment

    def build_line(self, index: int) -> str:
        """Return line ``index``, from 0 on, without its newline."""
        if index >= self.generated:
            return self.tail[index - self.generated][1]
        if index < len(self.opening):
            return self.opening[index]
        return self.text.write(self.source, index - len(self.opening), self._compute_moment(index))

    def build_cursor(self, index: int) -> int:
        """Return the cursor of line ``index``: its ms times 10⁶ plus its number within the ms, from 1 on."""
        if index >= self.generated:
            return self.tail[index - self.generated][0]
        moment = self._compute_moment(index)
        return moment * SEQUENCE + index - self._find_first_at(moment) + 1

    def _find_first_at(self, moment: int) -> int:
        return max(0, -((self.start - self._subtract_waits(moment)) * 1000 // self.gap_us))

    def _subtract_waits(self, moment: int) -> int:
        return moment - sum(min(moment, ended) - begun for begun, ended in self.waits if begun < moment)

    def count_until(self, moment: int) -> int:
        """Return the number of generated lines up to ``moment`` (ms)."""
        if any(begun <= moment < ended for begun, ended in self.waits):
            return self._find_first_at(moment)
        return (self._subtract_waits(moment) - self.start) * 1000 // self.gap_us + 1

    def find_index_after(self, cursor: int) -> int:
        """Return the number of lines whose cursor is at most ``cursor``."""
        if self.tail and cursor >= self.tail[0][0]:
            return self.generated + bisect_right(self.tail, (cursor, "\U0010ffff"))
        moment, number = divmod(cursor, SEQUENCE)
        if moment < self.start:
            return 0
        first, following = self._find_first_at(moment), self._find_first_at(moment + 1)
        return min(self.generated, first + min(number, following - first))

    def _sum_lengths(self) -> tuple[list[int], list[int]]:
        """Return the cumulative byte lengths of the preamble and of one block of the body."""
        if self._sizes is None:
            opening = [0, *accumulate(len(line.encode()) + 1 for line in self.opening)]
            lines = (self.text.write(self.source, index, self.start) for index in range(self.text.block))
            self._sizes = opening, [0, *accumulate(len(line.encode()) + 1 for line in lines)]
        return self._sizes

    def find_offset(self, index: int) -> int:
        """Return the byte offset of line ``index``."""
        opening, block = self._sum_lengths()
        if index > self.generated:
            extra = sum(len(text.encode()) + 1 for _, text in self.tail[: index - self.generated])
            return self.find_offset(self.generated) + extra
        if index < len(opening):
            return opening[index]
        blocks, rest = divmod(index - len(self.opening), self.text.block)
        return opening[-1] + blocks * block[-1] + block[rest]

    def read(self, start: int, end: int) -> bytes:
        """Return the bytes from ``start`` up to ``end``."""
        total = self.find_offset(len(self))
        start, end = max(0, start), min(end, total)
        if start >= end:
            return b""
        first = self._find_line_at(start)
        base, parts, size = self.find_offset(first), [], 0
        index = first
        while base + size < end:
            parts.append(self.build_line(index).encode() + b"\n")
            size += len(parts[-1])
            index += 1
        return b"".join(parts)[start - base : end - base]

    def _find_line_at(self, byte: int) -> int:
        low, high = 0, len(self)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.find_offset(middle) <= byte else (low, middle)
        return low


def open_log(job: SimJob, version: Version, name: str, now: int) -> LogFile:
    """Return the file ``name`` of a run at ``now`` (ms). Raises ValueError for an unknown name."""
    names = version.list_log_names(job.name)
    rank = names.index(name)
    own = rank < version.workers
    ascend = "ascend" in (SPECS.get(version.spec) or SPECS[1]).gpu_type
    start = version.started if version.started is not None else version.created
    source = LogWriter(job.name, version.seed * 1009 + rank, rank, version.workers, ascend)
    opening = version.text.open(source, start) if own else ["Log string"]
    log = LogFile(version.text, source, start, version.gap_us, 0, opening, [], version.list_waits())
    _fill(log, version, name, now, own=own)
    return log


def _fill(log: LogFile, version: Version, name: str, now: int, *, own: bool) -> None:
    ended = version.ended
    until = min(at for at in (now, ended, version.silent_from) if at is not None)
    started = version.started
    if started is not None and started <= now:
        log.generated = log.count_until(until)
    most = version.frozen.get(name, version.cap)
    if most is not None:
        log.generated = min(log.generated, most)
    if not own:
        log.generated = min(log.generated, len(log.opening))
    if own and name not in version.frozen:
        said = [line for line in version.timed if line.rank == log.source.rank and line.at <= now]
        log.tail = [(line.at * SEQUENCE + number, line.text) for number, line in enumerate(said, 1)]
    if own and name not in version.frozen and started is not None and ended is not None and ended <= now:
        lines = build_epilogue(_find_fault(version, now), ended)
        log.tail += [((ended + 1) * SEQUENCE + number, line) for number, line in enumerate(lines, 1)]
    log.tail = log.tail + version.extra.get(name, [])


def _find_fault(version: Version, now: int) -> str:
    status = version.timeline.find_state_at(now)
    if status in (KILLING, KILLED):
        return "killed"
    if status == COMPLETED:
        return ""
    return version.fault or ("lost" if status == LOST else "data")


class LogDialect(NamedTuple):
    """How the two log operations behave where the documentation is silent.

    ``inclusive``: the line at ``base_line`` is repeated. ``echo_base``: ``start_line`` repeats a given
    ``base_line`` when paging to newer lines. ``joiner``: the separator of lines (doubled when each line
    keeps its newline). ``empty_cursor``: ``end_line`` of a page without lines.
    ``numbers``: the types of ``start_line``, ``end_line`` and ``lines``; ``sample`` mixes them as the
    reference's sample does. ``refuse_aom``: 5.1.13 answers ModelArts.0804. ``cut``: a byte slice that splits
    a character contains U+FFFD (``replace``) or omits the broken ends (``back_off``, with a lower
    ``end_byte``). ``count_key``: the name of the byte count. ``v2_order``: ``asc`` pages to newer lines, as
    v2 documents it, or to older ones, as v1 does. ``v2_turned``: ``desc`` returns the newest line first, and
    ``v2_cursors_turned`` swaps the cursors too. ``preview_context``: the preview has its former field name.
    """

    inclusive: bool = False
    echo_base: bool = False
    joiner: Literal["\n", "\n\n"] = "\n"
    final_newline: bool = True
    empty_cursor: Literal["echo", "empty", "null"] = "echo"
    numbers: Literal["sample", "strings", "numbers"] = "strings"
    refuse_aom: bool = False
    cut: Literal["replace", "back_off"] = "replace"
    count_key: Literal["count", "log_byte_count"] = "count"
    byte_strings: bool = True
    v2_order: Literal["as_worded", "as_v1"] = "as_worded"
    v2_turned: bool = True
    v2_cursors_turned: bool = True
    preview_context: bool = False


def serialize_line_page(
    log: LogFile, base: str, lines: int, *, newer: bool, dialect: LogDialect
) -> dict[str, Any]:
    """Return at most ``lines`` lines, oldest first; without ``base`` the newest or the first ones."""
    first, end = _find_range(log, base, lines, newer=newer, inclusive=dialect.inclusive)
    texts = [log.build_line(index) for index in range(first, end)]
    start_line = str(log.build_cursor(first)) if texts else _build_empty_cursor(base, dialect)
    end_line = str(log.build_cursor(end - 1)) if texts else _build_empty_cursor(base, dialect)
    if base and newer and dialect.echo_base:
        start_line = base
    count: Any = len(texts)
    if dialect.numbers != "numbers":
        count = str(count)
    if dialect.numbers == "numbers":
        end_line = _parse_number(end_line)
    if dialect.numbers != "strings":
        start_line = _parse_number(start_line)
    return {
        "is_success": True,
        "start_line": start_line,
        "content": _join(texts, dialect),
        "end_line": end_line,
        "lines": count,
    }


def serialize_cursor_page(
    log: LogFile, base: str, lines: int, *, descending: bool, dialect: LogDialect
) -> dict[str, Any]:
    """Return a page of the v2 API; descending without ``base`` returns the newest lines."""
    worded = dialect.v2_order == "as_worded"
    newer = descending != worded if base else descending
    first, end = _find_range(log, base, lines, newer=newer, inclusive=dialect.inclusive)
    texts = [log.build_line(index) for index in range(first, end)]
    cursors = (
        [str(log.build_cursor(first)), str(log.build_cursor(end - 1))]
        if texts
        else [_build_empty_cursor(base, dialect)] * 2
    )
    if descending and worded and dialect.v2_turned:
        texts.reverse()
        if dialect.v2_cursors_turned:
            cursors.reverse()
    return {
        "start_line": cursors[0],
        "end_line": cursors[1],
        "lines": len(texts),
        "content": _join(texts, dialect),
    }


def _find_range(log: LogFile, base: str, lines: int, *, newer: bool, inclusive: bool) -> tuple[int, int]:
    total = len(log)
    if not base:
        return (max(0, total - lines), total) if newer else (0, min(lines, total))
    after = log.find_index_after(int(base))
    at = after - 1 if after and log.build_cursor(after - 1) == int(base) else after
    if newer:
        first = at if inclusive else after
        return first, min(total, first + lines)
    end = after if inclusive else at
    return max(0, end - lines), end


def _build_empty_cursor(base: str, dialect: LogDialect) -> str | None:
    return {"echo": base, "empty": "", "null": None}[dialect.empty_cursor]


def _parse_number(cursor: Any) -> Any:
    return int(cursor) if cursor else cursor


def _join(texts: list[str], dialect: LogDialect) -> str:
    if not texts:
        return ""
    return dialect.joiner.join(texts) + ("\n" if dialect.final_newline else "")


def serialize_byte_page(log: LogFile, start: int, length: int, dialect: LogDialect) -> dict[str, Any]:
    """Return at most ``length`` bytes from ``start``; -1 means the newest, a negative length
    reads backwards.

    ``end_byte`` is the position after the last byte shown.
    """
    total = log.find_offset(len(log))
    if start == -1:
        start, end = max(0, total - abs(length)), total
    elif length < 0:
        start, end = max(0, min(start, total) + length), min(start, total)
    else:
        start, end = min(start, total), min(start + length, total)
    data = log.read(start, end)
    if dialect.cut == "back_off":
        data, end = _trim_to_characters(data, end)
    wrap: Any = str if dialect.byte_strings else int
    return {
        "is_success": True,
        "log": data.decode(errors="replace"),
        "end_byte": wrap(end),
        dialect.count_key: wrap(len(data)),
    }


def _trim_to_characters(data: bytes, end: int) -> tuple[bytes, int]:
    while data and data[0] & 0xC0 == 0x80:
        data = data[1:]
    for back in range(1, min(4, len(data) + 1)):
        lead = data[-back]
        if lead & 0xC0 == 0xC0:
            need = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
            return (data[:-back], end - back) if need > back else (data, end)
        if lead < 0x80:
            break
    return data, end
