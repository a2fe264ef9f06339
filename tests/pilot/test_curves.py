"""The metrics pane: curves of a job's log, their keys, and the way to the line; the columns of the table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from matui.console.curves.pane import MetricsPane
from matui.console.logs.pane import LogPane
from tests.pilot.conftest import Console
from tests.snapshots.test_screens import add_one_job

RunConsole = Callable[..., AbstractAsyncContextManager[Console]]


@pytest.fixture(autouse=True)
def braille(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")


async def open_curves(console: Console) -> MetricsPane:
    await console.press("home", "m")
    await console.advance(4)
    console.app.browse.tick()
    await console.settle()
    pane: Any = console.app.browse.host.pane
    assert isinstance(pane, MetricsPane)
    return pane


async def test_the_loss_is_drawn_and_the_cursor_leads_to_its_line(console: RunConsole) -> None:
    async with console(size=(120, 40), prepare=add_one_job) as running:
        pane = await open_curves(running)
        assert "⠙" in running.read_text()
        await running.press(*["left"] * 5)
        chart = pane.series.build_chart()
        assert chart is not None
        sample = chart.find_reading(chart.find_main())
        assert sample is not None
        assert f"step {sample.x:.0f}: {sample.y:.5g}" in running.read_text()
        await running.press("enter")
        await running.advance(3)
        log: Any = running.app.browse.host.pane
        assert isinstance(log, LogPane)
        assert f"step {sample.x:9.0f} loss" in running.read_text()


@pytest.mark.slow
async def test_esc_from_the_line_leads_back_to_the_same_cursor_and_zoom(console: RunConsole) -> None:
    async with console(size=(120, 40), prepare=add_one_job) as running:
        pane = await open_curves(running)
        await running.press(*["left"] * 9, "+", "~")
        before = pane.series.state
        assert before.cursor is not None
        assert before.window is not None
        await running.press("enter")
        await running.advance(3)
        assert isinstance(running.app.browse.host.pane, LogPane)
        await running.press("escape")
        await running.advance(4)
        after: Any = running.app.browse.host.pane
        assert isinstance(after, MetricsPane)
        assert after.series.state == before
        assert "in view" in running.read_text()


async def test_keys_of_the_curves_change_the_chart_and_not_the_job(console: RunConsole) -> None:
    async with console(size=(100, 30), prepare=add_one_job) as running:
        pane = await open_curves(running)
        await running.press("x", "L", "~", "+", "shift+left")
        assert pane.series.state.axis == "time"
        assert (pane.series.state.log, pane.series.state.smoothing) == (True, 1)
        assert pane.series.state.window is not None
        await running.press("space")
        assert pane.series.state.shown == ()
        assert running.list_acted() == []
        await running.press("x")  # with every series hidden it is no key to stop the job either
        assert running.app.screen is running.app.browse


async def test_utilisation_is_beside_the_curve_and_can_be_drawn_by_time(console: RunConsole) -> None:
    async with console(size=(120, 40), prepare=add_one_job) as running:
        pane = await open_curves(running)
        assert "GPU memory" in running.read_text()
        await running.press("x")
        names = [track.name for track in pane.series.tracks]
        assert names[:2] == ["loss", "learning_rate"]
        assert "GPU memory" in names
        await running.press("up", "space", "left", "enter")  # the last one, of the cloud
        assert "is from the cloud, not from the log" in running.read_text()


async def test_without_braille_the_chart_is_ascii(
    console: RunConsole, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "linux")
    async with console(size=(80, 24), prepare=add_one_job) as running:
        await open_curves(running)
        body = running.read_text().partition(" loss  by step")[2]
        assert "***" in body
        assert not any("\u2800" <= sign <= "\u28ff" for sign in body)


@pytest.mark.slow
async def test_the_columns_fill_by_themselves(console: RunConsole) -> None:
    async with console(size=(160, 40), prepare=add_one_job) as running:
        loss = next(column for column in running.app.browse.tables.kind.columns if column.id == "loss")

        def count_losses() -> int:
            rows = running.app.browse.tables.table.rows.resources
            return sum(loss.text(row, 0.0) not in ("", "–") for row in rows)

        assert "LOSS" in running.read_text()
        assert count_losses() == 0
        for _ in range(5):
            await running.advance(15)
        assert count_losses() > 0


async def test_esc_leaves_a_comparison_for_the_table_as_it_was(console: RunConsole) -> None:
    async with console(size=(120, 40), prepare=add_one_job) as running:
        await running.press("space", "down", "space", "=")
        await running.advance(2)
        assert "Settings: " in running.read_text()
        await running.press("escape")
        table: Any = running.app.browse.tables.table
        assert len(table.marks) == 2
        await running.press("down", "space", "=")
        assert running.app.screen is running.app.browse  # three are marked


async def test_keys_of_the_curves_act_on_no_job_while_the_log_is_looked_for(console: RunConsole) -> None:
    async with console(size=(120, 40), prepare=add_one_job) as running:
        await running.press("home", "m")
        await running.press("x")
        assert "Stop" not in running.read_text().splitlines()[15]
        assert len(running.app.screen_stack) == 1
