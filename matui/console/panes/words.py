"""What the line panes say: details, events and raw records as styled lines. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from textwrap import wrap
from typing import Any

from matui.console.widgets.line_view import Spans
from matui.errors import CloudError, MatuiError
from matui.resources.columns import time_left
from matui.resources.detail import Event, Instant, Section
from matui.text import clean, local_time

_LABEL_WIDTH = 22


def section_lines(sections: Sequence[Section], *, utc: bool, now_ms: float) -> list[Spans]:
    """Return sections with a blank line between them; what is still to come says when."""
    lines: list[Spans] = []
    for section in sections:
        lines += [()] if lines else []
        lines.append(((section.title, "title"),))
        for label, value in section.rows:
            lines += _row(label, _when(value, utc, now_ms) if isinstance(value, Instant) else value)
    return lines


def _when(instant: Instant, utc: bool, now_ms: float) -> str:
    words = time_text(instant.ms, utc=utc)
    left = time_left(instant.ms, now_ms) if instant.counts_down else "–"
    return words if left == "–" else f"{words}  (in {left})"


def error_lines(error: MatuiError, width: int) -> list[Spans]:
    """Return an error whole, in lines of at most ``width`` cells: sentence, reference, remedy."""
    reference = f"({error.reference})" if isinstance(error, CloudError) and error.reference else ""
    parts = ((error.sentence, "error"), (reference, "muted"), (error.remedy, ""))
    room = max(20, width - 2)
    return [((f"  {line}", style),) for text, style in parts for line in wrap(clean(text), room)]


def _row(label: str, value: str) -> list[Spans]:
    first, *rest = value.split("\n") if value else ["–"]
    head: Spans = ((f"  {label:<{_LABEL_WIDTH}} ", "label"), (first, ""))
    return [head, *(((" " * (_LABEL_WIDTH + 3), "label"), (line, "")) for line in rest)]


def time_text(ms: float | None, *, utc: bool) -> str:
    """Return a time in the zone the user looks at."""
    return local_time(ms, UTC if utc else None)


def event_lines(events: Sequence[Event], *, utc: bool) -> list[Spans]:
    """Return events, oldest first, trouble marked by a symbol and a colour."""
    if not events:
        return [(("  The cloud has recorded no events.", "muted"),)]
    return [
        (
            (f"{time_text(event.at, utc=utc)}  ", "muted"),
            ("✗ " if event.abnormal else "  ", "error"),
            (event.text, "error" if event.abnormal else ""),
            (f"  {event.source}" if event.source else "", "muted"),
        )
        for event in events
    ]


def raw_lines(record: Any) -> list[Spans]:
    """Return a record as indented JSON, control characters made visible."""
    text = json.dumps(record, indent=2, ensure_ascii=False, default=str)
    return [((clean(line), ""),) for line in text.split("\n")]
