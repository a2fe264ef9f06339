"""Rules cover kinds, filters, states and phases; quiet hours pass midnight."""

from __future__ import annotations

import pytest

from matui.live.journal.change import Account, Change
from matui.live.notify.rules import NotificationRule, QuietHours, build_row, describe_change
from matui.resources.filters import parse_filter
from matui.resources.model import Phase


def change(after: str | None, after_phase: Phase | None, kind: str = "jobs") -> Change:
    return Change(
        1, Account("modelarts"), 1, None, "prod", kind, "7", "train", "li", "0", "JOBSTAT_RUNNING", after,
        Phase.RUNNING, after_phase, "out of memory",
    )  # fmt: skip


FAILED = change("JOBSTAT_FAILED", Phase.FAILED)


@pytest.mark.parametrize(
    ("rule", "covers"),
    [
        (NotificationRule(), True),
        (NotificationRule(kinds=("services",)), False),
        (NotificationRule(to=("failed",)), True),
        (NotificationRule(to=("jobstat_failed",)), True),
        (NotificationRule(to=("ended",)), True),
        (NotificationRule(to=("done",)), False),
        (NotificationRule(before=("running",), to=("failed",)), True),
        (NotificationRule(before=("jobstat_running",)), True),
        (NotificationRule(before=("pending", "new")), False),
        (NotificationRule(filter=parse_filter("owner:li")), True),
        (NotificationRule(filter=parse_filter("owner:wang")), False),
    ],
)
def test_what_a_rule_covers(rule: NotificationRule, covers: bool) -> None:
    assert rule.covers(FAILED, build_row(FAILED, "modelarts"), 0.0) is covers


def test_a_deletion_has_words_of_its_own() -> None:
    gone = change(None, None)
    assert NotificationRule(to=("deleted",)).covers(gone, build_row(gone, "modelarts"), 0.0)
    assert describe_change(gone).endswith("→ deleted: out of memory")


def test_what_is_new_has_a_word_of_its_own() -> None:
    new = FAILED._replace(before=None, before_phase=None)
    assert NotificationRule(before=("new",)).covers(new, build_row(new, "modelarts"), 0.0)
    assert not NotificationRule(before=("running",)).covers(new, build_row(new, "modelarts"), 0.0)


def test_a_message_has_the_words_of_the_screen() -> None:
    assert describe_change(FAILED).startswith("job train: RUNNING → FAILED")


def test_without_states_a_rule_covers_changes_of_phase_alone() -> None:
    same = change("JOBSTAT_RUNNING2", Phase.RUNNING)
    assert not NotificationRule().covers(same, build_row(same, "modelarts"), 0.0)


@pytest.mark.parametrize(
    ("minute", "quiet"), [(22 * 60, True), (0, True), (419, True), (420, False), (1319, False)]
)
def test_quiet_hours_pass_midnight(minute: int, quiet: bool) -> None:
    assert QuietHours.parse("22:00-07:00").covers(minute) is quiet


@pytest.mark.parametrize("text", ["", "22:00", "25:00-07:00", "22-7", "22:60-07:00", "a:00-b:00"])
def test_wrong_quiet_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        QuietHours.parse(text)
