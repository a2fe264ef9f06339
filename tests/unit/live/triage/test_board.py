"""The rows of triage as polls, time, the journal, reasons and acknowledgements change them."""

from __future__ import annotations

from matui.base.errors import PermissionDeniedError
from matui.live.poll.rows import Diff
from matui.live.triage.board import _MOST_EARLY, TriageBoard
from matui.live.triage.item import Acknowledgement, ListHealth, QuotaUse, Usage, Why
from matui.live.triage.state_times import StateChange
from matui.resources.filters import parse_filter
from matui.resources.model import Phase, Resource
from matui.resources.times import SEEN_SINCE, STATE_SINCE
from tests.unit.live.triage.samples import MINUTE, NOW, compute_ago, make_row

FAILED = make_row("JOBSTAT_FAILED", Phase.FAILED)
RUNNING = make_row("JOBSTAT_RUNNING", Phase.RUNNING)
WAITING = make_row("JOBSTAT_WAITING", Phase.PENDING, created_at=compute_ago(5))


def bring_diff(board: TriageBoard, diff: Diff, now_ms: float = NOW) -> Diff:
    board.times.observe(diff, now_ms)
    return board.apply(board.times.add_to_diff(diff), now_ms)


def list_names(rows: tuple[Resource, ...]) -> list[str]:
    return [f"{row.id} {row.get_text('what')}" for row in rows]


def test_what_fails_comes_and_what_recovers_goes() -> None:
    board = TriageBoard()
    assert list_names(bring_diff(board, Diff(added=(FAILED,))).added) == ["1 failed"]
    assert list_names(bring_diff(board, Diff(changed=(RUNNING,))).removed) == ["1 failed"]
    assert board.rows == {}


def test_what_is_deleted_goes() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    assert list_names(bring_diff(board, Diff(removed=(FAILED,))).removed) == ["1 failed"]


def test_time_alone_makes_a_transition_stuck() -> None:
    board = TriageBoard()
    assert not bring_diff(board, Diff(added=(WAITING,)))
    assert not board.refresh(NOW + 20 * MINUTE, [])
    assert list_names(board.refresh(NOW + 40 * MINUTE, []).added) == ["1 stuck"]


def test_a_state_is_entered_when_polling_sees_the_change() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(make_row("deploying", Phase.PENDING, kind="services"),)))
    failed = make_row("failed", Phase.FAILED, kind="services")
    shown = bring_diff(board, Diff(changed=(failed,)), NOW + MINUTE).added[0]
    assert shown.facts[STATE_SINCE] == NOW + MINUTE


def test_a_state_of_unknown_beginning_lasts_at_least_since_it_was_seen() -> None:
    board = TriageBoard()
    shown = bring_diff(board, Diff(added=(make_row("failed", Phase.FAILED, kind="models"),))).added[0]
    assert (shown.facts[SEEN_SINCE], STATE_SINCE in shown.facts) == (NOW, False)


def test_the_journal_knows_when_the_state_was_entered() -> None:
    board = TriageBoard()
    model = make_row("failed", Phase.FAILED, kind="models")
    bring_diff(board, Diff(added=(model,)))
    diff = board.load_journal([StateChange(model.key, compute_ago(90), "building", "failed")], NOW)
    assert diff.changed[0].facts[STATE_SINCE] == compute_ago(90)


def test_the_journal_of_another_profile_says_nothing_of_this_one() -> None:
    board = TriageBoard()
    model = make_row("failed", Phase.FAILED, kind="models")
    bring_diff(board, Diff(added=(model,)))
    other = ("q", *model.key[1:])
    assert not board.load_journal([StateChange(other, compute_ago(90), "building", "failed")], NOW)


def test_an_expected_state_is_not_taken_for_one_that_was_read() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(RUNNING,)))
    bring_diff(board, Diff(changed=(make_row("JOBSTAT_KILLING", Phase.PENDING, expected=True),)))
    assert board.times.add_to(make_row("JOBSTAT_KILLING", Phase.PENDING)).facts == {}


def test_a_reason_that_was_fetched_is_kept_until_the_state_changes() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    assert board.lacks_why(board.rows[FAILED.key])
    shown = board.set_why(FAILED, Why("out of memory", "log"), NOW).changed[0]
    assert (shown.facts["why"], shown.facts["why_source"]) == ("out of memory", "log")
    assert not board.lacks_why(shown)
    bring_diff(board, Diff(changed=(RUNNING,)))
    bring_diff(board, Diff(changed=(make_row("JOBSTAT_LOST", Phase.FAILED),)))
    assert board.lacks_why(board.rows[FAILED.key])


def test_a_failure_after_a_recovery_has_a_reason_of_its_own() -> None:
    """A job that was run again and failed anew was shown with the error of the version before."""
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    board.set_why(FAILED, Why("out of memory", "log"), NOW)
    bring_diff(board, Diff(changed=(RUNNING,)), NOW + MINUTE)
    bring_diff(board, Diff(changed=(FAILED,)), NOW + 2 * MINUTE)
    assert board.rows[FAILED.key].facts["why"] == ""
    assert board.lacks_why(board.rows[FAILED.key])
    board.set_why(FAILED, Why("disk full", "log"), NOW + 2 * MINUTE)
    bring_diff(board, Diff(changed=(FAILED,)), NOW + 3 * MINUTE)
    assert board.rows[FAILED.key].facts["why"] == "disk full"


def test_a_reason_is_that_of_the_version_that_failed() -> None:
    """Between two polls a job was run again and failed anew: no other status was seen."""
    board = TriageBoard()
    first, second = (make_row("JOBSTAT_FAILED", Phase.FAILED, version_id=version) for version in ("1", "2"))
    bring_diff(board, Diff(added=(first,)))
    board.set_why(first, Why("out of memory", "log"), NOW)
    bring_diff(board, Diff(changed=(second,)), NOW + MINUTE)
    assert board.rows[first.key].facts["why"] == ""
    board.set_why(second, Why("disk full", "log"), NOW + MINUTE)
    board.set_since(second, NOW + 2 * MINUTE, NOW + 2 * MINUTE)  # its details: it failed after that answer
    assert board.lacks_why(board.rows[first.key])


def test_a_reason_that_comes_before_the_first_failed_row_is_kept() -> None:
    board = TriageBoard()
    board.times.observe(Diff(added=(RUNNING,)), NOW)
    board.set_why(FAILED, Why("out of memory", "log"), NOW)
    bring_diff(board, Diff(changed=(FAILED,)), NOW + MINUTE)
    assert board.rows[FAILED.key].facts["why"] == "out of memory"


def test_the_reasons_of_resources_that_are_gone_are_forgotten_in_time() -> None:
    """A capsule may explain a failure hours later, when the job has been deleted, or before it is polled."""
    board = TriageBoard()
    for number in range(2 * _MOST_EARLY):
        board.set_why(
            make_row("JOBSTAT_FAILED", Phase.FAILED, ident=f"gone {number}"), Why("killed", "log"), NOW
        )
    assert len(board.list_notes(FAILED.profile)) == _MOST_EARLY
    board.set_why(FAILED, Why("out of memory", "log"), NOW)
    (shown,) = bring_diff(board, Diff(added=(FAILED,))).added
    assert shown.facts["why"] == "out of memory"


def test_no_reason_is_asked_for_once_only() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    board.set_why(FAILED, None, NOW)
    assert not board.lacks_why(board.rows[FAILED.key])


def test_the_cloud_s_own_reason_needs_no_request() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(make_row("failed", Phase.FAILED, failure="disk full"),)))
    assert not board.lacks_why(next(iter(board.rows.values())))


def test_an_acknowledged_row_comes_back_when_its_state_changes() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    board.load_acknowledgements({FAILED.key: (Acknowledgement("li", NOW, "known"), FAILED.status)}, NOW)
    assert board.rows[FAILED.key].facts["ack_by"] == "li"
    assert board.rows[FAILED.key].facts["urgency"] > 8
    bring_diff(board, Diff(changed=(make_row("JOBSTAT_LOST", Phase.FAILED),)), NOW + MINUTE)
    assert "ack_by" not in board.rows[FAILED.key].facts


def test_a_failure_after_a_recovery_is_not_acknowledged() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    board.load_acknowledgements({FAILED.key: (Acknowledgement("li", NOW), FAILED.status)}, NOW)
    bring_diff(board, Diff(changed=(RUNNING,)), NOW + MINUTE)
    bring_diff(board, Diff(changed=(FAILED,)), NOW + 2 * MINUTE)
    assert "ack_by" not in board.rows[FAILED.key].facts


def test_an_id_that_is_used_again_is_not_acknowledged() -> None:
    board = TriageBoard()
    bring_diff(board, Diff(added=(FAILED,)))
    board.load_acknowledgements({FAILED.key: (Acknowledgement("li", NOW), FAILED.status)}, NOW)
    bring_diff(board, Diff(removed=(FAILED,)), NOW + MINUTE)
    bring_diff(board, Diff(added=(FAILED,)), NOW + 2 * MINUTE)
    assert "ack_by" not in board.rows[FAILED.key].facts


def test_one_name_in_two_profiles_is_two_rows() -> None:
    board = TriageBoard()
    other = make_row("JOBSTAT_FAILED", Phase.FAILED, profile="q")
    bring_diff(board, Diff(added=(FAILED, other)))
    board.load_acknowledgements({FAILED.key: (Acknowledgement("li", NOW), FAILED.status)}, NOW)
    assert [bool(shown.get_text("ack_by")) for shown in board.rows.values()] == [True, False]
    board.drop("p")
    assert list(board.rows) == [other.key]


def test_a_list_that_is_refused_is_a_row_until_it_can_be_read() -> None:
    board = TriageBoard()
    denied = ListHealth("p", "jobs", "modelarts", NOW, PermissionDeniedError("You may not list jobs."))
    assert list_names(board.refresh(NOW, [denied]).added) == ["jobs no access"]
    assert not board.refresh(NOW, [denied])
    assert list_names(board.refresh(NOW, []).removed) == ["jobs no access"]


def test_what_was_read_of_pools_and_quotas_comes_and_goes() -> None:
    board = TriageBoard()
    pool = make_row("running", Phase.RUNNING, kind="pools", gpu=1)
    workspace = make_row("NORMAL", Phase.DONE, kind="workspaces")
    assert not bring_diff(board, Diff(added=(pool, workspace)))
    assert list_names(board.set_usage(pool, Usage(cards=(15, 16)), NOW).added) == ["1 full"]
    assert not board.set_usage(workspace, Usage((QuotaUse("p", "GPU", 9, 10),)), NOW)
    assert list_names(board.refresh(NOW, []).added) == ["quota GPU full"]
    assert list_names(board.set_usage(pool, Usage(cards=(1, 16)), NOW).removed) == ["1 full"]
    bring_diff(board, Diff(removed=(workspace,)))
    assert list_names(board.refresh(NOW, []).removed) == ["quota GPU full"]
    board.set_usage(pool, Usage(cards=(15, 16)), NOW)
    board.drop("p")
    assert (board.rows, dict(board.evidence.usages)) == ({}, {})


def test_a_job_becomes_sold_out_once_its_flavor_is_known() -> None:
    board = TriageBoard()
    waits = make_row("JOBSTAT_INIT", Phase.PENDING)
    bring_diff(board, Diff(added=(waits,)))
    flavors = make_row("", Phase.UNKNOWN, kind="lists", ident="flavors of jobs")
    assert not board.set_usage(flavors, Usage(sold_out=frozenset({"v100"})), NOW)
    assert list_names(board.set_usage(waits, Usage(flavors=("v100", "3")), NOW).added) == ["1 sold out"]
    assert list_names(board.set_usage(flavors, Usage(), NOW).removed) == ["1 sold out"]


def test_nothing_is_kept_of_answers_about_what_is_gone_by_then() -> None:
    board = TriageBoard()
    gone = make_row("failed", Phase.FAILED, kind="services")
    bring_diff(board, Diff(added=(gone,)))
    bring_diff(board, Diff(removed=(gone,)))
    assert not board.set_bound(gone, compute_ago(9), NOW)
    assert not board.set_usage(gone, Usage(flavors=("v100",)), NOW)
    assert (board.times.add_to(gone), dict(board.evidence.usages)) == (gone, {})
    assert not board.set_since(gone, compute_ago(9), NOW)
    assert board.times.add_to(gone, at_least=True) == gone


def test_a_weak_reason_is_pending_until_another_was_asked_for() -> None:
    board = TriageBoard()
    failed = make_row("JOBSTAT_FAILED", Phase.FAILED, failure="exit code 1")
    bring_diff(board, Diff(added=(failed,)))
    assert parse_filter("why:oom").find_unknown(board.rows.values(), NOW) == [board.rows[failed.key]]
    board.set_why(failed, None, NOW)
    assert parse_filter("why:oom").find_unknown(board.rows.values(), NOW) == []
    board.set_why(failed, Why("CUDA out of memory", "log"), NOW)
    assert parse_filter("why:memory").matches(board.rows[failed.key], NOW)
