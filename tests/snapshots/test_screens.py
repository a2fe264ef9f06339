"""What each screen looks like in each state. ``pytest --snapshot-update`` accepts a new look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from matui.base.errors import UnreachableError
from matui.cli.context.demo import build_demo_profile
from matui.cli.options import Options
from matui.config.settings import Settings
from matui.config.values import DEMO_PROFILES
from matui.console.screens.dialogs import FirstRunScreen
from matui.sim.server.faults import FaultRule
from tests.pilot.conftest import Console, Stage, SteadyRandom, build_stage
from tests.seeded_world import SeededWorld

Play = Callable[[Console], Awaitable[None]]
WIDE, USUAL, NARROW = (120, 34), (80, 24), (44, 14)


def compare_picture(
    snap_compare: Any, stage: Stage, play: Play | None = None, size: tuple[int, int] = USUAL
) -> bool:
    """Run the stage, play what leads to the screen, and compare it."""

    async def before(pilot: Pilot[int]) -> None:
        console = stage.make_console(pilot)
        await console.settle()
        await wait_until_polled(console)
        if play:
            await play(console)
        await wait_until_rest(console)

    return bool(snap_compare(stage.app, terminal_size=size, run_before=before))


async def wait_until_polled(console: Console) -> None:
    """Wait until the pollers that start one after the other have all started, and have their answers."""
    for _ in range(200):
        if not console.app.browse.shown.starter.pending:
            break
        await console.pilot.pause(0.01)
    await console.settle()


async def wait_until_rest(console: Console) -> None:
    """Wait until the screen stays as it is and triage fetches nothing, however slow the machine."""
    await wait_until_polled(console)
    same, seen = 0, ""
    for _ in range(100):
        await console.settle()
        console.app.browse.tick()
        text = console.read_text()
        is_same = text == seen and console.app.browse.triage.is_idle
        same, seen = (same + 1, seen) if is_same else (0, text)
        if same == 4:
            break


def press_keys(*pressed: str, then_s: int = 0) -> Play:
    """Return a play that presses keys and lets some seconds pass."""

    async def play(console: Console) -> None:
        await console.press(*pressed)
        for _ in range(then_s):  # a second at a time: what a thread does then ends in its second
            await console.advance(1)

    return play


@pytest.mark.parametrize("kind", ["notebooks", "jobs", "services", "workspaces", "models", "triage"])
def test_each_kind(snap_compare: Any, kind: str) -> None:
    assert compare_picture(snap_compare, build_stage(options=Options(demo=True, screen=kind)))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_jobs_in_other_sizes(snap_compare: Any, size: tuple[int, int]) -> None:
    assert compare_picture(snap_compare, build_stage(), size=size)


@pytest.mark.parametrize("theme", ["matui-light", "matui-red", "matui-ansi"])
def test_other_themes(snap_compare: Any, theme: str) -> None:
    assert compare_picture(
        snap_compare, build_stage(options=Options(demo=True, theme=theme)), press_keys("d")
    )


def test_loading(snap_compare: Any) -> None:
    stage = build_stage()
    stage.faults.rules = (FaultRule("hang", 1.0),)
    assert compare_picture(snap_compare, stage)


def test_empty(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(scale=0))


def test_error_before_anything_came(snap_compare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matui.sim.server.application.derive_id", lambda *_parts: "0123456789abcdef")
    stage = build_stage(rng=SteadyRandom())
    stage.faults.rules = (FaultRule("500", 1.0),)
    assert compare_picture(snap_compare, stage, press_keys(then_s=20))


def test_stale_rows_with_the_reason(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        console.faults.rules = (FaultRule("429", 1.0),)
        await console.advance(60)

    assert compare_picture(snap_compare, build_stage(), play)


def test_nothing_matches_the_filter(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        await console.press("/")
        await console.type("no such job")

    assert compare_picture(snap_compare, build_stage(), play)


def test_marks_and_filter_and_pause(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        await console.press("space", "space", "/")
        await console.type("e")
        await console.press("enter", "p")

    assert compare_picture(snap_compare, build_stage(), play)


@pytest.mark.parametrize("pane", ["d", "l", "m", "v", "y"])
def test_panes_of_a_job(snap_compare: Any, pane: str) -> None:
    stage = build_stage(prepare=add_one_job)
    assert compare_picture(snap_compare, stage, press_keys("home", pane, then_s=2), size=WIDE)


@pytest.mark.parametrize("pane", ["d", "e", "m"])
def test_panes_of_a_service(snap_compare: Any, pane: str) -> None:
    stage = build_stage(options=Options(demo=True, screen="services"))
    assert compare_picture(snap_compare, stage, press_keys("down", pane, then_s=2), size=WIDE)


def test_a_log_that_fills_the_screen(snap_compare: Any) -> None:
    stage = build_stage(prepare=add_one_job)
    assert compare_picture(snap_compare, stage, press_keys("home", "l", "z", then_s=2), size=WIDE)


def test_a_reader_who_scrolled_up(snap_compare: Any) -> None:
    stage = build_stage(prepare=add_one_job)
    assert compare_picture(
        snap_compare, stage, press_keys("home", "l", "z", "pageup", "pageup", then_s=4), size=WIDE
    )


def test_confirming_a_stop(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(prepare=add_one_job), press_keys("home", "x"))


def test_typing_a_name_to_delete(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(prepare=add_one_job), press_keys("home", "ctrl+d"))


def test_help(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(), press_keys("question_mark"))


def test_command_line(snap_compare: Any) -> None:
    async def play(console: Console) -> None:
        await console.press(":")
        await console.type("s")

    assert compare_picture(snap_compare, build_stage(), play)


def test_choosing_a_workspace(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(), press_keys("w"))


def test_read_only_says_so(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(options=Options(demo=True, read_only=True)))


def test_hostile_names(snap_compare: Any) -> None:
    assert compare_picture(snap_compare, build_stage(hostile=True), size=WIDE)


def test_first_run(snap_compare: Any) -> None:
    stage = build_stage()

    async def play(console: Console) -> None:
        looked_for = (
            "/home/me/.config/matui/config.toml",
            "HUAWEICLOUD_SDK_AK",
            "~/.huaweicloud/credentials",
        )
        console.app.push_screen(FirstRunScreen(looked_for, "/home/me/.config/matui/config.toml"))
        await console.settle()

    assert compare_picture(snap_compare, stage, play)


def add_one_job(world: SeededWorld) -> None:
    """Put one distributed job that nothing else happens to on top."""
    world.arrivals = False
    world.add_job("resnet50-imagenet", versions=3, workers=2, log_lines=400, log_rate=2.0, began_s_ago=5)


async def wait_until_open(console: Console) -> None:
    """Wait until every profile that was asked for has been opened."""
    for _ in range(50):
        fleet = console.app.browse.fleet
        if fleet is not None and len(fleet.members) == len(DEMO_PROFILES):
            break
        await console.settle()
    await console.settle()


@pytest.mark.parametrize("size", [(120, 40), USUAL], ids=["wide", "usual"])
def test_three_clouds_in_one_table(snap_compare: Any, size: tuple[int, int]) -> None:
    assert compare_picture(snap_compare, build_stage(names=DEMO_PROFILES), wait_until_open, size=size)


def test_several_profiles_where_one_fails_and_one_is_read_only(snap_compare: Any) -> None:
    lab = build_demo_profile().model_copy(update={"name": "lab", "read_only": True, "color": "red"})
    away = build_demo_profile().model_copy(update={"name": "away-in-another-region"})
    stage = build_stage(
        names=("demo", "lab", away.name),
        profiles=[lab, away],
        refusals={away.name: UnreachableError("The cloud did not answer.", remedy="Is the VPN up?")},
        settings=Settings(profiles={one.name: one for one in (build_demo_profile(), lab, away)}),
    )

    async def play(console: Console) -> None:
        console.app.clear_notifications()
        await console.press("colon")
        await console.type("profiles")
        await console.press("enter", "down")

    assert compare_picture(snap_compare, stage, play)


@pytest.mark.parametrize("size", [USUAL, NARROW], ids=["usual", "narrow"])
def test_the_palette(snap_compare: Any, size: tuple[int, int]) -> None:
    assert compare_picture(snap_compare, build_stage(), press_keys("ctrl+p", *"theme"), size=size)


@pytest.mark.parametrize("size", [(120, 40), USUAL], ids=["120x40", "80x24"])
def test_a_curve_with_a_cursor(
    snap_compare: Any, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")

    async def play(console: Console) -> None:
        await console.press("home", "m")
        await console.advance(4)
        await console.press("down", "space", "up", "L", *["left"] * 8)

    assert compare_picture(snap_compare, build_stage(prepare=add_one_job), play, size=size)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(120, 40), USUAL], ids=["120x40", "80x24"])
def test_a_comparison(snap_compare: Any, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C.UTF-8")

    async def play(console: Console) -> None:
        await console.press("/")
        await console.type("imagenet-8p")
        await console.press("enter", "=")
        for _ in range(60):
            await console.advance(1)
        await console.press(*["left"] * 60)

    assert compare_picture(snap_compare, build_stage(), play, size=size)
