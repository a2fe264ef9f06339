"""Keys that a slow machine or line brings at once go where they would go one by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matui.console.screens.confirm import ConfirmScreen
from matui.console.terminal.input_order import InputParser
from tests.pilot.conftest import Console


async def send(c: Console, typed: str) -> None:
    """Send what one read of the terminal brings."""
    parser = InputParser({}.get)
    for event in (*parser.feed(typed.encode()), *parser.tick(is_quiet=True)):
        event.set_sender(c.app)
        c.app.post_message(event)
    await c.settle()


async def close_all(c: Console) -> None:
    """Go back to the table of jobs without a filter."""
    if len(c.app.screen_stack) > 1:
        await c.app.pop_screen()
    browse = c.app.browse
    if browse.typing.is_open:
        browse.typing.cancel()
    await browse.panes.close()
    browse.typing.filter("")
    await browse.shown.show_kind("jobs")
    browse.tables.table.marks.clear()
    await c.pilot.pause()


def filter_of(c: Console) -> str:
    return c.app.browse.tables.filter_text


def get_screen_name(c: Console) -> str:
    return type(c.app.screen).__name__


def get_pane_name(c: Console) -> str:
    return type(c.app.browse.host.pane).__name__


def get_line(c: Console) -> str:
    return c.app.browse.typing.bar.text if c.app.browse.typing.is_open else ""


BURSTS: dict[str, Callable[[Console], bool]] = {
    " /x": lambda c: get_line(c) == "x" and len(c.app.browse.tables.table.marks) == 1,
    "/resnet-phase": lambda c: get_line(c) == "resnet-phase",
    "/resnet\r*": lambda c: filter_of(c) == "resnet" and bool(c.app.browse.tables.table.marks),
    "/resnet\rd": lambda c: filter_of(c) == "resnet" and get_pane_name(c) == "DetailPane",
    "/xlm\x1b3": lambda c: (
        not get_line(c) and get_screen_name(c) == "BrowseScreen" and get_kind_id(c) == "services"
    ),
    "/ab\x03l": lambda c: filter_of(c) == "" and get_pane_name(c) == "LogPane",
    "/a\x1b/b": lambda c: get_line(c) == "b",
    ":models\r/b": lambda c: get_kind_id(c) == "models" and get_line(c) == "b",
    ":mod\t\r": lambda c: get_kind_id(c) == "models",
    ":changes\r/stop": lambda c: get_screen_name(c) == "ChangesScreen" and "filter stop" in c.read_text(),
    ":wrong\rx": lambda c: get_line(c) == "wrongx",
    "d/status": lambda c: get_pane_name(c) == "DetailPane" and get_line(c) == "status",
    "\r/status": lambda c: get_pane_name(c) == "DetailPane" and get_line(c) == "status",
    "d/status\rn\x1b\x1b*": lambda c: (
        get_pane_name(c) == "NoneType" and bool(c.app.browse.tables.table.marks)
    ),
    "d\x1bl": lambda c: get_pane_name(c) == "LogPane",
    "\r\x1bm": lambda c: get_pane_name(c) == "MetricsPane",
    "?/pause": lambda c: get_screen_name(c) == "HelpScreen" and "pause" in c.read_text(),
    "?\x1bd": lambda c: get_pane_name(c) == "DetailPane",
    "H/stop\r\x1b\x1bl": lambda c: get_pane_name(c) == "LogPane",
    "!\x1bl": lambda c: get_pane_name(c) == "LogPane",
    "\x10refresh\x1b3": lambda c: get_screen_name(c) == "BrowseScreen" and get_kind_id(c) == "services",
    "\x10services\r/q": lambda c: get_kind_id(c) == "services" and get_line(c) == "q",
    "3m\x1b2": lambda c: get_kind_id(c) == "jobs" and get_pane_name(c) == "NoneType",
    "/\x1b[200~pasted\x1b[201~z": lambda c: get_line(c) == "pastedz",
    ":\x1b[200~models\x1b[201~\r": lambda c: get_kind_id(c) == "models",
}


def get_kind_id(c: Console) -> str:
    kind = c.app.browse.tables.kind
    return kind.id if kind is not None else ""


OFTEN = ("/resnet\r*", ":models\r/b", "\r/status", "d\x1bl")


@pytest.mark.parametrize(
    "bursts", [OFTEN, pytest.param([one for one in BURSTS if one not in OFTEN], marks=pytest.mark.slow)]
)
async def test_keys_of_one_read_go_where_they_would_go_one_by_one(console, bursts) -> None:
    async with console(size=(70, 20)) as c:
        await close_all(c)
        for typed in bursts:
            await send(c, typed)
            state = (get_kind_id(c), get_screen_name(c), get_pane_name(c), get_line(c), filter_of(c))
            assert BURSTS[typed](c), (typed, state)
            await close_all(c)


async def test_keys_behind_an_action_answer_no_dialog(console) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await send(c, "/mine\rxy")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert not c.app.screen.agreed
        await c.press("escape")
        assert c.list_acted() == []


async def test_a_click_keeps_its_place_among_keys(console) -> None:
    async with console() as c:
        await c.press("2")
        table = c.app.browse.tables.table
        x, y = table.region.x + 10, table.region.y + 5
        click = f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"
        await send(c, f"/a\r{click}d/x")
        assert (filter_of(c), get_pane_name(c), get_line(c)) == ("a", "DetailPane", "x")
        assert table.cursor.resource is not None
        assert c.app.browse.host.pane.resource is table.cursor.resource
