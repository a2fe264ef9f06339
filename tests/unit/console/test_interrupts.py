"""A second ctrl+c quits only soon after the first."""

from __future__ import annotations

from matui.console.interrupts import INTERRUPT_S, InterruptKey


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
