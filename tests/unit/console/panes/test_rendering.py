"""The events of a resource as lines."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from matui.console.panes.detail import EventsPane
from matui.console.panes.rendering import render_events
from matui.resources.detail import Event


def test_what_happened_by_a_time_at_the_latest_is_marked() -> None:
    lines = render_events([Event(0, "created"), Event(60_000, "INIT → FAILED", exact=False)], utc=True)
    assert ["".join(text for text, _style in line)[:18] for line in lines] == [
        "  1970-01-01 00:00",
        "≤ 1970-01-01 00:01",
    ]
    (alone,) = render_events([Event(0, "created")], utc=True)
    assert alone[0][0].startswith("1970")


def test_why_there_are_no_events_is_a_sentence() -> None:
    pane: Any = SimpleNamespace(_explain_no_events=lambda: "notebooks have no events", utc=True)
    ((line,),) = EventsPane.build_lines(pane, ())
    assert line[0].strip() == "Notebooks have no events, and the journal has no changes of it."
