"""Whatever the cloud sends reaches the screen as harmless text: every kind, pane and dialog, by fuzzing.

``MATUI_FUZZ=200 pytest tests/pilot/test_hostile.py`` looks for longer.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.pilot.conftest import Console, run_console
from tests.seeded_world import SeededWorld

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("MATUI_FUZZ", "2"))
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
NASTY = (
    "[red]x[/red]",
    "[/]",
    "[@click=app.quit]quit[/]",
    "\x1b[2J\x1b]0;t\x07",
    "\x9b31m",
    "a\x00b",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "\ud800",
    "👨‍👩‍👧",
    "e\u0301\u0302" * 40,
    "训练" * 200,
    "\t\r\n",
    "x" * 100_000,
    "..",
    "a/b?c#d%2e",
    "",
)
TEXT = st.sampled_from(NASTY) | st.text(max_size=30)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from(
        [-62_135_596_800_000, 253_402_300_800_000, 10**30, "0001-01-01T00:00:00Z", "10000-01-01"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
FIELDS = {
    "jobs": ("job_name", "job_desc", "status", "create_time", "duration", "version_count"),
    "notebooks": (
        "name",
        "description",
        "status",
        "spec",
        "flavor",
        "user",
        "creation_timestamp",
        "due_timestamp",
    ),
    "services": ("service_name", "description", "status", "config", "progress", "schedule", "publish_at"),
    "workspaces": ("name", "description", "status", "grants", "owner", "create_time"),
    "models": ("model_name", "description", "model_status", "model_size", "create_at"),
    "visualizations": ("job_name", "job_desc", "status", "duration", "create_time"),
    "pools": ("cluster_name", "description", "status", "nodes", "created_at"),
    "configs": ("config_name", "config_desc", "create_time"),
}
KEYS = (
    "1",
    "d",
    "y",
    "escape",
    "e",
    "m",
    "escape",
    "2",
    "d",
    "y",
    "l",
    "G",
    "W",
    "escape",
    "v",
    "escape",
    "m",
    "escape",
    "3",
    "d",
    "e",
    "m",
    "escape",
    "4",
    "d",
    "5",
    "d",
    "6",
    "d",
    "y",
    "7",
    "d",
    "8",
    "d",
    "y",
    "escape",
    "0",
    "d",
)
DIALOGS = (
    "1",
    "s",
    "escape",
    "x",
    "escape",
    "ctrl+d",
    "escape",
    "2",
    "x",
    "escape",
    "c",
    "w",
    "escape",
    "question_mark",
)


def check_harmless(console: Console) -> None:
    """Hold every strip of every screen to what may reach a terminal."""
    for screen in console.app.screen_stack:
        for strip in screen._compositor.render_strips():
            for segment in strip:
                assert not UNSAFE.search(segment.text), repr(segment.text)
                segment.text.encode()


async def look_everywhere(prepare: Callable[[SeededWorld], None], size: tuple[int, int] = (110, 35)) -> None:
    """Open every kind, pane and dialog on a prepared world."""
    async with run_console(prepare=prepare, size=size, scale=0) as console:
        for key in (*KEYS, *DIALOGS):
            await console.pilot.press(key)
            await console.clock.advance(0)
            assert console.app.crash is None, key
            assert console.app.is_running, key
            check_harmless(console)


def spoil(world: SeededWorld, overrides: dict[str, list[dict[str, object]]], lines: list[str]) -> None:
    """Add a resource of each kind for each override, and a job whose log holds the lines."""
    add = {
        "jobs": world.add_job,
        "notebooks": world.add_notebook,
        "services": world.add_service,
        "workspaces": world.add_workspace,
        "models": world.add_model,
        "visualizations": world.add_visualization,
        "pools": world.add_pool,
        "configs": world.add_config,
    }
    for kind, records in overrides.items():
        for turn, record in enumerate(records):
            add[kind](f"bad-{turn}").override = dict(record)
    job = world.add_job("bad-log", status="RUNNING", log_lines=3)
    job.override = {"create_time": 4_000_000_000_000}
    world.append_log(job, None, "", [line.replace("\n", " ") for line in lines])


RECORD = {
    kind: st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON)) for kind, names in FIELDS.items()
}
SPOILED = st.fixed_dictionaries(
    {kind: st.lists(record, min_size=1, max_size=3) for kind, record in RECORD.items()}
)


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 10, suppress_health_check=list(HealthCheck)
)
@given(overrides=SPOILED, lines=st.lists(TEXT, max_size=6))
def test_nothing_the_cloud_sends_crashes_a_screen_or_moves_the_terminal(overrides, lines) -> None:
    asyncio.run(look_everywhere(lambda world: spoil(world, overrides, lines)))


async def test_the_nastiest_names_ids_and_lines_are_shown_harmlessly() -> None:
    def prepare(world: SeededWorld) -> None:
        records = {
            kind: [{names[0]: text, names[1]: text} for text in NASTY] for kind, names in FIELDS.items()
        }
        spoil(world, records, [*NASTY, "y" * 1_000_000])
        for turn, text in enumerate(
            ("\x1b[31mid", "a/../b", "ID", "id", "\u0456d", "x\u202ey", "?#%", "\ud800")
        ):
            world.add_notebook(f"id-{turn}").override = {"id": text, "status": "RUNNING"}

    await look_everywhere(prepare)


@pytest.mark.slow
async def test_a_tiny_terminal_shows_the_same_without_breaking() -> None:
    def prepare(world: SeededWorld) -> None:
        spoil(world, {"notebooks": [{"name": text} for text in NASTY]}, list(NASTY))

    await look_everywhere(prepare, size=(20, 5))


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [1, 10])
async def test_an_endless_name_and_line_freeze_nothing(megabytes: int) -> None:
    long = "é" * (megabytes * 500_000)

    def prepare(world: SeededWorld) -> None:
        spoil(world, {"notebooks": [{"name": long, "description": long}]}, [long])

    async with run_console(prepare=prepare, scale=0) as console:
        loop = asyncio.get_running_loop()
        for key in ("1", "d", "y", "W", "escape", "2", "l", "W", "G", "escape"):
            began = loop.time()
            await console.press(key)
            assert loop.time() - began < 8, key
            check_harmless(console)
