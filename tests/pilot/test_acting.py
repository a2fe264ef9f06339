"""Actions by key: confirmed, bound to their resource, sent once."""

from __future__ import annotations

import json

import pytest
from textual import events

from matui.cli.options import Options
from matui.config.paths import make_state_dir
from matui.console.screens.confirm import ConfirmScreen
from matui.sim.server.faults import FaultRule
from tests.pilot.conftest import select


async def test_stop_is_sent_once_after_y_and_on_the_right_version(console):
    made = []
    async with console(prepare=lambda world: made.append(world.add_job("mine", versions=3))) as c:
        [job] = made
        await select(c, "mine")
        await c.press("x")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []
        await c.press("y")
        await c.advance(1)
        sent = c.list_acted()
        assert len(sent) == 1
        assert sent[0][1].endswith(f"/training-jobs/{job.id}/versions/{job.versions[-1].id}/stop")


async def test_n_and_escape_send_nothing(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        for key in ("n", "escape"):
            await c.press("x", key)
            assert not isinstance(c.app.screen, ConfirmScreen)
        await c.advance(5)
        assert c.list_acted() == []


async def test_keys_of_one_burst_end_with_the_dialog_that_they_were_typed_into(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        for key, character in (("question_mark", "?"), ("n", "n")):
            c.app.post_message(events.Key(key, character))
        await c.settle()
        assert c.app.screen is c.app.browse
        assert c.list_acted() == []


async def test_delete_wants_the_name_typed(console):
    async with console(prepare=lambda world: world.add_notebook("to-delete", status="STOPPED")) as c:
        await c.press("1")
        await select(c, "to-delete")
        await c.press("ctrl+d", "y", "enter")
        assert c.list_acted() == []
        for _ in range(3):
            await c.press("backspace")
        await c.type("to-delete")
        await c.press("enter")
        await c.advance(6)
        assert [method for method, _ in c.list_acted()] == ["DELETE"]


async def test_a_key_typed_before_the_dialog_was_painted_confirms_nothing(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        early = events.Key("y", "y")
        await c.press("x")
        c.app.screen.on_key(early)
        await c.settle()
        assert isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []


async def test_esc_pressed_before_a_dialog_takes_its_name_cancels_it(console):
    async with console(prepare=lambda world: world.add_notebook("kept", status="STOPPED")) as c:
        await c.press("1")
        await select(c, "kept")
        early = events.Key("escape", None)
        await c.press("ctrl+d")
        c.app.post_message(early)
        await c.settle()
        assert c.app.screen is c.app.browse


async def test_the_dialog_disarms_when_its_job_changes_underneath(console):
    async with console(prepare=lambda world: world.add_job("mine", runs_s=20)) as c:
        await select(c, "mine")
        await c.press("x")
        await c.advance(40)
        assert "mine is now COMPLETED" in c.read_text()
        await c.press("y")
        assert isinstance(c.app.screen, ConfirmScreen)
        await c.press("escape")
        assert c.list_acted() == []


async def test_a_refusal_is_reported_without_a_dialog(console):
    async with console(prepare=lambda world: world.add_job("done", status="COMPLETED")) as c:
        await select(c, "done")
        await c.press("x")
        assert not isinstance(c.app.screen, ConfirmScreen)
        assert "it has completed" in c.read_text()


@pytest.mark.slow
async def test_a_name_typed_for_a_dialog_that_does_not_open_runs_no_commands(console):
    async with console(options=Options(demo=True, read_only=True)) as c:
        row = c.app.browse.tables.table.cursor.resource
        for key in ("ctrl+d", *"delve", "enter"):
            event = events.Key(key, key if len(key) == 1 else None)
            event.time += 0.3  # after the refusal, which nobody has read by then
            c.app.post_message(event)
        await c.settle()
        assert "read-only" in c.read_text().lower()
        assert c.app.browse.host.pane is None
        assert c.app.screen is c.app.browse
        assert c.app.browse.tables.table.cursor.resource == row
        later = events.Key("d", "d")
        later.time += 5  # after a pause
        c.app.post_message(later)
        await c.settle()
        assert c.app.browse.host.pane is not None


async def test_read_only_refuses_every_action(console):
    async with console(options=Options(demo=True, read_only=True)) as c:
        assert "READ-ONLY" in c.read_text()
        for key in ("x", "ctrl+d"):
            await c.press(key)
            assert not isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []


async def test_marked_services_are_deleted_in_one_request(console):
    def prepare(world):
        for number in range(3):
            world.add_service(f"old-{number}", status="stopped")

    async with console(prepare=prepare) as c:
        await c.press("3", "/")
        await c.type("old-")
        await c.press("enter", "space", "space", "space")
        assert len(c.app.browse.tables.table.marks.ids) == 3
        await c.press("ctrl+d")
        await c.type("delete 3")
        await c.press("enter")
        await c.advance(6)
        sent = c.list_acted()
        assert [method for method, _ in sent] == ["DELETE"]
        assert sent[0][1].count(",") == 2


async def test_marks_stay_on_their_jobs_through_sort_and_refresh(console):
    async with console() as c:
        await c.press("space", "down", "space")
        marked = c.app.browse.tables.table.marks.ids
        await c.press("o", "O")
        await c.advance(10)
        assert c.app.browse.tables.table.marks.ids == marked


async def test_every_action_leaves_intent_and_result_in_the_audit_trail(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x", "y")
        await c.advance(1)
        lines = [
            json.loads(line)
            for line in next((make_state_dir() / "demo").glob("audit*")).read_text().splitlines()
        ]
        assert [line["line"] for line in lines] == ["intent", "result", "settled"]
        assert {line["action"] for line in lines} == {"stop"}
        assert (lines[0]["status_before"], lines[2]["status_after"]) == ("JOBSTAT_RUNNING", "JOBSTAT_KILLING")


async def test_a_lost_answer_is_reported_as_unknown_and_not_repeated(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        await select(c, "mine")
        await c.press("x")
        c.faults.rules = (FaultRule("lost", 1.0, "stop"),)
        await c.press("y")
        await c.advance(3)
        assert "unknown" in c.read_text()
        assert len(c.list_acted()) == 1


async def test_the_action_of_a_focused_pane_is_about_its_own_job(console):
    def prepare(world):
        world.add_job("first", began_s_ago=20)
        world.add_job("second", began_s_ago=10)

    async with console(prepare=prepare) as c:
        await select(c, "first")
        await c.press("d")
        pane_job = c.app.browse.host.pane.resource
        await c.press("x")
        assert c.app.screen.plan.ready[0].resource.id == pane_job.id


@pytest.mark.parametrize("pane", [["v"], ["v", "d"]])
@pytest.mark.parametrize("gone", [False, True])
async def test_a_dialog_about_a_version_disarms_when_the_version_moves_on_or_goes(console, pane, gone):
    made = []
    async with console(prepare=lambda world: made.append(world.add_job("mine"))) as c:
        [job] = made
        await select(c, "mine")
        await c.press(*pane)
        await c.press("x")
        assert c.app.screen.plan.ready[0].resource.kind == "versions"
        if gone:
            del job.versions[-1]
        else:
            job.versions[-1].timeline.steps[:] = [(0, 10)]
        await c.advance(40)
        assert ("is gone" if gone else "is now COMPLETED") in c.read_text()
        await c.press("y")
        assert isinstance(c.app.screen, ConfirmScreen)
        await c.press("escape")
        assert c.list_acted() == []
