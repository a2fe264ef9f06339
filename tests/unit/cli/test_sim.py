"""``matui sim``: wrong options are told; the profile it prints is a whole config file."""

from __future__ import annotations

import socket

import pytest

from matui.cli.main import run
from matui.cli.sim import format_profiles
from matui.config.loading import load_settings
from matui.config.profiles import choose_profile
from matui.resources.registry import KIND_KEYS


@pytest.mark.parametrize(
    "arguments",
    [
        ("--faults", "sunspots"),
        ("--faults", "500:2"),
        ("--speed", "0"),
        ("--speed", "nan"),
        ("--port", "70000"),
        ("--scale", "-1"),
        ("--seed", "x"),
    ],
)
def test_a_wrong_option_is_a_usage_error(arguments, capsys):
    assert run(["sim", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_port_that_is_taken_is_a_usage_error(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert run(["sim", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port" in capsys.readouterr().err


def test_the_printed_profile_is_a_whole_config_file(tmp_path):
    file = tmp_path / "sim.toml"
    file.write_text(format_profiles("http://127.0.0.1:1", {"AK": "SK"}, "p1"))
    file.chmod(0o600)
    profile = choose_profile(load_settings(file, {}, KIND_KEYS), None, {})
    assert (profile.name, profile.endpoint, profile.project_id) == ("sim", "http://127.0.0.1:1", "p1")
