"""What is written to the terminal leaves exactly what the screen shows, whatever happens on it."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import pyte
import pytest
from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Region
from textual.screen import ModalScreen, Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static

from matui.console.lines.view import LineView
from matui.console.table.widget import ResourceTable
from matui.console.terminal.app import DiffApp
from matui.console.terminal.compositor import DiffFullUpdate
from matui.console.terminal.flow_control import FlowControl
from matui.console.terminal.screen import DiffModal, DiffScreen
from matui.console.themes import load_themes
from matui.resources.kinds.jobs import JOBS
from matui.resources.model import Phase, Resource
from tests.themed import ThemedApp


@dataclass(frozen=True)
class Delta:
    added: tuple[Resource, ...] = ()
    removed: tuple[Resource, ...] = ()
    changed: tuple[Resource, ...] = ()


def make_job(number: int, rng: random.Random) -> Resource:
    name = f"{rng.choice(['train', '大模型', 'x🚀', '[b]'])}-{number}"
    phase = rng.choice(list(Phase))
    return Resource("jobs", str(number), name, f"S{phase}", phase, "m", "p", created_at=number * 1000)


class Question(DiffModal[None]):
    def compose(self) -> ComposeResult:
        yield Static("Really? 真的吗", markup=False)


class Foreign(ModalScreen[None]):
    """Painted by Textual's own compositor, as its palette is."""

    def compose(self) -> ComposeResult:
        yield Static("Which command? 哪个", markup=False)


class Shell(DiffApp[None], ThemedApp[None]):
    """Feeds a terminal emulator with what would be written."""

    CSS = """
    #split { height: 1fr; } LineView { height: 8; }
    ModalScreen { align: center middle; } ModalScreen.-undimmed { background: $background 0%; }
    ModalScreen Static { width: 30; height: 5; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.terminal = pyte.Screen(80, 24)
        self.stream = pyte.Stream(self.terminal)
        self.table = ResourceTable(JOBS, now_ms=lambda: 1e6)
        self.lines = LineView([[(f"line {number}", "")] for number in range(100)])
        self.written = 0
        self.updates: list[Any] = []

    def get_default_screen(self) -> Screen[Any]:
        return DiffScreen(id="_default")

    def compose(self) -> ComposeResult:
        with Vertical(id="split"):
            yield self.table
            yield self.lines

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        if renderable is not None and not self._batch_count and hasattr(renderable, "render_segments"):
            text = renderable.render_segments(self.console)
            self.written += len(text)
            self.updates.append(renderable)
            self.stream.feed(text)
        super()._display(screen, renderable)

    def find_differing_rows(self) -> list[tuple[str, str]]:
        shown = [strip.text for strip in self.screen._compositor.render_strips()]
        rows = []
        for y, text in enumerate(shown):
            drawn = "".join(self.terminal.buffer[y][x].data for x in range(self.terminal.columns))
            if drawn.rstrip() != text.rstrip():
                rows.append((drawn.rstrip(), text.rstrip()))
        return rows


class Bar(Widget):
    DEFAULT_CSS = "Bar { height: 1; }"
    text = "opening"

    def render(self) -> str:
        return self.text


class BarShell(Shell):
    def compose(self) -> ComposeResult:
        yield Bar()
        yield from super().compose()


async def test_a_paint_ahead_of_its_frame_has_what_no_widget_has_reported_yet() -> None:
    """The first rows were painted below a header without the profile, for as long as the next frame took."""
    app = BarShell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(1, random.Random(1))])
        await pilot.pause()
        bar, screen = app.query_one(Bar), app.screen
        assert isinstance(screen, DiffScreen)
        bar.text = "demo"
        bar.refresh()
        screen._dirty_widgets.add(app.table)
        screen.skip_frame_cap()
        await screen._on_idle()
        assert app.terminal.display[0].strip() == "demo"
        assert app.find_differing_rows() == []


async def test_a_key_arranges_nothing_anew_for_a_widget_that_is_hidden() -> None:
    """The closed prompt had a change to report, and each key arranged all widgets for it."""
    app = BarShell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(1, random.Random(1))])
        bar, screen = app.query_one(Bar), app.screen
        assert isinstance(screen, DiffScreen)
        bar.display = False
        await pilot.pause()
        assert screen._compositor.full_map
        bar._repaint_required = True
        screen._dirty_widgets.add(app.table)
        screen.skip_frame_cap()
        await screen._on_idle()
        assert not screen._compositor._full_map_invalidated


@pytest.mark.parametrize("seed", range(2))
async def test_the_terminal_shows_what_the_screen_does(seed: int) -> None:
    rng = random.Random(seed)
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        jobs = [make_job(number, rng) for number in range(80)]
        app.table.load(jobs)
        app.table.focus()
        await pilot.pause()
        moves = ["down", "up", "pagedown", "pageup", "end", "home", "down", "down", "right", "left"]
        for step in range(60):
            what = rng.random()
            if what < 0.55:
                await pilot.press(*rng.choices(moves, k=rng.randint(1, 4)))
            elif what < 0.7:
                old = rng.choice(jobs)
                app.table.apply(Delta((make_job(100 + step, rng),), (), (replace(old, phase=Phase.FAILED),)))
            elif what < 0.8:
                app.lines.scroll_lines(rng.choice([-3, 1, 2, 5, 20]))
            elif what < 0.85:
                app.notify(f"toast {step} 大", timeout=0.01)
            elif what < 0.9:
                await app.push_screen(rng.choice([Question, Foreign])())
                app.table.apply(Delta(changed=(replace(jobs[0], phase=rng.choice(list(Phase))),)))
                await pilot.pause()
                assert app.find_differing_rows() == []
                app.pop_screen()
            elif what < 0.95:
                width, height = rng.choice([(80, 24), (100, 30), (60, 16)])
                app.terminal.resize(height, width)
                await pilot.resize_terminal(width, height)
            else:
                app.table.sort_next()
            await pilot.pause()
            assert app.find_differing_rows() == []


async def test_a_line_added_to_a_followed_log_scrolls_the_others_and_is_written_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.lines.scroll_lines(40)
        await pilot.pause()
        before, refresh = app.written, app.lines.refresh
        regions: list[Region] = []
        monkeypatch.setattr(app.lines, "refresh", lambda *some: [regions.extend(some), refresh(*some)])
        app.lines.scroll_lines(1)
        await pilot.pause()
        assert app.find_differing_rows() == []
        assert app.written - before < 200
        # Of a region of several rows the compositor does not see that the terminal can scroll them.
        assert {region.height for region in regions} == {1}


async def test_a_step_past_the_edge_writes_a_few_hundred_bytes() -> None:
    rng = random.Random(1)
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(number, rng) for number in range(200)])
        app.table.focus()
        await pilot.press(*["down"] * 30)
        await pilot.pause()
        before = app.written
        await pilot.press("down")
        await pilot.pause()
        assert app.find_differing_rows() == []
        assert app.written - before < 600


async def test_what_lies_behind_a_widget_is_not_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[Region] = []
    before = DiffScreen.render_lines

    def render_lines(self: DiffScreen[Any], crop: Region) -> list[Any]:
        rendered.append(crop)
        return before(self, crop)

    shell = Shell()
    async with shell.run_test(size=(80, 24)) as pilot:
        shell.lines.focus()
        await pilot.pause()
        monkeypatch.setattr(DiffScreen, "render_lines", render_lines)
        await pilot.press("down", "down")
        assert shell.lines.window.top == (2, 0)
        assert rendered == []


async def test_rows_of_one_widget_over_the_whole_width_are_not_divided(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    divided: list[Strip] = []
    before = Strip.divide
    shell = Shell()
    async with shell.run_test(size=(80, 24)) as pilot:
        shell.lines.focus()
        await pilot.pause()
        monkeypatch.setattr(Strip, "divide", lambda self, cuts: divided.append(self) or before(self, cuts))
        await pilot.press("down", "down")
        assert divided == []
        assert shell.find_differing_rows() == []


async def test_rows_of_two_widgets_are_rendered_without_those_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rendered: list[range] = []
    before = ResourceTable.render_lines
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(number, random.Random(2)) for number in range(200)])
        await pilot.pause()

        def render_lines(table: ResourceTable, crop: Region) -> list[Strip]:
            rendered.append(crop.line_range)
            return before(table, crop)

        monkeypatch.setattr(ResourceTable, "render_lines", render_lines)
        app.table.refresh(Region(0, 2, 80, 1), Region(0, 5, 80, 2))
        app.lines.refresh(Region(0, 3, 80, 1))
        await pilot.pause()
        assert sorted(y for lines in rendered for y in lines) == [2, 5, 6]
        assert app.find_differing_rows() == []


async def _measure_dialog(monkeypatch: pytest.MonkeyPatch, *, remote: bool) -> tuple[int, int]:
    """Open and close a dialog; returns the bytes of each."""
    flow = FlowControl(lambda: 0.0, remote=remote)
    monkeypatch.setattr(DiffScreen, "flow", property(lambda _screen: flow))
    rng, app, sizes = random.Random(1), Shell(), []
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(number, rng) for number in range(200)])
        app.table.focus()
        await pilot.pause()
        for step in (lambda: app.push_screen(Question()), app.pop_screen):
            before = app.written
            await step()
            await pilot.pause()
            assert app.find_differing_rows() == []
            sizes.append(app.written - before)
    return sizes[0], sizes[1]


async def test_a_dialog_over_a_remote_line_costs_its_own_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, closed = await _measure_dialog(monkeypatch, remote=True)
    assert max(opened, closed) < 700


async def test_a_dialog_on_this_machine_dims_what_is_around_it(monkeypatch: pytest.MonkeyPatch) -> None:
    opened, _closed = await _measure_dialog(monkeypatch, remote=False)
    opened_remotely, _closed = await _measure_dialog(monkeypatch, remote=True)
    assert opened > 1.5 * opened_remotely


async def test_a_focus_that_moves_paints_no_more_than_it_has_to() -> None:
    rng, app = random.Random(1), Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(number, rng) for number in range(200)])
        app.table.focus()
        await pilot.pause()
        app.updates.clear()
        app.lines.focus()
        await pilot.pause()
        assert app.find_differing_rows() == []
        assert app.updates
        assert not any(isinstance(update, DiffFullUpdate) for update in app.updates)


@pytest.mark.parametrize("name", ["matui-dark", "matui-light", "matui-red", "matui-ansi"])
async def test_every_theme_can_be_worn(name: str) -> None:
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        for theme in load_themes()[0]:
            app.register_theme(theme)
        app.table.load([make_job(number, random.Random(2)) for number in range(9)])
        app.theme = name
        await pilot.pause()
        assert app.find_differing_rows() == []
        cursor = app.table.get_component_rich_style("resource-table--cursor")
        assert cursor.bgcolor != app.table.rich_style.bgcolor


async def test_lines_are_as_wide_as_the_terminal() -> None:
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        app.table.load([make_job(number, random.Random(2)) for number in range(9)])
        await pilot.pause()
        assert all(cell_len(strip.text) == 80 for strip in app.screen._compositor.render_strips())


async def test_what_waits_is_painted_though_a_batch_of_updates_was_open_when_it_was_due(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flow = FlowControl(lambda: 0.0)
    monkeypatch.setattr(DiffScreen, "flow", property(lambda _screen: flow))
    app = Shell()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        monkeypatch.setattr(FlowControl, "limited", property(lambda _flow: True))
        budget = 0.0
        monkeypatch.setattr(FlowControl, "compute_budget", lambda _flow, **_options: budget)
        app.lines.set_lines([[(f"new {number}", "")] for number in range(100)])
        await pilot.pause(0.1)
        assert app.find_differing_rows() != []
        with app.batch_update():
            await pilot.pause(0.3)
        budget = 10_000.0
        await pilot.pause(0.5)
        assert app.find_differing_rows() == []
