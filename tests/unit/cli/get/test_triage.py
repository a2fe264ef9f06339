"""``matui get triage``: the reasons, and lists that are refused."""

from __future__ import annotations

import json
from dataclasses import replace

from matui.base.errors import NotFoundError, PermissionDeniedError
from matui.clouds.protocols import ListRequest, Page
from matui.config.paths import get_state_path
from matui.config.settings import Settings
from matui.live.journal.journal import open_journal
from matui.resources.detail import Gauge
from matui.resources.model import Phase
from tests.unit.live.why.logs import Logs


def list_items(line) -> list[dict]:
    return json.loads(line("get", "triage", "-o", "json").out)["items"]


def test_the_reason_of_the_row_is_shown(line):
    failed = next(one for one in line.cloud.rows.values() if one.phase.value == "failed")
    line.cloud.rows[failed.id] = replace(failed, facts={"failure": "disk full"})
    item = next(one for one in list_items(line) if one["id"] == failed.id)
    assert (item["why"], item["why_source"]) == ("disk full", "cloud")
    assert "disk full" in line("get", "triage").out


def test_rows_whose_time_is_not_known_are_counted_and_the_exit_code_is_6(line):
    failed = next(
        one for one in line.cloud.rows.values() if one.phase.value == "failed" and one.kind == "jobs"
    )
    unknown = replace(failed, created_at=1, duration_ms=1, updated_at=None, facts={"version_count": 3})
    line.cloud.rows[failed.id] = unknown
    said = line("get", "jobs", "--filter", f"ended<2h phase:failed /^{failed.id}$/", "-o", "name")
    assert said.code == 6
    assert "1 row of jobs is left out: its time is not known" in said.err


def test_a_log_that_was_not_read_is_no_filter_without_a_match(line):
    said = line("get", "jobs", "--filter", "loss<1", "-o", "name")
    assert (said.code, "left out: its log was not read" in said.err) == (6, True)


def test_a_status_that_nobody_knows_is_named_on_stderr(line):
    said = line("get", "jobs", "--filter", "status:RUNING", "-o", "name")
    assert (said.code, said.out) == (0, "")
    assert "No status of jobs is like RUNING; did you mean RUNNING?" in said.err


def test_a_quota_nearly_used_up_is_shown(line):
    async def quotas() -> tuple[Gauge, ...]:
        return (Gauge("Jobs", 490, 500),)

    line.cloud.fetch_quotas = quotas
    full = {one["name"]: one["why"] for one in list_items(line) if one["what"] == "full"}
    assert full == {"Jobs": "490 of 500 of the quota in use"}


def test_a_quota_that_cannot_be_read_stops_nothing(line):
    async def quotas() -> tuple[Gauge, ...]:
        raise PermissionDeniedError("You may not read quotas.")

    line.cloud.fetch_quotas = quotas
    assert list_items(line)
    unknown = "Whether quotas is full or sold out is not known: You may not read quotas."
    assert unknown in line("get", "triage").err


def test_a_list_that_does_not_exist_and_kinds_that_are_not_offered_are_named_once(line):
    list_page = line.cloud.list_page

    async def list_some(request: ListRequest) -> Page:
        if request.kind == "services":
            raise NotFoundError("There is no resource with this id.", code="ModelArts.0102", status=404)
        return await list_page(request)

    line.cloud.list_page = list_some
    line.cloud.rows = {key: row for key, row in line.cloud.rows.items() if row.phase.value == "done"}
    for kind in ("triage", "all"):
        said = line("get", kind)
        assert said.code == 1
        assert said.err.count("services: The cloud has no such list;") == 1
        assert said.err.count("Not offered to the profile prod: ") == 1
        assert "all quiet" not in said.err
    assert "not read: services" in line("get", "triage").err


def give_log(line, *lines: str) -> Logs:
    """Give every job of the cloud one log file, which ends with ``lines``."""
    logs = Logs({"worker-0": lines})
    names = ("list_log_files", "read_log_page", "read_log_bytes")
    methods = {name: staticmethod(getattr(logs, name)) for name in names}
    line.cloud.__class__ = type("CloudWithLogs", (type(line.cloud),), methods)
    return logs


def test_a_running_job_whose_log_is_silent_is_shown(line):
    line.clock.time = 1_600_000_000
    give_log(line, "2020-09-13 12:00:00 step 1 loss: 2.5")  # 26 minutes ago
    silent = {
        one["id"]: (one["why"], one["why_source"]) for one in list_items(line) if one["what"] == "silent"
    }
    assert silent == {"10": ("no line in the log for 26m", "matui")}


def test_no_log_is_read_for_silence_where_the_settings_refuse_it(line):
    line.settings = Settings.model_validate({"logs": {"look_in_background": False}})
    line.cloud.rows = {"10": line.cloud.rows["10"]}
    logs = give_log(line, "2020-09-13 12:00:00 step 1 loss: 2.5")
    assert list_items(line) == []
    assert not logs.requests


def test_the_rules_of_errors_of_the_settings_decide_what_the_reason_is(line):
    line.settings = Settings.model_validate({"logs": {"errors": ["^quota gone"]}})
    give_log(line, "epoch 1", "quota gone away", "ERROR: later")
    failed = next(one for one in list_items(line) if one["id"] == "11")
    assert failed["why"] == "quota gone away (worker-0)"
    assert "quota gone away" in line("why", "job", "11").out


def test_ages_and_filters_are_by_the_clock_of_the_cloud(line):
    line.clock.time = 1_600_000_000
    line.cloud.clock_offset_s = 3600.0
    job = replace(line.cloud.rows["10"], created_at=(1_600_000_000 + 3300) * 1000, status="JOBSTAT_WAITING")
    waiting = replace(job, phase=Phase.PENDING)
    line.cloud.rows = {"10": waiting}
    said = line("get", "jobs", "--filter", "age<10m").out
    assert said.splitlines()[1].split()[-1] == "5m"
    assert line("get", "jobs", "--filter", "age<4m", "-o", "name").out == ""
    line.cloud.rows = {"10": replace(waiting, created_at=(1_600_000_000 + 1200) * 1000)}
    assert [one["why"].split(" · ")[0] for one in list_items(line)] == ["WAITING for 40m"]


def test_reasons_and_ends_that_were_read_are_kept_for_the_report(line):
    give_log(line, "RuntimeError: CUDA out of memory")
    line.cloud.rows["11"] = replace(line.cloud.rows["11"], created_at=1, duration_ms=1)
    ended = replace(line.cloud.rows["11"], facts={"ended_at": 1_599_999_000_000})

    async def read(_kind: str, _id: str):
        return ended

    line.cloud.read = read
    line("get", "triage")
    reader = open_journal(get_state_path(), clock=line.clock).reader
    assert {one.id: one.ended_at for one in reader.read_ends()}["11"] == 1_599_999_000_000
    assert "CUDA out of memory" in {one.id: one.words for one in reader.read_reasons()}["11"]
