"""A second ctrl+c quits only soon after the first."""

from __future__ import annotations

from matui.console.interrupts import INTERRUPT_S, Cancellations, InterruptKey


def test_a_second_press_soon_after_the_first_quits() -> None:
    now = [0.0]
    key = InterruptKey(lambda: now[0])
    assert not key.press()
    now[0] = INTERRUPT_S
    assert key.press()


def test_a_late_press_and_one_after_another_key_are_first_presses() -> None:
    now = [0.0]
    key = InterruptKey(lambda: now[0])
    key.press()
    now[0] = INTERRUPT_S + 0.1
    assert not key.press()
    key.forget()
    assert not key.press()


def test_the_latest_work_is_cancelled_first_and_what_has_ended_is_not() -> None:
    cancellations, cancelled = Cancellations(), []
    with cancellations.register(lambda: cancelled.append("save")):
        with cancellations.register(lambda: cancelled.append("ended")):
            assert cancellations
        with cancellations.register(lambda: cancelled.append("wait")):
            assert cancellations.cancel_latest()
            assert cancelled == ["wait"]
        assert cancellations.cancel_latest()
    assert cancelled == ["wait", "save"]
    assert not cancellations
    assert not cancellations.cancel_latest()
