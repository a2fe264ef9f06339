"""Bars that do not fit say so."""

from __future__ import annotations

from textual.content import Content

from matui.console.bars.text_bar import TextBar


async def test_a_bar_is_cut_with_an_ellipsis_and_a_key_bar_keeps_the_way_back(console):
    async with console(size=(44, 14)) as c:
        await c.press("H")
        assert c.read_text().splitlines()[-1].rstrip().endswith("esc back")
        bar = c.app.screen.query(TextBar).first()
        bar.show(Content("x" * 60))
        await c.settle()
        assert c.read_text().splitlines()[bar.region.y].rstrip() == "x" * (bar.size.width - 1) + "…"
