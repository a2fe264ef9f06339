"""``matui start|stop|restart|delete``: never without a yes, on exactly what was named."""

from __future__ import annotations

import json

import pytest

from matui.base.errors import ConflictError, PermissionDeniedError, ServerFaultError, TimedOutError


def test_yes_sends_and_says(line, tmp_path):
    said = line("stop", "nb", "id-1", "--yes")
    assert said.code == 0
    assert line.cloud.sent == [("stop", ("id-1",))]
    assert "stop accepted" in said.out
    audit = (tmp_path / "state" / "matui" / "audit.jsonl").read_text().splitlines()
    assert [json.loads(text)["line"] for text in audit] == ["intent", "result"]


def test_without_a_terminal_and_without_yes_it_refuses(line):
    said = line("stop", "nb", "id-1")
    assert said.code == 2
    assert "--yes" in said.err
    assert line.cloud.sent == []


def test_a_dry_run_sends_nothing_and_needs_no_yes(line):
    said = line("stop", "nb", "nb-1", "--dry-run")
    assert (said.code, line.cloud.sent) == (0, [])
    assert "would be sent" in said.out


def test_read_only_refuses(line):
    said = line("--read-only", "stop", "nb", "id-1", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "read-only" in said.err


def test_a_missing_id_is_reported_and_the_others_acted_on(line):
    said = line("stop", "nb", "nope", "id-1", "--yes")
    assert said.code == 1
    assert line.cloud.sent == [("stop", ("id-1",))]
    assert "nope" in said.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConflictError("It is busy.", code="ModelArts.6310"), 1),
        (PermissionDeniedError("Not yours.", code="ModelArts.0108"), 3),
        (TimedOutError("No answer.", sent=True), 5),
    ],
)
def test_the_exit_code_says_how_it_failed(line, error, code):
    line.cloud.errors = {"id-1": error}
    said = line("stop", "nb", "id-1", "--yes")
    assert said.code == code
    assert len(line.cloud.sent) == 1
    assert getattr(error, "code", "") in said.err


@pytest.mark.parametrize(
    "error",
    [
        TimedOutError("No answer in time.", sent=True, remedy="Try again."),
        ServerFaultError("The cloud failed.", status=504, remedy="Try again."),
    ],
)
def test_an_action_whose_outcome_is_unknown_is_not_told_to_be_tried_again(line, error):
    line.cloud.errors = {"id-1": error}
    said = line("stop", "nb", "id-1", "--yes")
    assert (said.code, said.out) == (5, "")
    assert error.sentence in said.err
    assert "Try again" not in said.err
    assert "It was not repeated." in said.err


def test_an_unknown_outcome_decides_the_exit_code_of_an_incomplete_list_too(line, monkeypatch):
    list_page = line.cloud.list_page

    async def list_short(request):
        page = await list_page(request)
        return page._replace(total=9, stated=9)

    monkeypatch.setattr(line.cloud, "list_page", list_short)
    command = ("stop", "nb", "--filter", "phase:running", "--yes")
    assert line(*command).code == 6
    line.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
    said = line(*command)
    assert said.code == 5
    assert "incomplete" in said.err


def test_an_action_a_kind_does_not_have_is_a_usage_error(line):
    said = line("restart", "jobs", "10", "--yes")
    assert said.code == 2
    assert "notebooks" in said.err
    assert line.options == []


def test_an_id_is_required(line):
    assert line("stop", "nb", "--yes").code == 2


def test_a_filter_chooses_what_is_acted_on_with_the_same_question(line, answers):
    answers += ["y"]
    said = line("stop", "nb", "--filter", "phase:running")
    assert (said.code, len(line.cloud.sent)) == (0, 1)
    assert "nb-1" in said.err
    assert line("stop", "nb", "--filter", "phase:running", "--yes", "--dry-run").code == 0


@pytest.mark.parametrize(
    "arguments",
    [("--filter", "nonsense:x"), ("--filter", "progress>5"), ("--filter", ""), ("nb-1", "--filter", "x"), ()],
)
def test_ids_or_a_right_filter_are_required(line, arguments):
    said = line("stop", "nb", *arguments, "--yes")
    assert (said.code, line.cloud.sent) == (2, [])


def test_a_filter_that_matches_nothing_says_so(line):
    said = line("stop", "nb", "--filter", "zzz", "--yes")
    assert (said.code, line.cloud.sent) == (0, [])
    assert "None of 3 notebooks match." in said.err


def test_names_of_several_kinds_are_taken_as_get_prints_them(line):
    said = line("stop", "job/10", "notebook/id-1", "--yes", "--dry-run")
    assert said.code == 0
    assert "nb-1" in said.out
    assert "train" in said.out
