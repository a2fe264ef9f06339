"""Rules, dialog, countdown and audit in the console: nothing is sent that was not meant."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input

from matui.cli.context.demo import build_demo_profile
from matui.config.paths import make_state_dir
from matui.config.section_settings import Guard
from matui.console.screens.audit import AuditScreen
from matui.console.screens.confirm import ConfirmScreen
from matui.live.actions.executor import Executor
from matui.live.audit.trail import Audit, AuditResult
from matui.resources.model import Phase
from matui.sim.server.faults import FaultRule
from tests.event_loop import get_loop_time
from tests.pilot.conftest import find_dimmed_keys


async def select(c, name: str) -> None:
    """Put the cursor on the row of that name."""
    table = c.app.browse.tables.table
    row = next(row for row in table.rows.order.rows.values() if row.resource.name == name)
    assert table.cursor.move_to(row.key)
    await c.settle()


async def paste(c, text: str) -> None:
    """Paste into whatever has the focus."""
    c.app.post_message(events.Paste(text))
    await c.settle()


@pytest.fixture
def guard(monkeypatch):
    """Return what gives the profile rules."""

    def give(**rules) -> None:
        profile = build_demo_profile().model_copy(update={"guard": Guard.model_validate(rules)})
        monkeypatch.setattr("tests.pilot.conftest.build_demo_profile", lambda: profile)

    return give


def add_stopped_notebook(world) -> None:
    world.add_notebook("zq", status="STOPPED")


async def ask_to_delete(c) -> ConfirmScreen:
    await c.press("1")
    await select(c, "zq")
    await c.press("ctrl+d")
    assert isinstance(c.app.screen, ConfirmScreen)
    return c.app.screen


def read_notices(c) -> str:
    """Return everything the console has notified of."""
    return "\n".join(notice.message for notice in c.app._notifications)


async def test_a_countdown_runs_before_anything_is_sent(console):
    async with console(size=(80, 24), prepare=add_stopped_notebook) as c:
        await ask_to_delete(c)
        await paste(c, "zq")
        await c.press("enter")
        for left in (5, 4, 3, 2, 1):
            assert f"delete in {left} s" in c.read_text()
            assert c.list_acted() == []
            await c.advance(1)
        await c.advance(1)
        assert [method for method, _ in c.list_acted()] == ["DELETE"]


async def test_escape_in_the_countdown_sends_nothing(console):
    async with console(prepare=add_stopped_notebook) as c:
        await ask_to_delete(c)
        await paste(c, "zq")
        await c.press("enter")
        await c.advance(4)
        await c.press("y", "enter", "escape")
        assert read_notices(c) == "Cancelled: nothing was sent."
        await c.advance(6)
        assert c.list_acted() == []
        assert not list(make_state_dir().glob("audit*"))


async def test_a_change_in_the_countdown_disarms_it(console):
    async with console(prepare=add_stopped_notebook) as c:
        dialog = await ask_to_delete(c)
        await paste(c, "zq")
        await c.press("enter")
        await c.advance(2)
        [target] = dialog.plan.ready
        notebook = c.world.notebooks.get(target.resource.id)
        notebook.run(int(c.clock.now() * 1000), "STARTING", 60)
        c.app.browse.session.pollers.trigger("notebooks")
        await c.advance(2)
        assert "zq is now STARTING" in c.read_text()
        await c.advance(5)
        await c.press("enter", "escape")
        assert c.list_acted() == []


@pytest.mark.slow
async def test_a_process_that_stood_still_in_the_countdown_asks_again(console):
    async with console(prepare=add_stopped_notebook) as c:
        await ask_to_delete(c)
        await paste(c, "zq")
        await c.press("enter")
        c.clock.jump(3600)
        await c.advance(1)
        assert "matui was stopped" in c.read_text()
        await c.advance(10)
        assert c.list_acted() == []


async def test_the_footer_the_help_and_a_key_know_a_denied_action(console, guard):
    guard(deny=["stop"])
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        assert find_dimmed_keys(c) == "x stop"
        await c.press("x")
        assert "the rules of profile demo deny stop" in read_notices(c)
        assert not isinstance(c.app.screen, ConfirmScreen)
        assert "deny stop" in c.app.browse.dispatch.explain_disabled("stop")


@pytest.mark.parametrize("way", ["command", "palette"])
async def test_the_command_line_and_the_palette_obey_the_rules(console, guard, way):
    guard(allow=["start"])
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        if way == "command":
            await c.press(":")
            await paste(c, "stop")
        else:
            await c.press("ctrl+p")
            await paste(c, "stop")
        await c.press("enter")
        await c.settle()
        assert not isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []


async def test_a_typed_command_never_takes_a_name_for_the_selected_row(console):
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        await c.press(":")
        await paste(c, "stop q")
        await c.press("enter")
        assert not isinstance(c.app.screen, ConfirmScreen)
        assert "takes no name" in read_notices(c)


async def test_a_protected_job_wants_its_name_typed_to_be_stopped(console, guard):
    guard(protect=["zj*"])
    async with console(size=(80, 24), prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        await c.press("x", "y", "backspace", "enter")
        assert 'protected by "zj*"' in c.read_text()
        assert c.list_acted() == []
        await paste(c, "zj")
        await c.press("enter")
        await c.advance(1)
        assert len(c.list_acted()) == 1


async def test_a_protected_job_that_is_never_to_be_touched_is_not(console, guard):
    guard(protect=["/^z/"], protect_how="never")
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        await c.press("x")
        assert 'profile demo protects "/^z/" from every action' in read_notices(c)
        assert not isinstance(c.app.screen, ConfirmScreen)


async def test_more_marks_than_the_cap_are_refused(console, guard):
    guard(most=2)

    def prepare(world):
        for number in range(3):
            world.add_service(f"zs{number}", status="stopped")

    async with console(prepare=prepare) as c:
        await c.press("3", "/")
        await paste(c, "zs")
        await c.press("enter", "space", "space", "space", "ctrl+d")
        assert "profile demo allows at most 2 at once, and these are 3" in read_notices(c)
        assert not isinstance(c.app.screen, ConfirmScreen)


async def test_keys_and_pastes_from_before_the_dialog_do_not_fill_in_the_name(console):
    async with console(prepare=add_stopped_notebook) as c:
        early = get_loop_time()
        dialog = await ask_to_delete(c)
        name = dialog.query_one("#name", Input)
        assert name.has_focus
        for event in (events.Key("y", "y"), events.Paste("zq"), events.Key("enter", "\r")):
            event.time = early
            name.post_message(event)
            await c.settle()
        assert name.value == ""
        name.post_message(events.Paste("zq\n"))
        await c.settle()
        assert name.value == "zq"
        assert not dialog.agreed


async def test_the_dialog_is_armed_only_once_it_is_on_the_screen(console, monkeypatch):
    armed = []
    arm = ConfirmScreen._arm

    def seen(self):
        lines = self._compositor.render_strips()
        armed.append("Stop job" in "".join(segment.text for strip in lines for segment in strip))
        arm(self)

    monkeypatch.setattr(ConfirmScreen, "_arm", seen)
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")
        await c.press("x")
        assert armed == [True]


async def test_what_hides_in_a_name_is_shown_in_the_dialog(console):
    async with console(prepare=lambda world: world.add_job("zj\u202e\u200b\u3164x ")) as c:
        await c.press("/")
        await paste(c, "zj")
        await c.press("enter", "x")
        assert "zj<202e><200b><3164>x␠" in c.read_text()


async def test_the_state_is_read_anew_when_the_dialog_opens_although_polling_is_paused(console):
    made = []
    async with console(prepare=lambda world: made.append(world.add_job("zj", runs_s=30))) as c:
        await select(c, "zj")
        await c.press("p")
        await c.advance(60)
        assert "● RUNNING" in c.read_text()
        await c.press("x")
        await c.advance(1)
        assert "zj is now COMPLETED" in c.read_text()


async def test_the_audit_screen_shows_what_was_done_and_settles_what_was_lost(console):
    def prepare(world):
        world.add_job("zj")
        world.add_job("zl")

    async with console(size=(80, 24), prepare=prepare) as c:
        await select(c, "zj")
        await c.press("x", "y")
        await c.advance(2)
        await c.press("escape")
        await select(c, "zl")
        await c.press("x")
        c.faults.rules = (FaultRule("lost", 1.0, "stop"),)
        await c.press("y")
        await c.advance(0.5)
        await c.press("H")
        assert isinstance(c.app.screen, AuditScreen)
        c.app.clear_notifications()  # they cover the rows
        await c.settle()
        rows = [line for line in c.read_text().splitlines() if "stop" in line]
        assert "zl" in rows[0]
        assert "✓ done" in rows[1]
        c.faults.rules = ()
        await c.advance(6)
        c.app.clear_notifications()
        await c.press("ctrl+r")
        rows = [line for line in c.read_text().splitlines() if "stop" in line]
        assert "? unknown → " in rows[0]
        await c.press("enter")
        assert "Verified" in c.read_text()
        assert "State before" in c.read_text()
        await c.press("escape", "/")
        await paste(c, "status:unk")
        await c.press("enter")
        assert c.app.screen.table.row_count == 1
        await c.press("escape", "escape")
        assert not isinstance(c.app.screen, AuditScreen)


async def test_an_empty_trail_and_broken_lines_are_said(console):
    async with console(size=(80, 24)) as c:
        await c.press("H")
        assert "No action is recorded." in c.read_text()
        (make_state_dir() / "demo").mkdir(mode=0o700)
        (make_state_dir() / "demo" / "audit.jsonl").write_text("{broken\n")
        await c.advance(10)
        assert "1 line could not be read" in c.read_text()


async def test_what_an_earlier_run_left_unknown_is_settled_when_the_console_opens(console):
    async with console(prepare=add_stopped_notebook) as c:
        await c.press("1")
        await select(c, "zq")
        row = c.app.browse.selection.get_one()
        executor: Executor = c.app.browse.session.executor
        audit: Audit = c.app.browse.session.audit
        before = replace(row, status="RUNNING", phase=Phase.RUNNING)
        ident = audit.record_intent(executor._cloud, "stop", before)
        audit.write_result(ident, executor._cloud, "stop", before, AuditResult(outcome="unknown"))
        await c.app.browse.session.settle()
        last = json.loads(audit.file.read_text().splitlines()[-1])
        assert (last["line"], last["verdict"], last["status_after"]) == ("settled", "done", "STOPPED")


async def test_a_full_disk_refuses_the_action_before_it_is_sent(console, monkeypatch):
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        await select(c, "zj")

        def full(*_arguments):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("matui.live.audit.jsonl_file.os.write", full)
        await c.press("x", "y")
        await c.advance(1)
        assert "stop not sent" in read_notices(c)
        assert "No space left on device" in read_notices(c)
        assert c.list_acted() == []


async def test_what_is_typed_ahead_after_a_slash_goes_into_the_filter_and_runs_nothing(console):
    async with console(prepare=lambda world: world.add_job("zj")) as c:
        for key in ("slash", "z", "j", "x", "y", "p"):
            c.app.post_message(events.Key(key, "/" if key == "slash" else key))
        await c.settle()
        assert c.app.browse.typing.bar.text == "zjxyp"
        assert not c.app.browse.session.pollers.controls.paused
        assert c.app.browse.host.pane is None
        await c.press("escape")
        assert c.list_acted() == []


async def test_a_notification_covers_no_question(console):
    async with console(size=(60, 20), prepare=lambda world: world.add_job("zz-running")) as c:
        c.app.notify("The words of a refusal that came before. " + "Lastly.", timeout=60)
        await c.press("2")
        await select(c, "zz-running")
        assert "Lastly" in c.read_text()
        await c.press("x")
        await c.settle()
        assert isinstance(c.app.screen, ConfirmScreen)
        dialog = c.app.screen.query_one("#dialog").region
        assert "Lastly" not in "".join(c.read_text().splitlines()[dialog.y : dialog.bottom])
        await c.press("escape")
        await c.settle()
        assert "Lastly" in c.read_text()
