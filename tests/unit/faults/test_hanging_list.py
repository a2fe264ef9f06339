"""A profile that hangs after its first page is left out in time, and the others are shown."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from matui.base.errors import TimedOutError
from matui.base.process import count_from_start, measure_seconds_since_start
from matui.cli.get.fetching import TimeLimit
from matui.cli.main import run
from matui.clouds.protocols import BudgetState
from tests.unit.faults.odd_server import HANG, serve

ROWS = [
    {"job_id": n, "job_name": f"job-{n}", "version_id": n, "status": 8, "create_time": 1600000000000 + n}
    for n in range(1, 6)
]


def answer_pages(count: int) -> Any:
    """Return what answers the first page of a list of ``count`` jobs and then hangs."""

    def answer(_method: str, path: str, query: dict[str, str]) -> Any:
        first = query.get("page", "1") in ("0", "1")
        if "training-jobs" not in path or not first:
            return HANG
        return {"is_success": True, "job_total_count": count, "jobs": ROWS}

    return answer


@pytest.mark.parametrize("output", ["json", "jsonl"])
@pytest.mark.slow
def test_it_is_left_out_after_three_read_timeouts(output: str, tmp_path: Path, capsys: Any) -> None:
    with serve(answer_pages(50)) as hanging, serve(answer_pages(5)) as whole:
        file = tmp_path / "config.toml"
        file.touch(0o600)
        file.write_text(hanging.format_profile("hanging", read_timeout=1.0) + whole.format_profile("whole"))
        started = time.monotonic()
        code = run(["--config", str(file), "-p", "hanging,whole", "get", "jobs", "-o", output])
        took = time.monotonic() - started
        assert len(hanging.asked) > 1
    out, err = capsys.readouterr()
    assert took < 30  # 3 s; it was 75 s and more
    assert code == 4
    assert "hanging: " in err
    items = json.loads(out)["items"] if output == "json" else list(map(json.loads, out.splitlines()))
    assert {item["profile"] for item in items} == {"whole"}
    assert len(items) == 5


async def test_pages_extend_the_limit_until_the_whole_list_has_taken_ten_times_as_long() -> None:
    count = 0

    async def read_pages(limit: TimeLimit) -> None:
        nonlocal count
        async with limit.apply():
            for count in range(1, 10_000):  # noqa: B007
                await asyncio.sleep(0.005)
                limit.extend()

    with pytest.raises(TimedOutError):
        await read_pages(TimeLimit(0.02))
    assert count > 3


async def test_the_limit_includes_the_start_of_the_process(monkeypatch: Any) -> None:
    monkeypatch.setattr("matui.base.process.monotonic", lambda: 100.0)
    monkeypatch.setattr("matui.base.process.process_time", lambda: 0.5)
    with count_from_start():
        monkeypatch.setattr("matui.base.process.monotonic", lambda: 102.0)
        limit = TimeLimit(20)
        async with limit.apply() as until:
            assert until.when() == pytest.approx(asyncio.get_running_loop().time() + 57.3, abs=0.1)
    assert measure_seconds_since_start() == 0


async def test_a_start_that_takes_longer_than_the_limit_leaves_time_for_an_answer(monkeypatch: Any) -> None:
    monkeypatch.setattr("matui.base.process.monotonic", lambda: 100.0)
    monkeypatch.setattr("matui.base.process.process_time", lambda: 0.5)
    with count_from_start():
        monkeypatch.setattr("matui.base.process.monotonic", lambda: 119.0)
        now = asyncio.get_running_loop().time()
        limit = TimeLimit(6)
        async with limit.apply() as until:
            assert until.when() == pytest.approx(now + 11.8, abs=0.2)


async def test_time_in_which_the_budget_holds_requests_back_does_not_count(monkeypatch: Any) -> None:
    monkeypatch.setattr("matui.cli.get.fetching._BUDGET_CHECK_S", 0.001)
    limit = TimeLimit(20)
    async with limit.apply() as until, limit.pause_while_over_budget(lambda: BudgetState(290, 300)):
        before = until.when()
        for _ in range(10_000):
            await asyncio.sleep(0.001)
            if until.when() > before:
                break
        assert until.when() > before
    async with limit.apply() as until, limit.pause_while_over_budget(lambda: BudgetState(289, 300)):
        before = until.when()
        await asyncio.sleep(0.02)
        assert until.when() == before
