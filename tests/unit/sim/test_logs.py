"""Logs: by line in every dialect, by byte in every window, the same from any side."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from matui.sim.world.log_text import BLOCK, format_body_line
from matui.sim.world.logs import LogDialect, open_log


def get_file(sim: Any, job: Any) -> tuple[str, str]:
    return f"/training-jobs/{job.id}/versions/{job.latest.id}", f"job-{job.name}.0"


def list_lines(sim: Any, job: Any) -> list[str]:
    log = open_log(job, job.latest, f"job-{job.name}.0", sim.world.now)
    return [log.build_line(index) for index in range(len(log))]


def split(content: str, joiner: str) -> list[str]:
    return content.removesuffix("\n").split(joiner)


DIALECTS = [
    LogDialect(inclusive=inclusive, echo_base=echo, joiner=joiner, empty_cursor=empty, numbers=numbers)
    for inclusive, echo, joiner, empty, numbers in itertools.product(
        (False, True),
        (False, True),
        ("\n", "\n\n"),
        ("echo", "empty", "null"),
        ("sample", "strings", "numbers"),
    )
]


@pytest.mark.parametrize("dialect", DIALECTS[::5])
async def test_following_shows_every_line_once_in_order(make_sim: Any, dialect: LogDialect) -> None:
    sim = make_sim(dialect=dialect)
    job = sim.world.add_job("job", log_lines=130)
    path, name = get_file(sim, job)
    shown: list[str] = []
    base = ""
    page = await sim.get(path + "/aom-log", log_file=name, order="asc", lines=30)
    while int(page["lines"]):
        texts = split(page["content"], dialect.joiner)
        shown += texts[1:] if dialect.inclusive and base else texts
        if str(page["end_line"]) == base:
            break
        base = str(page["end_line"])
        page = await sim.get(path + "/aom-log", log_file=name, base_line=base, lines=30)
    assert shown == list_lines(sim, job)
    if not int(page["lines"]):
        assert (
            page["end_line"]
            in {"echo": (base, int(base)), "empty": ("",), "null": (None,)}[dialect.empty_cursor]
        )


async def test_reading_back_from_the_newest_line_reaches_the_top(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=77)
    path, name = get_file(sim, job)
    page = await sim.get(path + "/aom-log", log_file=name, lines=10)
    shown = split(page["content"], "\n")
    while int((page := await sim.get(
        path + "/aom-log", log_file=name, base_line=page["start_line"], lines=10, order="asc"
    ))["lines"]):  # fmt: skip
        shown = split(page["content"], "\n") + shown
    assert shown == list_lines(sim, job)


async def test_cursors_have_nineteen_digits_and_grow(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=5000, began_s_ago=2)
    log = open_log(job, job.latest, "job-job.0", sim.world.now)
    cursors = [log.build_cursor(index) for index in range(len(log))]
    assert cursors == sorted(set(cursors))
    assert {len(str(cursor)) for cursor in cursors} == {19}
    assert [log.find_index_after(cursor) for cursor in cursors] == list(range(1, len(log) + 1))
    assert log.find_index_after(cursors[0] - 1) == 0
    late = cursors[100] // 10**6 * 10**6 + 999_999
    assert log.find_index_after(late) == sum(cursor <= late for cursor in cursors)


@pytest.mark.parametrize("status", ["RUNNING", "COMPLETED", "FAILED", "KILLED"])
async def test_bytes_are_the_lines_whatever_the_window(sim: Any, status: str) -> None:
    job = sim.world.add_job("job", status=status, log_lines=300, fault="hccl", workers=2)
    whole = "".join(line + "\n" for line in list_lines(sim, job)).encode()
    log = open_log(job, job.latest, "job-job.0", sim.world.now)
    assert log.find_offset(len(log)) == len(whole)
    for size in (1, 7, 999, 2048):
        at = 3 * size
        assert log.read(at, at + size) == whole[at : at + size]
    assert log.read(0, 10**9) == whole


async def test_a_byte_window_reads_forward_backward_and_newest(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=100)
    path, name = get_file(sim, job)
    whole = "".join(line + "\n" for line in list_lines(sim, job)).encode()
    first = await sim.get(path + "/log", log_file=name)
    assert (first["end_byte"], first["count"]) == ("2048", "2048")
    assert first["log"] == whole[:2048].decode(errors="replace")
    back = await sim.get(path + "/log", log_file=name, start_byte=2048, offset=-100)
    assert back["log"] == whole[1948:2048].decode(errors="replace")
    newest = await sim.get(path + "/log", log_file=name, start_byte=-1, offset=50)
    assert newest["log"] == whole[-50:].decode(errors="replace")
    assert newest["end_byte"] == str(len(whole))
    after = await sim.get(path + "/log", log_file=name, start_byte=len(whole))
    assert (after["log"], after["count"]) == ("", "0")


async def test_backing_off_never_cuts_a_character(make_sim: Any) -> None:
    sim = make_sim(dialect=LogDialect(cut="back_off", count_key="log_byte_count", byte_strings=False))
    job = sim.world.add_job("job", log_lines=120)
    path, name = get_file(sim, job)
    text, start = "", 0
    while (page := await sim.get(path + "/log", log_file=name, start_byte=start, offset=61))[
        "log_byte_count"
    ]:
        text, start = text + page["log"], page["end_byte"]
    assert text == "".join(line + "\n" for line in list_lines(sim, job))


async def test_a_slice_within_a_character_shows_a_replacement(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=10)
    sim.world.append_log(job, None, "", ["训练"])
    path, name = get_file(sim, job)
    total = int((await sim.get(path + "/log", log_file=name, start_byte=-1))["end_byte"])
    page = await sim.get(path + "/log", log_file=name, start_byte=total - 6, offset=5)
    assert page["log"].startswith("\ufffd")
    assert page["count"] == "5"


@pytest.mark.parametrize(
    ("path", "query"),
    [("/log", {"start_byte": -2}), ("/log", {"offset": 2049}), ("/log", {"offset": -2049}),
     ("/aom-log", {"lines": 501}),
     ("/aom-log", {"lines": -1}), ("/aom-log", {"order": "new"}), ("/aom-log", {"base_line": "12x"})],
)  # fmt: skip
async def test_log_parameters_out_of_range_are_refused(sim: Any, path: str, query: dict[str, Any]) -> None:
    job = sim.world.add_job("job", log_lines=10)
    base, name = get_file(sim, job)
    assert await sim.read_code("GET", base + path, log_file=name, **query) == "ModelArts.0107"


async def test_the_log_file_must_be_named_and_there(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=10)
    base, _ = get_file(sim, job)
    assert await sim.read_code("GET", base + "/aom-log") == "ModelArts.0115"
    assert await sim.read_code("GET", base + "/aom-log", log_file="other") == "ModelArts.0102"


async def test_a_refused_line_log_leaves_the_byte_log(make_sim: Any) -> None:
    sim = make_sim(dialect=LogDialect(refuse_aom=True))
    job = sim.world.add_job("job", log_lines=10)
    base, name = get_file(sim, job)
    assert await sim.read_code("GET", base + "/aom-log", log_file=name) == "ModelArts.0804"
    assert (await sim.get(base + "/log", log_file=name))["log"]


async def test_a_million_lines_cost_no_more_than_a_page(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=1_000_000, began_s_ago=86_400)
    path, name = get_file(sim, job)
    page = await sim.get(path + "/aom-log", log_file=name, lines=500)
    assert page["lines"] == "500"
    log = open_log(job, job.latest, name, sim.world.now)
    assert len(log) == 1_000_000
    end = int((await sim.get(path + "/log", log_file=name, start_byte=-1))["end_byte"])
    assert end > 80_000_000


def test_every_block_of_the_body_is_as_long_as_any_other() -> None:
    def size(block: int, seed: int) -> int:
        start = block * BLOCK
        return sum(
            len(format_body_line(seed, start + n, 1_600_000_000_000 + n * 977, 3, 8).encode())
            for n in range(BLOCK)
        )

    assert {size(block, seed) for block in (0, 1, 12, 999, 250_000) for seed in (1, 2, 12345)} == {size(0, 1)}


async def test_a_log_grows_with_time_and_ends_with_the_run(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=50, log_rate=10, runs_s=60, fault="cuda_oom")
    before = len(list_lines(sim, job))
    assert abs(before - 50) <= 1
    sim.clock.jump(10)
    sim.world.tick()
    assert len(list_lines(sim, job)) - before == 100
    sim.clock.jump(100)
    sim.world.tick()
    ended = list_lines(sim, job)
    assert any("CUDA out of memory" in line for line in ended)
    sim.clock.jump(1000)
    sim.world.tick()
    assert list_lines(sim, job) == ended


async def test_appended_lines_come_after_the_generated_ones_and_stop_them(sim: Any) -> None:
    job = sim.world.add_job("job", log_lines=20, log_rate=100)
    grown = list_lines(sim, job)
    for turn in range(3):
        sim.world.append_log(job, None, "", [f"mine {turn} a", f"mine {turn} b"])
        sim.clock.jump(1)
    sim.world.tick()
    assert list_lines(sim, job) == grown + [f"mine {turn} {which}" for turn in range(3) for which in "ab"]
    log = open_log(job, job.latest, "job-job.0", sim.world.now)
    cursors = [log.build_cursor(index) for index in range(len(log))]
    assert cursors == sorted(set(cursors))


async def test_a_distributed_job_has_a_file_a_node(sim: Any) -> None:
    job = sim.world.add_job("job", workers=3, log_lines=30)
    path, _ = get_file(sim, job)
    names = (await sim.get(path + "/log/file-names"))["log_file_list"]
    assert names == ["job-job.0", "job-job.1", "job-job.2"]
    contents = {(await sim.get(path + "/aom-log", log_file=name))["content"] for name in names}
    assert len(contents) == 3
