"""Which log files a pane shows, and the steps in which its merged log is built."""

import random
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from matui.base.clock import ManualClock
from matui.console.logs.pane import list_hints
from matui.console.logs.shown import ShownLog
from matui.live.poll.loop_controls import LoopControls


class Merge:
    """A merge that has more to do for as long as ``more``."""

    def __init__(self) -> None:
        self.more = True
        self.step = Mock(side_effect=lambda _now: self.more)
        self.load = Mock()
        self.is_held = False
        self.describe_held_back = Mock(return_value="")


@pytest.fixture
def host() -> Any:
    return Mock()


@pytest.fixture
def shown(host: Any) -> ShownLog:
    session: Any = SimpleNamespace(clock=ManualClock(), rng=random.Random(1))
    shown = ShownLog(session, host, Mock(), controls=LoopControls(), on_tail=Mock(), on_file_left=Mock())
    merge: Any = Merge()
    shown.merged = merge
    return shown


def test_lines_that_come_while_a_step_is_pending_start_no_second_timer(shown: Any, host: Any) -> None:
    for _update in range(5):
        shown.on_news("a.log")
    assert host.set_timer.call_count == 1


def test_each_step_is_followed_by_the_next_until_all_is_merged(shown: Any, host: Any) -> None:
    shown.on_news("a.log")
    for _step in range(3):
        host.set_timer.call_args.args[1]()
    assert host.set_timer.call_count == 4
    shown.merged.more = False
    host.set_timer.call_args.args[1]()
    assert host.set_timer.call_count == 4
    shown.on_news("a.log")
    assert shown.merged.step.call_count == 6


def test_the_title_states_in_time_that_lines_wait_for_other_files(shown: Any, host: Any) -> None:
    shown.merged.more, shown.merged.is_held = False, True
    shown.on_news("a.log")
    shown.on_news("a.log")
    assert (host.set_timer.call_count, host.show_title.call_count) == (1, 0)
    shown.merged.describe_held_back.return_value = "2 lines wait for b"
    host.set_timer.call_args.args[1]()  # no news of a file in between
    assert host.show_title.call_count == 1
    shown.merged.is_held, shown.merged.describe_held_back.return_value = False, ""
    shown.on_news("b.log")
    assert (host.set_timer.call_count, host.show_title.call_count) == (1, 2)


@pytest.mark.parametrize(("files", "said"), [([], "no log files yet"), (["a.log"], "one log file only")])
def test_what_cannot_be_merged_is_named(shown: Any, host: Any, files: list[str], said: str) -> None:
    shown.merged, shown.files = None, files
    shown.toggle_merged()
    assert said in host.show_notice.call_args.args[0]


def test_the_key_bar_has_what_the_files_can_be_used_for() -> None:
    assert list_hints(0) == ()
    assert "merge" not in list_hints(1)
    assert "follow" in list_hints(1)
    assert {"merge", "next_file"} < {*list_hints(2)}
