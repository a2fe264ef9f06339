"""What waits for the first rows, and what does not have to."""

from __future__ import annotations

from dataclasses import replace

from matui.live.audit.trail import Audit, AuditResult
from matui.resources.model import Phase
from matui.sim.server.faults import FaultRule
from tests.pilot.conftest import build_stage


async def test_a_command_can_be_typed_before_anything_came():
    stage = build_stage()
    stage.faults.rules = (FaultRule("hang", 1.0),)
    async with stage.app.run_test(size=(120, 40), notifications=True) as pilot:
        c = stage.make_console(pilot)
        await c.settle()
        assert "loading" in c.read_text()
        assert not c.app.browse.typing.is_open
        for key in ("colon", "s", "e", "r"):
            await pilot.press(key)
        await c.settle()
        assert c.app.browse.typing.bar.text == "ser"
        assert "services" in c.read_text()


async def test_what_was_left_unknown_is_read_after_the_first_list(console):
    def add(world):
        world.add_job("zz-left-behind")

    async with console(prepare=add) as c:
        session = c.app.browse.session
        job = next(row for row in c.app.browse.tables.table.rows.resources if row.name == "zz-left-behind")
        audit: Audit = session.audit
        before = replace(job, status="RUNNING", phase=Phase.RUNNING)
        ident = audit.record_intent(session.cloud, "stop", before)
        audit.write_result(ident, session.cloud, "stop", before, AuditResult(outcome="unknown"))
    async with console(prepare=add) as c:
        paths = [path for _method, path, _query in c.requests]
        assert paths[0].endswith("/training-jobs")
        assert any(job.id in path for path in paths[1:])
