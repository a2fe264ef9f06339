"""The log pane on the simulator: finding, merging, times, alerts, and taking the log away."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events

from matui.base.redaction.known import remember_secret
from matui.clouds.protocols import BudgetState
from matui.config.settings import Settings
from matui.console.lines.search import LineSearch
from matui.console.logs.export import run_through, split_command
from matui.console.logs.files import label_files
from matui.console.logs.pane import LogPane
from matui.console.terminal.clipboard import build_clipboard_sequences, build_notification
from matui.live.logs.file_cursor import find_last_time

Opens = Callable[..., AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def open_log(
    console: Opens, name: str = "bert-large-zh", **how: Any
) -> AsyncIterator[tuple[Any, LogPane]]:
    async with console(size=(100, 30), **how) as c:
        c.app.browse.typing.filter(name)
        await c.press("l")
        await c.advance(1)
        pane = c.app.browse.host.pane
        assert isinstance(pane, LogPane)
        yield c, pane


async def wait_for_backfill(c: Any, pane: LogPane) -> None:
    """Let a hunt come to its end."""
    for _ in range(400):
        if not pane.parts.backfill.active and not pane.view.matches.is_searching:
            break
        await c.advance(0.2)
        await c.pilot.pause(0.02)


def exhaust(pane: LogPane) -> None:
    """Let a hunt find the request budget used up."""
    pane.parts.backfill._budget = lambda: BudgetState(300, 300)


def list_texts(pane: LogPane) -> list[str]:
    return list(pane.view.shown.list_texts(pane.view.first, pane.view.end))


async def test_the_name_of_the_file_gives_way_to_what_the_tail_does(console) -> None:
    async with console(size=(72, 24)) as c:
        c.app.browse.typing.filter("pangu-13b")
        await c.press("l")
        await c.advance(1)
        title = next(line for line in c.read_text().splitlines() if line.startswith(" log "))
        assert re.search(r"job-p?[^ ]*… \(1/8\)  (following|catching up)", title)


@pytest.mark.slow
async def test_a_search_goes_on_in_what_is_not_loaded_yet(console) -> None:
    async with open_log(console) as (c, pane):
        assert not pane.shown.at_top
        await c.press("slash")
        await c.type("boot_file")
        assert pane.view.matches.search_state.count == 0
        await c.press("enter")
        await wait_for_backfill(c, pane)
        assert pane.view.matches.search_state.count == 1
        await c.settle()
        assert "boot_file: train.py" in c.read_text()


async def test_escape_stops_the_fetching_first_and_the_search_then(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("slash")
        exhaust(pane)
        await c.type("zzz")
        await c.press("enter")
        assert re.search(r"searching( the rest)? · [\d,]+( lines)? · esc stops", c.read_text())
        assert not pane.shown.at_top
        assert pane.parts.backfill.active
        await c.press("escape")
        assert not pane.parts.backfill.active
        assert pane.search_text == "zzz"
        await c.press("escape")
        assert pane.search_text == ""


@pytest.mark.slow
async def test_going_up_from_the_first_match_loads_until_there_is_another(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("slash")
        exhaust(pane)
        await c.type("ckpt")
        await c.press("enter", "escape")
        pane.parts.backfill._budget = lambda: BudgetState(0, 300)
        held = pane.view.first
        pane.view.matches.go_to(pane.view.matches.search_state.search.matches[0])
        before = pane.view.matches.search_state.current
        await c.press("N")
        await wait_for_backfill(c, pane)
        assert pane.view.first < held
        assert pane.view.matches.search_state.current < before


async def test_only_matching_lines_stay_with_what_stands_around_them(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("ampersand")
        await c.type("checkpoint")
        await c.press("enter")
        shown = list_texts(pane)
        matching = [text for text in shown if "checkpoint" in text]
        assert len(matching) == pane.view.filter.found > 3
        assert len(shown) > 2 * len(matching)
        assert " lines ──" in c.read_text()
        await c.press("escape")
        assert pane.view.filter is None
        assert len(list_texts(pane)) >= 500


async def test_enter_does_not_overtake_letters_that_were_pasted(console) -> None:
    async with open_log(console) as (c, pane):
        for key, letter in (("ampersand", "&"), ("n", "n"), ("c", "c"), ("enter", "\r")):
            event = events.Key(key, letter)
            event.set_sender(c.app)
            c.app._driver.send_message(event)
        await c.settle()
        assert pane.parts.lines.text == "nc"


async def test_errors_are_gone_to_one_by_one_and_a_traceback_is_one(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("E")
        _place, count = pane.view.errors.position
        assert 1 <= count <= 3
        assert f"error 1/{count}" in c.read_text()


async def test_patterns_of_the_settings_decide_what_an_error_is(console) -> None:
    logs = {"errors": ["lost the card"], "not_errors": ["retrying after"]}
    settings = Settings.model_validate({"logs": logs})
    service = "[Modelarts Service Log]lost the card 7"
    lines = ["INFO lost the card 3", "plain", "ERROR retrying after 3 s", "ERROR at last", "INFO end"]
    async with open_log(console, "asr-conformer", settings=settings) as (c, pane):
        c.world.append_log(int(pane.resource.id), None, "", [service, *lines])
        await c.advance(20)
        await c.press("E")
        assert pane.view.errors.position[1] == 3
        found = set()
        for _ in range(3):
            await c.press("ctrl+e")
            found.add(pane.view.errors.position[0])
        assert found >= {1, 2, 3}
        assert "INFO lost the card 3" in c.read_text()
        c.app.browse.host.pane.run_command("fold_platform")
        await c.advance(1)
        assert service in list_texts(pane), "an error of the platform is never folded"


@pytest.mark.slow
async def test_all_files_are_merged_by_time_with_a_stripe(console) -> None:
    async with open_log(console, "resnet50-imagenet-8p") as (c, pane):
        assert len(pane.shown.files) > 1
        await c.press("a")
        for _ in range(5):
            await c.advance(4)
        stamps = [
            m[0] for t in list_texts(pane) if (m := re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+", t))
        ]
        late = [n for n in range(pane.view.first, pane.view.end) if pane.shown.merged.log.get_file(n)[1]]
        assert len(stamps) > 500
        assert stamps == sorted(stamps)
        assert late == []
        assert len({pane.shown.merged.log.get_file(n)[0] for n in range(pane.view.first, pane.view.end)}) > 1
        assert "0▏" in c.read_text()
        await c.press("F", "enter", "escape")
        assert pane.shown.merged.off == {pane.shown.files[0]}
        assert "0▏" not in c.read_text()
        assert "1▏" in c.read_text()
        await c.press("a")
        assert pane.shown.merged is None
        assert list(pane.shown.followed.tails) == [pane.shown.file]


@pytest.mark.slow
async def test_scrolling_up_a_merged_log_loads_the_files_that_are_short(console) -> None:
    async with open_log(console, "resnet50-imagenet-8p") as (c, pane):
        await c.press("a")
        await c.advance(5)
        first = pane.view.first
        for _ in range(3):
            await c.press("g", "up")
            await c.advance(1)
        assert pane.view.first < first - 500
        stamps = [
            m[0] for t in list_texts(pane) if (m := re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+", t))
        ]
        assert stamps == sorted(stamps)


async def test_times_are_shown_as_wished(console) -> None:
    async with open_log(console) as (c, pane):
        written = c.read_text()
        assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO", written)
        await c.press("t")
        local = re.search(r"(\d\d-\d\d (\d\d):\d\d:\d\d\.\d{3}) +INFO", c.read_text())
        await c.press("t")
        utc = re.search(r"(\d\d-\d\d (\d\d):\d\d:\d\d\.\d{3}) +INFO", c.read_text())
        assert local
        assert utc
        assert (int(local[2]) - int(utc[2])) % 24 in (0, 8)
        await c.press("t")
        assert re.search(r"\+(\d+d)?\d\d:\d\d:\d\d\.\d{3} +INFO", c.read_text())
        await c.press("t")
        assert not re.search(r"\d\d:\d\d:\d\d", "\n".join(c.read_text().splitlines()[18:30]))
        await c.press("t")
        assert pane.view.looks.times == "written"


async def test_going_to_a_time_loads_what_lies_before(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("T")
        await c.type("-9m")
        await c.press("enter")
        await wait_for_backfill(c, pane)
        top = pane.view.shown.list_texts(pane.view.window.top[0], pane.view.window.top[0] + 1)[0]
        last = find_last_time(pane.view.shown, pane.parts.times.read_time) or 0
        assert abs(last - (pane.parts.times.read_time(top) or 0) - 540_000) < 30_000
        await c.press("T")
        await c.type("soon")
        await c.press("enter")
        assert "not a time" in c.read_text()
        await c.press("escape")


async def test_marks_are_gone_to_in_turn(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("pageup", "pageup", "M")
        marked = pane.view.window.top[0]
        await c.press("G", "apostrophe")
        assert pane.view.window.top[0] == marked
        assert "◆ " in c.read_text()


async def test_lines_are_selected_with_the_keys_and_copied(console) -> None:
    async with open_log(console) as (c, pane):
        await c.press("pageup", "V", "down", "down", "c")
        copied = c.app.clipboard.splitlines()
        assert len(copied) == 3
        assert not pane.view.selecting.active
        await c.press("c")
        assert c.app.clipboard == pane.resource.id


@pytest.mark.slow
async def test_a_pattern_alerts_only_without_focus(console) -> None:
    async with open_log(console, "asr-conformer") as (c, pane):
        job = int(pane.resource.id)
        await c.press("colon")
        await c.type("alert nan")
        await c.press("enter")
        rung: list[str] = []
        c.app.bell = lambda: rung.append("bell")
        pane.focus_body()
        await c.settle()
        c.world.append_log(job, None, "", ["step 7 loss nan"])
        await c.advance(20)
        assert rung == []
        c.app.app_focus = False
        await c.settle()
        c.world.append_log(job, None, "", ["step 8 loss \x1b[31mnan"])
        await c.advance(60)
        assert rung == ["bell"]
        assert "⚑ step 8 loss nan" in c.read_text()
        c.app.app_focus = True
        await c.settle()
        assert "⚑" not in c.read_text()


@pytest.mark.slow
async def test_a_file_that_the_job_begins_later_is_listed_and_can_be_gone_to(console) -> None:
    async with open_log(console, "phase:running") as (c, pane):
        before = pane.shown.files
        job = next(job for job in c.world.jobs.rows.values() if job.name == pane.resource.name)
        for version in job.versions:
            version.files += ("later.log",)
        await c.advance(75)
        assert pane.shown.files == (*before, "later.log")
        await c.press("left_square_bracket")
        await c.advance(1)
        assert pane.shown.file == "later.log"


@pytest.mark.slow
async def test_a_quiet_log_costs_few_requests_and_a_blurred_one_fewer(console) -> None:
    async with open_log(console) as (c, _pane):

        def asked() -> int:
            return sum("logs" in path for _method, path, _query in c.requests)

        await c.advance(60)
        before = asked()
        await c.advance(60)
        assert asked() - before <= 9
        c.app.app_focus = False
        await c.advance(60)
        before = asked()
        await c.advance(60)
        assert asked() - before <= 3


async def wait_until_said(c: Any, said: list[str]) -> str:
    """Let a save come to its end; return what it said."""
    for _ in range(400):
        if said:
            break
        await c.advance(0.5)
    return said[-1]


async def test_saving_asks_where_and_keeps_every_line(console, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    async with open_log(console, "yolov5-helmet") as (c, _pane):
        c.app.browse.show_notice = lambda words, **_how: said.append(words)
        await c.press("S")
        assert c.app.browse.typing.bar.text.startswith(str(tmp_path))
        await c.press("enter")
        words = await wait_until_said(c, said)
    saved = Path(words.partition(" lines to ")[2])
    data = saved.read_bytes()  # noqa: ASYNC240
    assert saved.parent == tmp_path
    assert saved.stat().st_mode & 0o777 == 0o600  # noqa: ASYNC240
    lines = data.count(b"\n")
    assert words.startswith(f"Saved {lines:,} lines to ")
    assert b"boot_file" in data
    assert not Path(f"{saved}.part").exists()  # noqa: ASYNC240


@pytest.mark.slow
async def test_a_save_goes_on_when_its_pane_is_closed(console, tmp_path: Path) -> None:
    said: list[str] = []
    async with open_log(console) as (c, _pane):
        c.app.browse.show_notice = lambda words, **_how: said.append(words)
        await c.press("S")
        c.app.browse.typing.bar.replace(str(tmp_path / "mine.log"))
        await c.pilot.press("enter", "q")
        words = await wait_until_said(c, said)
        assert c.app.browse.host.pane is None
    count = (tmp_path / "mine.log").read_bytes().count(b"\n")
    assert count > 1000
    assert words == f"Saved {count:,} lines to {tmp_path / 'mine.log'}"


async def test_a_save_that_is_stopped_leaves_nothing_and_says_so(console, tmp_path: Path) -> None:
    said: list[str] = []
    async with open_log(console) as (c, pane):
        c.app.browse.show_notice = lambda words, **_how: said.append(words)
        c.faults.latency_s = 5.0
        await c.press("S")
        c.app.browse.typing.bar.replace(str(tmp_path / "mine.log"))
        await c.press("enter")
        assert c.app.browse.saves.status
        await c.press("escape")
        words = await wait_until_said(c, said)
        assert words == "Not saved: stopped at 0 lines."
        assert c.app.browse.host.pane is pane
        assert not c.app.browse.saves.status
    assert not [*tmp_path.glob("mine*")]  # noqa: ASYNC240


async def test_a_full_disk_is_named_with_the_file_and_leaves_nothing(console, tmp_path, monkeypatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("matui.base.files._publish", refuse)
    async with open_log(console, "yolov5-helmet") as (c, _pane):
        c.app.browse.show_notice = lambda words, **_how: said.append(words)
        await c.press("S")
        c.app.browse.typing.bar.replace(str(tmp_path / "mine.log"))
        await c.press("enter")
        words = await wait_until_said(c, said)
    assert words.startswith(f"Not saved: {tmp_path / 'mine.log'}: stopped at ")
    assert words.endswith(" lines: No space left on device.")
    assert not [*tmp_path.glob("mine*")]


def refuse(*_paths: Path) -> None:
    """Fail as on a disk that has no room."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_path_that_cannot_be_written_is_refused_while_asked(console, tmp_path: Path) -> None:
    (tmp_path / "there.log").write_text("theirs")
    async with open_log(console, "yolov5-helmet") as (c, _pane):
        await c.press("S")
        c.app.browse.typing.bar.replace(str(tmp_path / "there.log"))
        await c.press("enter")
        assert c.app.browse.typing.is_open
        assert "exists already" in c.read_text()
        c.app.browse.typing.bar.replace(str(tmp_path / "none" / "x.log"))
        await c.press("enter")
        assert c.app.browse.typing.is_open
        await c.press("escape")
    assert (tmp_path / "there.log").read_text() == "theirs"


async def test_the_console_is_not_left_in_the_middle_of_a_save_by_one_key(console, tmp_path: Path) -> None:
    async with open_log(console) as (c, _pane):
        c.faults.latency_s = 5.0
        await c.press("S")
        c.app.browse.typing.bar.replace(str(tmp_path / "mine.log"))
        await c.press("enter", "q", "q")
        assert c.app.is_running
        assert "A log is being saved." in c.read_text()
    assert not [*tmp_path.glob("mine*")]  # noqa: ASYNC240
    assert c.app.browse.saves.ended == [f"Not saved: {tmp_path}/mine.log, stopped at 0 lines."]


def test_a_command_gets_the_lines_without_a_shell(capfd) -> None:
    words = split_command("grep -c 'a b'")
    assert words == ["grep", "-c", "a b"]
    assert run_through(words, iter(["a b", "a c", "a b $(ls)"])) == 0
    assert capfd.readouterr().out == "2\n"
    assert run_through(["true"], (f"line {n}" for n in range(1_000_000))) == 0


@pytest.mark.parametrize(("typed", "kept"), [(False, False), (True, True)])
def test_a_pager_has_no_credentials_and_a_typed_command_the_whole_environment(
    typed: bool, kept: bool, capfd, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember_secret("planted-sk-0123456789")
    monkeypatch.setenv("OWN_SK", "planted-sk-0123456789")
    monkeypatch.setattr("builtins.input", lambda _prompt: "")
    assert run_through(["env"], iter(()), typed=typed) == 0
    assert ("planted" in capfd.readouterr().out) is kept


def test_the_clipboard_is_reached_through_tmux_and_screen() -> None:
    plain = build_clipboard_sequences("hi", {})
    assert plain == ["\x1b]52;c;aGk=\a"]
    assert build_clipboard_sequences("hi", {"TMUX": "x"}) == [*plain, "\x1bPtmux;\x1b\x1b]52;c;aGk=\a\x1b\\"]
    (through,) = build_clipboard_sequences("x" * 3000, {"STY": "x"})
    parts = through.removesuffix("\x1b\\").split("\x1b\\")
    assert all(part.startswith("\x1bP") and len(part) < 260 for part in parts)
    assert "".join(part[2:] for part in parts) == build_clipboard_sequences("x" * 3000, {})[0]


def test_a_notice_is_announced_in_the_terminals_own_way() -> None:
    assert build_notification("t", "w", {"TERM": "xterm"}) == "\x1b]9;t: w\a"
    assert build_notification("t;x", "w;v", {"TERM": "foot"}) == "\x1b]777;notify;t,x;w,v\a"


def test_files_are_distinguished_by_what_differs() -> None:
    assert label_files(("job-a.0", "job-a.1")) == ["0", "1"]
    assert label_files(("w-1.log", "w-12.log")) == ["1", "12"] or label_files(("w-1.log", "w-12.log"))
    assert label_files(("only",)) == ["only"]
    assert os.sep not in label_files(("a", "b"))[0]


@pytest.mark.slow
async def test_a_log_that_is_not_there_yet_cannot_be_taken_away_and_that_is_said(console: Opens) -> None:
    async with open_log(console, "new-one", prepare=lambda w: w.add_job("new-one", status="WAITING")) as (
        c,
        _,
    ):
        for keys in (["S"], ["|", "w", "c", "enter"]):
            await c.press(*keys)
            assert [notice.message for notice in c.app._notifications] == ["There is no log yet."]
            c.app.clear_notifications()


@pytest.mark.slow
async def test_the_merged_log_of_an_ended_job_has_its_last_lines_at_once(console) -> None:
    async with open_log(console) as (c, pane):
        assert pane.resource.phase.ended
        assert len(pane.shown.files) > 1
        calls = c.app.browse.session.cloud.get_budget
        before = calls().used
        await c.press("a", "ctrl+e")
        await c.advance(0.5)
        assert pane.shown.describe_pending() == ""
        for _ in range(200):
            if pane.parts.backfill.active:
                await c.settle()
        assert not pane.parts.backfill.active
        assert pane.view.errors.position[0] >= 1
        assert calls().used - before <= 8 * len(pane.shown.files)
        held = sum(len(tail.store) for tail in pane.shown.followed.tails.values())
        assert pane.view.end - pane.view.first > held / 2


async def test_an_error_is_looked_for_in_all_lines_held_before_it_is_said_to_be_missing(
    console: Opens, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_log(console) as (c, pane):
        await c.press("a")
        await c.advance(1)
        pane.view.errors.forget()
        pane.view.action_top()
        search, idle = LineSearch.step, iter([None] * 3)

        def on_a_busy_machine(self: LineSearch, first: int, end: int, spent: Callable[[], bool]) -> bool:
            return True if next(idle, spent) is None else search(self, first, end, spent)

        monkeypatch.setattr(LineSearch, "step", on_a_busy_machine)
        await c.press("E")
        await wait_for_backfill(c, pane)
        assert pane.view.errors.position[0] >= 1
        assert not c.app._notifications


async def test_an_error_in_view_is_gone_to_before_one_above_is_looked_for(console: Opens) -> None:
    async with open_log(console) as (c, pane):
        used = c.app.browse.session.cloud.get_budget().used
        await c.press("ctrl+e")
        place, count = pane.view.errors.position
        assert place == count > 0
        assert not pane.parts.backfill.active
        assert c.app.browse.session.cloud.get_budget().used == used


@pytest.mark.slow
async def test_an_error_above_is_looked_for_from_the_newest_line_where_that_is_not_painted_yet(
    console: Opens,
) -> None:
    async with open_log(console) as (c, pane):
        await c.press("a")
        await c.advance(1)
        pane.view.errors.forget()
        assert pane.view.follow
        pane.view.window.top = (pane.view.first, 0)
        used = c.app.browse.session.cloud.get_budget().used
        pane.parts.navigator.go_to_previous_error()
        await wait_for_backfill(c, pane)
        assert pane.view.errors.position[0] >= 1
        assert c.app.browse.session.cloud.get_budget().used - used < 10


@pytest.mark.parametrize("command", ["go_to_previous_error", "go_to_next_error"])
async def test_an_error_is_looked_for_once_the_log_that_was_chosen_is_open(
    console: Opens, command: str
) -> None:
    async with open_log(console) as (c, pane):
        used = c.app.browse.session.cloud.get_budget().used
        pane.shown.toggle_merged()
        getattr(pane.parts.navigator, command)()
        await wait_for_backfill(c, pane)
        assert pane.shown.merged is not None
        assert pane.view.errors.position[0] >= 1
        assert c.app.browse.session.cloud.get_budget().used - used <= 8 * len(pane.shown.files)


async def test_nothing_is_looked_for_where_a_job_has_no_log(console: Opens) -> None:
    async with console() as c:
        await c.type("/pointnet-fp16-0005")
        await c.press("enter", "l", "slash")
        await c.type("error")
        await c.press("enter", "n", "E", "ctrl+e")
        words = [notice.message for notice in c.app._notifications]
        assert set(words) == {"No line matches.", "The log has no error."}
        assert "esc stops" not in c.read_text()
        assert "0 matches" in c.read_text()


async def test_space_pages_a_log_and_marks_no_row(console) -> None:
    async with console() as c:
        await c.press("l", "space", "*")
        assert not c.app.browse.tables.table.marks
        assert any("only with the table focused" in note.message.lower() for note in c.app._notifications)
