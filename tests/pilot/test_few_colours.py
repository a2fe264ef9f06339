"""Terminals with few colours or none."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from matui.cli.demo import demo_profile
from matui.cli.options import Options
from matui.console.terminal.app import AttributeFilter, DiffApp


def test_errors_stand_out_without_colours() -> None:
    net = AttributeFilter(["#ff0000"], ["#0000ff"])
    styles = [Style.parse("#ff0000"), Style.parse("#888888 dim"), Style.parse("white on #0000ff")]
    error, info, cursor = (one.style for one in net.apply([Segment("x", s) for s in styles], Color(0, 0, 0)))
    assert error.bold
    assert error.underline
    assert not info.bold
    assert not info.dim
    assert cursor.reverse
    assert all(one.color.is_default and one.bgcolor.is_default for one in (error, info, cursor))


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
    profile = demo_profile().model_copy(update={"theme": own, "name": "own"})
    options = Options(demo=False, theme=asked, profile="own")
    async with console(options=options, profiles=[profile]) as c:
        assert c.app.theme == used
