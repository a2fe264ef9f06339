"""Words of the config file that name nothing are refused by every command, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.base.errors import ConfigError
from matui.cli.context.settings import read_settings
from matui.cli.main import run
from matui.cli.options import Options

FAULTS = [
    ('[[notify]]\nto = ["done", "faild"]', 2, "notify.0.to", "'faild'. Did you mean failed?"),
    ('[[notify]]\nto = ["JOBSTAT_FAILD"]', 2, "notify.0.to", "Did you mean"),
    ('[[notify]]\nkinds = ["services"]\nto = ["killed"]', 3, "notify.0.to", "no phase or status 'killed'"),
    ('[[notify]]\n[[notify]]\nkinds = ["jobz"]', 3, "notify.1.kinds", "Did you mean job?"),
    ('[[notify]]\nfilter = "onwer:li"', 2, "notify.0.filter", "did you mean owner?"),
    ('[[notify]]\nfilter = "phase:runing"', 2, "notify.0.filter", "no phase 'runing'"),
    ('[[notify]]\nkind = ["jobs"]', 2, "notify.0.kind", "Did you mean kinds?"),
    ('[[notify]]\nby = ["bel"]', 2, "notify.0.by.0", "'bell'"),
    ('[[notify]]\nquiet = "22:00"', 2, "notify.0.quiet", "22:00-07:00"),
    ('[[signals]]\nname = "a"\nregex = "a"\nregx = "a"', 4, "signals.0.regx", "Did you mean regex?"),
    ('[[signals]]\nname = "a"', 1, "signals.0.regex", "is missing"),
    ('[[signals]]\nname = "a"\nregex = "(?P<valeu>.)"', 3, "signals.0.regex", "has the group valeu"),
    ('[[signals]]\nname = "a"\nregex = "(?P<step>.) (.)"', 3, "signals.0.regex", "none value"),
    ('[logs]\nzone = "Asia/Shangai"', 2, "logs.zone", "did you mean Asia/Shanghai?"),
    ('[logs]\nalerts = ["@error"]', 2, "logs.alerts.0", "or @errors"),
    ('[logs]\nalerts = ["("]', 2, "logs.alerts.0", "is wrong"),
    ("[triage]\nsilent_minute = 5", 2, "triage.silent_minute", "Did you mean silent_minutes?"),
    ("[capsules]\nmegabyte = 5", 2, "capsules.megabyte", "Did you mean megabytes?"),
    ('[prices]\ncurency = "CNY"', 2, "prices.curency", "must be a number, without quotes"),
]


@pytest.mark.parametrize(("text", "line", "key", "words"), FAULTS)
def test_a_word_that_names_nothing_is_refused(
    text: str, line: int, key: str, words: str, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as wrong:
        read_settings(Options(config=file))
    assert (wrong.value.file, wrong.value.line, wrong.value.key) == (str(file), line, key)
    assert words in f"{wrong.value} {wrong.value.remedy}"


@pytest.mark.parametrize("command", [["config", "show"], ["doctor"], ["get", "jobs"], ["capsule", "list"]])
def test_every_command_refuses_it(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[[notify]]\nto = ["faild"]')
    assert run(["--config", str(file), *command]) == 2
    said = "".join(capsys.readouterr())
    assert f"{file}:2" in said
    assert "Did you mean failed?" in said


def test_statuses_of_any_cloud_and_unknown_words_in_capitals_are_taken(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '[[notify]]\nkinds = ["job", "svc"]\nfilter = "owner:li loss>10"\n'
        'to = ["Failed", "JOBSTAT_RUNNING", "ended", "deleted", "XYZZY"]\n'
        '[[signals]]\nName = "a"\nRegex = "a=([0-9.]+)"\n[logs]\nzone = "Asia/Shanghai"'
    )
    assert len(read_settings(Options(config=file)).notify) == 1


@pytest.mark.parametrize(
    ("written", "start"),
    [("job", "jobs"), ("j", "jobs"), ("NB", "notebooks"), ("services", "services"), ("Triage", "triage")],
)
def test_the_start_is_any_name_of_a_kind(tmp_path: Path, written: str, start: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'start = "{written}"\n')
    settings = read_settings(Options(config=file))
    assert settings.start == start
    assert settings.source is not None
    assert settings.source.file == file
