"""A profile that does not answer in time is left out."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matui.cli.main import run
from tests.unit.cli.conftest import Said
from tests.unit.cli.test_peer_clouds import served

__all__ = ["served"]


BAD = '[profiles.bad]\nregion = "cn-north-4"\nak = "A"\nsk = { env = "NO_SUCH_VARIABLE" }\n'


AWAY = '[profiles.away]\nregion = "cn-north-4"\nak = "A"\nsk = "S"\nproject_id = "p"\nendpoint = "http://127.0.0.1:9"\n'


Matui = Callable[..., Said]


# The error of the last try; on a busy machine the limit may pass before the first one has ended.
NO_ANSWER = r"took the request but did not answer in time|There was no answer within"
HANGING = (
    '[profiles.hanging]\nregion = "cn-north-4"\nak = "A"\nsk = "S"\nproject_id = "p"\nread_timeout = 0.2\n'
)


@pytest.fixture
def hanging() -> Iterator[str]:
    """Yield the address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def matui(served, hanging: str, tmp_path: Path, monkeypatch, capsys) -> Matui:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    file = tmp_path / "sim.toml"
    file.touch(0o600)
    text = served[1].replace('default_profile = "sim"', 'default_profile = "sim,qf"')
    file.write_text(f"{text}\n{BAD}{AWAY}connect_timeout = 0.2\n{HANGING}endpoint = '{hanging}'\n")
    monkeypatch.setattr("matui.cli.context.session.HEADLESS_RETRIES", 0)

    def command(*arguments: str) -> Said:
        code = run(["--config", str(file), *arguments])
        return Said(code, *capsys.readouterr())

    return command


@pytest.mark.parametrize("output", ["json", "name"])
def test_a_profile_that_hangs_is_left_out_after_three_read_timeouts_retries_included(
    matui: Matui, output: str, monkeypatch
) -> None:
    monkeypatch.setattr("matui.cli.context.session.HEADLESS_RETRIES", 5)
    monkeypatch.setattr("matui.cli.get.fetching._FIRST_NOTICE_S", 0.2)
    started = time.monotonic()
    done = matui("-p", "qf,hanging", "get", "jobs", "-o", output)
    assert time.monotonic() - started < 30  # six tries with their waits and the default limit take longer
    assert done.code == 4
    assert "Waiting for" in done.err
    assert re.search(rf"hanging: .*(?:{NO_ANSWER})", done.err)
    if output == "json":
        tree = json.loads(done.out)
        assert [error["profile"] for error in tree["errors"]] == ["hanging"]
        assert {item["profile"] for item in tree["items"]} == {"qf"}
    else:
        assert done.out.startswith("job/")


def test_a_single_profile_that_hangs_ends_too(matui: Matui, monkeypatch) -> None:
    monkeypatch.setattr("matui.cli.context.session.HEADLESS_RETRIES", 5)
    done = matui("-p", "hanging", "get", "jobs")
    assert (done.code, done.out) == (4, "")
    assert re.search(NO_ANSWER, done.err)


@pytest.mark.parametrize("profiles", ["hanging", "hanging,qf"])
def test_a_command_for_a_secret_that_does_not_end_is_named(
    matui: Matui, tmp_path: Path, profiles: str
) -> None:
    file = tmp_path / "sim.toml"
    command = '{ command = "sleep 60" }'
    file.write_text(file.read_text().replace(HANGING, HANGING.replace('sk = "S"', f"sk = {command}")))
    done = matui("-p", profiles, "get", "jobs")
    assert done.code != 0
    assert "The command sleep did not end within 0.6 s." in done.err


def test_the_limit_is_the_profiles_before_its_first_request(
    matui: Matui, tmp_path: Path, monkeypatch
) -> None:
    file = tmp_path / "sim.toml"
    file.write_text(file.read_text().replace("[profiles.hanging]\n", '[profiles.hanging]\napi = "auto"\n'))
    started = time.monotonic()
    assert matui("-p", "hanging", "get", "jobs").code == 4
    assert time.monotonic() - started < 30  # the limit before the profile is known is 60 s
