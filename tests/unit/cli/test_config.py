"""``matui config``: a first file for its owner alone, and no secret on the screen."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from matui.cli.main import run


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("MATUI_CONFIG", "MATUI_PROFILE", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"):
        monkeypatch.delenv(name, raising=False)


def _get_config(tmp_path: Path) -> Path:
    return tmp_path / "config" / "matui" / "config.toml"


def test_path_prints_the_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "path"]) == 0
    assert capsys.readouterr().out.strip() == str(_get_config(tmp_path))


def test_init_writes_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    assert run(["config", "init"]) == 0
    file = _get_config(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [f.name for f in file.parent.iterdir()] == ["config.toml"]


def test_init_overwrites_only_when_forced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = _get_config(tmp_path)
    file.parent.mkdir(parents=True)
    file.write_text("theme = 'mine'")
    assert run(["config", "init"]) == 2
    assert "--force" in capsys.readouterr().err
    assert file.read_text() == "theme = 'mine'"
    assert run(["config", "init", "--force"]) == 0
    assert "[profiles.prod]" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_show_never_prints_a_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.toml"
    file.write_text(
        "[profiles.a]\nregion='cn-north-4'\nak='AKAKAK'\nsk='TOPSECRET'\n"
        "[profiles.b]\nauth='password'\npassword={command='echo TOPSECRET'}\ntoken={env='MY_TOKEN'}\n"
    )
    file.chmod(0o600)
    assert run(["--config", str(file), "config", "show", "-p", "a"]) == 0
    shown = capsys.readouterr().out
    assert "AKAKAK" not in shown
    assert "TOPSECRET" not in shown
    assert "sk = <set>" in shown
    assert 'token = { env = "MY_TOKEN" }' in shown
    assert 'password = { command = "echo …" }' in shown
    assert "# in use: a" in shown


def test_show_says_where_it_looked_when_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["config", "show"]) == 0
    assert "HUAWEICLOUD_SDK_AK" in capsys.readouterr().out


def test_a_wrong_file_ends_with_two_and_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "c.toml"
    file.write_text("\nthme = 'x'\n")
    assert run(["--config", str(file), "config", "show"]) == 2
    assert f"{file}:2: thme: This key is unknown. Did you mean theme?" in capsys.readouterr().err


@pytest.mark.parametrize("command", [["config", "show"], ["doctor"]])
def test_a_theme_that_is_not_there_is_named_with_its_line(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.toml"
    file.write_text("\ntheme = 'nope'\n")
    run(["--config", str(file), *command])
    assert f"{file}:2: theme: There is no theme 'nope'." in "".join(capsys.readouterr())


@pytest.mark.parametrize("arguments", [["--config", "", "config", "path"], ["config", "path", "--config="]])
def test_an_empty_path_is_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 2
    assert "'--config': the path is empty." in capsys.readouterr().err


def test_doctor_names_what_is_missing_with_its_remedy(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 2
    out = capsys.readouterr().out
    assert "! config file" in out
    assert "✗ profile" in out
    assert "matui config init" in out


def test_doctor_is_content_with_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--demo", "doctor"]) == 0
    out = capsys.readouterr().out
    assert "✓ list jobs" in out
    assert "✗" not in out


def test_doctor_finds_an_endpoint_with_a_closed_port(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[profiles.a]\nendpoint='http://127.0.0.1:9'\nproject_id='p'\nak='A'\nsk='SECRETSK'\n")
    file.chmod(0o600)
    assert run(["--config", str(file), "doctor"]) == 4
    out = capsys.readouterr().out
    assert "refuses the connection" in out
    assert "SECRETSK" not in out


def test_reading_where_the_config_is_loads_neither_pydantic_nor_httpx() -> None:
    code = (
        "import sys; from matui.cli.main import run; run(['config', 'path']);"
        "sys.exit(bool({'pydantic', 'httpx', 'textual'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
