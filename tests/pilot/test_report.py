"""``:report`` asks for the reasons that are missing, and says them."""

from __future__ import annotations

from tests.pilot.conftest import run_console


async def test_the_report_asks_for_the_reasons_that_are_missing() -> None:
    async with run_console() as console:
        await console.press("3")
        await console.settle()
        await console.type(":report")
        await console.press("enter")
        for _ in range(60):
            await console.advance(1)
            if "pull image failed" in console.read_text():
                break
        assert "pull image failed" in console.read_text()


async def test_the_title_fits_into_80_columns() -> None:
    async with run_console(size=(80, 24)) as console:
        await console.type(":report")
        await console.press("enter")
        assert "ctrl+r reads · esc closes" in console.read_text()


async def test_the_report_has_what_triage_shows_besides_failures() -> None:
    async with run_console() as console:
        await console.settle()
        await console.type(":report")
        await console.press("enter")
        for _ in range(20):
            await console.settle()
            if "## Open" in console.app.screen._markdown:
                break
        words = " ".join(console.app.screen._markdown.split())
        assert "notebook li-wei-scratch (li.wei) ending: auto-stop in" in words
