"""The cursor waits for the row of a new resource."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from matui.console.table.row_feed import FOLLOWED_S, CursorFollower

KEY = ("prod", "jobs", "1")


class Table:
    """A table whose rows are given."""

    def __init__(self) -> None:
        self.rows: set[tuple[str, str, str]] = set()
        self.moves: list[tuple[str, str, str]] = []
        self.cursor = self

    def move_to(self, key: tuple[str, str, str]) -> bool:
        if key in self.rows:
            self.moves.append(key)
        return key in self.rows


def make_follower() -> tuple[CursorFollower, Table, list[tuple[float, Callable[[], None]]]]:
    table, later = Table(), list[tuple[float, Callable[[], None]]]()
    tables: Any = SimpleNamespace(table=table)
    return CursorFollower(tables, lambda seconds, call: later.append((seconds, call))), table, later


def test_the_cursor_moves_once_the_row_exists_and_only_once() -> None:
    follow, table, _later = make_follower()
    follow.follow(KEY)
    follow.try_reach()
    table.rows.add(KEY)
    follow.try_reach()
    follow.try_reach()
    assert table.moves == [KEY]


def test_it_gives_up_after_a_time() -> None:
    follow, table, later = make_follower()
    follow.follow(KEY)
    ((seconds, give_up),) = later
    assert seconds == FOLLOWED_S
    give_up()
    table.rows.add(KEY)
    follow.try_reach()
    assert table.moves == []
