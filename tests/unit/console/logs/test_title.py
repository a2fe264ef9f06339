"""What the title of a log pane says of its end."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.logs.title import LogTitle
from matui.resources.model import Phase


def describe_end(phase: Phase, **shown: Any) -> str:
    """Return the words of the tail of a log of merged files whose last tails are not drained yet."""
    state = SimpleNamespace(phase="following", fallback="", capped=False, behind=False)
    known: dict[str, Any] = {
        "merged": object(),
        "state": state,
        "followed": SimpleNamespace(states={"a": state}),
        "describe_pending": lambda: "",
        "count_gaps": lambda: 0,
        "has_end": True,
        "at_top": True,
    }
    host: Any = SimpleNamespace(resource=SimpleNamespace(phase=phase))
    view: Any = SimpleNamespace(follow=True, new_below=0)
    parts: Any = SimpleNamespace(view=view, shown=SimpleNamespace(**known | shown))
    title = LogTitle(host, parts)
    return " ".join(words for words, _style in title._build_tail_marks())


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ({}, "ended, complete"),
        ({"at_top": False}, "ended, older lines above"),
        ({"count_gaps": lambda: 2}, "ended, 2 gaps"),
        ({"has_end": False}, "ended, reading the end"),
        ({"describe_pending": lambda: "3 lines wait for b"}, "3 lines wait for b"),
    ],
)
def test_the_log_of_an_ended_job_is_not_followed(shown: dict[str, Any], words: str) -> None:
    """A merged log whose last line had been read said "following" until each tail had drained."""
    assert describe_end(Phase.FAILED, **shown) == words


def test_the_log_of_a_running_job_is_followed() -> None:
    assert describe_end(Phase.RUNNING) == "following"
