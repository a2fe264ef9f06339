"""The last failures: each kind once, counted, the latest first, never more than a hundred."""

from __future__ import annotations

from matui.base.errors import ServerFaultError, TimedOutError
from matui.live.error_log import MAX_ENTRIES, ErrorLog


def make_fault(request: str, code: str = "ModelArts.0010") -> ServerFaultError:
    return ServerFaultError("The cloud failed.", code=code, status=500, request_id=request)


def test_a_storm_of_the_same_counts_up_in_one_entry_with_the_latest_request() -> None:
    log = ErrorLog()
    for turn in range(50):
        log.record("jobs", make_fault(f"r{turn}"), 100.0 + turn)
    [entry] = log
    assert (entry.count, entry.first_at, entry.last_at) == (50, 100.0, 149.0)
    assert entry.error.request_id == "r49"  # type: ignore[attr-defined]


def test_the_same_error_published_again_is_no_second_one() -> None:
    log = ErrorLog()
    error = make_fault("r1")
    log.record("jobs", error, 1.0)
    log.record("jobs", error, 2.0)
    log.record("jobs", None, 3.0)
    assert [entry.count for entry in log] == [1]


def test_other_codes_places_and_kinds_are_entries_of_their_own_latest_first() -> None:
    log = ErrorLog()
    log.record("jobs", make_fault("r1"), 1.0)
    log.record("notebooks", make_fault("r2"), 2.0)
    log.record("jobs", make_fault("r3", "ModelArts.0114"), 3.0)
    log.record("jobs", TimedOutError("No answer in time."), 4.0)
    log.record("jobs", make_fault("r5"), 5.0)
    assert [(entry.about, entry.last_at, entry.count) for entry in log] == [
        ("jobs", 5.0, 2),
        ("jobs", 4.0, 1),
        ("jobs", 3.0, 1),
        ("notebooks", 2.0, 1),
    ]


def test_the_oldest_go_when_there_are_too_many() -> None:
    log = ErrorLog()
    for turn in range(MAX_ENTRIES + 5):
        log.record(f"kind {turn}", make_fault("r"), float(turn))
    assert len(log) == MAX_ENTRIES
    assert min(entry.first_at for entry in log) == 5.0


def test_an_error_kept_holds_on_to_nothing_of_where_it_was_raised() -> None:
    log, inside = ErrorLog(), ""
    try:
        try:
            raise ValueError(inside)
        except ValueError as cause:
            raise make_fault("r") from cause
    except ServerFaultError as error:
        log.record("stop train", error, 1.0)
    [entry] = log
    error = entry.error
    assert error.__traceback__ is error.__cause__ is error.__context__ is None
