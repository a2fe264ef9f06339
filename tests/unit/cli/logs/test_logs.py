"""``matui logs``: which job and file, what goes to stdout, what to stderr."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from matui.base.errors import NotFoundError, ServerFaultError
from matui.cli.logs.run import _name_job
from matui.clouds.protocols import LogBytes, LogPage
from matui.resources.model import Phase, Resource
from tests.unit.live.logs.log_server import LogServer, Ways


class Logs:
    """Log files by name on top of the command line's cloud."""

    def __init__(self, cloud: Any) -> None:
        self.cloud = cloud
        self.files: dict[str, LogServer] = {}
        self.wait = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cloud, name)

    async def list_page(self, ask: Any) -> Any:
        return await self.cloud.list_page(ask)

    async def read(self, kind: str, resource_id: str) -> Resource:
        return await self.cloud.read(kind, resource_id)

    async def list_log_files(self, job: Resource) -> tuple[str, ...]:
        self.wait -= 1
        return () if self.wait >= 0 else tuple(self.files)

    async def read_log_page(self, job: Resource, file: str, **asked: Any) -> LogPage:
        return await self.files[file].read_log_page(job, file, **asked)

    async def read_log_bytes(self, job: Resource, file: str, **asked: Any) -> LogBytes:
        return await self.files[file].read_log_bytes(job, file, **asked)


@pytest.fixture
def logs(line) -> Logs:
    line.cloud = Logs(line.cloud)
    line.cloud.files = {"train.0": LogServer(Ways(), [f"step {n}" for n in range(1200)])}
    return line.cloud


def end_job(line, after: int = 3) -> None:
    """Let the job end once the clock has slept that often."""

    def over(count: int) -> None:
        if count >= after:
            line.cloud.read = ended

    async def ended(kind: str, resource_id: str) -> Resource:
        return Resource("jobs", resource_id, "train", "JOBSTAT_COMPLETED", Phase.DONE, "modelarts", "prod")

    line.clock.on_sleep = over


def test_the_whole_log_goes_to_stdout_and_nothing_else(line, logs) -> None:
    said = line("logs", "train")
    assert (said.code, said.err) == (0, "")
    assert said.out == "".join(f"step {n}\n" for n in range(1200))


def test_tail_begins_with_the_last_lines(line, logs) -> None:
    assert line("logs", "10", "--tail", "2").out == "step 1198\nstep 1199\n"


def test_other_files_are_named_on_stderr(line, logs) -> None:
    logs.files["train.1"] = LogServer(Ways(), ["other"])
    said = line("logs", "train", "--tail", "1")
    assert said.out == "step 1199\n"
    assert "train.1" in said.err
    assert line("logs", "train", "--file", "train.1").out == "other\n"


def test_of_very_many_other_files_the_first_are_named_and_the_rest_counted(line, logs) -> None:
    logs.files.update({f"worker-{n}": LogServer(Ways(), ["other"]) for n in range(1, 1001)})
    said = line("logs", "train", "--tail", "1")
    assert "worker-30 and 970 more. See --file" in said.err
    assert "worker-31" not in said.err


def test_all_files_are_distinguished(line, logs) -> None:
    logs.files["train.1"] = LogServer(Ways(), ["other"])
    said = line("logs", "train", "--all-files", "--tail", "1")
    assert said.out == "[train.0] step 1199\n[train.1] other\n"


def test_all_files_are_merged_by_the_times_in_them_and_what_has_none_stays_behind(line, logs) -> None:
    at = "2020-07-16 08:00:0"
    logs.files = {
        "train.0": LogServer(Ways(), [f"{at}1 one", "  its trace", f"{at}4 four"]),
        "train.1": LogServer(Ways(), [f"{at}2 two", f"{at}3 three"]),
    }
    printed = line("logs", "train", "--all-files").out.splitlines()
    assert [text.split()[-1] for text in printed] == ["one", "trace", "two", "three", "four"]
    assert printed[1] == "[train.0]   its trace"
    grepped = line("logs", "train", "--all-files", "--grep", "three|trace").out.splitlines()
    assert [text.split()[-1] for text in grepped] == ["trace", "three"]


def test_following_all_files_prints_each_line_once_until_the_job_has_ended(line, logs) -> None:
    more = [f"other {n}" for n in range(300)]
    logs.files["train.1"] = LogServer(Ways(inclusive=True), more[:20], more[20:], failing=0.2, grows=40)
    end_job(line, after=30)
    said = line("logs", "train", "--all-files", "-f")
    printed = said.out.splitlines()
    assert [text for text in printed if text.startswith("[train.1]")] == [
        f"[train.1] {text}" for text in more
    ]
    assert len(printed) == 1500
    assert said.code == 0


def test_a_failure_that_does_not_pass_ends_the_command_which_did_not_promise_to_go_on(line, logs) -> None:
    async def fail(_job: Resource) -> tuple[str, ...]:
        raise ServerFaultError("The cloud failed.")

    logs.list_log_files = fail
    said = line("logs", "train")
    assert said.code == 1
    assert "The cloud failed. Trying again." in said.err
    assert "until" not in said.err


def test_a_passing_failure_is_reported_once_on_stderr(line, logs) -> None:
    logs.files["train.0"].refuse = ServerFaultError("The cloud failed.", status=500)

    def mend(count: int) -> None:
        if count == 3:
            logs.files["train.0"].refuse = None

    line.clock.on_sleep = mend
    said = line("logs", "train", "--tail", "1")
    assert said.out == "step 1199\n"
    assert said.err.count("The cloud failed.") == 1


def test_reading_by_bytes_is_reported_on_stderr(line, logs) -> None:
    logs.files["train.0"].refuse = NotFoundError("no such API", status=404, code="APIGW.0101")
    said = line("logs", "train")
    assert said.out == "".join(f"step {n}\n" for n in range(1200))
    assert "by bytes" in said.err


def test_one_empty_list_of_files_is_asked_for_again(line, logs) -> None:
    logs.wait = 1
    assert line("logs", "train", "--tail", "1").out == "step 1199\n"


def test_a_job_without_a_log_is_no_success(line, logs) -> None:
    logs.wait = 9
    said = line("logs", "train")
    assert said.code == 1
    assert "-f" in said.err


def test_following_waits_for_the_first_file(line, logs) -> None:
    logs.wait = 3
    end_job(line, after=8)
    said = line("logs", "train", "-f", "--tail", "1")
    assert said.out == "step 1199\n"
    assert "waiting" in said.err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("twin",), 2),
        (("nonesuch",), 1),
        (("train", "--file", "nonesuch"), 2),
        (("train", "--file", "a", "--all-files"), 2),
        (("train", "--tail", "-1"), 2),
    ],
)
def test_a_wrong_wish_is_refused_with_a_sentence(line, logs, arguments, code) -> None:
    said = line("logs", *arguments)
    assert (said.code, said.out) == (code, "")
    assert said.err.startswith("matui: ")


def test_into_a_pipe_the_text_goes_as_it_came(line, logs) -> None:
    logs.files["train.0"].lines = ["\x1b[31mred\x1b[0m\ta\rb\x07", "half \ud800", ""]
    assert line("logs", "train").out == "\x1b[31mred\x1b[0m\ta\rb\x07\nhalf \ufffd\n\n"


def test_on_a_terminal_nothing_from_the_wire_moves_the_cursor(line, logs, monkeypatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    logs.files["train.0"].lines = ["\x1b[31mred\x1b[2J\ta", "10%\r20%\r", "\x1b]52;c;eA==\x07"]
    assert line("logs", "train").out == "\x1b[31mred\ta\x1b[0m\n20%\n\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert line("logs", "train").out == "red\ta\n20%\n\n"


def test_timestamps_say_when_a_line_was_received(line, logs) -> None:
    assert line("logs", "train", "--tail", "1", "--timestamps").out == "2020-09-13T12:26:40Z step 1199\n"


def make_dated(count: int) -> list[str]:
    """Return lines a minute apart, each with another that has no time, from 08:00 on."""
    return [
        text
        for n in range(count)
        for text in (f"2020-09-13 {8 + n // 60:02d}:{n % 60:02d}:00,000 INFO step {n}", f"  more of {n}")
    ]


def test_lines_are_chosen_by_time_and_those_without_one_stay_with_the_line_before(line, logs) -> None:
    logs.files["train.0"].lines = ["no time yet", *make_dated(200)]
    said = line("logs", "train", "--since", "2020-09-13 10:00", "--until", "2020-09-13 10:01")
    assert said.out.splitlines() == make_dated(200)[240:244]
    assert line("logs", "train", "--until", "2020-09-13 08:00").out.splitlines() == [
        "no time yet",
        *make_dated(1),
    ]
    back = line("logs", "train", "--since", "-2h")
    assert back.out.splitlines() == make_dated(200)[2 * 147 :]


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        (("--since", "2999-01-01"), "at or after --since: the last one is of 2020-09-13 11:19:00."),
        (("--since", "2999-01-01", "--tail", "3"), "at or after --since: the last one is of"),
        (("--until", "2020-09-13 07:00"), "at or before --until: the first is of 2020-09-13 08:00:00."),
        (
            ("--since", "2020-09-13 08:00:10", "--until", "2020-09-13 08:00:20"),
            "between --since and --until.",
        ),
    ],
)
def test_bounds_that_hold_no_line_are_named(line, logs, monkeypatch, bounds, why) -> None:
    monkeypatch.setenv("TZ", "UTC")
    logs.files["train.0"].lines = make_dated(200)
    said = line("logs", "train", *bounds)
    assert (said.code, said.out) == (0, "")
    assert f"train.0: No line was written {why}" in said.err
    assert line("logs", "train", *bounds, "--all-files").err.count("No line was written") == 1


def test_a_recent_part_of_a_long_log_takes_few_requests(line, logs) -> None:
    logs.files["train.0"].lines = [f"2020-09-01 08:00:00 old {n}" for n in range(100_000)] + make_dated(60)
    assert line("logs", "train", "--since", "2020-09-13 08:59").out.splitlines() == make_dated(60)[-2:]
    assert logs.files["train.0"].requests < 20


def test_lines_are_chosen_by_what_they_say(line, logs) -> None:
    assert line("logs", "train", "--grep", "STEP 119[89]").out == "step 1198\nstep 1199\n"
    assert line("logs", "train", "--grep", "(a+)+").code == 2
    assert line("logs", "train", "--since", "soon").code == 2


def test_lines_go_into_a_new_private_file(line, logs, tmp_path) -> None:
    path = tmp_path / "out.log"
    said = line("logs", "train", "--output", str(path))
    assert (said.code, said.out) == (0, "")
    assert path.read_text() == "".join(f"step {n}\n" for n in range(1200))
    assert path.stat().st_mode & 0o777 == 0o600
    assert "1,200 lines" in said.err
    assert line("logs", "train", "--output", "-", "--tail", "1").out == "step 1199\n"
    again = line("logs", "train", "--output", str(path))
    assert again.code == 2
    assert "exists already" in again.err


def stamp_line(clock, seconds: int, text: str) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(clock.now() + seconds, UTC):%Y-%m-%d %H:%M:%S} {text}"


def test_since_on_a_log_without_times_keeps_every_line_and_says_so(line, logs) -> None:
    logs.files["train.0"] = LogServer(Ways(), [f"step {n}" for n in range(7)])
    said = line("logs", "train", "--since", "2h")
    assert said.out == "".join(f"step {n}\n" for n in range(7))
    assert said.code == 6
    assert (
        "No time was found in any line: --since could not be applied, all 7 lines were printed." in said.err
    )


def test_the_undated_last_lines_of_a_crash_belong_to_the_dated_line_above_the_tail(line, logs) -> None:
    crash = ["Traceback (most recent call last):", *(f"  File {n}" for n in range(8)), "ValueError: x"]
    old = [stamp_line(line.clock, -90_000, "start"), *(f"old {n}" for n in range(600))]
    logs.files["train.0"] = LogServer(Ways(), [*old, stamp_line(line.clock, -60, "step 9"), *crash])
    said = line("logs", "train", "--since", "2h", "--tail", "8")
    assert said.out.splitlines() == crash[-8:]
    assert (said.code, said.err) == (0, "")
    assert line("logs", "train", "--until", "2h", "--tail", "8").out == ""


def test_lines_that_may_be_missing_give_exit_status_6(line, logs) -> None:
    server = LogServer(Ways(), [f"step {n}" for n in range(5000)])
    logs.files["train.0"] = server
    page = server.read_log_page

    async def empty_at(job, file, *, base, older, limit):
        if base and server.find_index(base) < 3000 and (older or base == server.build_cursor(499)):
            return LogPage("", "", "", 0)
        return await page(job, file, base=base, older=older, limit=limit)

    server.read_log_page = empty_at
    said = line("logs", "train")
    assert said.code == 6
    assert said.out.splitlines()[-1] == "step 4999"
    assert "Lines may be missing at 1 marked place." in said.err


def test_an_empty_log_is_named(line, logs) -> None:
    logs.files["train.0"] = LogServer(Ways(), [])
    said = line("logs", "train")
    assert (said.code, said.out) == (0, "")
    assert "train.0: This log has no lines." in said.err


def test_an_unreadable_first_lookup_is_repeated(line, logs) -> None:
    from matui.base.errors import BadAnswerError

    failures = [BadAnswerError("The answer has fields that cannot be read.", status=200)] * 2
    read = logs.cloud.read

    async def unreadable_at_first(kind: str, resource_id: str) -> Resource:
        if failures:
            raise failures.pop()
        return await read(kind, resource_id)

    logs.read = unreadable_at_first
    said = line("logs", "10", "--tail", "1")
    assert (said.code, said.out) == (0, "step 1199\n")
    assert failures == []


def test_all_files_are_loaded_side_by_side(line, logs) -> None:
    import asyncio

    at_once, most = 0, 0
    for n in range(6):
        logs.files[f"train.{n}"] = server = LogServer(Ways(), [f"{n} step {k}" for k in range(1200)])
        page = server.read_log_page

        async def slow(job, file, page=page, **asked):
            nonlocal at_once, most
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.001)
            at_once -= 1
            return await page(job, file, **asked)

        server.read_log_page = slow
    said = line("logs", "train", "--all-files")
    assert len(said.out.splitlines()) == 6 * 1200
    assert most == 4


def test_a_job_that_ended_without_a_log_is_not_to_be_waited_for(line, logs) -> None:
    logs.files = {}
    assert "With -f matui waits" in line("logs", "train").err
    old = logs.cloud.rows["10"]
    logs.cloud.rows["10"] = replace(old, status="JOBSTAT_IMAGE_FAILED", phase=Phase.FAILED)
    said = line("logs", "train")
    assert (said.code, said.out) == (1, "")
    assert "ended without a log" in said.err
    assert "-f" not in said.err


@pytest.mark.parametrize(
    ("kind", "name", "ident", "named"),
    [
        ("jobs", "train", "7", "The job train"),
        ("versions", "V0001", "7/8", "Version V0001 of the job train"),
    ],
)
def test_a_job_without_a_log_is_named_with_its_version(kind, name, ident, named) -> None:
    facts = {"job_name": "train"} if kind == "versions" else {}
    job = Resource(kind, ident, name, "RUNNING", Phase.RUNNING, "modelarts", "p", facts=facts)
    assert _name_job(job) == named
