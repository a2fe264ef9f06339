"""The question before an action."""

from __future__ import annotations

import pytest


def test_a_terminal_is_asked(line, answers):
    answers.append("y")
    said = line("stop", "nb", "id-1")
    assert line.cloud.sent == [("stop", ("id-1",))]
    for shown in ("profile prod", "nb-1", "id-1", "RUNNING", "li.wei"):
        assert shown in said.err


@pytest.mark.parametrize("answer", ["", "n", "no", "nb-1", "ye s"])
def test_anything_but_yes_sends_nothing(line, answers, answer):
    answers.append(answer)
    said = line("stop", "nb", "id-1")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "Nothing was sent" in said.err


@pytest.mark.parametrize(
    ("answer", "sent"), [("nb-2", 1), ("y", 0), ("NB-2", 0), ("id-2", 1), ("id-3", 0), ("", 0)]
)
def test_a_deletion_wants_the_name_typed(line, answers, answer, sent):
    answers.append(answer)
    line("delete", "nb", "id-2")
    assert len(line.cloud.sent) == sent


@pytest.mark.parametrize(("answer", "sent"), [("delete 2", 2), ("delete 3", 0), ("y", 0)])
def test_several_deletions_want_their_number_typed(line, answers, answer, sent):
    answers.append(answer)
    line("delete", "nb", "id-2", "id-3")
    assert len(line.cloud.sent) == sent


def test_no_question_is_asked_about_what_is_refused_anyway(line, answers):
    said = line("start", "nb", "id-1")
    assert said.code == 1
    assert "already running" in said.err
