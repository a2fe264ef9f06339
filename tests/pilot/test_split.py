"""The table and its pane: who gets the room, and what the keys do in each."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from matui.cli.options import Options
from matui.config.settings import Settings
from matui.console.lines.view import LineView
from matui.console.panes.base import Pane
from matui.console.panes.split import compute_table_columns, compute_table_lines
from matui.console.screens.confirm import ConfirmScreen


@pytest.mark.parametrize(
    ("height", "share", "rows", "lines"),
    [
        (36, 0.6, 200, 14),
        (36, 0.6, 3, 4),
        (36, 0.6, 0, 5),
        (20, 0.6, 200, 8),
        (7, 0.6, 200, 3),
        (36, 0.9, 50, 4),
    ],
)
def test_a_table_takes_no_more_lines_than_it_has_rows(
    height: int, share: float, rows: int, lines: int
) -> None:
    assert compute_table_lines(height, share, rows) == lines


@pytest.mark.parametrize(("width", "share", "columns"), [(160, 0.55, 72), (200, 0.5, 100), (160, 0.95, 40)])
def test_a_table_beside_its_pane_keeps_the_least_width(width: int, share: float, columns: int) -> None:
    assert compute_table_columns(width, share) == columns


async def test_the_pane_gets_what_the_rows_do_not_need(console) -> None:
    async with console() as c:
        await c.press("d")
        many = c.app.browse.host.size.height
        c.app.browse.typing.filter("bert-large-zh")
        await c.settle()
        rows = c.app.browse.tables.table.row_count
        assert rows < 5
        assert c.app.browse.tables.size.height == rows + 1
        assert c.app.browse.host.size.height > many


async def test_the_border_is_moved_by_keys(console) -> None:
    async with console() as c:
        await c.press("d")
        before = c.app.browse.host.size.height
        await c.press("ctrl+up", "ctrl+up")
        assert c.app.browse.host.size.height == before + 4
        await c.press("ctrl+down", "ctrl+down", "ctrl+down")
        assert c.app.browse.host.size.height == before - 2
        await c.press("z")
        assert c.app.browse.tables.size.height == 0 or not c.app.browse.tables.display
        await c.press("z")
        assert c.app.browse.host.size.height == before - 2


async def move_pressed(c, place: tuple[int, int]) -> None:
    await c.pilot._post_mouse_events([events.MouseMove], offset=place, button=1)


async def move_border(c, start: tuple[int, int], *way: tuple[int, int]) -> None:
    await c.pilot.mouse_down(offset=start)
    for place in way:
        await move_pressed(c, place)
    await c.pilot.mouse_up(offset=way[-1])
    await c.settle()


async def test_the_border_is_dragged_and_stays_where_it_is_left(console) -> None:
    async with console() as c:
        await c.press("d")
        body, host = c.app.browse.query_one("#body"), c.app.browse.host
        at = host.region.y
        await move_border(c, (50, at), (52, at - 3), (40, at - 6))
        assert host.region.y == at - 6
        assert not c.app.screen.selections
        await move_border(c, (50, at), (50, at + 6))  # no border is there now
        assert host.region.y == at - 6
        await move_border(c, (50, at - 6), (50, 0), (50, 1))
        assert c.app.browse.tables.size.height == 3
        await move_border(c, (50, host.region.y), (50, 38))
        assert host.size.height + 1 == 5
        assert c.app.kept.file.get("split")["below"] == pytest.approx(5 / body.size.height)
        c.app.browse.typing.filter("bert-large-zh")
        await c.settle()
        rows = c.app.browse.tables.table.row_count
        await move_border(c, (50, host.region.y), (50, 38))
        assert c.app.browse.tables.size.height == rows + 1


async def test_clicks_on_a_row_or_a_bar_select_no_text(console) -> None:
    async with console() as c:
        for place in ((10, 6), (20, 1), (10, 39)):
            for times in (2, 3):
                await c.pilot.click(offset=place, times=times)
                await c.settle()
                assert not c.app.screen.selections, (place, times)
        await c.press("2")
        await c.pilot.click(offset=(10, 6), times=2)
        await c.settle()
        assert c.app.browse.host.pane is not None
        await c.press("escape")
        assert c.app.browse.host.pane is None


async def test_a_border_whose_button_was_let_go_elsewhere_stays(console) -> None:
    """A terminal does not tell that a button was released outside of it."""
    async with console() as c:
        await c.press("d")
        host = c.app.browse.host
        at = host.region.y
        await c.pilot.mouse_down(offset=(50, at))
        await move_pressed(c, (50, at - 4))
        await c.pilot.hover(offset=(50, at - 8))
        await c.pilot.hover(offset=(50, at - 10))
        await c.settle()
        assert host.region.y == at - 4
        assert not c.app.browse.query_one("#body").has_class("dragged")
        assert c.app.kept.file.get("split")["below"] > 0.6


async def test_the_border_beside_the_table_is_dragged(console) -> None:
    async with console(size=(200, 50)) as c:
        await c.press("d")
        host = c.app.browse.host
        at = host.region.x
        await move_border(c, (at, 20), (at + 7, 25))
        assert host.region.x == at + 7
        await move_border(c, (at + 7, 20), (1, 20))
        assert c.app.browse.tables.size.width == 40
        await c.press("z")
        await move_border(c, (0, 20), (50, 20))
        await c.press("z")
        assert c.app.browse.tables.size.width == 40


async def test_the_pane_stands_beside_the_table_on_a_wide_terminal(console) -> None:
    async with console(size=(200, 50)) as c:
        full = c.app.browse.tables.size.width
        await c.press("d")
        table, host = c.app.browse.tables, c.app.browse.host
        assert table.region.y == host.region.y
        assert table.region.right == host.region.x
        wide = host.size.width
        await c.press("ctrl+up")
        assert host.size.width == wide + 4
        await c.press("escape")
        assert table.size.width == full


async def test_ctrl_d_is_half_a_page_in_a_pane_and_deletes_in_the_table_alone(console) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        c.app.browse.typing.filter("mine")
        await c.press("y")
        view = c.app.browse.host.pane.view
        assert isinstance(view, LineView)
        half = view.window.page // 2
        await c.press("ctrl+d")
        assert view.window.top[0] == half
        assert not isinstance(c.app.screen, ConfirmScreen)
        await c.press("ctrl+u")
        assert view.window.top[0] == 0
        assert c.app.explain_disabled("delete") == "only with the table focused"
        await c.press("tab", "ctrl+d")
        assert isinstance(c.app.screen, ConfirmScreen)


@pytest.mark.slow
async def test_a_version_is_deleted_in_its_own_table(console) -> None:
    async with console() as c:
        c.app.browse.typing.filter("bert-large-zh")
        await c.press("v")
        await c.advance(1)
        await c.press("ctrl+d")
        assert isinstance(c.app.screen, ConfirmScreen)


@pytest.mark.slow
async def test_the_next_run_has_the_split_of_the_last(console) -> None:
    async with console(options=Options()) as c:
        await c.press("d", "ctrl+up", "ctrl+up")
        c.app.kept.file.write()
        height = c.app.browse.host.size.height
    async with console(options=Options()) as c:
        await c.press("d")
        assert c.app.browse.host.size.height == height
    async with console(options=Options(), settings=Settings(remember=False)) as c:
        await c.press("d")
        assert c.app.browse.host.size.height != height


@pytest.mark.slow
async def test_a_border_that_cannot_move_is_not_kept(console) -> None:
    async with console() as c:
        await c.press("d")
        before = c.app.browse.host.size.height
        c.app.browse.typing.filter("bert-large-zh")
        await c.press("ctrl+up", "ctrl+up", "ctrl+down")
        c.app.browse.typing.filter("")
        c.app.clear_notifications()  # they take lines of the pane
        await c.settle()
        assert c.app.browse.host.size.height == before


async def test_the_next_run_has_the_order_and_the_filter_of_the_last(console) -> None:
    async with console(options=Options()) as c:
        c.app.browse.tick()
        c.app.browse.typing.filter("bert")
        c.app.browse.tables.table.sort_by("name", reverse=True)
        c.app.browse.tick()
        c.app.kept.file.write()
    async with console(options=Options()) as c:
        table = c.app.browse.tables.table
        assert (table.rows.sort_column, table.rows.reverse) == ("name", True)
        assert c.app.browse.tables.filter_text == "bert"
        assert 0 < table.row_count < table.rows.total
        await c.press("escape")
        assert table.row_count == table.rows.total


@pytest.mark.parametrize(
    "kept", [3, ["x"], {"jobs": 3}, {"jobs": ["nope", 1, 2]}, {"jobs": ["nope", True, "a<b"]}]
)
async def test_what_was_kept_wrongly_starts_the_console_all_the_same(console, kept: object) -> None:
    async with console(options=Options()) as c:
        c.app.browse.tables.restore(kept)
        c.app.kept.file.put("tables", kept)
        c.app.kept.file.write()
    async with console(options=Options()) as c:
        assert c.app.browse.tables.table.rows.sort_column == "age"


async def test_a_sparse_column_of_an_earlier_run_has_its_place_from_the_start(console) -> None:
    async with console(options=Options()) as c:
        assert "loss" not in c.app.browse.tables.export_arrangement()["jobs"][3]
        c.app.kept.file.put("tables", {"jobs": ["age", False, "", {"loss": 9, "step": "x"}]})
        c.app.kept.file.write()
    async with console(options=Options()) as c:
        assert "LOSS" in c.read_text()
        assert "STEP" not in c.read_text()


async def test_the_demo_starts_the_same_each_time(console) -> None:
    for _run in range(2):
        async with console() as c:
            assert c.app.browse.tables.filter_text == ""
            c.app.browse.tick()
            c.app.browse.typing.filter("bert")
            c.app.browse.tick()
            c.app.kept.file.write()


@pytest.mark.parametrize("opened_first", [False, True])
async def test_panes_opened_at_the_same_time_leave_the_last_one_alone(console, opened_first: bool) -> None:
    async with console() as c:
        if opened_first:
            await c.press("d")
        await asyncio.gather(*(c.app.browse.dispatch.run(pane) for pane in ("detail", "raw", "why")))
        await c.settle()
        host = c.app.browse.host
        assert len(host.query(Pane)) == 1
        assert host.query_one(Pane) is host.pane
        assert host.pane in c.app.focused.ancestors
        await asyncio.gather(*(c.app.browse.dispatch.run(pane) for pane in ("raw", "back", "back")))
        await c.settle()
        assert len(host.query(Pane)) == (host.pane is not None)


async def test_a_key_about_the_pane_says_when_none_is_open(console) -> None:
    async with console() as c:
        await c.press("z")
        assert any("no pane is open" in note.message.lower() for note in c.app._notifications)
