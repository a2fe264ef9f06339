"""An acknowledgement that the journal does not keep is said to end with the console."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from matui.console.triage.home import Acknowledgements
from matui.console.triage.open_triage import OpenTriage
from matui.live.poll.rows import Diff
from matui.live.triage.board import TriageBoard
from matui.live.triage.item import Acknowledgement
from matui.resources.model import Phase, Resource

ROW = Resource("jobs", "1", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p")


class Host:
    def __init__(self, journal: object) -> None:
        self.fleet = SimpleNamespace(find_for_resource=lambda _row: SimpleNamespace(journal=journal))
        self.said: list[str] = []

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        self.said.append(words)


@pytest.mark.parametrize(
    ("is_on", "is_failing", "words"),
    [(True, False, []), (False, False, ["Without a journal"]), (True, True, ["The journal cannot be"])],
)
async def test_what_is_not_kept_is_said(is_on: bool, is_failing: bool, words: list[str]) -> None:
    host = Host(SimpleNamespace(is_on=is_on, is_failing=is_failing))
    triage = OpenTriage(cast("Any", host), cast("Any", None))
    await Acknowledgements(cast("Any", host), triage, cast("Any", None))._write(
        [ROW], lambda _journal, _row: None
    )
    assert [said[: len(words[0])] for said in host.said] == words


async def test_without_a_journal_an_acknowledgement_stays() -> None:
    journal = SimpleNamespace(is_on=False, reader=SimpleNamespace(acknowledgements=dict))
    board = TriageBoard()
    board.apply(Diff(added=(ROW,)), 0.0)
    board.acknowledge([ROW], Acknowledgement("me", 0.0), 0.0)
    fleet = SimpleNamespace(
        journals=(journal,),
        members=(object(),),
        triage=board,
        primary=SimpleNamespace(get_now_ms=lambda: 1.0),
    )
    feed = SimpleNamespace(show_trouble=lambda _diff: None)
    host = cast("Any", SimpleNamespace(fleet=fleet))
    await Acknowledgements(host, OpenTriage(host, cast("Any", feed)), cast("Any", None)).load()
    assert [row.get_text("ack_by") for row in board.rows.values()] == ["me"]
