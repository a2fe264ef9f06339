"""Keys typed for a dialog that does not open go nowhere."""

from __future__ import annotations

from matui.console.early_input import TypedAhead


def test_keys_are_taken_while_nothing_is_judged() -> None:
    assert not TypedAhead(lambda: 0.0).drops("e", 5.0)


def test_keys_go_nowhere_until_the_answer_and_then_until_a_pause() -> None:
    now = 10.0
    ahead = TypedAhead(lambda: now)
    ahead.hold()
    assert ahead.drops("o", 10.1)
    assert not ahead.drops("ctrl+c", 10.1)
    assert not ahead.drops("escape", 10.1)
    now = 10.2
    ahead.release()
    assert ahead.drops("l", 10.15)  # typed before, handled after
    assert ahead.drops("d", 10.4)  # the name goes on
    assert ahead.drops("-", 10.8)
    assert not ahead.drops("j", 11.4)


def test_a_key_after_the_answer_is_taken_at_once() -> None:
    ahead = TypedAhead(lambda: 10.2)
    ahead.hold()
    ahead.release()
    assert not ahead.drops("j", 10.3)


def test_a_name_typed_at_once_after_a_refusal_goes_nowhere() -> None:
    ahead = TypedAhead(lambda: 10.2)
    ahead.hold()
    ahead.refuse()
    assert ahead.drops("e", 10.5)
    assert ahead.drops("d", 10.9)
    assert ahead.drops("i", 11.3)  # the name goes on
    assert not ahead.drops("j", 11.9)


def test_a_key_that_is_no_part_of_a_name_is_taken_after_a_refusal() -> None:
    ahead = TypedAhead(lambda: 10.2)
    ahead.hold()
    assert ahead.drops("down", 10.1)
    ahead.refuse()
    assert not ahead.drops("down", 10.3)
    assert ahead.drops("e", 10.4)
    assert not ahead.drops("escape", 10.5)  # who presses it has seen that no dialog opened
    assert not ahead.drops("j", 10.6)


def test_a_dialog_that_opened_takes_keys_at_once() -> None:
    ahead = TypedAhead(lambda: 10.2)
    ahead.hold()
    ahead.release()
    ahead.refuse()
    assert not ahead.drops("e", 10.3)


def test_a_second_release_does_not_move_the_moment() -> None:
    times = iter((10.2, 99.0))
    ahead = TypedAhead(lambda: next(times))
    ahead.hold()
    ahead.release()
    ahead.release()
    assert not ahead.drops("j", 50.0)
