"""Terminals with few colours or none."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from matui.cli.context.demo import build_demo_profile
from matui.cli.options import Options
from matui.console.terminal.app import DiffApp
from matui.console.terminal.filters import AttributeFilter, Charset, CharsetFilter


def test_errors_stand_out_without_colours() -> None:
    net = AttributeFilter(["#ff0000"], ["#0000ff"], ["#444444"])
    words = ("#ff0000", "#888888 dim", "white on #0000ff", "#444444")
    segments = [Segment("x", Style.parse(word)) for word in words]
    error, info, cursor, off = (one.style for one in net.apply(segments, Color(0, 0, 0)))
    assert error.bold
    assert error.underline
    assert not info.bold
    assert not info.dim
    assert cursor.reverse
    assert off.dim
    assert all(one.color.is_default and one.bgcolor.is_default for one in (error, info, cursor, off))


@pytest.mark.parametrize(
    ("own", "asked", "used"),
    [
        (None, None, "matui-ansi"),
        ("matui-red", None, "matui-ansi-red"),
        ("matui-red", "matui-light", "matui-light"),
    ],
)
async def test_the_theme_for_16_colours_keeps_the_danger_sign(console, monkeypatch, own, asked, used):
    monkeypatch.setattr(DiffApp, "has_few_colors", True)
    profile = build_demo_profile().model_copy(update={"theme": own, "name": "own"})
    options = Options(demo=False, theme=asked, profile="own")
    async with console(options=options, profiles=[profile]) as c:
        assert c.app.theme == used


async def test_the_console_without_colours_and_unicode_shows_ascii_alone(console, monkeypatch):
    monkeypatch.setattr(DiffApp, "has_no_color", True)
    monkeypatch.setattr(DiffApp, "_terminal_filters", (CharsetFilter(Charset.ASCII),))
    async with console(size=(80, 24)) as c:
        await c.press("l", "ctrl+p")
        assert c.read_text().isascii(), [line for line in c.read_text().splitlines() if not line.isascii()]
        assert "x IMAGE_FAILED" in c.read_text()


@pytest.mark.parametrize("lacking", ["has_no_color", "has_few_colors"])
async def test_a_dimmed_key_differs_without_colours(console, monkeypatch, lacking):
    monkeypatch.setattr(DiffApp, lacking, True)
    options = Options(demo=True, read_only=True)
    async with console(options=options) as c:
        bar = c.app.screen._compositor.render_strips()[-1]
        styles = {segment.text.strip(): segment.style for segment in bar if segment.style}
        works = next(style for text, style in styles.items() if text == "?")
        dimmed = next(style for text, style in styles.items() if "stop" in text)
        assert works.bold
        assert not dimmed.bold
        assert dimmed.dim or dimmed.color != works.color


async def test_the_selected_row_of_a_table_without_focus_is_underlined_without_colours(console, monkeypatch):
    monkeypatch.setattr(DiffApp, "has_no_color", True)
    async with console(size=(120, 40)) as c:
        await c.press("l")
        assert not c.app.browse.tables.table.has_focus
        rows = [strip for strip in c.app.screen._compositor.render_strips() if strip.text.startswith("›")]
        assert len(rows) == 1
        assert all(
            segment.style.underline or segment.style.reverse
            for segment in list(rows[0])[:-1]
            if segment.style
        )
        await c.press("escape")
        rows = [strip for strip in c.app.screen._compositor.render_strips() if strip.text.startswith("›")]
        assert all(segment.style.reverse for segment in list(rows[0])[:-1] if segment.style)


async def test_a_red_theme_is_seen_without_colours(console, monkeypatch):
    monkeypatch.setattr(DiffApp, "has_no_color", True)
    profile = build_demo_profile().model_copy(update={"theme": "matui-red", "name": "own"})
    async with console(options=Options(demo=False, profile="own"), profiles=[profile]) as c:
        header = c.app.screen._compositor.render_strips()[0]
        assert any(segment.style and segment.style.reverse for segment in header)


@pytest.mark.parametrize("key", ["ctrl+p", "x"])
async def test_a_dialog_does_not_hide_the_table_in_16_colours(console, monkeypatch, key):
    monkeypatch.setattr(DiffApp, "has_few_colors", True)
    profile = build_demo_profile().model_copy(update={"name": "own"})
    options = Options(demo=False, profile="own")
    async with console(options=options, profiles=[profile], size=(80, 30)) as c:
        header = c.read_text().splitlines()[0]
        await c.press(key)
        assert c.app.screen is not c.app.browse
        assert header.strip()
        assert c.read_text().splitlines()[0] == header
