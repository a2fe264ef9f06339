"""The signals of jobs: fed page by page, joined where readers change, bounded; their facts and findings."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from matui.base.log_lines.times import TimestampParser
from matui.live.signals.facts import SignalFacts, build_facts_of_log
from matui.live.signals.store import SignalStore
from matui.resources.model import Phase, Resource

START_MS = 1_760_000_000_000


def make_job(ident: str = "1", phase: Phase = Phase.RUNNING) -> Resource:
    return Resource(
        "jobs", ident, f"job-{ident}", "JOBSTAT_RUNNING", phase, "modelarts", "prod", created_at=START_MS
    )


def make_lines(first: int, last: int, *, total: int = 1000) -> list[str]:
    """Return one line a step and second: steps ``first`` to ``last``."""
    stamps = {step: f"2025-10-09 08:{53 + step // 60:02d}:{step % 60:02d}" for step in range(first, last + 1)}
    return [
        f"{stamp} iteration {step}/ {total} | lm loss: {9 - step / 200:.4f} |"
        for step, stamp in stamps.items()
    ]


def make_store(max_bytes: int = 1 << 26) -> SignalStore:
    return SignalStore(TimestampParser, max_bytes=max_bytes)


def list_steps(store: SignalStore, one: Resource) -> Sequence[int | None]:
    signals = store.find(one.key)
    assert signals is not None
    return [point.step for segment in signals.log.segments for point in segment.series["loss"].points]


def test_a_second_reader_goes_on_where_the_first_one_stopped() -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(make_lines(1, 20), None)
    store.build_feed(make_job(), "a.log").add(make_lines(11, 30), None)
    assert list_steps(store, make_job()) == list(range(1, 31))


def test_a_second_reader_after_a_gap_loses_nothing_of_its_page() -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(make_lines(1, 5), None)
    store.build_feed(make_job(), "a.log").add(make_lines(100, 105), None)
    assert list_steps(store, make_job()) == [*range(1, 6), *range(100, 106)]


def test_the_jobs_used_least_recently_are_dropped() -> None:
    store = make_store(max_bytes=100_000)
    for ident in ("1", "2", "3"):
        store.build_feed(make_job(ident), "a.log").add(make_lines(1, 250), None)
    assert [key[2] for key in store.keys] == ["2", "3"]


def test_logs_without_signals_count_too() -> None:
    store = make_store(max_bytes=60_000)
    for number in range(20):
        store.build_feed(make_job(str(number)), "a.log").add(
            [f"{line} of {number}" for line in ["words"] * 5], None
        )
    assert 2 < len(store.keys) < 20
    store.build_feed(make_job("long"), "a.log").add(["word " * 20_000], None)
    assert [key[2] for key in store.keys] == ["long"]


def test_the_facts_of_a_running_job() -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(make_lines(1, 100), START_MS + 100_000)
    signals = store.find(make_job().key)
    assert signals is not None
    facts = build_facts_of_log(signals.log, running=True, complete_at_ms=signals.complete_at_ms)
    assert (facts["step"], facts["total_steps"], facts["loss"], facts["loss_trend"]) == (100, 1000, 8.5, "↓")
    assert facts["eta_at"] == "2025-10-09T09:09:40Z"
    assert not signals.is_stalled(START_MS + 100_000)


def test_the_loss_of_a_log_without_a_signal_of_that_name_is_its_first_loss() -> None:
    store = make_store()
    text = "[train..][epoch:  0, iter:     100, lr:(2.000e-04,)] [eta: 1:00:00] l_pix: 1.5e-02 l_gan: 2.5e-01"
    store.build_feed(make_job(), "a.log").add([text], None)
    signals = store.find(make_job().key)
    assert signals is not None
    facts = build_facts_of_log(signals.log, running=True, complete_at_ms=None)
    assert (facts["loss"], facts["loss_name"]) == (0.015, "l_pix")


def test_an_end_that_has_passed_without_the_last_step_is_not_expected() -> None:
    store = make_store()
    feed = store.build_feed(make_job(), "a.log")
    feed.add(make_lines(1, 100, total=120), START_MS + 100_000)
    facts = SignalFacts(store)
    facts.update(make_job().key, running=True)
    assert facts.enrich(make_job()).facts["eta_at"] == "2025-10-09T08:55:00Z"
    feed.add([], START_MS + 3_600_000)
    facts.update(make_job().key, running=True)
    late = facts.enrich(make_job()).facts
    assert "eta_ms" not in late
    assert late["irregular"] is True


def test_a_run_that_has_made_its_last_step_ends_when_it_was_made() -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(make_lines(1, 100, total=100), START_MS + 3_600_000)
    facts = SignalFacts(store)
    facts.update(make_job().key, running=True)
    assert facts.enrich(make_job()).facts["eta_at"] == "2025-10-09T08:54:40Z"


def test_an_end_is_expected_by_this_clock_where_that_of_the_log_is_in_another_zone() -> None:
    store = make_store()
    feed = store.build_feed(make_job(), "a.log")
    hours = 8 * 3_600_000
    feed.add(make_lines(1, 90), START_MS + hours + 90_000)
    feed.add(make_lines(91, 100), START_MS + hours + 100_000)
    facts = SignalFacts(store)
    facts.update(make_job().key, running=True)
    assert facts.enrich(make_job()).facts["eta_at"] == "2025-10-09T17:10:00Z"


def test_a_job_is_stalled_only_where_the_end_of_its_log_was_read() -> None:
    store = make_store()
    feed = store.build_feed(make_job(), "a.log")
    feed.add(make_lines(1, 100), None)
    facts = SignalFacts(store)
    assert facts.update(make_job().key, running=True)
    assert "stalled" not in facts.enrich(make_job()).facts
    feed.add([], START_MS + 100_000 + 400_000)
    assert facts.update(make_job().key, running=True)
    assert facts.enrich(make_job()).facts["stalled"] is True
    assert [finding.kind for finding in store.find_findings(make_job().key, running=True)] == ["stalled"]


def test_an_ended_job_keeps_step_and_loss_only() -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(make_lines(1, 100), START_MS + 100_000)
    facts = SignalFacts(store)
    facts.update(make_job().key, running=True)
    ended = facts.enrich(make_job(phase=Phase.DONE))
    assert set(ended.facts) == {"step", "total_steps", "loss", "loss_name", "loss_trend"}
    assert facts.enrich(facts.enrich(make_job())) == facts.enrich(make_job())


def test_a_straggler_is_found_across_files() -> None:
    store = make_store()
    for rank, speed in enumerate((100.0, 101.0, 99.0, 40.0)):
        line = f"step: 1, loss: 2.0, tokens/s: {speed}"
        store.build_feed(make_job(), f"rank-{rank}.log").add([line], START_MS)
    assert [(f.kind, f.words[:10]) for f in store.find_findings(make_job().key, running=True)] == [
        ("straggler", "rank-3.log")
    ]


def test_a_straggler_is_found_by_the_step_time_where_no_file_has_a_throughput() -> None:
    store = make_store()
    for rank, seconds in enumerate((1.0, 1.0, 1.0, 1.4)):
        lines = [f"step: {step}, loss: 2.0, step_time: {seconds}" for step in range(1, 4)]
        store.build_feed(make_job(), f"rank-{rank}.log").add(lines, START_MS)
    assert [f.words for f in store.find_findings(make_job().key, running=True)] == [
        "rank-3.log: 0.7143 steps/s, the median of all workers is 1 steps/s."
    ]


@pytest.mark.parametrize("page", [[], ["x"], ["no", "signals", "here"]])
def test_pages_without_signals_are_no_segment(page: list[str]) -> None:
    store = make_store()
    store.build_feed(make_job(), "a.log").add(page, None)
    signals = store.find(make_job().key)
    assert signals is not None
    assert not signals.log.segments
    assert build_facts_of_log(signals.log, running=True, complete_at_ms=None) == {}


def test_looks_of_all_profiles_begin_two_seconds_apart() -> None:
    store = make_store()
    assert [store.take_look(now) for now in (100.0, 100.5, 101.9, 102.0, 103.0, 104.5)] == [
        True,
        False,
        False,
        True,
        False,
        True,
    ]


def test_a_log_without_times_is_silent_since_its_end_was_first_read() -> None:
    store = make_store()
    feed, facts = store.build_feed(make_job(), "a.log"), SignalFacts(store)
    feed.add(["loading the data"], START_MS)
    for minutes, lines_now in ((5, []), (20, [])):
        feed.add(lines_now, START_MS + minutes * 60_000)
    facts.update(make_job().key, running=True)
    row = facts.enrich(make_job())
    assert (row.facts["last_line_at"], row.facts["log_read_at"]) == (START_MS, START_MS + 20 * 60_000)
    feed.add(["the data is loaded"], START_MS + 21 * 60_000)
    facts.update(make_job().key, running=True)
    assert facts.enrich(make_job()).facts["last_line_at"] == START_MS + 21 * 60_000
