"""Makes screenshots/ from the demo with a fixed seed and clock: ``python -m tests.screenshots [NAME…]``."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matui.cli.options import Options
from matui.config.values import DEMO_PROFILES

if TYPE_CHECKING:
    from tests.pilot.conftest import Console

FOLDER = Path(__file__).parents[1] / "screenshots"
SIZE = (110, 32)
# name → the keys that lead there, the seconds to let pass, the theme
SHOTS: dict[str, tuple[tuple[str, ...], float, str]] = {
    "jobs": (("2", "down", "down", "down", "down", "l"), 6, "matui-dark"),
    "triage": (("0",), 100, "matui-dark"),
    "why": (("0", "/", *"llama", "enter", "Y", "z"), 6, "matui-dark"),
    "curves": (("2", "/", *"qwen", "enter", "m", "z"), 6, "matui-dark"),
    "compare": (("2", "/", *"t5-sum", "enter", "="), 6, "matui-dark"),
    "capsule": ((":", *"capsules", "enter", "/", *"llama", "enter", "enter", "l"), 6, "matui-dark"),
    "report": ((":", *"report", "enter"), 60, "matui-dark"),
    "services": (("3", "down", "m"), 12, "matui-dark"),
    "stop": (("2", "down", "down", "down", "down", "x"), 1, "matui-red"),
    "light": (("1", "down", "d"), 1, "matui-light"),
}
# name → the keys to press after that time: they put the cursor on the curves.
THEN = {"curves": ("left",) * 30, "compare": ("left",) * 95}
REPLAY = "replay"
SIDE_BY_SIDE = ("jobs", "triage")  # those that show all three clouds
STORY = ("triage", "why", "curves", "compare", "capsule", "report")  # those of the demo's incident
AFTER_FAILURE = ("why", "capsule", "report")  # those that are taken when the job has failed


async def take(name: str) -> None:
    """Play one shot and write it to ``screenshots/NAME.svg``."""
    from matui.sim.world.incident import add_incident
    from tests.pilot.conftest import run_console
    from tests.snapshots.test_screens import wait_until_open

    keys, seconds, theme = SHOTS[name]
    profiles = DEMO_PROFILES if name in SIDE_BY_SIDE else DEMO_PROFILES[:1]
    prepare = add_incident if name in STORY else None
    options = Options(demo=True, theme=theme)
    async with run_console(size=SIZE, options=options, names=profiles, prepare=prepare) as console:
        if name in SIDE_BY_SIDE:
            await wait_until_open(console)
        if name in AFTER_FAILURE:
            await console.advance(100)
        await console.press(*keys)
        await console.advance(seconds)
        await console.press(*THEN.get(name, ()))
        await write(console, name)


async def take_replay(folder: Path) -> None:
    """Record two minutes of the incident, and take the shot of the replay a minute after its start."""
    from tests.pilot.test_replay import record_console, replay_console

    file = folder / "shift.rec"
    async with record_console(file, SIZE) as console:
        await console.press("0")
        await console.advance(120)
    async with replay_console(file, SIZE) as (console, _playback):
        await console.press("0", "T", "plus", *"1m", "enter")
        await console.advance(2)
        await write(console, REPLAY)


async def write(console: Console, name: str) -> None:
    """Write the screen to ``screenshots/NAME.svg``, without the notices over it."""
    console.app.clear_notifications()
    await console.settle()
    svg = console.app.export_screenshot(title="matui")
    (FOLDER / f"{name}.svg").write_text(make_self_contained(svg), encoding="utf-8")


def make_self_contained(svg: str) -> str:
    """Return the picture without fonts fetched from elsewhere, and with the same ids each time."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"terminal-\d+", "terminal", svg).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")


def main(names: Sequence[str]) -> None:
    """Take shots, each in folders of its own, in one zone, on a terminal with braille."""
    FOLDER.mkdir(exist_ok=True)
    os.environ.update(TZ="Asia/Shanghai", LANG="C.UTF-8", TERM="xterm-256color")
    os.environ.pop("LC_ALL", None)
    time.tzset()
    for name in names or (*SHOTS, REPLAY):
        with tempfile.TemporaryDirectory() as folder:
            for variable in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
                os.environ[variable] = folder
            asyncio.run(take_replay(Path(folder)) if name == REPLAY else take(name))
        print(f"screenshots/{name}.svg")


if __name__ == "__main__":
    main(sys.argv[1:])
