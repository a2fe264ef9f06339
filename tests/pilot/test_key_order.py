"""Keys that a slow machine or line brings at once go where they would go one by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from matui.console.screens.confirm import ConfirmScreen
from matui.console.terminal.input_parser import InputParser
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


def screen_of(c: Console) -> str:
    return type(c.app.screen).__name__


def pane_of(c: Console) -> str:
    return type(c.app.browse.host.pane).__name__


def line_of(c: Console) -> str:
    return c.app.browse.typing.bar.text if c.app.browse.typing.is_open else ""


BURSTS: dict[str, Callable[[Console], bool]] = {
    " /x": lambda c: line_of(c) == "x" and len(c.app.browse.tables.table.marks) == 1,
    "/resnet-phase": lambda c: line_of(c) == "resnet-phase",
    "/resnet\r*": lambda c: filter_of(c) == "resnet" and bool(c.app.browse.tables.table.marks),
    "/resnet\rd": lambda c: filter_of(c) == "resnet" and pane_of(c) == "DetailPane",
    "/xlm\x1b3": lambda c: not line_of(c) and screen_of(c) == "BrowseScreen" and kind_of(c) == "services",
    "/ab\x03l": lambda c: filter_of(c) == "" and pane_of(c) == "LogPane",
    "/a\x1b/b": lambda c: line_of(c) == "b",
    ":models\r/b": lambda c: kind_of(c) == "models" and line_of(c) == "b",
    ":mod\t\r": lambda c: kind_of(c) == "models",
    ":changes\r/stop": lambda c: screen_of(c) == "ChangesScreen" and "filter stop" in c.text(),
    ":wrong\rx": lambda c: line_of(c) == "wrongx",
    "d/status": lambda c: pane_of(c) == "DetailPane" and line_of(c) == "status",
    "\r/status": lambda c: pane_of(c) == "DetailPane" and line_of(c) == "status",
    "d/status\rn\x1b\x1b*": lambda c: pane_of(c) == "NoneType" and bool(c.app.browse.tables.table.marks),
    "d\x1bl": lambda c: pane_of(c) == "LogPane",
    "\r\x1bm": lambda c: pane_of(c) == "MetricsPane",
    "?/pause": lambda c: screen_of(c) == "HelpScreen" and "pause" in c.text(),
    "?\x1bd": lambda c: pane_of(c) == "DetailPane",
    "H/stop\r\x1b\x1bl": lambda c: pane_of(c) == "LogPane",
    "!\x1bl": lambda c: pane_of(c) == "LogPane",
    "\x10refresh\x1b3": lambda c: screen_of(c) == "BrowseScreen" and kind_of(c) == "services",
    "\x10services\r/q": lambda c: kind_of(c) == "services" and line_of(c) == "q",
    "3m\x1b2": lambda c: kind_of(c) == "jobs" and pane_of(c) == "NoneType",
    "/\x1b[200~pasted\x1b[201~z": lambda c: line_of(c) == "pastedz",
    ":\x1b[200~models\x1b[201~\r": lambda c: kind_of(c) == "models",
}


def kind_of(c: Console) -> str:
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
            state = (kind_of(c), screen_of(c), pane_of(c), line_of(c), filter_of(c))
            assert BURSTS[typed](c), (typed, state)
            await close_all(c)


async def test_keys_behind_an_action_answer_no_dialog(console) -> None:
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await send(c, "/mine\rxy")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert not c.app.screen.agreed
        await c.press("escape")
        assert c.acted() == []


async def test_a_click_keeps_its_place_among_keys(console) -> None:
    async with console() as c:
        await c.press("2")
        table = c.app.browse.tables.table
        x, y = table.region.x + 10, table.region.y + 5
        click = f"\x1b[<0;{x};{y}M\x1b[<0;{x};{y}m"
        await send(c, f"/a\r{click}d/x")
        assert (filter_of(c), pane_of(c), line_of(c)) == ("a", "DetailPane", "x")
        assert table.cursor.resource is not None
        assert c.app.browse.host.pane.resource is table.cursor.resource
