"""How long stays last, from steps in any order that clocks and deletions bring."""

from __future__ import annotations

from matui.live.triage.stays import StateChange, measure_stays

KEY, OTHER = ("p", "jobs", "1"), ("q", "jobs", "1")


def test_a_stay_lasts_from_its_beginning_to_the_next_state() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING"), StateChange(KEY, 400, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {("jobs", "WAITING"): [300]}


def test_a_beginning_that_was_not_seen_counts_for_nothing() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING", exact=False), StateChange(KEY, 400, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {}


def test_a_deletion_ends_no_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 100, None, "WAITING"), StateChange(KEY, 400, "WAITING", None)]) == {}
    )


def test_clocks_that_differ_make_no_negative_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 500, None, "WAITING"), StateChange(KEY, 400, "WAITING", "RUNNING")])
        == {}
    )


def test_a_state_that_was_missed_makes_no_stay() -> None:
    assert (
        measure_stays([StateChange(KEY, 100, None, "INIT"), StateChange(KEY, 400, "WAITING", "RUNNING")])
        == {}
    )


def test_one_id_in_two_profiles_is_two_resources() -> None:
    steps = [StateChange(KEY, 100, None, "WAITING"), StateChange(OTHER, 200, "WAITING", "RUNNING")]
    assert measure_stays(steps) == {}


def test_the_newest_stays_count() -> None:
    steps = []
    for number in range(300):
        key = ("p", "jobs", str(number))
        steps += [StateChange(key, 0, None, "WAITING"), StateChange(key, number, "WAITING", "RUNNING")]
    stays = measure_stays(steps)[("jobs", "WAITING")]
    assert (len(stays), stays[-1]) == (200, 299)
