"""``matui doctor``: one line a trouble, with advice that can be followed."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from matui.base.clock import ManualClock
from matui.cli import doctor
from matui.cli.doctor import format_checks
from matui.cli.main import run
from matui.clouds.doctor import Check, check_network
from tests.unit.faults.odd_server import serve


def test_the_same_trouble_is_one_line(monkeypatch, capsys) -> None:
    async def checks(_options):
        yield Check("list jobs", "fail", "No permission. (request 1)", "Have a:list granted.", 3)
        yield Check("list services", "fail", "No permission. (request 2)", "Have b:list granted.", 3)
        yield Check("list models", "ok", "3 in the project")

    monkeypatch.setattr(doctor, "_run_checks", checks)
    assert run(["doctor"]) == 3
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("✗ list jobs, services")
    assert first.endswith("→ Have a:list granted. Have b:list granted.")
    assert second.startswith("✓ list models")


@pytest.mark.parametrize(
    ("remedy", "shown"),
    [
        (
            "Check the credentials; `matui doctor` tests them.",
            "Check the credentials.",
        ),
        ("Check the network; `matui doctor` tests each.", "Check the network."),
        ("Run `matui doctor` to check the keys. Wait five minutes.", "Wait five minutes."),
        ("Set the clock.", "Set the clock."),
    ],
)
def test_it_does_not_advise_to_run_itself(remedy: str, shown: str) -> None:
    assert format_checks([Check("x", "fail", "Bad.", remedy)]).partition("→ ")[2] == shown


def test_credentials_that_were_not_used_are_not_called_right(capsys) -> None:
    assert run(["--demo", "doctor"]) == 0
    assert "token: token set, not yet tried" in capsys.readouterr().out


def test_a_theme_that_does_not_exist_is_a_warning_with_its_line(tmp_path, capsys) -> None:
    config = tmp_path / "config.toml"
    config.write_text('theme = "matui-drak"\n[profiles.a]\ncloud = "modelarts"\ntheme = "matui-red"\n')
    config.chmod(0o600)
    run(["--config", str(config), "doctor"])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("! theme")]
    assert f"{config}:1: theme: There is no theme 'matui-drak'. Did you mean matui-dark?" in line


@pytest.mark.parametrize(
    ("no_proxy", "said"),
    [
        ("10.0.0.0/99,a.com", "10.0.0.0/99 matches nothing."),
        ("10.0.0.0/99,a.com:x", "10.0.0.0/99, a.com:x match nothing."),
        ("http://me:S3cr3t@p:8080", "***@p:8080 matches nothing."),
        ("me:S3cr3t@p:8080", "***@p:8080 matches nothing."),
    ],
)
async def test_entries_of_no_proxy_that_match_nothing_are_named_without_credentials(
    no_proxy: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", no_proxy)
    monkeypatch.setenv("no_proxy", no_proxy)
    (check,) = [check async for check in check_network((), ManualClock(), None) if check.name == "NO_PROXY"]
    assert check.found == said


def test_profiles_are_checked_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The server does not answer the first request of a profile before it has that of the other."""
    both = threading.Barrier(2, timeout=60)

    def answer(_method: str, path: str, _query: dict[str, str]) -> Any:
        if path == "/":
            with suppress(threading.BrokenBarrierError):
                both.wait()
        return {"is_success": True, "job_total_count": 0, "jobs": []}

    with serve(answer) as server:
        file = tmp_path / "config.toml"
        file.touch(0o600)
        file.write_text(server.format_profile("one", api="v1") + server.format_profile("two", api="v1"))
        run(["--config", str(file), "--all-profiles", "doctor"])
    lines = capsys.readouterr().out.splitlines()
    assert not both.broken
    assert [line.split()[2] for line in lines if line.startswith("✓ profile")] == ["one:", "two:"]
