"""The demo's profiles."""

from __future__ import annotations

import json
from pathlib import Path

from matui.cli.console.command import _ProfileOpener
from matui.cli.context.demo import build_demo_profile
from matui.cli.context.settings import read_demo_settings
from matui.cli.main import run
from matui.cli.options import Options
from matui.config.settings import Profile, Settings
from tests.unit.cli.test_peer_clouds import served

__all__ = ["served"]


def test_the_demo_has_a_profile_of_each_cloud(capsys) -> None:
    assert run(["--demo", "--all-profiles", "get", "jobs", "-o", "json"]) == 0
    clouds = {item["cloud"] for item in json.loads(capsys.readouterr().out)["items"]}
    assert clouds == {"modelarts", "qianfan", "opensearch"}
    assert run(["--demo", "--all-profiles", "doctor"]) == 0
    assert "demo-qianfan: qianfan" in capsys.readouterr().out
    assert run(["--demo", "-p", "prod", "get", "jobs"]) == 2
    assert "demo-qianfan" in capsys.readouterr().err


def test_the_demo_has_the_settings_of_a_file_that_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(
        'theme = "matui-light"\n[logs]\nerrors = ["BOOM"]\n[[notify]]\nto = ["failed"]\n[profiles.prod]\n'
    )
    settings = read_demo_settings(Options(demo=True, config=file))
    assert (settings.theme, settings.logs.errors, len(settings.notify)) == ("matui-light", ["BOOM"], 1)
    assert not settings.profiles
    assert read_demo_settings(Options(demo=True)).theme == Settings().theme


def test_profile_and_settings_of_the_demo_are_those_that_validation_would_return() -> None:
    profile, settings = build_demo_profile(), read_demo_settings(Options(demo=True))
    stated = {name: getattr(profile, name) for name in profile.model_fields_set}
    assert profile == Profile.model_validate(stated)
    assert (settings, settings.source) == (Settings(), None)


def test_the_demo_refuses_a_wrong_file_that_is_named(tmp_path: Path, capsys) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[[notify]]\nto = ["faild"]\n')
    assert run(["--demo", "--config", str(file), "get", "jobs"]) == 2
    assert "failed" in capsys.readouterr().err


async def test_a_demo_that_is_offered_for_a_wrong_file_opens(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text("nonsense = 1\n")
    opener = _ProfileOpener(Options(config=file))
    async with opener.open("demo", demo=True) as session:
        assert session.demo
