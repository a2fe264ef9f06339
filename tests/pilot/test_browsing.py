"""The table: kinds, cursor, filter, sort, pause, and a cloud that goes away."""

from __future__ import annotations

import unicodedata

import pytest
from textual import events

from matui.cli.options import Options
from matui.config.settings import Settings
from matui.sim.server.faults import FaultRule


async def test_digit_keys_change_the_kind_in_place(console):
    async with console() as c:
        for key, kind in (("1", "notebooks"), ("3", "services"), ("4", "workspaces"), ("2", "jobs")):
            await c.press(key)
            assert c.app.browse.tables.kind.id == kind
            assert f"  {kind} " in c.read_text().splitlines()[0]


async def test_the_cursor_stays_on_its_job_while_newer_ones_arrive(console):
    async with console() as c:
        await c.press("down", "down", "down")
        before = c.app.browse.tables.table.cursor.resource
        for number in range(3):
            c.world.add_job(f"newcomer-{number}", began_s_ago=1)
        await c.advance(6)
        assert "newcomer-2" in {
            row.name for row in c.app.browse.session.pollers.get_poller("jobs").snapshot.rows.values()
        }
        assert c.app.browse.tables.table.cursor.resource.id == before.id


async def test_a_table_shown_again_has_its_rows_where_they_were(console):
    async with console(size=(80, 24)) as c:
        table = c.app.browse.tables.table
        await c.press("down", "down")
        assert (table.rows.view.index, table.rows.view.top) == (2, 0)
        await c.press("1", "2")
        assert c.app.browse.tables.table is table
        assert (table.rows.view.index, table.rows.view.top) == (2, 0)


async def test_a_filter_narrows_while_it_is_typed_and_escape_clears_it(console):
    async with console() as c:
        everything = c.app.browse.tables.table.row_count
        await c.press("/")
        await c.type("phase:failed")
        failed = c.app.browse.tables.table.row_count
        assert 0 < failed < everything
        await c.press("enter")
        assert "/phase:failed" in c.read_text()
        await c.press("escape")
        assert c.app.browse.tables.table.row_count == everything


async def test_a_wrong_filter_is_named_while_typing_and_never_thrown(console):
    async with console() as c:
        await c.press("/")
        await c.type("age<banana")
        line = next(line for line in c.read_text().splitlines() if "age<banana" in line)
        assert line.replace("filter", "").replace("age<banana", "", 1).strip()
        assert c.app.browse.tables.table.row_count == 0
        assert c.app.failure is None


async def test_a_wrong_term_is_named_on_a_line_of_its_own_in_place_of_the_rows(console):
    async with console(size=(80, 24)) as c:
        await c.press("/")
        await c.type("phase:faild")
        table = c.app.browse.tables.table
        assert table.row_count == 0
        assert table.placeholder.startswith("phase:faild: there is no phase 'faild'")
        await c.press("enter")
        assert "phase:faild: there is no phase 'faild'" in c.read_text()
        await c.press("escape")
        assert table.row_count == table.rows.total


@pytest.mark.slow
async def test_a_time_that_a_kind_lacks_is_named_at_once(console):
    async with console() as c:
        await c.press("/")
        await c.type("updated<9d")
        assert c.app.browse.tables.table.row_count == 0
        assert "updated<9d: jobs have no such field here" in c.read_text()


@pytest.mark.slow
async def test_kinds_without_a_field_are_left_out_of_triage_and_named(console):
    async with console() as c:
        await c.press("0")
        await c.advance(30)
        everything = {row.kind for row in c.app.browse.tables.table.rows.resources}
        assert {"jobs", "notebooks"} <= everything
        await c.press("/")
        await c.type("!duration>900d")
        table = c.app.browse.tables.table
        shown = {row.resource.kind for row in table.rows.order.list_shown()}
        assert "jobs" in shown
        assert "notebooks" not in shown
        assert "notebooks" in c.app.browse.tables.left_out
        await c.press("enter")
        assert "left out" in c.read_text()


async def test_filter_sort_and_cursor_survive_refreshes(console):
    async with console() as c:
        await c.press("/")
        await c.type("phase:running")
        await c.press("enter", "o", "o", "down", "down")
        table = c.app.browse.tables.table
        before = (table.rows.sort_column, table.row_count, table.cursor.resource.id)
        for _ in range(4):
            await c.advance(5)
        assert (table.rows.sort_column, table.row_count, table.cursor.resource.id) == before


async def test_each_kind_keeps_its_own_filter(console):
    async with console() as c:
        await c.press("/")
        await c.type("resnet")
        await c.press("enter", "1")
        assert c.app.browse.tables.filter_text == ""
        await c.press("2")
        assert c.app.browse.tables.filter_text == "resnet"


def count_lists(requests):
    return sum(path.endswith("/training-jobs") for _method, path, _query in requests)


@pytest.mark.slow
async def test_pausing_stops_the_requests_and_refresh_still_asks_once(console):
    async with console() as c:
        await c.press("p")
        seen = len(c.requests)
        await c.advance(120)
        assert len(c.requests) == seen
        assert "paused" in c.read_text()
        await c.press("ctrl+r")
        assert count_lists(c.requests[seen:]) == 1  # the rest is the log of a job that has failed since
        await c.press("p")
        await c.advance(10)
        assert count_lists(c.requests[seen:]) > 1


@pytest.mark.slow
async def test_old_rows_stay_and_the_reason_is_said_while_the_cloud_is_away(console):
    async with console() as c:
        c.faults.rules = (FaultRule("500", 1.0),)
        await c.advance(60)
        assert "resnet101-8p-0004" in c.read_text()
        status = c.read_text().splitlines()[-2]
        assert "retry in" in status
        assert "old" in status
        c.faults.rules = ()
        await c.advance(90)
        assert "live" in c.read_text().splitlines()[-2]


@pytest.mark.slow
async def test_hostile_names_are_shown_safely_in_every_kind_and_pane(console):
    async with console(hostile=True) as c:
        for kind in "1234":
            await c.press(kind, "end")
            for pane in ("d", "y") if kind != "2" else ("d", "y", "m", "v", "l"):
                await c.press("up", pane)
                controls = {ch for ch in c.read_text() if unicodedata.category(ch) == "Cc" and ch != "\n"}
                assert not controls
                await c.press("escape")
        assert c.app.failure is None
        assert c.app.is_running


async def test_a_typed_kind_or_its_short_name_goes_there(console):
    async with console() as c:
        for typed, kind in (
            ("svc", "services"),
            ("nb", "notebooks"),
            ("job", "jobs"),
            ("worksp", "workspaces"),
        ):
            await c.press(":")
            await c.type(typed)
            await c.press("enter")
            assert c.app.browse.tables.kind.id == kind


async def test_an_unknown_command_is_said_in_the_line(console):
    async with console() as c:
        await c.press(":")
        await c.type("frobnicate")
        await c.press("enter")
        assert "no command" in c.read_text()
        await c.press("escape")
        assert c.app.browse.tables.table.has_focus


async def test_a_typed_kind_with_a_filter_shows_just_that(console):
    async with console() as c:
        await c.press(":")
        await c.type("jobs phase:failed")
        await c.press("enter")
        assert c.app.browse.tables.filter_text == "phase:failed"


async def test_triage_gathers_what_is_in_trouble_of_every_kind(console):
    async with console() as c:
        await c.press("0")
        rows = c.app.browse.fleet.triage.rows.values()
        assert {row.kind for row in rows} >= {"notebooks", "jobs", "services", "workspaces"}
        assert c.app.browse.tables.table.row_count == len(rows)
        c.world.add_job("newly-broken", status="FAILED", began_s_ago=30)
        await c.advance(30)
        assert "newly-broken" in c.read_text()


async def test_help_says_why_a_key_does_nothing_here(console):
    async with console(size=(100, 60)) as c:
        await c.press("1", "?")
        assert "notebooks have no logs" in c.read_text()


async def test_the_console_opens_with_the_kind_asked_for(console):
    async with console(options=Options(demo=True, screen="services")) as c:
        assert c.app.browse.tables.kind.id == "services"


async def test_small_terminals_show_name_and_status(console):
    for size in ((80, 24), (60, 16), (40, 12), (20, 5)):
        async with console(size=size) as c:
            assert c.app.is_running
            if size[0] >= 40:
                assert "NAME" in c.read_text()


async def test_keys_typed_ahead_of_enter_in_a_filter_go_to_the_table(console):
    async with console(prepare=lambda world: world.add_job("mine")) as c:
        for key, letter in [
            ("slash", "/"),
            *((x, x) for x in "mine"),
            ("enter", "\r"),
            *((x, x) for x in "xy"),
        ]:
            c.app.post_message(events.Key(key, letter))
        await c.settle()
        assert c.list_acted() == []
        assert c.app.browse.tables.filter_text == "mine"
        assert c.app.screen.plan.ready[0].resource.name == "mine"


async def test_keys_typed_ahead_of_a_command_that_is_wrong_stay_in_its_line(console):
    async with console() as c:
        for key, letter in [(":", ":"), ("q", "q"), ("z", "z"), ("enter", "\r"), ("x", "x")]:
            c.app.post_message(events.Key("colon" if key == ":" else key, letter))
        await c.settle()
        assert c.app.browse.typing.bar.is_open
        assert c.app.browse.typing.bar.text == "qzx"


async def test_the_bytes_a_second_are_shown_on_demand_and_gone_again(console):
    async with console() as c:
        assert "B/s" not in c.read_text()
        await c.press("L")
        assert "B/s" in c.read_text()
        await c.press("L")
        assert "B/s" not in c.read_text()


async def test_a_key_of_the_users_own_does_what_the_usual_one_did(console):
    async with console(settings=Settings(keys={"utc": "K"})) as c:
        await c.press("u")
        assert not c.app.browse.panes.utc
        await c.press("K")
        assert c.app.browse.panes.utc
        await c.press("3")
        assert c.app.browse.tables.kind.id == "services"


async def test_marks_hidden_by_a_filter_are_counted_as_hidden_in_the_bar_and_the_dialog(console):
    async with console() as c:
        c.app.browse.typing.filter("status:running")
        await c.press("asterisk")
        marked = len(c.app.browse.tables.table.marks)
        assert marked > 2
        first = c.app.browse.tables.table.cursor.resource.name
        c.app.browse.typing.filter(f'"{first}"')
        await c.settle()
        assert f"{marked} marked ({marked - 1} hidden)" in c.read_text()
        await c.press("x")
        assert f"{marked - 1} of them hidden by the filter" in c.read_text()


async def test_a_kind_that_the_cloud_lacks_is_refused_with_the_reason(console):
    async with console() as c:
        await c.press("9")
        [said] = [note.message for note in c.app._notifications]
        assert said == 'ModelArts v1 has no DevServers: api = "v2" in the profile shows them.'


async def test_an_action_that_a_kind_lacks_is_refused_in_words_of_the_kind(console):
    async with console() as c:
        await c.press("8", "x")
        refusal = "Job configurations have no action stop. Known here: delete."
        assert refusal in {n.message for n in c.app._notifications}
