"""Notifications of a wrong clock and of findings are few."""

from __future__ import annotations

import re
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from matui.console.notices import MORE_FINDINGS, ClockNotice, LimitedNotices, show_newest

RULES = re.findall(
    r"^Toast.*$", files("matui.console").joinpath("styles.tcss").read_text("utf-8"), re.MULTILINE
)


def test_many_findings_at_once_are_two_notices_and_one_that_says_there_are_more() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for number in range(50):
        notices.add(f"job-{number}: stalled", 100.0 + number / 10)
    assert shown == [
        "job-0: stalled",
        "job-1: stalled",
        "More jobs have findings in their logs; triage lists them.",
    ]


def test_findings_are_shown_again_once_the_notices_are_gone() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for second in (0, 1, 2, 3, 30):
        notices.add(f"at {second}", float(second))
    assert shown[-1] == "at 30"
    assert len(shown) == 4


def test_a_stream_of_findings_repeats_that_there_are_more_every_two_minutes_only() -> None:
    shown: list[str] = []
    notices = LimitedNotices(shown.append, MORE_FINDINGS)
    for second in range(100):
        notices.add(f"at {second}", float(second))
    assert sum(words.startswith("More jobs") for words in shown) == 1


def test_a_wrong_clock_is_reported_once_and_is_among_the_errors_of_each_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matui.clouds.protocols.clock_offset_s", lambda cloud: cloud.offset_s)

    def cloud(profile: str, offset_s: float) -> Any:
        return SimpleNamespace(profile=profile, offset_s=offset_s)

    said: list[str] = []
    notice = ClockNotice()
    assert notice.check(cloud("right", 0.0), said.append) is None
    assert not said
    errors = [notice.check(cloud(profile, 3600.0), said.append) for profile in ("a", "a", "b")]
    assert len(said) == 1
    assert [error is None for error in errors] == [False, True, False]


class Notifying(App[None]):
    """An application with the rules of the console for notifications."""

    CSS = "\n".join(RULES)

    def compose(self) -> ComposeResult:
        yield Static("behind")


@pytest.mark.parametrize(("size", "words"), [((80, 24), 7), ((60, 20), 10), ((60, 20), 15)])
async def test_the_last_line_of_a_notification_is_shown(size: tuple[int, int], words: int) -> None:
    app = Notifying()
    async with app.run_test(size=size, notifications=True) as pilot:
        app.notify(" ".join(f"word{n:02}" for n in range(words)) + " END.", timeout=60, markup=False)
        while not app.screen.query("Toast"):
            await pilot.pause()
        await pilot.pause()
        lines = [
            "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
        ]
    assert any("END." in line for line in lines)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (44, 14)])
async def test_many_notifications_leave_the_followed_lines_and_the_status_bar_free(
    size: tuple[int, int],
) -> None:
    app = Notifying()
    async with app.run_test(size=size, notifications=True) as pilot:
        for number in range(15):
            app.notify(f"note {number:02}: no error in what is loaded; ctrl+e looks above.", timeout=60)
        while len(app.screen.query("Toast")) < 15:
            await pilot.pause()
        await pilot.pause()
        show_newest(app.screen)
        await pilot.pause()
        lines = [
            "".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()
        ]
        left = len(app.screen.query("Toast"))
    assert not "".join(lines[-size[1] // 2 :]).strip()
    assert any("note 14" in line for line in lines)
    assert left == len(app._notifications) < 5
