"""The command palette on the console."""

from __future__ import annotations

import pytest

from matui.console.app import MatuiApp
from matui.console.screens.palette import PaletteScreen


@pytest.mark.slow
async def test_the_chosen_command_runs_and_the_focus_is_where_it_was(console) -> None:
    async with console() as c:
        await c.press("ctrl+p")
        assert isinstance(c.app.screen, PaletteScreen)
        await c.type("services")
        await c.press("enter")
        assert c.app.screen is c.app.browse
        assert c.app.browse.tables.kind.id == "services"
        assert c.app.focused is c.app.browse.tables.table


async def test_a_verb_asks_for_its_argument_in_the_same_prompt(console) -> None:
    async with console() as c:
        await c.press("ctrl+p")
        await c.type("change")
        await c.press("enter")
        assert isinstance(c.app.screen, PaletteScreen)
        await c.press("down", "down", "down", "down", "enter")
        assert c.app.screen is c.app.browse
        assert c.app.theme == "matui-light"


async def test_esc_and_a_second_ctrl_p_close_it(console) -> None:
    async with console() as c:
        for key in ("escape", "ctrl+p"):
            await c.press("ctrl+p", key)
            assert c.app.screen is c.app.browse


async def test_it_does_not_open_over_a_dialog(console) -> None:
    async with console() as c:
        await c.press("question_mark", "ctrl+p")
        assert not isinstance(c.app.screen, PaletteScreen)


@pytest.mark.parametrize("size", [(80, 24), (60, 20), (44, 14)])
async def test_entries_and_prompt_are_on_the_screen(console, size) -> None:
    async with console(size=size) as c:
        await c.press("ctrl+p")
        lines = c.read_text().splitlines()
        assert lines[-1].startswith(" command ")
        assert any(line.startswith(" notebooks ") for line in lines)
        assert lines[0].strip()
        await c.type("zzz")
        assert "Nothing matches" in c.read_text()


async def test_opening_typing_and_closing_write_the_rows_of_the_palette_alone(console, monkeypatch) -> None:
    written = [0]
    display = MatuiApp._display

    def count(app: MatuiApp, screen: object, renderable: object) -> None:
        if renderable is not None and not app._batch_count and hasattr(renderable, "render_segments"):
            written[0] += len(renderable.render_segments(app.console))
        display(app, screen, renderable)

    monkeypatch.setattr(MatuiApp, "_display", count)
    async with console(size=(80, 24)) as c:
        painted = written[0]
        sizes = []
        for key in ("ctrl+p", "s", "down", "escape"):
            before = written[0]
            await c.press(key)
            sizes.append(written[0] - before)
        assert max(sizes) < painted * 2 / 3, (painted, sizes)
        assert max(sizes) < 1700, sizes
        assert sizes[2] < 400, sizes
