"""Cancelling work in progress."""

from __future__ import annotations

from matui.console.cancellation import Cancellations


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
