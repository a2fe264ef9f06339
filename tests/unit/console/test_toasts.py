"""A notification is shown to its last line, whatever its length."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest
from textual.app import App, ComposeResult
from textual.widgets import Static

from matui.console.toasts import show_newest

RULES = re.findall(
    r"^Toast.*$", files("matui.console").joinpath("styles.tcss").read_text("utf-8"), re.MULTILINE
)


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
    assert not "".join(lines[-size[1] // 2 :]).strip()
    assert any("note 14" in line for line in lines)
