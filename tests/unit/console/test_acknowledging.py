"""An acknowledgement that the journal does not keep is said to end with the console."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from matui.console.triage.home import TriageHome
from matui.resources.model import Phase, Resource

ROW = Resource("jobs", "1", "a", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "p")


class Host:
    def __init__(self, journal: object) -> None:
        self.fleet = SimpleNamespace(for_resource=lambda _row: SimpleNamespace(journal=journal))
        self.said: list[str] = []

    def show_notice(self, words: str, *, wrong: bool = False) -> None:
        self.said.append(words)


@pytest.mark.parametrize(
    ("is_on", "is_failing", "words"),
    [(True, False, []), (False, False, ["Without a journal"]), (True, True, ["The journal cannot be"])],
)
async def test_what_is_not_kept_is_said(is_on: bool, is_failing: bool, words: list[str]) -> None:
    host = Host(SimpleNamespace(is_on=is_on, is_failing=is_failing))
    home = TriageHome(cast("Any", host), cast("Any", None), cast("Any", None))
    await home._write([ROW], lambda _journal, _row: None)
    assert [said[: len(words[0])] for said in host.said] == words
