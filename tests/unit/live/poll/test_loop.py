"""The loop keeps its pace, takes triggers, pauses, backs off, and never dies."""

from __future__ import annotations

import asyncio
import itertools
from random import Random

import pytest

from matui.base.clock import ManualClock
from matui.base.errors import (
    AuthenticationError,
    MatuiError,
    PermissionDeniedError,
    RateLimitedError,
    UnreachableError,
)
from matui.live.poll.freshness import Freshness
from matui.live.poll.loop import Loop, Timing


class Steady(Random):
    """No jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


class Rig:
    """A loop over a step that notes when it ran; it takes ``takes_s`` and raises what ``failures`` hold."""

    def __init__(self, cadence_s: float = 6, rng: Random | None = None) -> None:
        self.clock = ManualClock(0)
        self.ran: list[float] = []
        self.told: list[Freshness] = []
        self.failures: list[BaseException] = []
        self.always: MatuiError | None = None
        self.takes_s = 0.0
        self.in_flight = 0
        self.started = False
        self.loop = Loop(self.step, self.tell, timing=Timing(self.clock, rng or Steady(), cadence_s))

    def tell(self) -> None:
        self.told.append(self.loop.freshness)

    async def step(self) -> None:
        self.ran.append(self.clock.now())
        self.in_flight += 1
        assert self.in_flight == 1
        try:
            await self.clock.sleep(self.takes_s)
        finally:
            self.in_flight -= 1
        if self.failures:
            raise self.failures.pop(0)
        if self.always is not None:
            raise self.always

    async def run(self, seconds: float) -> list[float]:
        """Return the moments at which it ran meanwhile; the first call starts it."""
        if not self.started:
            self.started = True
            self.loop.start()
        self.ran.clear()
        await self.clock.advance(seconds)
        return [round(at, 3) for at in self.ran]


@pytest.fixture
async def rig():
    made = Rig()
    yield made
    await made.loop.stop()


async def test_it_fetches_at_once_and_then_at_its_cadence(rig: Rig) -> None:
    assert await rig.run(20) == [0, 6, 12, 18]


async def test_the_cadence_counts_from_the_end_of_a_slow_fetch(rig: Rig) -> None:
    rig.takes_s = 10
    assert await rig.run(40) == [0, 16, 32]


async def test_jitter_stays_within_a_tenth() -> None:
    rig = Rig(cadence_s=10, rng=Random(7))
    rig.loop.start()
    ran = await rig.run(1000)
    gaps = [later - earlier for earlier, later in itertools.pairwise(ran)]
    assert all(9 <= gap <= 11 for gap in gaps)
    assert max(gaps) - min(gaps) > 1
    await rig.loop.stop()


async def test_triggers_while_asleep_are_one_fetch_now(rig: Rig) -> None:
    await rig.run(2)
    rig.loop.trigger()
    rig.loop.trigger()
    assert await rig.run(5) == [2]
    assert await rig.run(2) == [8]


async def test_triggers_during_a_fetch_are_one_more_right_after(rig: Rig) -> None:
    rig.takes_s = 3
    await rig.run(1)
    rig.loop.trigger()
    rig.loop.trigger()
    assert await rig.run(7) == [3]


async def test_a_pause_is_counted_and_makes_no_request(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.controls.pause()
    rig.loop.controls.pause()
    assert rig.told[-1].paused
    assert await rig.run(60) == []
    rig.loop.controls.resume()
    assert await rig.run(60) == []
    rig.loop.controls.resume()
    assert not rig.told[-1].paused
    assert await rig.run(5) == [121]


async def test_a_short_pause_does_not_shift_the_cadence(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.controls.pause()
    await rig.run(2)
    rig.loop.controls.resume()
    assert await rig.run(4) == [6]


async def test_a_trigger_while_paused_fetches_once(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.controls.pause()
    rig.loop.trigger()
    assert await rig.run(60) == [1]
    assert rig.told[-1].paused


async def test_a_loop_paused_before_its_start_waits() -> None:
    rig = Rig()
    rig.loop.controls.pause()
    rig.loop.start()
    assert await rig.run(10) == []
    rig.loop.controls.resume()
    assert await rig.run(0) == [10]
    await rig.loop.stop()


async def test_one_resume_too_many_changes_nothing(rig: Rig) -> None:
    rig.loop.controls.resume()
    rig.loop.controls.pause()
    assert await rig.run(20) == []


@pytest.mark.parametrize(
    ("hidden", "blurred", "moving", "expected"),
    [
        (False, False, False, 6),
        (True, False, False, 24),
        (False, True, False, 24),
        (True, True, False, 96),
        (False, False, True, 3),
        (True, False, True, 24),
        (False, True, True, 12),
    ],
)
async def test_the_pace_follows_what_is_seen_and_what_moves(
    hidden: bool, blurred: bool, moving: bool, expected: float
) -> None:
    rig = Rig()
    rig.loop.controls.hidden, rig.loop.controls.blurred = hidden, blurred
    rig.loop.set_activity(filling=False, moving=moving)
    assert rig.loop.interval_s == expected


async def test_polls_leave_a_small_budget_to_what_the_screen_lacks_but_for_the_first_fill_and_actions() -> (
    None
):
    rig = Rig()
    rig.loop.controls.yielding = True
    assert rig.loop.interval_s == 48
    rig.loop.set_activity(filling=True, moving=False)
    assert rig.loop.interval_s == 1
    rig.loop.set_activity(filling=False, moving=False)
    rig.loop.boost()
    assert rig.loop.interval_s == 2


@pytest.mark.parametrize(("cadence_s", "expected"), [(5, 3), (2, 2), (0.5, 0.5), (60, 20)])
async def test_what_moves_is_polled_in_a_third_of_the_time_but_no_sooner_than_three_seconds(
    cadence_s: float, expected: float
) -> None:
    rig = Rig(cadence_s)
    rig.loop.set_activity(filling=False, moving=True)
    assert rig.loop.interval_s == expected


async def test_an_action_quickens_it_for_half_a_minute(rig: Rig) -> None:
    await rig.run(0)
    rig.loop.boost()
    ran = await rig.run(60)
    assert ran[:3] == [2, 4, 6]
    assert ran[-3:] == [46, 52, 58]


async def test_filling_goes_on_every_second(rig: Rig) -> None:
    rig.loop.set_activity(filling=True, moving=False)
    assert await rig.run(3) == [0, 1, 2, 3]


async def test_a_view_shown_again_is_refreshed_at_once_when_its_data_is_old(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.controls.hidden = True
    assert await rig.run(14) == []
    rig.loop.controls.hidden = False
    assert await rig.run(1) == [15]


async def test_a_view_shown_again_soon_keeps_its_cadence(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.controls.hidden = True
    await rig.run(1)
    rig.loop.controls.hidden = False
    assert await rig.run(5) == [6]


async def test_a_new_cadence_takes_effect_in_the_middle_of_a_sleep(rig: Rig) -> None:
    await rig.run(1)
    rig.loop.cadence_s = 3
    assert await rig.run(3) == [3]


async def test_errors_back_off_to_a_minute_and_success_resets(rig: Rig) -> None:
    rig.always = UnreachableError("gone")
    assert await rig.run(220) == [0, 6, 18, 42, 90, 150, 210]
    assert rig.told[-1] == Freshness(None, rig.always, 270)
    rig.always = None
    assert await rig.run(64) == [270, 276, 282]
    assert rig.told[-1].error is None
    assert rig.told[-1].retry_at is None


@pytest.mark.parametrize("kind", [AuthenticationError, PermissionDeniedError])
async def test_refused_credentials_back_off_too(rig: Rig, kind: type[MatuiError]) -> None:
    rig.always = kind("no")
    assert await rig.run(50) == [0, 6, 18, 42]


async def test_a_hidden_view_never_retries_faster_than_it_polls() -> None:
    rig = Rig(cadence_s=10)
    rig.loop.controls.hidden = rig.loop.controls.blurred = True
    rig.always = UnreachableError("gone")
    rig.loop.start()
    assert await rig.run(320) == [0, 160, 320]
    await rig.loop.stop()


async def test_retry_after_is_waited_out_even_by_triggers(rig: Rig) -> None:
    rig.failures = [RateLimitedError("slow down", status=429, retry_after_s=30)]
    await rig.run(1)
    assert rig.told[-1].retry_at == 30
    rig.loop.trigger()
    assert await rig.run(40) == [30, 36]


async def test_a_trigger_does_not_wait_for_a_back_off(rig: Rig) -> None:
    rig.failures = [UnreachableError("gone")]
    await rig.run(1)
    rig.loop.trigger()
    assert await rig.run(1) == [1]


@pytest.mark.parametrize("asked", [float("nan"), float("inf"), -5.0, 0.0])
async def test_a_senseless_retry_after_is_not_taken(rig: Rig, asked: float) -> None:
    rig.failures = [RateLimitedError("slow down", retry_after_s=asked)]
    assert await rig.run(7) == [0, 6]


async def test_the_last_good_data_keeps_its_age_while_fetching_fails(rig: Rig) -> None:
    await rig.run(1)
    rig.always = UnreachableError("gone")
    await rig.run(9)
    assert rig.told[-1] == Freshness(0, rig.always, 12)


async def test_a_fault_of_ours_is_reported_and_does_not_end_the_loop(rig: Rig) -> None:
    rig.failures = [ZeroDivisionError()]
    await rig.run(1)
    assert "ZeroDivisionError" in str(rig.told[-1].error)
    assert await rig.run(6) == [6]
    assert rig.told[-1].error is None


async def test_a_request_cancelled_by_others_does_not_end_the_loop(rig: Rig) -> None:
    rig.failures = [asyncio.CancelledError()]
    await rig.run(1)
    assert rig.told[-1].error is not None
    assert await rig.run(6) == [6]


async def test_a_listener_that_raises_does_not_end_the_loop(rig: Rig) -> None:
    rig.loop._told = lambda: 1 / 0
    await rig.run(7)
    assert await rig.run(6) == [12]


async def test_nothing_is_reported_after_a_stop_in_mid_fetch(rig: Rig) -> None:
    rig.takes_s = 5
    await rig.run(1)
    rig.told.clear()
    await rig.loop.stop()
    assert await rig.run(60) == []
    assert rig.told == []
    assert rig.in_flight == 0


async def test_it_can_be_started_again(rig: Rig) -> None:
    await rig.run(1)
    await rig.loop.stop()
    rig.loop.start()
    assert await rig.run(10) == [6]


async def test_a_restart_forgets_what_was_in_flight(rig: Rig) -> None:
    rig.takes_s = 4
    await rig.run(1)
    rig.loop.reset()
    rig.loop.trigger()
    await rig.run(3)
    assert rig.told[-1] == Freshness()
    await rig.run(4)
    assert rig.told[-1].fetched_at == 8


async def test_a_kept_error_holds_no_frames_with_answers_and_credentials():
    async def fail() -> None:
        try:
            raise OSError("with a secret in its frame")
        except OSError as cause:
            raise UnreachableError("Nobody is there.") from cause

    clock = ManualClock()
    loop = Loop(fail, lambda: None, timing=Timing(clock, Random(1), 5))
    loop.start()
    await clock.advance(0)
    error = loop.freshness.error
    await loop.stop()
    assert error is not None
    assert (error.sentence, error.__traceback__, error.__cause__, error.__context__) == (
        "Nobody is there.", None, None, None,
    )  # fmt: skip


async def test_the_freshness_states_since_when_an_answer_is_waited_for() -> None:
    rig = Rig()
    await rig.run(1)
    assert rig.loop.freshness.asked_at is None
    rig.takes_s = 50
    await rig.run(20)
    assert rig.loop.freshness.asked_at == rig.ran[-1]
    await rig.loop.stop()
    assert rig.loop.freshness.asked_at is None
