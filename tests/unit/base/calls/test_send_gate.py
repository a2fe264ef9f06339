"""The gate of an action: fresh, cancelled, sent; and what it waits for."""

from __future__ import annotations

import asyncio

import pytest

from matui.base.calls.send_gate import (
    BUDGET,
    STATE,
    TOKEN,
    NotSentError,
    SendGate,
    WaitMonitor,
    get_current_gate,
)
from matui.base.clock import ManualClock


def test_an_action_may_leave_for_two_seconds_after_the_re_read() -> None:
    clock = ManualClock()
    gate = SendGate(clock)
    gate.confirm(clock.monotonic())
    clock.jump(2.0)
    gate.check()
    clock.jump(0.1)
    with pytest.raises(NotSentError, match="too long ago"):
        gate.check()


def test_what_follows_a_sent_request_may_leave_late_unless_cancelled() -> None:
    clock = ManualClock()
    gate = SendGate(clock)
    gate.confirm(clock.monotonic())
    gate.mark_sent()
    clock.jump(30)
    gate.check()
    gate.cancel()
    with pytest.raises(NotSentError, match="Cancelled"):
        gate.check()


def test_only_an_unsent_action_that_a_client_watches_may_be_aborted() -> None:
    gate = SendGate(ManualClock())
    assert not gate.may_abort
    gate.is_watched = True
    assert gate.may_abort
    gate.mark_sent()
    assert not gate.may_abort


def test_a_request_whose_credentials_were_refused_was_not_sent_unless_another_was_before() -> None:
    gate = SendGate(ManualClock())
    gate.is_watched = True
    gate.mark_sent()
    gate.mark_refused()
    assert gate.may_abort
    gate.mark_sent()
    gate.mark_sent()
    gate.mark_refused()
    assert not gate.may_abort


def test_the_gate_is_that_of_the_task_that_opened_it() -> None:
    gate = SendGate(ManualClock())
    with gate.open():
        assert get_current_gate() is gate
    assert get_current_gate() is None


async def test_the_waits_of_several_actions_are_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matui.base.calls.send_gate.NOTICE_S", 0.01)
    said: list[str] = []
    monitor = WaitMonitor(said.append)
    gates = [SendGate(ManualClock(), on_wait=monitor.add()) for _ in range(2)]
    with gates[0].report_wait(BUDGET), gates[1].report_wait(BUDGET):
        assert said == [BUDGET]
    assert said == [BUDGET, ""]
    with gates[0].report_wait(TOKEN):
        assert said == [BUDGET, ""]
        await asyncio.sleep(0.05)
    assert said == [BUDGET, "", TOKEN, ""]


async def test_a_wait_that_is_over_is_not_reported_while_another_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matui.base.calls.send_gate._NOTICES_S", {BUDGET: 0.0, STATE: 0.01})
    said: list[str] = []
    gate = SendGate(ManualClock(), on_wait=WaitMonitor(said.append).add())
    with gate.report_wait(STATE):
        with gate.report_wait(BUDGET):
            pass
        assert said == [BUDGET, ""]
        await asyncio.sleep(0.05)
    assert said == [BUDGET, "", STATE, ""]


async def test_a_wait_is_reported_though_other_actions_begin_and_end_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of many actions one after the other begins: nothing was stated for as long as that took."""
    now_s, said = [0.0], list[str]()
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now_s[0])
    monitor = WaitMonitor(said.append)
    first, second = monitor.add(), monitor.add()
    first(STATE)
    for _ in range(4):
        now_s[0] += 1.0
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        second(STATE)
        second("")
    assert said == [STATE]
    first("")
    assert said == [STATE, ""]
