"""Several profiles side by side: one table, each row with what its own cloud can do."""

from __future__ import annotations

import pytest

from matui.base.errors import ConfigError, MatuiError, UnreachableError
from matui.cli.context.demo import build_demo_profile
from matui.cli.options import Options
from matui.config.settings import Settings
from matui.config.values import DEMO_PROFILES
from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.errors import ErrorsScreen
from matui.console.screens.outcomes import OutcomesScreen
from matui.console.screens.profiles import ProfilesScreen
from tests.pilot.conftest import Console, find_dimmed_keys, run_console
from tests.seeded_world import SeededWorld


def add_crew(world: SeededWorld) -> None:
    world.add_job("moving", status="RUNNING", workers=1, log_lines=10)
    world.add_job("other", status="RUNNING", workers=1, log_lines=10)


def read_header(console: Console) -> str:
    return console.read_text().splitlines()[0]


def list_shown_names(console: Console) -> set[str]:
    table = console.app.browse.tables.table
    assert table is not None
    return {row.profile for row in table.rows.resources}


async def put_cursor_on(console: Console, profile: str, name: str) -> None:
    table = console.app.browse.tables.table
    assert table is not None
    assert table.cursor.move_to(
        next(row.key for row in table.rows.resources if (row.profile, row.name) == (profile, name))
    )
    await console.settle()


def read_notices(console: Console) -> str:
    return " ".join(str(notice.message) for notice in console.app._notifications)


@pytest.mark.slow
async def test_the_demo_shows_three_clouds_and_each_row_offers_what_its_own_can() -> None:
    async with run_console(size=(180, 40), prepare=add_crew, names=DEMO_PROFILES) as c:
        for _ in range(20):
            await c.settle()
            if list_shown_names(c) == set(DEMO_PROFILES):
                break
        assert list_shown_names(c) == set(DEMO_PROFILES)
        assert all(name in read_header(c) for name in DEMO_PROFILES)
        assert "PROFILE" in c.read_text()
        assert "CLOUD" in c.read_text()
        assert "PROGRESS" in c.read_text()
        await put_cursor_on(c, "demo", "moving")
        assert "l logs" in c.read_text().splitlines()[-1]
        await put_cursor_on(c, "demo-opensearch", "ctr_home_feed")
        assert "l logs" in find_dimmed_keys(c)
        assert "s start" in c.read_text().splitlines()[-1]
        await c.press("x")
        assert "OpenSearch has no stop for a running task" in read_notices(c)
        await c.press("slash")
        await c.type("cloud:qianfan")
        await c.press("enter")
        assert "moving" not in c.read_text()
        assert "intent-router-sft" in c.read_text()
        await c.app.browse.dispatch.run("sort", "profile")
        assert c.app.browse.tables.table.rows.sort_column == "profile"
        await put_cursor_on(c, "demo-qianfan", "intent-router-sft")
        await c.press("d")
        assert "ERNIE-Lite-8K-0922" in c.read_text()
        await c.press("escape", "1")
        assert list_shown_names(c) == {"demo"}  # the only one with notebooks


@pytest.mark.parametrize("passing", [False, True])
async def test_one_that_cannot_be_opened_does_not_block_and_opens_later(passing: bool) -> None:
    error: MatuiError = (
        UnreachableError("No answer.") if passing else ConfigError("Profile 'lab' has no keys.")
    )
    refusals = {"lab": error}
    lab = build_demo_profile().model_copy(update={"name": "lab"})
    names = ("lab", "demo")
    async with run_console(prepare=add_crew, scale=0, names=names, profiles=[lab], refusals=refusals) as c:
        assert list_shown_names(c) == {"demo"}
        assert "lab ✗" in read_header(c)
        assert "lab: " in c.read_text().splitlines()[-2]
        assert read_notices(c).count(str(error)) == 1
        await c.press("exclamation_mark")
        assert isinstance(c.app.screen, ErrorsScreen)
        assert "opening profile lab" in c.read_text()
        await c.press("escape")
        refusals.clear()
        await (c.advance(11) if passing else c.press("ctrl+r"))
        await c.settle()
        assert list_shown_names(c) == {"demo", "lab"}
        assert "✗" not in read_header(c)


async def test_the_status_bar_names_the_profile_of_the_row_where_its_column_gave_way() -> None:
    name = "pretrain-of-a-job-with-a-name-that-is-as-long-as-names-may-be"
    lab = build_demo_profile().model_copy(update={"name": "lab"})

    def prepare(world: SeededWorld) -> None:
        world.add_job(name, status="RUNNING", workers=1, log_lines=10)

    async with run_console(
        prepare=prepare, scale=0, size=(80, 24), names=("demo", "lab"), profiles=[lab]
    ) as c:
        for profile in ("demo", "lab"):
            await put_cursor_on(c, profile, name)
            assert c.read_text().splitlines()[-2].startswith(f" profile {profile} · live")
        await c.pilot.resize_terminal(160, 24)
        c.app.browse.tick()
        await c.settle()
        assert "PROFILE" in c.read_text()
        assert "profile lab" not in c.read_text().splitlines()[-2]


async def test_when_none_can_be_opened_it_ends_with_one_sentence() -> None:
    refusals = {"lab": ConfigError("no keys"), "demo": UnreachableError("no answer")}
    lab = build_demo_profile().model_copy(update={"name": "lab"})
    async with run_console(scale=0, names=("lab", "demo"), profiles=[lab], refusals=refusals) as c:
        await c.settle()
        assert c.app.return_value == 4
        assert "lab: no keys" in str(c.app.failure)
        assert "demo: no answer" in str(c.app.failure)


async def test_marks_over_two_profiles_act_together_and_a_read_only_one_is_left_alone() -> None:
    lab = build_demo_profile().model_copy(update={"name": "lab", "read_only": True, "color": "#ff8800"})
    async with run_console(prepare=add_crew, scale=0, names=("demo", "lab"), profiles=[lab]) as c:
        assert "lab RO" in read_header(c)
        for profile in ("demo", "lab"):
            await put_cursor_on(c, profile, "moving")
            await c.press("space")
        assert "2 marked" in c.read_text()
        await c.press("x")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert "profile lab is read-only here" in c.read_text()
        await c.press("y")
        assert isinstance(c.app.screen, OutcomesScreen)
        assert [path for _method, path in c.list_acted() if path.endswith("/stop")].__len__() == 1
        assert "✗ lab  moving" in c.read_text()
        assert c.read_text().index("✗ lab  moving") < c.read_text().index("✓ demo  moving"), (
            "what failed comes first"
        )
        await c.press("escape")
        rows = {row.profile: row for row in c.app.browse.tables.table.rows.resources if row.name == "moving"}
        assert rows["demo"].status == "JOBSTAT_KILLING"


@pytest.mark.parametrize("columns", [44, 60, 80])
async def test_the_dialog_of_the_profiles_has_a_line_for_each(console, columns: int) -> None:
    async with console(names=("demo", "demo-qianfan")) as c:
        await c.type(":profiles")
        await c.press("enter")
        await c.pilot.resize_terminal(columns, 20)
        await c.settle()
        states = [line for line in c.read_text().split("\n") if "● " in line and " open " in line]
        assert len(states) == 2
        assert all(("cn-north-4" in line or "–" in line) == (columns == 80) for line in states)


async def test_toggling_a_profile_disturbs_no_other() -> None:
    lab = build_demo_profile().model_copy(update={"name": "lab"})
    settings = Settings(profiles={"demo": build_demo_profile(), "lab": lab})
    async with run_console(
        prepare=add_crew, scale=0, names=("demo",), profiles=[lab], settings=settings, options=Options()
    ) as c:
        assert "PROFILE" not in c.read_text()
        await put_cursor_on(c, "demo", "other")
        table, poller = c.app.browse.tables.table, c.app.browse.session.pollers.get_poller("jobs")
        await c.press("colon")
        await c.type("profiles")
        await c.press("enter")
        assert isinstance(c.app.screen, ProfilesScreen)
        await c.press("down", "space", "enter")
        assert list_shown_names(c) == {"demo", "lab"}
        assert "PROFILE" in c.read_text()
        assert c.app.browse.tables.table is table
        assert table.cursor.key == ("demo", "jobs", table.cursor.id)
        assert table.cursor.resource.name == "other"
        await c.press("space")
        await put_cursor_on(c, "lab", "moving")
        await c.press("l")
        assert c.app.browse.host.pane is not None
        assert " log  lab  moving " in c.read_text()
        c.app.profiles.switch(("demo",))
        await c.settle()
        assert list_shown_names(c) == {"demo"}
        assert "PROFILE" not in c.read_text()
        assert c.app.browse.host.pane is None  # it was of a profile that is closed
        assert [row.name for row in table.marks.resources] == ["other"]
        assert c.app.browse.session.pollers.get_poller("jobs") is poller


async def test_another_profile_is_left_only_once_the_new_one_is_open() -> None:
    lab = build_demo_profile().model_copy(update={"name": "lab", "theme": "matui-light"})
    refusals: dict[str, MatuiError] = {"lab": ConfigError("no keys")}
    settings = Settings(profiles={"demo": build_demo_profile(), "lab": lab})
    async with run_console(
        prepare=add_crew,
        scale=0,
        names=("demo",),
        profiles=[lab],
        settings=settings,
        refusals=refusals,
        options=Options(),
    ) as c:
        c.app.profiles.switch(("lab",))
        await c.settle()
        assert list_shown_names(c) == {"demo"}
        assert "lab" not in read_header(c)
        assert "lab: no keys" in read_notices(c)
        refusals.clear()
        await c.press("colon")
        await c.type("profile lab")
        await c.press("enter")
        await c.settle()
        assert list_shown_names(c) == {"lab"}
        assert read_header(c).startswith(" lab ")
        assert c.app.theme == "matui-light"
        c.app.profiles.switch(("lab", "demo"))
        await c.settle()
        assert c.app.theme == "matui-dark"


@pytest.mark.slow
async def test_a_workspace_is_chosen_for_its_own_profile_and_typed_for_all() -> None:
    lab = build_demo_profile().model_copy(update={"name": "lab"})
    async with run_console(prepare=add_crew, names=("demo", "lab"), profiles=[lab]) as c:
        await c.press("4")
        demo, lab_member = c.app.browse.fleet.members
        wanted = next(iter(lab_member.pollers.get_poller("workspaces").snapshot.rows))
        await c.press("w")
        assert "lab: none named" in c.read_text()
        screen = c.app.screen
        screen.query_one("#choices").highlighted = len(screen._choices) // 2 + 1
        await c.press("enter")
        assert (demo.pollers.workspace, lab_member.pollers.workspace) == ("", wanted)
        c.app.profiles.switch_workspace(wanted)
        await c.settle()
        assert demo.pollers.workspace == wanted
        await c.press("2")
        assert list_shown_names(c) == {"demo", "lab"}


@pytest.mark.slow
async def test_actions_on_a_demo_beside_configured_profiles_go_to_its_own_audit(console) -> None:
    async with console(options=Options(), names=("demo",)) as c:
        (session,) = c.app.browse.fleet.members
        assert session.audit.file.parent.name == "demo"
