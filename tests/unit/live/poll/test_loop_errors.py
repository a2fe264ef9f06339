"""What a loop keeps of a failure: the words, not the frames."""

from __future__ import annotations

import random

from matui.base.clock import ManualClock
from matui.base.errors import UnreachableError
from matui.live.poll.loop import Loop


async def test_a_kept_error_holds_no_frames_with_answers_and_credentials():
    async def fail() -> None:
        try:
            raise OSError("with a secret in its frame")
        except OSError as cause:
            raise UnreachableError("Nobody is there.") from cause

    clock = ManualClock()
    loop = Loop(fail, lambda: None, clock=clock, rng=random.Random(1), cadence_s=5)
    loop.start()
    await clock.advance(0)
    error = loop.freshness.error
    await loop.stop()
    assert error is not None
    assert (error.sentence, error.__traceback__, error.__cause__, error.__context__) == (
        "Nobody is there.", None, None, None,
    )  # fmt: skip
