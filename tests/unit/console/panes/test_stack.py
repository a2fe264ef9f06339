"""The way back through panes that were opened out of each other."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from matui.console.panes.stack import PaneTrail


class Outer:
    """A pane with a view to restore."""

    def __init__(self, session: object, resource: Any) -> None:
        self.session, self.resource = session, resource
        self.view: str | None = None

    def save_view(self) -> str | None:
        return self.view

    def restore_view(self, view: str) -> None:
        self.view = view


class Inner(Outer):
    """A pane that is opened out of another."""


def make_pane(pane_class: type[Outer], key: str) -> Any:
    return pane_class("session", SimpleNamespace(key=key, id=key))


def test_a_pane_comes_back_where_it_was_left() -> None:
    trail, outer = PaneTrail(), make_pane(Outer, "job")
    outer.view = "line 7"
    trail.add(outer, make_pane(Inner, "version"))
    assert trail
    again: Any = trail.pop(None)
    assert (type(again), again.resource.key, again.view) == (Outer, "job", "line 7")
    assert again is not outer
    assert not trail


def test_the_same_pane_again_is_no_step() -> None:
    trail = PaneTrail()
    trail.add(make_pane(Outer, "job"), make_pane(Outer, "job"))
    assert not trail


def test_a_cleared_trail_leads_nowhere() -> None:
    trail = PaneTrail()
    trail.add(make_pane(Outer, "job"), make_pane(Inner, "job"))
    trail.clear()
    with pytest.raises(IndexError):
        trail.pop(None)
