"""The values that differ between two versions, and the metrics of a why card."""

from __future__ import annotations

from dataclasses import replace

from matui.live.audit.entry import AuditEntry
from matui.live.journal.change import Account, Change
from matui.live.journal.change_views import build_change_row, format_as_event
from matui.live.why.parts import compare_details, list_actions, list_states, read_values
from matui.resources.detail import Detail, Metrics, MetricSeries, Section
from matui.resources.model import Phase, Resource


def make_detail(**rows: str) -> Detail:
    job = Resource("versions", "1/1", "V1", "DONE", Phase.DONE, "modelarts", "prod")
    return Detail(
        job, (Section("Job", tuple((label.replace("_", " "), text) for label, text in rows.items())),)
    )


def test_a_changed_value_is_listed_with_both_sides() -> None:
    (found,) = compare_details(make_detail(Image="a:1", Flavor="x"), make_detail(Image="a:2", Flavor="x"))
    assert (found.before, found.now) == ("a:1", "a:2")


def test_what_differs_between_any_two_versions_is_left_out() -> None:
    before = make_detail(Version="V1", Parent_version="–", Started="1", Duration="2h")
    after = make_detail(Version="V2", Parent_version="V1", Started="2", Duration="3h")
    assert compare_details(before, after) == []


def test_metrics_of_one_name_are_distinguished_by_their_worker() -> None:
    metrics = Metrics(
        (
            MetricSeries("CPU", (1.0, 2.0), "%", group="worker-0"),
            MetricSeries("CPU", (3.0,), "%", group="worker-1"),
            MetricSeries("Loss", (4.0,), group="training"),
        )
    )
    assert [one.label for one in read_values(metrics)] == ["CPU (worker-0)", "CPU (worker-1)", "Loss"]


def test_times_of_this_machine_are_shown_by_the_clock_of_the_cloud() -> None:
    """Its states, events and log lines are in one order with what was seen and done from here."""
    job = Resource("jobs", "1", "train", "FAILED", Phase.FAILED, "modelarts", "prod", created_at=28_800_000)
    seen = Change(
        2, Account("modelarts"), 60_000, None, "prod", "jobs", "1", "train", "", "", "RUNNING", "FAILED",
        Phase.RUNNING, Phase.FAILED,
    )  # fmt: skip
    stated = seen._replace(number=1, seen_at=30_000, happened_at=20_000, before="WAITING", after="RUNNING")
    states = list_states(job, (seen, stated), 28_800_000.0)
    assert [state.at for state in states] == [28_800_000.0, 28_820_000.0, 28_860_000.0]
    line = {
        "profile": "prod",
        "kind": "jobs",
        "resource_id": "1",
        "utc": "1970-01-01T00:01:00Z",
        "action": "stop",
    }
    (done,) = list_actions(job, (AuditEntry("a", line),), 28_800_000.0)
    assert done.at == 28_860_000.0


def test_what_was_new_and_had_ended_did_not_end_at_its_creation() -> None:
    job = Resource("jobs", "1", "train", "FAILED", Phase.FAILED, "modelarts", "prod", created_at=10_000)
    new = Change(
        1, Account("modelarts"), 60_000, 10_000, "prod", "jobs", "1", "train", "", "", None, "FAILED",
        None, Phase.FAILED,
    )  # fmt: skip
    assert [(state.at, state.status, state.exact) for state in list_states(job, (new,))] == [
        (10_000.0, "created", True),
        (60_000.0, "FAILED", False),
    ]
    waits = new._replace(after="JOBSTAT_WAITING", after_phase=Phase.PENDING)
    assert list_states(replace(job, status="JOBSTAT_WAITING"), (waits,))[0].at == 10_000.0


def test_a_code_that_the_reason_states_is_shown_once() -> None:
    job = Resource("jobs", "1", "train", "Failed", Phase.FAILED, "modelarts", "prod")
    killed = Change(
        1, Account("modelarts"), 20, 10, "prod", "jobs", "1", "train", "", "", "Running", "Failed",
        Phase.RUNNING, Phase.FAILED, "worker-1: exit code 137 (SIGKILL)", "exit code 137",
    )  # fmt: skip
    others = killed._replace(reason="CUDA error")
    states = [*list_states(job, (killed,)), *list_states(job, (others,))]
    assert [one.reason for one in states] == [killed.reason, "exit code 137 CUDA error"]


def test_what_has_no_status_is_not_gone() -> None:
    config = Resource("configs", "c", "c", "", Phase.UNKNOWN, "modelarts", "prod", created_at=10)
    new = Change(
        1, Account("modelarts"), 20, 10, "prod", "configs", "c", "c", "", "", None, "", None, Phase.UNKNOWN
    )
    gone = new._replace(number=2, before="", after=None)
    assert [(one.before, one.status) for one in list_states(config, (gone, new))][1:3] == [
        (None, ""),
        ("", "gone"),
    ]
    assert format_as_event(gone).text == "listed → gone"
    assert build_change_row(gone).facts["before"] == "listed"
