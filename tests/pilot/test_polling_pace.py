"""Polls slow down while the terminal is blurred or a list is not shown; the screen comes before the data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from textual import events

from matui.cli.context.session import Session
from matui.cli.options import Options
from matui.console.app import MatuiApp
from tests.pilot.conftest import Console


async def test_a_blurred_terminal_slows_every_poll_and_its_return_quickens_them(
    console: Callable[..., AbstractAsyncContextManager[Console]],
) -> None:
    async with console() as shown:
        session = shown.app.browse.session
        assert session is not None
        await shown.press("d")
        shown.app.post_message(events.AppBlur())
        await shown.settle()
        assert session.pollers.controls.blurred
        assert session.pollers.get_poller("jobs").controls.blurred
        shown.app.post_message(events.AppFocus())
        await shown.settle()
        assert not session.pollers.get_poller("jobs").controls.blurred


async def test_the_frame_stands_and_keys_work_while_the_profile_is_still_being_opened() -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Session]:
        await asyncio.Event().wait()
        raise AssertionError("never opened")
        yield

    def opener(profile: str | None, *, demo: bool = False) -> Any:
        return opened()

    app = MatuiApp(Options(profile="prod"), opener)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        lines = app.screen._compositor.render_strips()
        shown = "".join(segment.text for strip in lines for segment in strip)
        assert "prod  opening …" in shown
        assert "quit" in shown
        await pilot.press("q")
    assert app.return_code == 0


@pytest.mark.slow
async def test_the_metrics_of_a_job_are_fetched_four_times_a_minute_beside_its_log(
    console: Callable[..., AbstractAsyncContextManager[Console]],
) -> None:
    async with console() as shown:
        await shown.press("slash", *"status:running", "enter", "home", "m")
        begin = len(shown.world.requests)
        for _ in range(20):
            await shown.advance(3)
        paths = [path for _method, path, _query in shown.world.requests[begin:]]
        assert 3 <= sum(path.rpartition("/")[0].endswith("/versions") for path in paths) <= 5
        assert sum("/training-jobs/" in path or path.endswith("/training-jobs") for path in paths) <= 40
