"""A log is drained after two empty reads a cadence apart, once its job has ended."""

from matui.base.clock import ManualClock
from matui.live.logs.reader import DrainDetector


async def test_two_empty_reads_a_cadence_apart_after_the_end_drain_a_log() -> None:
    clock = ManualClock()
    detector = DrainDetector(clock, 2.0)
    detector.observe(empty=True, ended=True)
    detector.observe(empty=True, ended=True)
    assert not detector.drained
    await clock.advance(2)
    detector.observe(empty=True, ended=True)
    assert detector.drained


async def test_a_running_job_or_a_new_line_starts_the_wait_again() -> None:
    clock = ManualClock()
    detector = DrainDetector(clock, 2.0)
    for empty, ended in ((True, False), (True, True), (False, True), (True, True)):
        await clock.advance(2)
        detector.observe(empty=empty, ended=ended)
        assert not detector.drained
