"""The title of a log pane."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from matui.console.logs.title import LogTitle


def test_reading_back_is_described_in_one_word_where_the_title_is_too_long() -> None:
    backfill = SimpleNamespace(active=True, words="searching the rest")
    parts: dict[str, Any] = {
        "view": SimpleNamespace(first=0, end=12_345, filter=None, errors=SimpleNamespace(position=(0, 0))),
        "shown": SimpleNamespace(merged=None, file="", state=None),
        "navigator": SimpleNamespace(
            backfill=backfill, lines=SimpleNamespace(text="", folding=SimpleNamespace(on=()))
        ),
        "export": SimpleNamespace(saved=0),
    }
    host: Any = SimpleNamespace(search_text="")
    alerts: Any = SimpleNamespace(flashing="")
    title = LogTitle(host, alerts=alerts, **parts)
    assert title.marks()[0][0] == "searching the rest · 12,345 lines · esc stops"
    title.is_narrow = True
    assert title.marks()[0][0] == "searching · 12,345 · esc stops"
