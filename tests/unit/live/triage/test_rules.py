"""Each rule of triage: when it holds, since when, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.live.triage.item import Evidence, Thresholds, Trouble, TroubleKind, Why
from matui.live.triage.rules import evaluate, is_timed
from matui.resources.model import Phase, Resource
from matui.resources.times import SEEN_SINCE, STATE_SINCE
from tests.unit.live.triage.samples import HOUR, MINUTE, NOW, compute_ago, make_row

FAILED, DEGRADED, PENDING, RUNNING = Phase.FAILED, Phase.DEGRADED, Phase.PENDING, Phase.RUNNING


def find_trouble(resource: Resource, **evidence: object) -> Trouble:
    trouble = evaluate(resource, Evidence(NOW, **evidence))  # type: ignore[arg-type]
    assert trouble is not None
    return trouble


def find_why(resource: Resource, **evidence: object) -> tuple[str, str]:
    why = find_trouble(resource, **evidence).why
    assert why is not None
    return why.text, why.source


def test_what_runs_well_is_not_in_triage() -> None:
    for phase in (Phase.RUNNING, Phase.DONE, Phase.STOPPED, Phase.UNKNOWN):
        assert evaluate(make_row("x", phase), Evidence(NOW)) is None


def test_a_failed_job_is_failed_since_its_end() -> None:
    trouble = find_trouble(
        make_row("JOBSTAT_FAILED", FAILED, created_at=compute_ago(60), ended_at=compute_ago(30))
    )
    assert (trouble.what, trouble.since, trouble.key) == (TroubleKind.FAILED, compute_ago(30), "logs")


def test_the_end_of_a_job_with_versions_is_not_invented() -> None:
    job = make_row("JOBSTAT_FAILED", FAILED, created_at=compute_ago(60), duration_ms=60_000, version_count=3)
    assert (find_trouble(job).since, find_trouble(job).at_least) == (None, False)


def test_a_state_that_was_first_seen_ended_lasts_at_least_since_then() -> None:
    trouble = find_trouble(
        make_row("JOBSTAT_FAILED", FAILED, version_count=3, **{SEEN_SINCE: compute_ago(5)})
    )
    assert (trouble.since, trouble.at_least) == (compute_ago(5), True)


def test_the_reason_of_the_cloud_is_quoted_with_its_code_explained() -> None:
    text, source = find_why(make_row("failed", FAILED, kind="services", failure="exit code 137"))
    assert (text.split(" – ")[0], source) == ("exit code 137", "cloud")
    assert "killed" in text


def test_a_reason_on_several_lines_becomes_one_line() -> None:
    assert find_why(make_row("failed", FAILED, failure="a\n  b\x1b[31m"))[0].startswith("a b")


def test_a_service_that_works_in_part_is_degraded() -> None:
    trouble = find_trouble(make_row("concerning", DEGRADED, kind="services", updated_at=compute_ago(40)))
    assert (trouble.what, trouble.since, trouble.key) == (TroubleKind.DEGRADED, compute_ago(40), "events")


@pytest.mark.parametrize(("minutes", "stuck"), [(29, False), (30, False), (31, True)])
def test_without_history_a_transition_is_stuck_after_half_an_hour(minutes: float, stuck: bool) -> None:
    job = make_row("JOBSTAT_WAITING", PENDING, created_at=compute_ago(minutes))
    assert (evaluate(job, Evidence(NOW)) is not None) is stuck


@pytest.mark.parametrize(
    ("usual", "minutes", "stuck"),
    [(1, 9, False), (1, 11, True), (10, 29, False), (10, 31, True), (60, 170, False), (60, 190, True)],
)
def test_with_history_it_is_stuck_after_three_medians_and_ten_minutes(
    usual: float, minutes: float, stuck: bool
) -> None:
    stays = {("jobs", "JOBSTAT_WAITING"): [usual * MINUTE] * 5}
    job = make_row("JOBSTAT_WAITING", PENDING, created_at=compute_ago(minutes))
    assert (evaluate(job, Evidence(NOW, stays=stays)) is not None) is stuck


def test_four_stays_are_no_history() -> None:
    stays = {("jobs", "JOBSTAT_WAITING"): [HOUR] * 4}
    assert evaluate(
        make_row("JOBSTAT_WAITING", PENDING, created_at=compute_ago(31)), Evidence(NOW, stays=stays)
    )


def test_the_factor_is_a_setting() -> None:
    stays = {("jobs", "JOBSTAT_WAITING"): [10 * MINUTE] * 5}
    job = make_row("JOBSTAT_WAITING", PENDING, created_at=compute_ago(31))
    assert evaluate(job, Evidence(NOW, Thresholds(stuck_factor=5), stays=stays)) is None


def test_stuck_names_the_usual_time_the_place_and_the_stage() -> None:
    stays = {("notebooks", "CREATE_QUEUING"): [2 * MINUTE] * 5}
    notebook = make_row(
        "CREATE_QUEUING",
        PENDING,
        kind="notebooks",
        created_at=compute_ago(60),
        queue_rank=4,
        stage="scheduling",
    )
    assert find_why(notebook, stays=stays) == (
        "CREATE_QUEUING for 60m, usually 2m00s · place 4 in the queue · stage scheduling",
        "matui",
    )


def test_a_transition_of_unknown_age_is_not_stuck() -> None:
    assert evaluate(make_row("JOBSTAT_KILLING", PENDING, created_at=compute_ago(600)), Evidence(NOW)) is None
    seen = make_row("JOBSTAT_KILLING", PENDING, **{STATE_SINCE: compute_ago(40)})
    assert find_trouble(seen).what is TroubleKind.STUCK


def test_a_clock_ahead_of_ours_makes_nothing_stuck() -> None:
    assert evaluate(make_row("JOBSTAT_WAITING", PENDING, created_at=compute_ago(-90)), Evidence(NOW)) is None


@pytest.mark.parametrize(
    ("minutes", "initializing", "silent"),
    [(9, False, False), (11, False, True), (29, True, False), (31, True, True)],
)
def test_a_job_without_lines_is_silent(minutes: float, initializing: bool, silent: bool) -> None:
    job = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(minutes), initializing=initializing)
    assert (evaluate(job, Evidence(NOW)) is not None) is silent


def test_silence_says_whose_verdict_it_is() -> None:
    job = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(20))
    assert find_why(job) == ("no line in the log for 20m", "matui")
    hangs = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(1), secondary_phase="JobHang")
    assert find_why(hangs) == ("the cloud reports JobHang", "cloud")


def test_silence_is_that_of_the_last_reading_of_the_log() -> None:
    read = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(25), log_read_at=compute_ago(20))
    assert evaluate(read, Evidence(NOW)) is None
    read = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(25), log_read_at=compute_ago(5))
    assert find_why(read) == ("no line in the log for 20m, read 5m ago", "matui")


def test_a_worker_whose_clock_is_ahead_is_not_silent() -> None:
    assert (
        evaluate(
            make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(-60), log_read_at=NOW),
            Evidence(NOW),
        )
        is None
    )


def test_a_log_whose_last_time_is_unknown_is_not_silent() -> None:
    job = make_row("JOBSTAT_RUNNING", RUNNING)
    assert evaluate(job, Evidence(NOW)) is None


@pytest.mark.parametrize(("minutes", "ending"), [(-1, False), (0, False), (1, True), (30, True), (31, False)])
def test_what_the_cloud_stops_soon_is_ending(minutes: float, ending: bool) -> None:
    notebook = make_row("RUNNING", RUNNING, kind="notebooks", auto_stop_at=NOW + minutes * MINUTE)
    assert (evaluate(notebook, Evidence(NOW)) is not None) is ending


def test_the_nearest_end_counts() -> None:
    service = make_row(
        "running", RUNNING, kind="services", due_time=NOW + 5 * MINUTE, auto_stop_at=NOW + HOUR
    )
    assert find_why(service) == ("stops in 5m", "cloud")


def test_what_is_being_stopped_ends_by_a_hand() -> None:
    stopping = make_row("STOPPING", Phase.PENDING, kind="notebooks", auto_stop_at=NOW + MINUTE)
    assert evaluate(stopping, Evidence(NOW)) is None


def test_what_has_stopped_ends_no_more() -> None:
    assert (
        evaluate(make_row("STOPPED", Phase.STOPPED, kind="notebooks", auto_stop_at=NOW + 1), Evidence(NOW))
        is None
    )


@pytest.mark.parametrize(("free", "full"), [(0, True), (1, True), (2, False)])
def test_a_pool_with_hardly_any_free_card_is_full(free: int, full: bool) -> None:
    pool = make_row("running", RUNNING, kind="pools", cards=10, gpu=free)
    assert (evaluate(pool, Evidence(NOW)) is not None) is full


def test_a_pool_of_unknown_size_is_not_full() -> None:
    assert evaluate(make_row("running", RUNNING, kind="pools", gpu=1), Evidence(NOW)) is None
    assert evaluate(make_row("running", RUNNING, kind="pools"), Evidence(NOW)) is None
    full = make_row("running", RUNNING, kind="pools", gpu=0, flavor="modelarts.bm.gpu.8v100NV32")
    assert find_why(full) == ("no card is free", "cloud")
    without_cards = make_row("running", RUNNING, kind="pools", gpu=0, flavor="modelarts.vm.cpu.8ud")
    assert evaluate(without_cards, Evidence(NOW)) is None


def test_nodes_that_work_say_nothing_of_their_use() -> None:
    pool = make_row("running", RUNNING, kind="pools", nodes=10, nodes_available=1)
    assert evaluate(pool, Evidence(NOW)) is None


def test_a_flavor_that_is_sold_out_blocks_a_start() -> None:
    notebook = make_row(
        "CREATE_QUEUING", PENDING, kind="notebooks", flavor="gpu.v100", created_at=compute_ago(1)
    )
    sold_out = {"p": frozenset({"gpu.v100"})}
    assert find_why(notebook, sold_out=sold_out) == ("flavor gpu.v100 is sold out", "cloud")
    stated = make_row("START_FAILED", FAILED, kind="notebooks", flavor="gpu.v100", sold_out=True)
    assert find_trouble(stated).what is TroubleKind.SOLD_OUT
    assert find_trouble(replace(stated, status="RESIZE_FAILED")).what is TroubleKind.FAILED
    other = replace(stated, facts={**stated.facts, "failure": "Failed to attach the EVS disk."})
    assert find_why(other) == ("Failed to attach the EVS disk.", "cloud")
    assert evaluate(notebook, Evidence(NOW, sold_out={"other": frozenset({"gpu.v100"})})) is None


def test_time_alone_may_bring_in_transitions_running_jobs_and_ends() -> None:
    assert is_timed(make_row("JOBSTAT_WAITING", PENDING))
    assert is_timed(make_row("JOBSTAT_RUNNING", RUNNING))
    assert is_timed(make_row("RUNNING", RUNNING, kind="notebooks", auto_stop_at=NOW))
    assert not is_timed(make_row("RUNNING", RUNNING, kind="notebooks"))
    assert not is_timed(make_row("JOBSTAT_COMPLETED", Phase.DONE))


def test_a_flavor_that_is_sold_out_now_does_not_hide_why_a_run_has_failed() -> None:
    failed = make_row("JOBSTAT_FAILED", FAILED, flavor="gpu.v100", failure="out of memory")
    assert find_why(failed, sold_out={"p": frozenset({"gpu.v100"})}) == ("out of memory", "cloud")


def test_a_secret_that_the_cloud_s_reason_names_is_hidden() -> None:
    failed = make_row("FAILED", Phase.FAILED, failure="mount failed: password=hunter2secret")
    trouble = evaluate(failed, Evidence(NOW))
    assert trouble is not None
    assert trouble.why == Why("mount failed: password=***", "cloud")


def test_times_of_a_cloud_whose_clock_is_wrong_are_compared_with_its_own_now() -> None:
    ahead = Evidence(NOW, clock_corrections={"p": 60 * MINUTE})
    notebook = make_row("RUNNING", RUNNING, kind="notebooks", auto_stop_at=NOW + 70 * MINUTE)
    assert evaluate(notebook, Evidence(NOW)) is None
    trouble = evaluate(notebook, ahead)
    assert trouble is not None
    assert trouble.why == Why("auto-stop in 10m", "cloud")
    waits = make_row("JOBSTAT_WAITING", Phase.PENDING, created_at=compute_ago(-20))
    trouble = evaluate(waits, ahead)
    assert trouble is not None
    assert trouble.why == Why("WAITING for 40m", "matui")
    behind = Evidence(NOW, clock_corrections={"p": -60 * MINUTE})
    assert evaluate(make_row("JOBSTAT_WAITING", Phase.PENDING, created_at=compute_ago(80)), behind) is None
    speaks = make_row("JOBSTAT_RUNNING", RUNNING, last_line_at=compute_ago(65))
    assert evaluate(speaks, behind) is None
