"""``matui audit``, and actions under the rules of a profile."""

from __future__ import annotations

import json
import os

import pytest

from matui.base.errors import TimedOutError
from matui.base.moments import parse_moment
from matui.cli.main import run
from matui.config.section_settings import Guard
from matui.resources.model import Phase


@pytest.fixture
def guard(line):
    """Return what gives the profile of the command line rules."""

    def give(**rules) -> None:
        line.guard = Guard.model_validate(rules)

    return give


def get_trail(tmp_path):
    return tmp_path / "state" / "matui" / "audit.jsonl"


def show_audit(line, *arguments: str) -> dict:
    return json.loads(line("audit", "-o", "json", *arguments).out)


def test_an_empty_trail_needs_no_config_and_no_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("MATUI_CONFIG", str(tmp_path / "broken.toml"))
    assert run(["audit"]) == 0
    assert "No action is recorded" in capsys.readouterr().err
    assert run(["audit", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["items"] == []
    assert not (tmp_path / "none").exists()


def test_what_was_done_is_listed_newest_first(line):
    line("stop", "nb", "id-1", "--yes")
    line.clock.time += 60
    line("delete", "nb", "id-2", "--yes")
    out = line("audit").out.splitlines()
    assert out[0].split()[:5] == ["WHEN", "UTC", "ACTION", "KIND", "NAME"]
    assert "delete" in out[1]
    assert "nb-2" in out[1]
    assert "✓ done" in out[2]
    first, second = show_audit(line)["items"]
    assert (first["action"], second["action"]) == ("delete", "stop")
    assert first["resource_id"] == "id-2"
    assert second["request_id"] == "req-id-1"
    assert len(line("audit", "-o", "jsonl").out.splitlines()) == 2


def test_since_and_a_profile_narrow_it(line, monkeypatch):
    line("stop", "nb", "id-1", "--yes")
    monkeypatch.setattr("matui.base.clock.SystemClock.now", lambda _self: line.clock.now() + 3600)
    assert len(show_audit(line, "--since", "2h")["items"]) == 1
    assert show_audit(line, "--since", "10m")["items"] == []
    assert len(show_audit(line, "--since", "2020-09-13T12:00Z")["items"]) == 1
    assert show_audit(line, "--since", "2020-09-13")["since"]
    assert show_audit(line, "-p", "other")["items"] == []
    assert len(show_audit(line, "-p", "prod")["items"]) == 1
    assert len(show_audit(line, "-p", "other, prod")["items"]) == 1


@pytest.mark.parametrize("since", ["tomorrowish", "", "2h3x"])
def test_a_wrong_time_is_a_usage_error(line, since):
    said = line("audit", "--since", since)
    assert (said.code, said.out) == (2, "")
    assert "--since" in said.err


@pytest.mark.parametrize(
    "since", ["30m", "-30m", "1h30m", "2020-09-13", "20200913", "2020-09-13T00:00+08:00", "03:12"]
)
def test_times_are_written_as_for_logs(line, since):
    line("stop", "nb", "id-1", "--yes")
    said = line("audit", "--since", since, "-o", "jsonl")
    assert said.code == 0
    assert parse_moment(since, last_ms=1_600_000_000_000, zone=None) < 1_600_000_000_000


def test_broken_lines_are_counted_and_never_fatal(line, tmp_path):
    line("stop", "nb", "id-1", "--yes")
    with get_trail(tmp_path).open("a") as opened:
        opened.write("{half\n\x00\n")
    said = line("audit")
    assert said.code == 0
    assert "2 lines" in said.err
    assert show_audit(line)["skipped"] == 2


def test_a_lost_answer_is_unknown_and_settled_by_reading(line):
    act = line.cloud.act

    async def lost(action, rows):
        line.cloud.turn(1, "STOPPING", Phase.PENDING)
        return await act(action, rows)

    line.cloud.act = lost
    line.cloud.errors = {"id-1": TimedOutError("No answer.", sent=True)}
    assert line("stop", "nb", "id-1", "--yes").code == 5
    [item] = show_audit(line)["items"]
    assert (item["outcome"], item["status_before"], item["status_after"]) == (
        "unknown",
        "RUNNING",
        "STOPPING",
    )
    assert item["settled"]["verdict"] == "done"
    assert "? unknown → done" in line("audit").out


def test_a_denied_action_names_the_rule_even_with_yes(line, guard):
    guard(deny=["delete"])
    said = line("delete", "nb", "id-2", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "the rules of profile prod deny delete (guard.deny)" in said.err
    assert line("stop", "nb", "id-1", "--yes").code == 0


def test_never_is_never_overridden(line, guard):
    guard(protect=["nb-1"], protect_how="never")
    said = line("stop", "nb", "id-1", "--yes", "--confirm", "nb-1")
    assert (said.code, line.cloud.sent) == (1, [])
    assert 'profile prod protects "nb-1" from every action (guard.protect)' in said.err


def test_a_yes_is_not_enough_for_what_is_protected(line, guard):
    guard(protect=["nb-*"])
    said = line("stop", "nb", "id-1", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "--confirm 'nb-1'" in said.err
    assert line("stop", "nb", "id-1", "--yes", "--confirm", "nb-1").code == 0
    assert len(line.cloud.sent) == 1


@pytest.mark.parametrize(("answer", "sent"), [("y", 0), ("nb-1", 1), ("id-1", 1)])
def test_what_is_protected_wants_its_name_typed_on_a_terminal(line, guard, answers, answer, sent):
    guard(protect=["nb-*"])
    answers.append(answer)
    said = line("stop", "nb", "id-1")
    assert len(line.cloud.sent) == sent
    assert 'protected by "nb-*"' in said.err


def test_the_cap_holds_for_the_command_line(line, guard):
    guard(most=1)
    said = line("delete", "nb", "id-2", "id-3", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "at most 1 at once, and these are 2 (guard.most)" in said.err


def test_a_countdown_waits_after_the_answer_and_yes_skips_it(line, answers):
    answers.append("nb-2")
    said = line("delete", "nb", "id-2")
    assert "delete in 5s; ctrl+c cancels" in said.err
    assert line.clock.time == 1_600_000_005
    assert "ctrl+c" not in line("delete", "nb", "id-3", "--yes").err
    assert line.clock.time == 1_600_000_005


def test_ctrl_c_in_the_countdown_sends_nothing(line, answers, tmp_path):
    def interrupted(_count: int) -> None:
        raise KeyboardInterrupt

    answers.append("nb-2")
    line.clock.on_sleep = interrupted
    said = line("delete", "nb", "id-2")
    assert (said.code, line.cloud.sent) == (130, [])
    assert said.err.endswith("matui: Delete not sent, cancelled.\n")
    assert not get_trail(tmp_path).exists()


def test_ctrl_c_while_the_resource_is_looked_up_sends_nothing_and_states_it(line, monkeypatch, tmp_path):
    async def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(line.cloud, "read", interrupted)
    monkeypatch.setattr(line.cloud, "list_page", interrupted)
    said = line("stop", "nb", "id-1", "--yes")
    assert (said.code, line.cloud.sent, said.err) == (130, [], "matui: Stop not sent, cancelled.\n")
    assert not get_trail(tmp_path).exists()


def test_a_full_disk_refuses_before_anything_is_sent(line, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("matui.live.audit.jsonl_file.os.write", full)
    said = line("stop", "nb", "id-1", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "No space left on device" in said.err


def test_a_state_folder_that_cannot_be_made_stops_actions_only(line, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert line("get", "nb").code == 0
    said = line("stop", "nb", "id-1", "--yes")
    assert (said.code, line.cloud.sent) == (1, [])
    assert "audit" in said.err


def test_scripts_see_the_actions_that_the_rules_leave(line, guard):
    guard(deny=["stop"], protect=["nb-2"], protect_how="never")
    items = {
        item["name"]: item["actions"] for item in json.loads(line("get", "nb", "-o", "json").out)["items"]
    }
    assert items["nb-1"] == []
    assert items["nb-2"] == []
    assert "delete" in items["nb-3"]


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (os.mkfifo, "it is no regular file"),
        (os.mkdir, "it is a folder"),
        (lambda file: file.symlink_to("/dev/null"), "it is a link"),
    ],
)
def test_what_is_no_file_in_place_of_the_trail_is_named(line, tmp_path, make, what):
    get_trail(tmp_path).parent.mkdir(parents=True, mode=0o700)
    make(get_trail(tmp_path))
    said = line("audit")
    assert (said.code, said.out) == (6, "")
    assert f"audit.jsonl: {what}. Repair or remove it" in said.err
