"""The steps in which the merged log of a pane is built."""

from __future__ import annotations

from types import SimpleNamespace
from unittest.mock import Mock

from matui.console.panes.log_pane import LogPane


def pane_with_more_to_merge() -> LogPane:
    pane = object.__new__(LogPane)
    pane._stepping = False
    pane.together = Mock(step=Mock(return_value=True))
    pane.session = SimpleNamespace(clock=Mock())
    pane.view = Mock()
    pane.set_timer = Mock()
    return pane


def test_lines_that_come_while_a_step_is_pending_start_no_second_timer():
    pane = pane_with_more_to_merge()
    for _update in range(5):
        pane._step_together()
    assert pane.set_timer.call_count == 1


def test_each_step_is_followed_by_the_next_until_all_is_merged():
    pane = pane_with_more_to_merge()
    pane._step_together()
    for _step in range(3):
        pane.set_timer.call_args.args[1]()
    assert pane.set_timer.call_count == 4
    pane.together.step.return_value = False
    pane.set_timer.call_args.args[1]()
    assert pane.set_timer.call_count == 4
    pane._step_together()
    assert pane.together.step.call_count == 6
