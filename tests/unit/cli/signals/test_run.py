"""``matui signals`` on the demo: every format, the file it chooses, and its own signals."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from matui.cli.main import run
from matui.resources.model import Phase, Resource

JOB = "asr-conformer-aishell"


def read(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[str, str]:
    assert run(["--demo", "signals", JOB, "--tail", "200", *arguments]) == 0
    captured = capsys.readouterr()
    return captured.out, captured.err


def test_the_table_has_a_row_a_step_and_a_summary(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = read(capsys)
    header, *rows = out.splitlines()
    assert header.split()[:2] == ["STEP", "LOSS"]
    assert len(rows) > 10
    assert f"job-{JOB}.0: spaced, 1 run, step {rows[-1].split()[0]}" in err


def test_json_is_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    out, _err = read(capsys, "-o", "json")
    document = json.loads(out)
    assert set(document) == {
        *("job", "version", "file", "shape", "segments", "step", "total_steps", "eta_at", "findings"),
    }
    loss = next(one for one in document["segments"][0]["series"] if one["name"] == "loss")
    step, time_ms, value = loss["points"][-1]
    assert step == document["step"]
    assert isinstance(time_ms, int)
    assert document["version"]
    assert 0 < value < 10


def test_jsonl_and_csv_hold_the_same_points(capsys: pytest.CaptureFixture[str]) -> None:
    lines = [json.loads(line) for line in read(capsys, "-o", "jsonl")[0].splitlines()]
    rows = list(csv.DictReader(io.StringIO(read(capsys, "-o", "csv")[0])))
    assert list(rows[0]) == ["segment", "name", "step", "time", "value"]
    shared = {(line["name"], line["step"], line["value"]) for line in lines if line["name"] == "loss"} & {
        (row["name"], int(row["step"]), float(row["value"])) for row in rows if row["name"] == "loss"
    }
    assert len(shared) > 5


def test_a_signal_of_the_config_is_read(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matui.cli.context import session
    from matui.config.loading import load_settings

    config = tmp_path / "config.toml"
    config.write_text('[[signals]]\nName = "rate"\nRegex = "([0-9.]+)/s$"\n')
    config.chmod(0o600)
    settings = load_settings(config, {}, {})
    build = session._build_session
    monkeypatch.setattr(session, "_build_session", lambda *of: build(*of[:3], settings, *of[4:]))
    out, _err = read(capsys, "-o", "jsonl")
    assert any(json.loads(line)["name"] == "rate" for line in out.splitlines())


def test_a_wrong_regex_is_named_with_its_line(tmp_path: Path) -> None:
    from matui.base.errors import ConfigError
    from matui.config.loading import load_settings

    config = tmp_path / "config.toml"
    config.write_text('[[signals]]\nname = "rate"\nregex = "(["\n')
    config.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        load_settings(config, {}, {})
    assert (caught.value.line, caught.value.key) == (3, "signals.0.regex")


@pytest.mark.parametrize(
    ("minutes", "last", "kinds"),
    [(10, "saving", ["silent"]), (60, "saving", []), (10, "NCCL INFO Bootstrap", [])],
)
def test_a_log_is_silent_after_the_minutes_of_the_settings(
    minutes: int, last: str, kinds: list[str], tmp_path: Path
) -> None:
    from matui.cli.signals.run import PointWriter, SignalRun
    from matui.config.loading import load_settings

    config = tmp_path / "config.toml"
    config.write_text(f"[triage]\nsilent_minutes = {minutes}\n")
    config.chmod(0o600)
    session: Any = SimpleNamespace(settings=load_settings(config, {}, {}))
    watcher = SimpleNamespace(has_ended=lambda: False)
    job = Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    run_ = SignalRun(session, job, "worker-0", watcher, PointWriter("json"))
    run_._take("2025-11-02 14:00:00 step 1 loss: 2.5")
    run_._take(f"2025-11-02 14:00:10 {last}")
    assert run_.log.last_line_ms is not None
    assert [one.kind for one in run_._find_findings(run_.log.last_line_ms + 20 * 60_000)] == kinds


def test_times_in_the_forms_of_the_settings_are_read(tmp_path: Path) -> None:
    from matui.cli.signals.run import PointWriter, SignalRun
    from matui.config.loading import load_settings

    config = tmp_path / "config.toml"
    config.write_text('[logs]\ntimes = ["%d/%m/%Y at %H-%M-%S"]\n')
    config.chmod(0o600)
    session: Any = SimpleNamespace(settings=load_settings(config, {}, {}))
    job = Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    run_ = SignalRun(session, job, "worker-0", SimpleNamespace(has_ended=lambda: False), PointWriter("json"))
    run_._take("02/11/2025 at 14-00-00 step 1 loss: 2.5")
    assert run_.log.last_line_ms == 1_762_092_000_000


@pytest.mark.parametrize("output", ["json", "csv", "jsonl", "table"])
def test_a_job_without_a_log_gives_an_empty_document(output: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "signals", "custom-image-trainer", "-f", "-o", output]) == 0
    out, err = capsys.readouterr()
    assert err == "matui: The job has ended without a log.\n"
    if output == "json":
        document = json.loads(out)
        assert (document["file"], document["segments"], document["findings"]) == (None, [], [])
    else:
        assert out == ("segment,name,step,time,value\n" if output == "csv" else "")


async def test_a_gap_in_the_log_is_stated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from matui.base.errors import IncompleteOutputError
    from matui.cli.logs import selection
    from matui.cli.signals.run import PointWriter, SignalRun
    from matui.config.loading import load_settings
    from matui.live.logs import stream
    from matui.live.logs.line_store import LogLine

    async def pages(*_of: Any, **_how: Any) -> Any:
        yield (LogLine("step 1 loss: 2.5"), LogLine("lines are missing", "gap"), LogLine("step 9 loss: 2.1"))

    config = tmp_path / "config.toml"
    config.write_text("")
    settings = load_settings(config, {}, {})
    profile = SimpleNamespace(build_cadence=lambda _settings: {"logs": 1.0})
    session: Any = SimpleNamespace(settings=settings, profile=profile, clock=None, cloud_clock=None)
    monkeypatch.setattr(selection, "find_log_source", lambda _session: None)
    monkeypatch.setattr(stream.HeadlessLog, "read_pages", pages)
    job = Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    run_ = SignalRun(session, job, "worker-0", SimpleNamespace(has_ended=lambda: False), PointWriter("json"))
    run_.raise_if_incomplete()
    await run_.read(follow=False)
    with pytest.raises(IncompleteOutputError, match="at 1 place of the log"):
        run_.raise_if_incomplete()


async def test_a_failure_is_stated_once_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from matui.base.errors import ServerFaultError
    from matui.cli.signals.run import PointWriter, SignalRun
    from matui.config.loading import load_settings
    from matui.live.logs import stream

    def open_log(*_of: Any, failed: Any, **_how: Any) -> Any:
        async def pages(**_: Any) -> Any:
            for wait_s in (1.0, 2.0, 4.0):
                failed(ServerFaultError("The cloud failed.", status=500, remedy="Retry once."), wait_s)
            yield ()

        return SimpleNamespace(read_pages=pages)

    config = tmp_path / "config.toml"
    config.write_text("")
    profile = SimpleNamespace(build_cadence=lambda _settings: {"logs": 1.0})
    session: Any = SimpleNamespace(
        settings=load_settings(config, {}, {}), profile=profile, clock=None, cloud_clock=None
    )
    monkeypatch.setattr("matui.cli.logs.selection.find_log_source", lambda _session: None)
    monkeypatch.setattr(stream, "HeadlessLog", open_log)
    job = Resource("jobs", "1", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "p")
    watcher = SimpleNamespace(has_ended=lambda: False)
    await SignalRun(session, job, "worker-0", watcher, PointWriter("json")).read(follow=False)
    assert capsys.readouterr().err == "matui: worker-0: The cloud failed. (HTTP 500) Trying again.\n"
