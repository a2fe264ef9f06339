"""The dialog before an action shows question, prompt, answers and countdown at every size."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow

SIZES = [(120, 40), (80, 24), (60, 20), (44, 14)]


def add_jobs(world):
    for number in range(8):
        world.add_job(f"zz-{number}")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("marks", [1, 8])
async def test_a_deletion_is_never_confirmed_blind(console, size, marks):
    async with console(size=size, prepare=add_jobs) as c:
        await c.press("2")
        await c.advance(2)
        await c.press("slash", *"zz-", "enter")
        for _ in range(marks if marks > 1 else 0):
            await c.press("space")
        await c.press("ctrl+d")
        await c.advance(1)
        text = c.read_text()
        assert "Delete job" in text if marks == 1 else "Delete 8 jobs" in text
        assert "running" in text
        assert "confirm" in text
        assert "cancel" in text
        phrase = "delete 8" if marks > 1 else next(w for w in text.split() if w.startswith("zz-"))
        assert phrase in text
        await c.press(*[{" ": "space", "-": "minus"}.get(key, key) for key in phrase])
        assert c.read_text().count(phrase) >= 2
        await c.press("enter")
        assert "delete in" in c.read_text()
        assert "cancels" in c.read_text()
        await c.press("escape")


@pytest.mark.parametrize("size", SIZES)
async def test_every_target_can_be_scrolled_to(console, size):
    async with console(size=size, prepare=add_jobs) as c:
        await c.press("2")
        await c.advance(2)
        await c.press("slash", *"zz-", "enter")
        for _ in range(8):
            await c.press("space")
        await c.press("ctrl+d")
        assert "scroll the list" in c.read_text()
        seen = set()
        for _ in range(20):
            seen |= {word for word in c.read_text().split() if word.startswith("zz-")}
            await c.press("down")
        assert {f"zz-{number}" for number in range(8)} <= seen


@pytest.mark.parametrize("keys", [["x"], ["ctrl+d"]])
async def test_nothing_is_confirmed_on_a_screen_that_is_too_small_for_its_target(console, keys):
    async with console(size=(44, 14), prepare=add_jobs) as c:
        await c.press("2")
        await c.advance(2)
        await c.press("slash", *"zz-7", "enter", *keys)
        await c.pilot.resize_terminal(20, 6)
        await c.settle()
        assert "Too small" in c.read_text()
        await c.press("y", *"zz", "minus", "7", "enter")
        await c.advance(10)
        assert c.list_acted() == []
        await c.pilot.resize_terminal(44, 14)
        await c.settle()
        assert "zz-7" in c.read_text()
        assert "confirm" in c.read_text()
        await c.press("escape")


async def test_the_answers_are_laid_out_anew_when_the_terminal_is_resized(console):
    async with console(size=(80, 24), prepare=add_jobs) as c:
        await c.press("2")
        await c.advance(2)
        await c.press("slash", *"zz-", "enter")
        for _ in range(8):
            await c.press("space")
        await c.press("ctrl+d", "end")
        await c.pilot.resize_terminal(44, 14)
        await c.settle()
        assert any(line.strip(" │|").startswith("esc cancel") for line in c.read_text().splitlines())


async def test_home_and_end_scroll_to_the_ends_of_the_list(console):
    async with console(size=(44, 14), prepare=add_jobs) as c:
        await c.press("2")
        await c.advance(2)
        await c.press("slash", *"zz-", "enter")
        for _ in range(8):
            await c.press("space")
        await c.press("x")
        first = c.read_text()
        await c.press("end")
        assert c.read_text() != first
        await c.press("home")
        assert c.read_text() == first
