"""What narrows a table, in the room that the status bar has for it."""

from __future__ import annotations

from matui.console.bars.bars import build_narrowing, compute_unseen_room

LEFT_OUT = "left out, without step>100: notebooks, services, pools"


def test_everything_is_whole_where_there_is_room() -> None:
    words = build_narrowing("3 marked", "bert", "2 of 53", LEFT_OUT, 120).plain
    assert words == f" 3 marked  /bert 2 of 53  {LEFT_OUT} "


def test_a_filter_and_what_it_leaves_out_are_cut_with_an_ellipsis() -> None:
    expression = "owner:zhang status:failed age<2h"
    assert build_narrowing("", expression, "2 of 53", "", 30).plain == " /owner:zhang status… 2 of 53 "
    shown = build_narrowing("", "step>100", "2 of 53", LEFT_OUT, 40).plain
    assert shown == " /step>100 2 of 53  left out, without … "


def test_marks_and_count_are_never_cut_and_too_short_a_rest_is_not_shown() -> None:
    shown = build_narrowing("12 marked (3 hidden)", "step>100", "2 of 53", LEFT_OUT, 29).plain
    assert shown == " 12 marked (3 hidden)  /step>100 2 of 53 "


def test_unseen_changes_have_half_of_the_bar_and_leave_room_for_the_state() -> None:
    assert compute_unseen_room(80, 0) == 38
    assert 53 + compute_unseen_room(80, 53) + 2 + 20 == 80
