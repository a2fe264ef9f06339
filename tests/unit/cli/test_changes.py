"""``matui changes``: what was seen to change, and when nothing was watched."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from matui.base import clock as clocks
from matui.cli.main import run
from matui.resources.model import Phase


@pytest.fixture
def history(line, monkeypatch):
    """Let a job fail between two lists, and another one an hour later."""
    monkeypatch.setattr(clocks.SystemClock, "now", lambda _self: line.clock.time)
    for rid, minutes in (("10", 1), ("12", 60)):
        line("get", "jobs")
        line.clock.time += minutes * 60
        status = "JOBSTAT_FAILED" if rid == "10" else "JOBSTAT_RUNNING"
        phase = Phase.FAILED if rid == "10" else Phase.RUNNING
        line.cloud.rows[rid] = replace(line.cloud.rows[rid], status=status, phase=phase)
        line("get", "jobs")
    line.clock.time += 10
    return line


def test_an_empty_journal_needs_no_config_and_no_folder(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("MATUI_CONFIG", str(tmp_path / "broken.toml"))
    assert run(["changes"]) == 0
    assert "No change is recorded" in capsys.readouterr().err
    assert run(["changes", "-o", "jsonl"]) == 0
    assert "No change is recorded" in capsys.readouterr().err
    assert run(["changes", "-o", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"items": [], "watched": []}
    assert not (tmp_path / "none").exists()


def test_changes_are_listed_newest_first_with_the_stretch_that_was_not_watched(history):
    out = history("changes").out.splitlines()
    assert out[0].split()[:5] == ["WHEN", "UTC", "KIND", "NAME", "STATE"]
    assert "FAILED → ● RUNNING" in out[1]
    assert "not watched" in out[2]
    assert "for 1h00m" in out[2]
    assert "RUNNING → ✗ FAILED" in out[3]
    assert len(out) == 4


def test_a_name_that_no_list_had_is_an_error(history):
    mistyped = history("changes", "job", "trian")
    assert mistyped.code != 0
    assert mistyped.err == "matui: The journal knows no job trian: no list had it. Did you mean train?\n"
    quiet = history("changes", "job", "10", "--until", "2020-01-01")
    assert (quiet.code, quiet.err) == (0, "matui: No change of 10 is recorded until then.\n")


@pytest.mark.parametrize(
    "words", [("job", "train/V0001"), ("job", "10/77"), ("version/10/77",), ("job/train/V0001",)]
)
def test_a_version_has_the_changes_of_its_job(history, words):
    said = history("changes", *words)
    assert said.code == 0
    assert "RUNNING → ✗ FAILED" in said.out
    assert "these are the changes of the job" in said.err


def test_an_id_with_a_slash_is_not_taken_for_a_version(history):
    job = history.cloud.rows["10"]
    history.cloud.rows["10/1"] = replace(job, id="10/1", name="tuning")
    history("get", "jobs")
    said = history("changes", "job", "10/1", "-o", "jsonl")
    assert (said.code, "journal records jobs" in said.err) == (0, False)
    assert {json.loads(row)["id"] for row in said.out.splitlines()} == {"10/1"}


def test_json_names_every_field_and_the_watched_times(history):
    document = json.loads(history("changes", "job", "10", "-o", "json").out)
    (item,) = document["items"]
    assert item == {
        "seen_at": "2020-09-13T12:27:40Z", "happened_at": None, "profile": "prod", "kind": "jobs", "id": "10",
        "name": "train", "owner": "", "workspace": "", "from": "JOBSTAT_RUNNING", "to": "JOBSTAT_FAILED",
        "from_phase": "running", "to_phase": "failed", "reason": "", "code": "", "source": "poll",
    }  # fmt: skip
    assert document["watched"][0] == {"from": "2020-09-13T12:27:40Z", "to": "2020-09-13T12:27:40Z"}


@pytest.mark.parametrize(
    ("arguments", "ids"),
    [
        (("--since", "30m"), ["12"]),
        (("--until", "-30m"), ["10"]),
        (("jobs", "train"), ["10"]),
        (("notebooks",), []),
        (("-p", "prod"), ["12", "10"]),
        (("-p", "other"), []),
    ],
)
def test_options_narrow_the_changes(history, arguments, ids):
    lines = history("changes", *arguments, "-o", "jsonl").out.splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids


def test_a_wrong_time_or_kind_is_a_usage_error(line):
    assert line("changes", "--since", "soon").code == 2
    assert line("changes", "jbos").code == 2


def test_a_damaged_journal_is_set_aside_and_the_output_is_incomplete(line, tmp_path):
    line("get", "jobs")
    file = tmp_path / "state" / "matui" / "journal.db"
    file.write_bytes(b"no database" * 1000)
    said = line("changes")
    assert said.code == 6
    assert "set aside" in said.err
    assert "No change" not in said.err
    assert list(file.parent.glob("journal.damaged-*.db"))


def test_a_profile_that_the_journal_has_never_read_is_named(history):
    for command in ("changes", "report"):
        answer = history(command, "-p", "nope")
        assert answer.code == 6
        assert "knows nothing of the profile nope: no list of it was read" in answer.err
        answer = history(command, "-p", "nope,none")
        assert "knows nothing of the profiles nope, none: no list of them was read" in answer.err


def test_every_format_is_in_the_order_of_the_times_that_it_shows(line, monkeypatch):
    monkeypatch.setattr(clocks.SystemClock, "now", lambda _self: line.clock.time)
    line("get", "jobs")
    line.clock.time += 60
    for rid, ended_s_ago in (("10", 40), ("12", None), ("11", 100)):
        facts = {"ended_at": (line.clock.time - ended_s_ago) * 1000} if ended_s_ago is not None else {}
        row = line.cloud.rows[rid]
        line.cloud.rows[rid] = replace(row, status="JOBSTAT_KILLED", phase=Phase.STOPPED, facts=facts)
        line("get", "jobs")
        line.clock.time += 20
    lines = line("changes").out.splitlines()[1:]
    times = [text.removeprefix("≤").split()[1] for text in map(str.strip, lines)]
    assert times == ["12:28:00", "12:27:00", "12:26:40"]
    for items in (
        json.loads(line("changes", "-o", "json").out)["items"],
        [json.loads(text) for text in line("changes", "-o", "jsonl").out.splitlines()],
    ):
        assert [item["id"] for item in items] == ["12", "10", "11"]
        assert [item["seen_at"][11:19] for item in items] == ["12:28:00", "12:27:40", "12:28:20"]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("changes", "--since", "10m", "--until", "2h"), "--until 2h is before --since 10m"),
        (("changes", "--since", "2999-01-01"), "is in the future"),
        (("changes", "--since", "0"), "--since 0 has no unit. Add one"),
        (("report", "--since", "-5"), "--since -5 has no unit"),
        (("audit", "--since", "5"), "--since 5 has no unit"),
        (("logs", "train", "--until", "10"), "--until 10 has no unit"),
        (("report", "--since", "0m"), "--since 0m is now"),
        (("logs", "train", "--since", "now"), "--since now is now"),
        (("report", "--since", "2999-01-01"), "is in the future"),
        (("audit", "--since", "2999-01-01"), "is in the future"),
    ],
)
def test_a_range_that_holds_nothing_is_a_usage_error(line, args, said):
    answer = line(*args)
    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err


COMMANDS = [("changes",), ("report",), ("audit",), ("capsule", "list"), ("capsule", "show", "1")]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("broken", ["", "matui"])
def test_a_state_folder_that_is_a_file_is_no_empty_one(tmp_path, monkeypatch, capsys, command, broken):
    monkeypatch.setenv("MATUI_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "config.toml").touch()
    file = tmp_path / "state" / broken
    file.parent.mkdir(exist_ok=True)
    file.write_text("no folder")
    assert run([*command]) == 6
    said = capsys.readouterr()
    assert "The state folder cannot be read: " in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("command", "name"),
    [(("audit",), "audit.jsonl"), (("report",), "audit.jsonl"), (("report",), "watches.json")],
)
def test_a_file_of_the_state_that_cannot_be_read_is_no_empty_one(
    tmp_path, monkeypatch, capsys, command, name
):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "matui" / name).mkdir(parents=True)
    assert run([*command]) == 6
    assert name in capsys.readouterr().err


def test_a_journal_that_is_off_is_no_quiet_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "none"))
    monkeypatch.setenv("MATUI_CONFIG", str(tmp_path / "config.toml"))
    (tmp_path / "config.toml").write_text("[journal]\nenabled = false\n")
    assert run(["changes"]) == 0
    assert "Nothing new is recorded: journal.enabled is false in the config file." in capsys.readouterr().err
