"""What the line panes say: details, events and raw records as styled lines. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from matui.console.widgets.line_view import Spans
from matui.resources.detail import Detail, Event, Instant
from matui.text import clean, local_time

_LABEL_WIDTH = 22


def detail_lines(detail: Detail, *, utc: bool) -> list[Spans]:
    """Return the sections of a detail, a blank line between them."""
    lines: list[Spans] = []
    for section in detail.sections:
        lines += [()] if lines else []
        lines.append(((section.title, "title"),))
        for label, value in section.rows:
            lines += _row(label, time_text(value.ms, utc=utc) if isinstance(value, Instant) else value)
    return lines


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
