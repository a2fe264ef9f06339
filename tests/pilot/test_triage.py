"""Triage as the first screen: its rows, reasons, acknowledgements, and the why card."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matui.cli.options import Options
from matui.config.section_settings import Triage
from matui.config.settings import Settings
from matui.console.bars.overview import build_overview, count_troubles
from matui.live.poll.rows import Diff
from matui.resources.kinds.triage import TRIAGE
from matui.resources.model import Resource
from matui.sim.world.entities.jobs import COMPLETED, RUNNING, WAITING
from matui.sim.world.timeline import Timeline
from tests.pilot.conftest import wait_until_calm

HOME = Options(demo=True, screen="triage")


async def tick(c) -> None:
    for _ in range(10):
        c.app.browse.tick()
    await c.settle()


def list_rows(c) -> list[Resource]:
    return list(c.app.browse.fleet.triage.rows.values())


@pytest.mark.slow
async def test_the_setting_start_names_the_first_screen(console):
    from tests.pilot.conftest import run_console

    for settings, kind in ((Settings(), "triage"), (Settings(start="services"), "services")):
        async with run_console(options=Options(demo=True, screen="triage"), settings=settings) as c:
            c.app.options = Options(demo=True)
            await c.app.browse.shown.show_profiles(c.app.browse.fleet, c.app.options.screen or settings.start)
            assert c.app.browse.tables.kind.id == kind


async def test_the_most_urgent_rows_come_first_with_their_reasons(console):
    async with console(options=HOME) as c:
        await wait_until_calm(c)
        c.world.add_job("newly-broken", status="FAILED", began_s_ago=30)
        await c.advance(30)
        await wait_until_calm(c)
        lines = [line for line in c.read_text().splitlines() if "failed" in line or "ending" in line]
        assert "newly-broken" in lines[0]
        assert "li-wei-scratch" in lines[-1]
        assert "auto-stop in" in lines[-1]
        assert any("ModelArts.6333" in line for line in lines)


@pytest.mark.slow
async def test_a_filter_for_ends_reads_when_jobs_ended_that_may_have_waited(console):
    async with console(options=Options(demo=True, screen="jobs")) as c:
        hour, now = 3_600_000, c.world.now
        job = c.world.add_job("waited-long", status="COMPLETED", began_s_ago=4 * 3600)
        job.versions[0].timeline = Timeline(
            [(now - 4 * hour, WAITING), (now - hour - 60_000, RUNNING), (now - hour, COMPLETED)]
        )
        await c.advance(30)
        await c.press("slash")
        await c.type("waited ended<2h")
        await c.press("enter")
        assert c.app.browse.tables.table.row_count == 0
        assert "1 left out: time not known" in c.read_text()
        await tick(c)
        await wait_until_calm(c)
        assert c.app.browse.tables.table.row_count == 1
        assert "left out" not in c.read_text()


async def test_a_reason_that_its_column_cuts_stands_whole_below_the_table(console):
    async with console(options=HOME, size=(80, 24)) as c:
        await wait_until_calm(c)
        for _ in range(30):
            row = c.app.browse.tables.table.cursor.resource
            if "liveness probe failed" in row.get_text("why"):
                break
            await c.press("j")
        shown, status = c.read_text().splitlines()[3:-2], c.read_text().splitlines()[-2]
        assert not any(row.get_text("why") in line for line in shown)
        assert "live · liveness probe failed 5 times on 1 of 2" in status
        await c.advance(25)
        assert "oldest data 15 s · liveness probe failed 5" in c.read_text().splitlines()[-2]
        await c.press("1")
        assert "liveness" not in c.read_text().splitlines()[-2]


async def test_the_rows_on_the_screen_have_their_reasons_once_triage_is_calm(console):
    """A minute after the start 8 of 11 failed jobs had none."""
    async with console(options=HOME, size=(120, 40)) as c:
        await tick(c)
        await wait_until_calm(c)
        board = c.app.browse.fleet.triage
        shown = c.app.browse.tables.table.rows.resources_in_view
        assert len(shown) > 10
        assert [row.name for row in shown if board.lacks_why(row) and not board.has_sought_why(row)] == []


@pytest.mark.slow
async def test_reasons_keep_the_console_within_its_pace(console):
    async with console(options=HOME) as c:
        await tick(c)
        await wait_until_calm(c)
        for _ in range(4):
            before = len(c.requests)
            for _ in range(60):
                await c.advance(1)
            assert len(c.requests) - before <= 40
        assert sum(1 for row in list_rows(c) if row.get_text("why")) > 10


@pytest.mark.slow
async def test_enter_opens_the_why_card_and_esc_goes_back(console):
    async with console(options=HOME) as c:
        await wait_until_calm(c)
        await c.press("enter")
        await wait_until_calm(c)
        assert c.app.browse.host.pane.NAME == "why"
        assert "Code" in c.read_text()
        assert "ModelArts.6333" in c.read_text()
        await c.press("escape")
        assert c.app.browse.host.pane is None
        assert c.app.browse.tables.in_triage


async def test_the_card_of_a_failed_job_has_its_first_error_and_what_differs(console):
    async with console(size=(100, 60)) as c:
        await c.press("/")
        await c.type("yolov5-helmet")
        await c.press("enter", "Y")
        await wait_until_calm(c)
        assert "First error" in c.read_text()
        assert "Traceback" in c.read_text()
        assert "learning_rate" in c.read_text()
        assert "› 2 jobs" not in c.read_text()


async def test_a_note_acknowledges_and_the_key_takes_it_back(console):
    async with console(options=HOME) as c:
        await wait_until_calm(c)
        fleet, first = c.app.browse.fleet, c.app.browse.tables.table.cursor.resource
        failed, marked = build_overview(fleet, TRIAGE).counts[first.phase], count_troubles(fleet, first.kind)
        await c.press("K")
        await c.type("disk is being moved")
        await c.press("enter")
        await wait_until_calm(c)
        acknowledged = next(row for row in list_rows(c) if row.key == first.key)
        assert acknowledged.get_text("ack_note") == "disk is being moved"
        assert c.app.browse.tables.table.cursor.key != first.key
        assert "disk is being moved" in c.read_text()
        assert "1 acknowledged" in c.read_text()
        assert build_overview(fleet, TRIAGE).counts[first.phase] == failed - 1
        assert count_troubles(fleet, first.kind) == marked - 1
        assert c.app.browse.tables.table.cursor.move_to(first.key)
        await c.press("K")
        assert not next(row for row in list_rows(c) if row.key == first.key).get_text("ack_by")


async def test_the_cursor_is_on_the_worst_row_until_something_is_done_with_it(console):
    async with console(options=HOME) as c:
        table = c.app.browse.tables.table
        await wait_until_calm(c)
        first = table.rows.resources_in_view[0]
        assert table.cursor.key == first.key
        for name, opens_pane in (("worse", True), ("still worse", False)):
            worse = replace(first, id=name, facts={**first.facts, "urgency": -len(name)})
            table.apply(Diff(added=(worse,)))
            assert table.rows.resources_in_view[0].key == worse.key
            assert table.cursor.id == "worse"
            if opens_pane:
                await c.press("d", "escape")


async def test_esc_acknowledges_nothing(console):
    async with console(options=HOME) as c:
        await wait_until_calm(c)
        await c.press("K", "x", "escape")
        assert not any(row.get_text("ack_by") for row in list_rows(c))


async def test_what_is_not_in_triage_cannot_be_acknowledged(console):
    async with console(options=Options(demo=True, screen="configs")) as c:
        await c.press("K")
        assert "not in triage" in c.read_text()


async def test_the_key_bar_of_a_pane_offers_to_acknowledge_only_what_is_in_triage(console):
    async with console(options=HOME, size=(120, 40)) as c:
        await wait_until_calm(c)
        first = next(row for row in list_rows(c) if row.kind == "jobs")
        assert c.app.browse.tables.table.cursor.move_to(first.key)
        await c.press("v")
        await wait_until_calm(c)
        assert c.app.browse.panes.host.pane.table is not None
        assert "K acknowledge" not in c.read_text()
        await c.press("escape")
        assert "K acknowledge" in c.read_text()


async def test_without_trouble_all_is_quiet(console):
    async with console(options=HOME) as c:
        await wait_until_calm(c)
        fleet = c.app.browse.fleet
        fleet.triage.rows.clear()
        words = build_overview(fleet, TRIAGE).quiet
        assert words.startswith("all quiet · ")
        assert words.endswith("oldest data 0 s")


@pytest.mark.slow
async def test_a_wait_becomes_stuck_with_time_by_the_setting(console):
    settings = Settings(triage=Triage(ending_minutes=1))
    async with console(options=HOME, settings=settings) as c:
        c.world.add_job("waits-long", status="WAITING", began_s_ago=29 * 60)
        await c.advance(30)
        assert "waits-long" not in c.read_text()
        await c.advance(120)
        await tick(c)
        assert any("stuck" in line and "waits-long" in line for line in c.read_text().splitlines())
        assert "auto-stop" not in c.read_text()


@pytest.mark.slow
async def test_degraded_rows_on_the_screen_have_their_reasons_within_half_a_minute(console):
    from matui.sim.world.incident import add_incident

    async with console(options=HOME, prepare=add_incident) as c:
        for _ in range(30):
            await c.advance(1)
        whys = {row.name: row.get_text("why") for row in list_rows(c) if row.get_text("what") == "degraded"}
        assert "instance search-embedding" in whys["search-embedding"]  # its last bad event when it was read
        assert len(c.requests) <= 80


@pytest.mark.slow
async def test_a_quota_nearly_used_up_is_in_triage_and_read_every_ten_minutes(console):
    def fill(world) -> None:
        for workspace in world.workspaces:
            for quota in workspace.quotas.values():
                quota.limit, quota.used = 100, 95

    def reads(c) -> list[str]:
        return [path for _method, path, _query in c.requests if path.endswith("/quotas")]

    async with console(options=HOME, prepare=fill) as c:
        for _ in range(240):
            await c.advance(1)
            if len(set(reads(c))) == len(c.world.workspaces):
                break
        await wait_until_calm(c)
        await tick(c)
        full = [row for row in list_rows(c) if row.kind == "lists" and row.get_text("what") == "full"]
        assert full[0].get_text("why").endswith(" on GPUs: 95 of 100 minutes of the quota in use")
        assert c.app.browse.tables.table.cursor.move_to(full[0].key)
        await c.press("enter")
        await wait_until_calm(c)
        assert "full: ExeML training duration on GPUs: 95 of 100 minutes" in c.read_text()
        await c.press("escape")
        before = reads(c)
        for _ in range(5):
            await c.advance(60)
            await wait_until_calm(c)
        assert reads(c) == before


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_notice_covers_no_row_of_triage(console, size: tuple[int, int]) -> None:
    async with console(size=size) as c:
        for number in range(5):
            c.app.show_warning(f"job {number} has a finding")
        await c.settle()
        await c.advance(1)
        table = c.app.browse.tables.table
        lines = c.read_text().splitlines()
        assert any("job 4 has a finding" in line for line in lines)
        shown = table.region.bottom - table.free_lines
        assert "has a finding" not in "\n".join([*lines[:shown], *lines[-2:]])


@pytest.mark.slow
async def test_of_forty_failures_at_once_those_on_the_screen_have_reasons_first(console, monkeypatch):
    """With 60 requests a minute 4 of 34 had one after two minutes: capsules took the budget."""
    from matui.sim.world.entities.jobs import FAILED
    from tests.pilot import conftest

    profile = conftest.build_demo_profile().model_copy(update={"requests_per_minute": 60})
    monkeypatch.setattr(conftest, "build_demo_profile", lambda: profile)

    jobs = []

    def add_jobs(world):
        names = [f"broken-{number}" for number in range(40)]
        jobs.extend(world.add_job(name, workers=8, fault="oom", began_s_ago=900) for name in names)

    async with console(options=HOME, prepare=add_jobs) as c:
        for _ in range(12):
            await c.advance(10)
        now = c.world.now
        for job in jobs:
            job.versions[-1].timeline = Timeline([(now - 900_000, RUNNING), (now, FAILED)])
        for _ in range(120):
            await c.advance(1)
        shown = c.app.browse.tables.table.rows.resources_in_view
        assert sum(1 for row in shown if row.get_text("why")) >= 20
