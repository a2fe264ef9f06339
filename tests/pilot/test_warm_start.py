"""The rows of the last run are shown, dimmed, until the cloud has answered."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from textual import events

from matui.base.errors import ConfigError
from matui.cli.context.demo import build_demo_profile
from matui.cli.options import Options
from matui.config.section_settings import JournalSettings
from matui.config.settings import Settings
from matui.console import first_rows as warm_start
from matui.console.changes import last_start
from matui.console.changes.last_start import FILE_NAME, find_last_start
from tests.pilot.conftest import Console, Stage, build_stage, run_console


async def run_earlier() -> None:
    """Run a console that writes to the user's journal."""
    async with run_console(profiles=[build_demo_profile()], prepare=lambda world: world.add_job("mine")) as c:
        await c.press("2")
        await c.advance(60)


def slow_stage(**build: Any) -> Stage:
    """Return a console an hour later, whose cloud answers after ten seconds."""
    stage = build_stage(**{"profiles": [build_demo_profile()], **build})
    stage.clock.jump(3600)
    stage.faults.latency_s = 10
    return stage


async def wait_until_warm(stage: Stage, pilot: Any) -> None:
    for _ in range(100):
        await stage.clock.advance(0)
        await pilot.pause()
        table = stage.app.browse.tables.table
        if table is not None and table.rows.total:
            return
        await asyncio.sleep(0.01)


async def test_the_last_rows_are_shown_until_the_cloud_has_answered() -> None:
    await run_earlier()
    stage = slow_stage(prepare=lambda world: world.add_job("mine", status="FAILED"))
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        c = stage.make_console(pilot)
        await wait_until_warm(stage, pilot)
        await c.press("2")
        await wait_until_warm(stage, pilot)
        text = c.read_text()
        assert "mine" in text
        assert "as of 16:5" in text
        assert "asking" in text
        assert c.app.browse.tables.table.cursor.move_to(
            next(row.key for row in c.app.browse.tables.table.rows.resources if row.name == "mine")
        )
        off = {hint.command_id for hint in c.app.browse.dispatch.list_hints() if not hint.works}
        assert {"stop", "delete", "edit", "rerun"} <= off
        keys = text.splitlines()[-1]
        assert " stop" in keys
        await c.press("x")
        await c.settle()
        assert c.app.screen is c.app.browse
        assert "the cloud has not answered yet" in "".join(n.message for n in c.app._notifications)
        assert not c.list_acted()
        await c.advance(60)
        text = c.read_text()
        assert "asking" not in text
        assert "✗ FAILED" in next(line for line in text.splitlines() if "•mine " in line)
        assert text.splitlines()[-1] == keys
        off = {hint.command_id for hint in c.app.browse.dispatch.list_hints() if not hint.works}
        assert off & {"stop", "delete"} == {"stop"}


async def test_a_setting_turns_it_off() -> None:
    await run_earlier()
    stage = slow_stage(settings=Settings(journal=JournalSettings(warm_start=False)))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        for _ in range(20):
            await stage.clock.advance(0)
            await pilot.pause()
            await asyncio.sleep(0.01)
        assert stage.app.browse.tables.table is None or stage.app.browse.tables.table.rows.total == 0


def make_options(tmp_path: Path) -> Options:
    """Return the options of a console with a configuration file."""
    file = tmp_path / "config.toml"
    file.write_text("")
    return Options(config=file, screen="jobs")


async def wait_until_kept(c: Console, profiles: int = 1) -> None:
    """Return once the console has kept what it shows first of so many profiles."""
    await c.advance(60)
    for _ in range(500):
        start = find_last_start(c.app.options, c.app.get_state_dir())
        if start is not None and len(start.accounts) == profiles:
            return
        await asyncio.sleep(0.01)


async def start_earlier(options: Options) -> None:
    """Run a console that keeps what it shows first."""
    async with run_console(
        options=options, profiles=[build_demo_profile()], prepare=lambda world: world.add_job("mine")
    ) as c:
        await wait_until_kept(c)


def hold_profiles(stage: Stage, profiles: tuple[str, ...] = ("",)) -> asyncio.Event:
    """Let a console wait with opening its profiles until the event is set."""
    event = asyncio.Event()

    async def names() -> tuple[str, ...]:
        await event.wait()
        return profiles

    stage.app._names = names
    return event


async def test_they_are_painted_before_more_is_imported(tmp_path: Path) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    stage = slow_stage(options=options)
    painted: list[str] = []
    async with stage.app.run_test(size=(120, 40)) as pilot:
        c = stage.make_console(pilot)

        async def names() -> tuple[str, ...]:
            painted.append(c.read_text())
            return ("",)

        stage.app._names = names
        await wait_until_warm(stage, pilot)
        await c.settle()
    assert " mine" in painted[0]
    assert "as of" in painted[0].splitlines()[-2]


@pytest.mark.slow
async def test_they_are_shown_before_the_configuration_is_read(tmp_path: Path) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_until_warm(stage, pilot)
        c = stage.make_console(pilot)
        text = c.read_text()
        assert "•mine" in text or " mine" in text
        assert "as of" in text.splitlines()[-2]
        before = c.app.browse.tables.table
        assert before is not None
        await c.press("down", "enter", "x", "l", "space")
        await pilot.pause()
        assert c.app.screen is c.app.browse
        assert c.app.browse.host.pane is None
        assert "No profile is open yet." in {notice.message for notice in c.app._notifications}
        cursor = before.cursor.resource
        opening.set()
        await c.settle()
        assert c.app.browse.tables.table is before
        assert before.cursor.resource == cursor
        assert "as of" in c.read_text()
        await c.advance(60)
        assert "as of" not in c.read_text()
        assert not c.list_acted()


async def test_a_filter_of_an_earlier_run_is_shown_with_the_rows_that_it_hides_others_of(
    tmp_path: Path,
) -> None:
    options = make_options(tmp_path)
    async with run_console(
        options=options, profiles=[build_demo_profile()], prepare=lambda world: world.add_job("mine")
    ) as c:
        await wait_until_kept(c)
        c.app.browse.tick()
        await c.press("slash")
        await c.type("mine")
        await c.press("enter")
        c.app.browse.tick()
        await c.settle()
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        status = stage.make_console(pilot).read_text().splitlines()[-2]
        assert "as of" in status
        assert "/mine" in status
        opening.set()


async def test_a_kind_asked_for_before_a_profile_is_open_is_shown_once_it_is(tmp_path: Path) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        c = stage.make_console(pilot)
        await c.press("7", "2")
        opening.set()
        await c.advance(60)
        assert c.app.browse.tables.current == "jobs"


@pytest.mark.slow
async def test_the_help_is_right_before_a_profile_is_open_and_after(tmp_path: Path) -> None:
    stage = slow_stage(options=make_options(tmp_path), settings=Settings(keys={"notebooks": "ctrl+n"}))
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        c = stage.make_console(pilot)
        await c.settle()
        await c.press("question_mark")
        shown = c.read_text()
        assert ":notebooks" not in shown
        assert re.search("1 +notebooks", shown)
        assert "no profile is open yet" in shown
        opening.set()
        await c.advance(60)
        assert "no profile is open yet" not in c.read_text()
        assert re.search(r"ctrl\+n +notebooks", c.read_text())


async def test_a_command_typed_before_a_profile_is_open_runs_once_it_is(tmp_path: Path) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        c = stage.make_console(pilot)
        await c.press("colon", *"po")
        opening.set()
        await c.press(*"ols", "enter")
        await c.advance(60)
        assert c.app.browse.tables.current == "pools"


@pytest.mark.slow
async def test_keys_that_come_while_the_first_rows_are_shown_follow_those_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        c = stage.make_console(pilot)
        shown = c.app.browse.shown
        show_profiles = shown.show_profiles

        async def show_and_type(*profiles: Any) -> None:
            await show_profiles(*profiles)
            for key in ("o", "l", "s", "enter"):
                c.app.post_message(events.Key(key, key if len(key) == 1 else None))

        monkeypatch.setattr(shown, "show_profiles", show_and_type)
        await c.press("colon", "p", "o")
        opening.set()
        await c.advance(60)
        assert c.app.browse.tables.current == "pools"


def move_account(folder: Path, region: str = "cn-north-4") -> None:
    """Let the last start and the journal name another region in place of ``region``."""
    file = next(folder.rglob(FILE_NAME))
    file.write_text(file.read_text().replace(f'"{region}"', '"elsewhere"'))
    with sqlite3.connect(next(folder.rglob("journal.db"))) as journal:
        journal.execute("UPDATE accounts SET region='elsewhere' WHERE region=?", (region,))
    journal.close()


async def test_they_go_where_the_account_is_another(tmp_path: Path) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    move_account(tmp_path)
    stage = slow_stage(options=options)
    opening = hold_profiles(stage)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        assert stage.app.browse.tables.as_of is not None
        opening.set()
        for _ in range(20):
            await stage.clock.advance(0)
            await pilot.pause()
        assert stage.app.browse.fleet is not None
        assert stage.app.browse.tables.as_of is None
        assert not stage.app.browse.tables.table.rows.total


async def test_they_go_with_a_profile_that_cannot_be_opened(tmp_path: Path) -> None:
    one, two = (build_demo_profile().model_copy(update={"name": name}) for name in ("one", "two"))
    both: dict[str, Any] = {"profiles": [one, two], "names": ("one", "two")}
    options = make_options(tmp_path)
    async with run_console(options=options, **both) as c:
        await wait_until_kept(c, 2)
    stage = slow_stage(options=options, refusals={"two": ConfigError("No such key.")}, **both)
    opening = hold_profiles(stage, ("one", "two"))
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_until_warm(stage, pilot)
        assert stage.app.browse.tables.table is not None
        assert {row.profile for row in stage.app.browse.tables.table.rows.resources} == {"one", "two"}
        opening.set()
        c = stage.make_console(pilot)
        await c.settle()
        rows = c.app.browse.tables.table.rows.resources
        assert {row.profile for row in rows} == {"one"}


@pytest.mark.slow
async def test_they_go_where_the_account_of_the_second_profile_is_another(tmp_path: Path) -> None:
    one, two = (
        build_demo_profile().model_copy(update={"name": name, "region": region})
        for name, region in (("one", "cn-north-4"), ("two", "cn-east-3"))
    )
    both: dict[str, Any] = {"profiles": [one, two], "names": ("one", "two")}
    options = make_options(tmp_path)
    async with run_console(options=options, **both) as c:
        await wait_until_kept(c, 2)
    move_account(tmp_path, "cn-east-3")
    stage = slow_stage(options=options, **both)
    opening = hold_profiles(stage, ("one", "two"))
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        table = stage.app.browse.tables.table
        assert table is not None
        assert {row.profile for row in table.rows.resources} == {"one", "two"}
        opening.set()
        for _ in range(100):
            await stage.clock.advance(0)
            await pilot.pause()
            if stage.app.browse.fleet is not None and len(stage.app.browse.fleet.members) == 2:
                break
        assert {row.profile for row in table.rows.resources} == {"one"}


@pytest.mark.slow
async def test_profiles_chosen_later_are_not_what_the_next_start_shows(tmp_path: Path) -> None:
    one, two = (build_demo_profile().model_copy(update={"name": name}) for name in ("one", "two"))
    options = make_options(tmp_path)
    async with run_console(options=options, profiles=[one, two], names=("one",)) as c:
        await wait_until_kept(c)
        c.app.profiles.switch(["two"])
        await c.advance(60)
        if writing := [each for each in c.app.workers if each.group == "memory"]:
            await c.app.workers.wait_for_complete(writing)
        start = find_last_start(c.app.options, c.app.get_state_dir())
        assert start is not None
        assert set(start.accounts) == {"one"}


async def test_a_journal_that_does_not_answer_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = make_options(tmp_path)
    await start_earlier(options)
    answer = threading.Event()
    monkeypatch.setattr(last_start, "read_rows", lambda *_: answer.wait(20) and [])
    monkeypatch.setattr(warm_start, "_LAST_START_S", 0.01)
    async with run_console(options=options, profiles=[build_demo_profile()]) as c:
        try:
            await c.advance(60)
            assert c.app.browse.tables.is_loaded
        finally:
            answer.set()


async def test_a_profile_that_is_opened_later_shows_its_last_rows_beside_those_of_the_first(
    tmp_path: Path,
) -> None:
    one, two = (
        build_demo_profile().model_copy(update={"name": name, "region": region})
        for name, region in (("one", "cn-north-4"), ("two", "cn-east-3"))
    )
    both: dict[str, Any] = {"profiles": [one, two], "names": ("one", "two")}
    options = make_options(tmp_path)
    async with run_console(options=options, **both) as c:
        await wait_until_kept(c, 2)
    assert options.config is not None
    options.config.write_text("# changed")
    stage = slow_stage(options=options, **both)
    async with stage.app.run_test(size=(120, 40)) as pilot:
        await wait_until_warm(stage, pilot)
        table = stage.app.browse.tables.table
        assert table is not None
        for _ in range(100):
            if len({row.profile for row in table.rows.resources}) == 2:
                break
            await stage.clock.advance(0)
            await pilot.pause()
            await asyncio.sleep(0.01)
        assert {row.profile for row in table.rows.resources} == {"one", "two"}
        assert stage.app.browse.tables.as_of is not None
