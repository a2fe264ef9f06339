"""What the workloads of a pool are said to be where the API does not list them."""

from types import SimpleNamespace
from typing import Any

from matui.console.screens.capacity import WorkloadsScreen, format_held_cards
from matui.live.capacity.summary import PoolCapacity

UNLISTED = "This API does not list the nodes and workloads of a pool."


def test_workloads_that_are_not_listed_are_not_called_none() -> None:
    session: Any = SimpleNamespace(get_now_ms=lambda: 0.0)
    screen = WorkloadsScreen(session, PoolCapacity("demo", "1", "llm", (), problem=UNLISTED))
    assert screen.empty == UNLISTED
    assert format_held_cards(PoolCapacity("demo", "1", "llm", (), problem=UNLISTED)) == ""


def test_held_cards_and_workloads_are_counted() -> None:
    assert format_held_cards(PoolCapacity("demo", "1", "llm", ())) == "0 cards held, 0 workloads"
