"""A config file that others can change is refused by every command that reads it, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from matui.cli.group import COMMANDS
from matui.cli.main import run

ARGUMENTS = {
    "get": "jobs",
    "catalog": "flavors",
    "describe": "job j",
    "why": "job j",
    "logs": "j",
    "signals": "j",
    "diff": "jobs j k",
    "start": "notebook n --yes",
    "stop": "job j --yes",
    "restart": "notebook n --yes",
    "delete": "job j --yes",
    "rollback": "service s --yes",
    "scale": "services s --to 2 --yes",
    "lock": "nodes p/n --yes",
    "unlock": "nodes p/n --yes",
    "drain": "nodes p/n --yes",
    "reboot": "nodes p/n --yes",
    "reset": "nodes p/n --yes",
    "save-image": "notebook n --image org/name:1 --yes",
    "accept": "maintenance m --yes",
    "edit": "job j --set description=x --yes",
    "create": "job --set name=x --yes",
    "rerun": "j --yes",
    "wait": "job j --for done",
    "changes": "",
    "report": "",
    "capsule": "list",
    "capacity": "",
    "doctor": "",
    "config": "show",
}
READ_NO_CONFIG = {"audit", "explain", "completion", "help", "sim"}


def test_every_command_is_in_one_of_the_tables() -> None:
    assert ARGUMENTS.keys() ^ READ_NO_CONFIG == COMMANDS.keys()


@pytest.mark.parametrize("command", ARGUMENTS)
def test_a_config_that_others_can_change_is_refused(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[journal]\nenabled = true\n")
    file.chmod(0o646)
    assert run(["--config", str(file), command, *ARGUMENTS[command].split()]) == 2
    said = "".join(capsys.readouterr())
    assert "The file can be changed by others" in said
    assert f"chmod o-w {file}" in said
