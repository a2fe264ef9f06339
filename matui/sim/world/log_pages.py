"""Pages of a log by line (5.1.13) and by byte (5.1.11), in a given dialect."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from matui.sim.world.logs import LogFile


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


def line_page(log: LogFile, base: str, lines: int, *, newer: bool, dialect: LogDialect) -> dict[str, Any]:
    """Return at most ``lines`` lines, oldest first; without ``base`` the newest or the first ones."""
    first, end = _range(log, base, lines, newer=newer, inclusive=dialect.inclusive)
    texts = [log.line(index) for index in range(first, end)]
    start_line = str(log.cursor(first)) if texts else _empty_cursor(base, dialect)
    end_line = str(log.cursor(end - 1)) if texts else _empty_cursor(base, dialect)
    if base and newer and dialect.echo_base:
        start_line = base
    count: Any = len(texts)
    if dialect.numbers != "numbers":
        count = str(count)
    if dialect.numbers == "numbers":
        end_line = _number(end_line)
    if dialect.numbers != "strings":
        start_line = _number(start_line)
    return {
        "is_success": True,
        "start_line": start_line,
        "content": _join(texts, dialect),
        "end_line": end_line,
        "lines": count,
    }


def cursor_page(
    log: LogFile, base: str, lines: int, *, descending: bool, dialect: LogDialect
) -> dict[str, Any]:
    """Return a page of the v2 API; descending without ``base`` returns the newest lines."""
    worded = dialect.v2_order == "as_worded"
    newer = descending != worded if base else descending
    first, end = _range(log, base, lines, newer=newer, inclusive=dialect.inclusive)
    texts = [log.line(index) for index in range(first, end)]
    cursors = (
        [str(log.cursor(first)), str(log.cursor(end - 1))] if texts else [_empty_cursor(base, dialect)] * 2
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


def _range(log: LogFile, base: str, lines: int, *, newer: bool, inclusive: bool) -> tuple[int, int]:
    total = len(log)
    if not base:
        return (max(0, total - lines), total) if newer else (0, min(lines, total))
    after = log.index_after(int(base))
    at = after - 1 if after and log.cursor(after - 1) == int(base) else after
    if newer:
        first = at if inclusive else after
        return first, min(total, first + lines)
    end = after if inclusive else at
    return max(0, end - lines), end


def _empty_cursor(base: str, dialect: LogDialect) -> str | None:
    return {"echo": base, "empty": "", "null": None}[dialect.empty_cursor]


def _number(cursor: Any) -> Any:
    return int(cursor) if cursor else cursor


def _join(texts: list[str], dialect: LogDialect) -> str:
    if not texts:
        return ""
    return dialect.joiner.join(texts) + ("\n" if dialect.final_newline else "")


def byte_page(log: LogFile, start: int, length: int, dialect: LogDialect) -> dict[str, Any]:
    """Return at most ``length`` bytes from ``start``; -1 means the newest, a negative length
    reads backwards.

    ``end_byte`` is the position after the last byte shown.
    """
    total = log.offset(len(log))
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
