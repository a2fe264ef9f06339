"""What is shown of trouble of an earlier run before the cloud has answered."""

from __future__ import annotations

from matui.live.journal.change import Account, Change
from matui.live.journal.warm import explain_earlier
from matui.resources.model import Phase
from matui.resources.times import state_since
from tests.unit.live.triage.samples import row

NOW = 1_700_000_000_000
FAILED = row("START_FAILED", Phase.FAILED, kind="notebooks")


def change(after: str | None, *, reason: str = "no node has room") -> Change:
    return Change(
        1, Account("modelarts"), NOW - 1000, NOW - 3000, FAILED.profile, FAILED.kind, FAILED.id, FAILED.name,
        "", "", "STARTING", after, Phase.PENDING, Phase.FAILED, reason,
    )  # fmt: skip


def test_the_journal_says_since_when_and_why() -> None:
    shown = explain_earlier(FAILED, change("START_FAILED"))
    assert state_since(shown) == NOW - 3000
    assert (shown.text_fact("why"), shown.text_fact("why_source")) == ("no node has room", "cloud")


def test_a_change_to_another_state_says_nothing_of_this_one() -> None:
    shown = explain_earlier(FAILED, change("STOPPED"))
    assert (state_since(shown), shown.text_fact("why")) == (None, "")


def test_the_reason_of_the_row_itself_comes_first() -> None:
    stated = row("START_FAILED", Phase.FAILED, kind="notebooks", failure="ModelArts.6333")
    shown = explain_earlier(stated, None)
    assert "6333" in shown.text_fact("why")
