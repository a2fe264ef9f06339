"""The same error is written once, and again after five quiet minutes."""

from __future__ import annotations

from matui.base.clock import ManualClock
from matui.base.errors import ServerFaultError
from matui.cli.repeated_errors import RepeatedErrors


def test_an_error_is_written_once_until_it_has_been_quiet(capsys) -> None:
    clock = ManualClock()
    errors = RepeatedErrors(clock)
    for request in range(5):
        clock.jump(60)
        errors.report("Waiting.", ServerFaultError("It failed.", status=500, request_id=str(request)))
    assert capsys.readouterr().err.count("It failed.") == 1
    clock.jump(301)
    errors.report("Waiting.", ServerFaultError("It failed.", status=500))
    errors.report("Waiting.", ServerFaultError("It failed otherwise.", status=500))
    assert len(capsys.readouterr().err.splitlines()) == 2
