"""The style of a line of a log: the colour of its level, and the form of its time and its column. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Literal, NamedTuple, TypeAlias, get_args

from matui.base.log_lines.control import LineText, StyleSpan, parse_line
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.json_lines import JsonLine, format_json_line, read_json_line
from matui.base.log_lines.times import Timestamp, TimestampParser
from matui.console.logs.filter import SourceLine

TIME_WIDTH = 18
_DAY_MS = 86_400_000
Times: TypeAlias = Literal["written", "local", "utc", "since", "hidden"]
TIMES: tuple[Times, ...] = get_args(Times)


def format_time(ms: float, zone: tzinfo | None) -> str:
    """Return a time as wide as the column, ``07-16 08:22:29.123``, in ``zone`` (None: the machine's own)."""
    try:
        at = datetime.fromtimestamp(ms / 1000, zone)
    except (ValueError, OverflowError, OSError):
        return " " * TIME_WIDTH
    return f"{at:%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}"


def format_span(ms: float) -> str:
    """Return a span as wide as the column: ``+2d03:12:44.123``, right-aligned."""
    whole = round(abs(ms))
    days, rest = divmod(whole, _DAY_MS)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    sign = "-" if ms < 0 else "+"
    text = f"{sign}{f'{days}d' if days else ''}{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"
    return f"{text[:TIME_WIDTH]:>{TIME_WIDTH}}"


class Shown(NamedTuple):
    """A line ready to be shown, its time where times stand apart, and what is copied where that differs."""

    line: LineText
    time: str = ""
    copied: str = ""


class LineStyles:
    """Styles the lines of one log. Times in the mode ``since`` are counted from ``since_ms``.

    With ``json`` a record in JSON is shown with its message first.
    """

    def __init__(
        self,
        stamper: TimestampParser,
        since_ms: float | None = None,
        rules: ErrorRules = DEFAULT_RULES,
    ) -> None:
        self.stamper = stamper
        self.since_ms = since_ms
        self.rules = rules
        self.times: Times = "written"
        self.json = True

    @property
    def apart(self) -> bool:
        """Whether times stand in a column of their own."""
        return self.times not in ("written", "hidden")

    def build_shown(self, line: SourceLine, note: str = "") -> Shown:
        """Return a line as it is to be shown, with ``note`` behind it."""
        shown = self._build_shown(line)
        if not note:
            return shown
        text = shown.line.text
        spans = (*shown.line.spans, (len(text), len(text) + len(note), "log-view--bookmark"))
        noted = shown.line._replace(text=text + note, spans=spans)
        return Shown(noted, shown.time, shown.copied or text)

    def _build_shown(self, line: SourceLine) -> Shown:
        text = parse_line(line.text)
        if line.mark:
            return Shown(LineText(text.text, (), "log-view--mark", rule=True), " " * TIME_WIDTH)
        bad = self.rules.find_level(text.text)
        base = f"line-pane--{bad}" if bad else ""
        record = read_json_line(text.text) if self.json else None
        if record is not None:
            laid_out = self._lay_out(record, text.text, base)
            if laid_out is not None:
                return laid_out
        shown = LineText(text.text, text.spans, base)
        stamp = self.stamper.read(shown.text) if self.times != "written" else None
        if stamp is None:
            return Shown(shown, " " * TIME_WIDTH)
        return Shown(_remove_stamp(shown, stamp), self._format_time(stamp.ms))

    def _lay_out(self, record: JsonLine, text: str, base: str) -> Shown | None:
        stamp = self.stamper.read(text) if self.times != "written" else None
        line = format_json_line(record, with_time=stamp is None)
        if line is None:
            return None
        time = " " * TIME_WIDTH if stamp is None else self._format_time(stamp.ms)
        return Shown(line._replace(base=base), time, text)

    def _format_time(self, ms: float) -> str:
        if self.times == "since":
            return format_span(ms - (self.since_ms if self.since_ms is not None else ms))
        return format_time(ms, UTC if self.times == "utc" else None)


def _remove_stamp(line: LineText, stamp: Timestamp) -> LineText:
    """Return the line without its stamp, the brackets around it and the blank after it."""
    text, start, end = line.text, stamp.start, stamp.end
    if start > 0 and text[start - 1 : start] in "[(" and text[end : end + 1] in ("]", ")"):
        start, end = start - 1, end + 1
    if start == 0 or text[start - 1] == " ":
        end += len(text[end:]) - len(text[end:].lstrip(" "))
    return line._replace(text=text[:start] + text[end:], spans=_move_spans(line.spans, start, end))


def _move_spans(spans: Sequence[StyleSpan], start: int, end: int) -> tuple[StyleSpan, ...]:
    def at(place: int) -> int:
        return place if place <= start else max(start, place - (end - start))

    return tuple((at(low), at(high), look) for low, high, look in spans if at(high) > at(low))
