"""What is known at a time of a recording is what all changes up to it say."""

from __future__ import annotations

from random import Random

from matui.live.journal.change import Account, Change
from matui.live.triage.from_records import RecordedSteps, build_step
from matui.live.triage.state_times import StateTimes, measure_stays
from matui.resources.model import Phase

STATES = ("WAITING", "RUNNING", "FAILED", None)


def _make_changes(count: int) -> list[Change]:
    rng, states, found = Random(3), dict.fromkeys("abcd"), []
    for number in range(count):
        ident = rng.choice("abcd")
        before, after = states[ident], rng.choice([one for one in STATES if one != states[ident]])
        states[ident] = after
        phases = (Phase.PENDING if before else None, Phase.RUNNING if after else None)
        found.append(
            Change(number, Account("modelarts"), number * 1000, None, "prod", "jobs", ident, ident, "", "0",
                   before, after, *phases)
        )  # fmt: skip
    return found


def test_the_last_changes_say_what_all_changes_say() -> None:
    changes = _make_changes(400)
    recorded = RecordedSteps(changes)
    for at in (-1, 0, 1500, 200_000, 398_999, 500_000):
        steps = [build_step(one.profile, one) for one in changes if one.seen_at <= at]
        known = recorded.read_up_to(at)
        assert len(known.steps) <= 4
        expected, shown = StateTimes(), StateTimes()
        expected.load(steps)
        shown.load(known.steps)
        assert shown._entries == expected._entries
        assert known.stays == measure_stays(steps)


def test_reading_gives_way_before_each_change() -> None:
    changes, waits = _make_changes(50), []
    RecordedSteps(changes, lambda: waits.append(None))
    assert len(waits) >= len(changes)
