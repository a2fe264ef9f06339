"""Services, workspaces, models, catalogs and errors in depth."""

from __future__ import annotations

import unicodedata
from urllib.parse import parse_qsl

import pytest

from matui.base.errors import UsageError
from matui.cli.options import Options
from matui.console.screens.catalog import CatalogScreen
from matui.console.screens.confirm import ConfirmScreen
from matui.console.screens.errors import ErrorsScreen
from matui.console.screens.table_screen import TableScreen
from matui.sim.server.faults import FaultRule

pytestmark = pytest.mark.slow


async def show_only(c, kind_key: str, name: str) -> None:
    """Put the cursor on the row of that name of a kind."""
    await c.press(kind_key)
    tables = c.app.browse.tables
    rows = c.app.browse.session.pollers.get_poller(tables.kind.id).snapshot.rows.values()
    assert tables.table.cursor.move_to(next(row.key for row in rows if row.name == name))


def parse_workspace(query: str) -> str:
    """Return the workspace a request was narrowed to, ``""`` for none."""
    return dict(parse_qsl(query)).get("workspace_id", "")


async def test_a_node_is_stopped_alone_after_y_and_the_pane_shows_it(console):
    async with console() as c:
        await show_only(c, "3", "gate-cameras")
        await c.press("h")
        assert "gate-a" in c.read_text()
        node = c.app.browse.selection.get_one()
        await c.press("x")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert c.list_acted() == []
        await c.press("y")
        await c.advance(2)
        service, _, ident = node.id.partition("/")
        assert [path for _, path in c.list_acted()] == [
            f"/v1/{c.world.project_id}/services/{service}/nodes/{ident}/status"
        ]
        assert c.app.browse.host.pane.rows[node.id].status == "stopped"


async def test_read_only_stops_no_node(console):
    async with console(options=Options(demo=True, read_only=True)) as c:
        await show_only(c, "3", "gate-cameras")
        await c.press("h", "x")
        await c.advance(1)
        assert c.list_acted() == []


async def test_calls_have_a_rate_once_two_polls_have_come(console):
    async with console() as c:
        await show_only(c, "3", "ctr-ranking")
        await c.press("m")
        assert "Calls" in c.read_text()
        assert "calls/s" not in c.read_text()
        await c.advance(16)  # metrics are read every 15 s
        assert "calls/s" in c.read_text()


async def test_the_update_history_names_each_node(console):
    async with console() as c:
        await show_only(c, "3", "gate-cameras")
        await c.press("U", "z")
        assert "Nodes failed" in c.read_text()
        assert "gate-b" in c.read_text()


async def test_what_counts_down_is_painted_only_when_it_says_something_else(console):
    async with console() as c:
        await show_only(c, "5", "bert-large-zh-tb")
        await c.press("p", "d", "z", "G")
        pane = c.app.browse.host.pane
        assert "(in 35m)" in c.read_text()
        before = c.read_text()
        c.clock.jump(5)
        pane.tick()
        assert c.read_text().replace("in 34m", "in 35m") == before
        c.clock.jump(600)
        pane.tick()
        assert "(in 25m)" in c.read_text() or "(in 24m)" in c.read_text()


async def test_versions_are_joined_by_what_they_were_made_from(console):
    made = []

    def prepare(world):
        job = world.add_job("branchy", versions=4)
        job.versions[3].previous = job.versions[0].id
        made.append(job)

    async with console(prepare=prepare) as c:
        await show_only(c, "2", "branchy")
        await c.press("v")
        assert "•─╯ V0001" in c.read_text()
        await c.press("o")
        assert "•" not in c.read_text()


async def test_every_version_of_a_model_is_deleted_after_its_name_is_typed_and_what_stays_is_named(console):
    async with console() as c:
        await show_only(c, "6", "ocr-receipts")
        await c.press("D")
        assert isinstance(c.app.screen, ConfirmScreen)
        assert "Delete all versions of model on  demo" in c.read_text()
        await c.type("ocr-receipts")
        await c.press("enter")
        await c.advance(8)
        [(method, path)] = c.list_acted()
        assert method == "DELETE"
        assert "/models/" in path
        assert "cascade" in str(next(q for m, p, q in c.requests if (m, p) == (method, path)))
        said = " ".join(c.read_text().split())
        notices = " ".join(str(notice.message) for notice in c.app._notifications)
        assert "delete all versions" in f"{said} {notices}"


async def test_a_workspace_narrows_every_kind_that_takes_one_and_no_other(console):
    async with console() as c:
        await c.press("4")
        chosen = next(iter(c.app.browse.session.pollers.get_poller("workspaces").snapshot.rows.values()))
        before = len(c.requests)
        c.app.profiles.switch_workspace(chosen.id)
        await c.advance(61)
        asked: dict[str, set[str]] = {}
        for method, path, query in c.requests[before:]:
            if method == "GET":
                asked.setdefault(path.rsplit("/", 1)[-1], set()).add(parse_workspace(query))
        scoped = {"instances", "training-jobs", "services", "visualization-jobs", "models"}
        assert {name for name in scoped if asked[name] == {chosen.id}} == scoped
        for name in ("clusters", "training-job-configs", "workspaces"):
            assert asked.get(name, {""}) == {""}
        assert f"ws {chosen.name}" in c.read_text().splitlines()[0]


async def test_a_workspace_stays_chosen_when_one_comes_back_to_the_profile(console):
    async with console() as c:
        await c.press("4")
        chosen = next(iter(c.app.browse.session.pollers.get_poller("workspaces").snapshot.rows))
        c.app.profiles.switch_workspace(chosen)
        await c.settle()
        c.app.profiles.switch(("demo",))
        await c.advance(1)
        assert c.app.browse.session.pollers.workspace == chosen


async def test_the_option_scopes_from_the_first_request(console):
    async with console(options=Options(demo=True, workspace="0")) as c:
        lists = [parse_workspace(query) for _, path, query in c.requests if path.endswith("/training-jobs")]
        assert lists
        assert set(lists) == {"0"}


async def test_trouble_of_unscoped_kinds_stays_in_triage_when_the_workspace_changes(console):
    async with console() as c:
        await c.press("0")
        await c.advance(5)
        kinds = {row.kind for row in c.app.browse.fleet.triage.rows.values()}
        assert {"workspaces", "pools"} <= kinds
        c.app.profiles.switch_workspace("0")
        await c.advance(5)
        assert {"workspaces", "pools"} <= {row.kind for row in c.app.browse.fleet.triage.rows.values()}


async def test_a_typed_catalog_is_shown_filtered_copied_and_left(console):
    async with console(size=(80, 24)) as c:
        await c.press(":")
        await c.type("flavors")
        await c.press("enter")
        assert isinstance(c.app.screen, CatalogScreen)
        assert "▲ sold out" in c.read_text()
        await c.press("/")
        await c.type("status:sold")
        assert c.app.screen.table.row_count == 1
        await c.press("enter", "c")
        assert c.app.clipboard == c.app.screen.table.cursor.id
        await c.press("escape", "tab")
        assert "Engines of training jobs" in c.read_text()
        await c.press("shift+tab", "shift+tab")
        assert "ModelArts v1 has no list of images; use api = " in c.read_text()
        assert "not offered" in c.read_text()
        assert "retry" not in c.read_text()
        await c.press("shift+tab", "tab", "tab")
        assert "▲ 1 not available" in c.read_text()
        await c.press("escape")
        assert not isinstance(c.app.screen, CatalogScreen)


async def test_keys_on_a_screen_without_rows_say_why_they_do_nothing(console):
    async with console(size=(120, 30)) as c:
        for command in ("audit", "capsules", "flavors"):
            await c.press(":")
            await c.type(command)
            await c.press("enter")
            screen = c.app.screen
            assert isinstance(screen, TableScreen)
            if screen.table.row_count:
                await c.press("/")
                await c.type("no-such-row")
                await c.press("enter")
            for key in ("c", "enter"):
                c.app.clear_notifications()
                await c.press(key)
                assert [one.message for one in c.app._notifications] == [
                    f"Nothing is selected. {screen.table.placeholder}"
                ]
            await c.press("escape", "escape")
        await c.advance(10)


async def test_the_last_errors_are_whole_and_a_storm_is_one_entry(console):
    async with console(size=(80, 24)) as c:
        c.faults.rules = (FaultRule("500", 1.0),)
        await c.advance(200)
        status = c.read_text().splitlines()[-2]
        assert "!: all of it" in status
        await c.press("exclamation_mark")
        assert isinstance(c.app.screen, ErrorsScreen)
        counts = {entry.about: entry.count for entry in c.app.browse.session.errors}
        assert counts["jobs"] > 2
        assert len(c.app.browse.session.errors) <= 8
        shown = c.read_text()
        assert "×" in shown
        assert "HTTP 500" in shown
        assert "request" in shown
        await c.press("escape")
        assert not isinstance(c.app.screen, ErrorsScreen)


async def test_an_error_of_a_pane_is_wrapped_with_its_remedy(console):
    async with console(size=(80, 24)) as c:
        c.faults.rules = (FaultRule("403", 1.0, "/versions"),)
        await c.press("d", "z")
        said = " ".join(c.read_text().split())
        assert "This needs the permission modelarts:trainJobVersion:list." in said
        assert "Ask an administrator" in said


async def test_quotas_are_shown_as_used_of_limit(console):
    async with console() as c:
        await show_only(c, "4", "perception")
        await c.press("m", "z")
        assert " of " in c.read_text()
        assert "unlimited" in c.read_text()


async def test_hostile_words_are_harmless_in_every_new_place(console):
    def harmless(text: str) -> bool:
        return not {sign for sign in text if unicodedata.category(sign) == "Cc" and sign != "\n"}

    async with console(hostile=True, size=(80, 24)) as c:
        await c.press("3", "end")
        for pane in ("U", "h", "m"):
            await c.press("up", pane)
            assert harmless(c.read_text()), pane
            await c.press("escape")
        await c.press("2", "end", "v")
        assert harmless(c.read_text())
        for catalog in ("flavors", "engines", "algorithms", "specs"):
            await c.app.browse.dispatch.run(catalog)
            await c.settle()
            assert harmless(c.read_text()), catalog
            await c.press("escape")
        c.app.browse.session.errors.record("a\x1b[31mb", UsageError("x\x1b]0;t\x07y [/bold]"), 1.0)
        await c.press("exclamation_mark")
        assert harmless(c.read_text())
        assert "␛" in c.read_text()
        assert c.app.crash is None


async def test_the_detail_of_what_is_in_trouble_begins_with_why(console):
    async with console() as c:
        await c.press("3")
        await c.advance(1)
        c.app.browse.typing.filter("asr-streaming")
        await c.press("d")
        await c.advance(1)
        lines = c.read_text().splitlines()
        top = next(at for at, line in enumerate(lines) if " detail " in line)
        assert lines[top + 1].strip().startswith("Why")
        assert "Last bad event" in lines[top + 2]
        await c.press("escape", "2")
        c.app.browse.typing.filter("custom-image-trainer")
        await c.press("d")
        await c.advance(1)
        assert "The image of the job could not be made" in c.read_text()
