"""Notifications of a wrong clock and of findings are few."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import partial
from importlib.resources import files
from types import SimpleNamespace
from typing import Any

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static
from textual.widgets._toast import Toast

from matui.console.lines.canvas import LineCanvas
from matui.console.notices import MORE_FINDINGS, ClockNotice, GroupedNotices, join_notices, shorten
from matui.console.terminal.screen import DiffScreen
from matui.console.terminal.toasts import end_notification

RULES = re.findall(
    r"^Toast.*$", files("matui.console").joinpath("styles.tcss").read_text("utf-8"), re.MULTILINE
)


class Shown(list[str]):
    """What is shown at a time."""

    def group(self) -> GroupedNotices:
        return GroupedNotices(self.append, self.remove, MORE_FINDINGS)


def test_many_findings_at_once_are_one_notice_that_says_there_are_more() -> None:
    shown = Shown()
    notices = shown.group()
    for number in range(50):
        notices.add(f"job-{number}: stalled", 100.0 + number / 10)
    assert shown == ["job-0; job-1; job-2 and more: stalled. Triage lists all findings."]


def test_notices_of_one_kind_name_once_what_is_common() -> None:
    shown = Shown()
    notices = shown.group()
    notices.add("Saved a capsule of llama: :capsules", 1.0)
    notices.add("Saved a capsule of bert: :capsules", 2.0)
    assert shown == ["Saved a capsule of llama; bert: :capsules"]
    notices.add("Saved a capsule of bert: :capsules", 3.0)
    assert shown == ["Saved a capsule of llama; bert: :capsules"]


def test_two_findings_of_a_job_are_one_notice() -> None:
    shown = Shown()
    notices = shown.group()
    notices.add("gpt: loss is NaN since step 15502.", 1.0)
    notices.add("gpt: loss rose from about 2.081 to 3.702.", 2.0)
    assert shown == ["gpt: loss is NaN since step 15502; rose from about 2.081 to 3.702."]


def test_long_notices_are_fewer_and_whole_with_the_number_of_the_others() -> None:
    """Three reasons of a full line each were cut within a word, and filled a small screen."""
    reasons = [f"job {name}: RUNNING → FAILED: {'reason ' * 20}{name}" for name in ("alpha", "beta", "gamma")]
    assert join_notices(reasons, "All: :changes.") == f"{reasons[0]}; and 2 more. All: :changes."
    assert shorten(f"alpha: {'reason ' * 50}").endswith("reason …")
    assert len(shorten("x" * 900)) == 200


def test_findings_are_shown_alone_once_the_notices_are_gone() -> None:
    shown = Shown()
    notices = shown.group()
    for second in (0, 1, 30):
        notices.add(f"at {second}", float(second))
    assert shown == ["at 0; 1.", "at 30"]


def test_a_stream_of_findings_repeats_that_there_are_more_every_two_minutes_only() -> None:
    said: list[str] = []
    notices = GroupedNotices(said.append, lambda _words: None, MORE_FINDINGS)
    for second in range(100):
        notices.add(f"at {second}", float(second))
    assert len(said) == 4


def test_a_wrong_clock_is_reported_once_and_is_among_the_errors_of_each_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("matui.clouds.protocols.get_clock_offset_s", lambda cloud: cloud.offset_s)

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


async def test_findings_that_come_before_the_first_is_shown_are_one_notice() -> None:
    """Each was shown beside the next: a message shows a notice, and a call ended it before it was there."""
    app = Notifying()
    async with app.run_test(notifications=True) as pilot:
        notices = GroupedNotices(app.notify, partial(end_notification, app), MORE_FINDINGS)
        for name in ("alpha", "beta", "gamma"):
            notices.add(f"{name}: stalled", 1.0)
        while not app.screen.query("Toast"):
            await pilot.pause()
        await pilot.pause()
        toasts = [toast.render() for toast in app.screen.query(Toast)]
    assert [str(toast) for toast in toasts] == ["alpha; beta; gamma: stalled"]


class Rows(LineCanvas):
    """A body with some lines of text."""

    filled = 0

    def build_faces(self, height: int) -> list[Hashable]:
        return [f"row {y:02}" if y < self.filled else "" for y in range(height)]

    def paint(self, face: Hashable, width: int) -> Strip:
        return Strip([Segment(str(face).ljust(width))])


class RowsScreen(DiffScreen[None]):
    def __init__(self) -> None:
        super().__init__()
        self.rows = Rows()

    def compose(self) -> ComposeResult:
        yield self.rows
        yield Static("status")
        yield Static("keys")


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (44, 14)])
@pytest.mark.parametrize("free", [0, 1, 3, 30])
async def test_many_notifications_cover_no_row_and_no_bar(size: tuple[int, int], free: int) -> None:
    app = Notifying()
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = RowsScreen()
        await app.push_screen(screen)
        screen.rows.filled = filled = max(size[1] - 2 - free, 0)
        screen.rows.sync()
        for number in range(15):
            app.notify(f"note {number:02}: no error in what is loaded.", timeout=60)
        while not any("note 14" in str(toast.render()) for toast in screen.query("Toast")):
            await pilot.pause()
        await pilot.pause()
        screen.arrange_toasts()
        await pilot.pause()
        lines = ["".join(segment.text for segment in strip) for strip in screen._compositor.render_strips()]
        left = len(screen.query("Toast"))
        kept = len(app._notifications)
        app.clear_notifications()
        await pilot.pause()
        screen.arrange_toasts()
        await pilot.pause()
        assert screen.rows.size.height == size[1] - 2
    height = next(y for y, line in enumerate(lines) if line.startswith("status"))
    assert height == size[1] - 2
    rows = [line for line in lines[:height] if line.startswith("row")]
    assert not [line for line in rows if "note" in line]
    assert len(rows) >= filled - 2  # a notice of two lines
    assert any("note 14" in line for line in lines)
    assert left == kept <= max(free, 2)
