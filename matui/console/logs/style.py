"""How a line of a log looks: its level's colour, and its time as the reader wants it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Literal, NamedTuple, TypeAlias, get_args

from matui.base.log_lines.control import LineText, StyleSpan, parse_line
from matui.base.log_lines.errors import DEFAULT_RULES, ErrorRules
from matui.base.log_lines.times import Timestamp, TimestampParser, format_span, format_time
from matui.console.logs.filter import SourceLine

Times: TypeAlias = Literal["written", "local", "utc", "since", "hidden"]
TIMES: tuple[Times, ...] = get_args(Times)
TIME_WIDTH = 18


class Shown(NamedTuple):
    """A line ready to be shown, and its time where times stand apart."""

    line: LineText
    time: str = ""


class Looks:
    """Puts lines of one log into shape. ``since_ms`` is what times are counted from in the mode ``since``."""

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

    @property
    def apart(self) -> bool:
        """Whether times stand in a column of their own."""
        return self.times not in ("written", "hidden")

    def shape(self, line: SourceLine) -> Shown:
        """Return a line as it is to be shown."""
        text = parse_line(line.text)
        if line.mark:
            return Shown(LineText(text.text, (), "log-view--mark", rule=True), " " * TIME_WIDTH)
        bad = self.rules.level(text.text)
        shown = LineText(text.text, text.spans, f"line-pane--{bad}" if bad else "")
        stamp = self.stamper.read(shown.text) if self.times != "written" else None
        if stamp is None:
            return Shown(shown, " " * TIME_WIDTH)
        return Shown(_without(shown, stamp), self._said(stamp.ms))

    def _said(self, ms: float) -> str:
        if self.times == "since":
            return format_span(ms - (self.since_ms if self.since_ms is not None else ms))
        return format_time(ms, UTC if self.times == "utc" else None)


def _without(line: LineText, stamp: Timestamp) -> LineText:
    """Return the line without its stamp, the brackets around it and the blank after it."""
    text, start, end = line.text, stamp.start, stamp.end
    if start > 0 and text[start - 1 : start] in "[(" and text[end : end + 1] in ("]", ")"):
        start, end = start - 1, end + 1
    if start == 0 or text[start - 1] == " ":
        end += len(text[end:]) - len(text[end:].lstrip(" "))
    return replace(line, text=text[:start] + text[end:], spans=_moved(line.spans, start, end))


def _moved(spans: Sequence[StyleSpan], start: int, end: int) -> tuple[StyleSpan, ...]:
    def at(place: int) -> int:
        return place if place <= start else max(start, place - (end - start))

    return tuple((at(low), at(high), look) for low, high, look in spans if at(high) > at(low))


def density(counts: Sequence[int]) -> list[int]:
    """Return how thick each part of the log is with errors: 0 none, 1 some, 2 many compared with the rest."""
    most = max(counts, default=0)
    return [0 if not count else 2 if count * 3 > most and most > 1 else 1 for count in counts]
