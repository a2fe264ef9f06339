"""Signals to a command that writes a file, over real sockets: nothing half done stays behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.unit.faults.fault_rig import Site, serve_simulator

RUNNING = "asr-conformer-aishell"


def start_matui(site: Site, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start matui on a site, with a state of its own."""
    places = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "STATE", "CACHE")}
    config = site.write(folder, read_timeout=60.0, connect_timeout=60.0)
    command = [sys.executable, "-m", "matui", "--config", config, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=os.environ | places)


def wait_for(part: Path, process: subprocess.Popen[str], *, least_bytes: int = 0) -> None:
    """Wait until the command has made the file and written so much."""
    for _ in range(3000):
        if part.exists() and part.stat().st_size >= least_bytes:
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    raise AssertionError("nothing was written")


ENDS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]


@pytest.mark.parametrize(("number", "code"), ENDS, ids=lambda value: str(value))
def test_a_followed_log_is_kept_by_every_signal(tmp_path: Path, number: int, code: int) -> None:
    with serve_simulator() as site:
        file = tmp_path / "out" / "job.log"
        file.parent.mkdir()
        process = start_matui(site, tmp_path, "logs", RUNNING, "-f", "--tail", "20", "--output", str(file))
        wait_for(file.with_name("job.log.part"), process, least_bytes=1)
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    count = file.read_bytes().count(b"\n")
    assert (process.returncode, out) == (code, "")
    assert f"Stopped: wrote {count} lines to {file}." in err
    assert list(file.parent.iterdir()) == [file]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("number", "code"), ENDS, ids=lambda value: str(value))
def test_a_log_that_is_not_complete_leaves_no_file(tmp_path: Path, number: int, code: int) -> None:
    with serve_simulator("hang:1@/aom-log") as site:
        file = tmp_path / "out" / "job.log"
        file.parent.mkdir()
        process = start_matui(site, tmp_path, "logs", RUNNING, "--output", str(file))
        wait_for(file.with_name("job.log.part"), process)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert f"Not saved: {file}, stopped at 0 lines." in err
    assert list(file.parent.iterdir()) == []


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "job.log"
    file.write_text("mine")
    with serve_simulator() as site:
        process = start_matui(site, tmp_path, "logs", RUNNING, "-f", "--output", str(file))
        _, err = process.communicate(timeout=60)
    assert (process.returncode, file.read_text()) == (2, "mine")
    assert "exists already" in err


def test_ctrl_c_does_not_wait_for_the_command_of_a_secret(tmp_path: Path) -> None:
    """The command takes longer than the slowest machine needs to end: its time alone decides."""
    began = tmp_path / "began"
    program = tmp_path / "secret"
    program.write_text(f"#!/bin/sh\ntouch {began}\nexec sleep 1000\n")
    program.chmod(0o700)
    config = tmp_path / "config.toml"
    config.write_text(
        f'[profiles.p]\nregion = "cn-north-4"\nproject_id = "p"\nak = "a"\nsk = {{ command = "{program}" }}\n'
        'endpoint = "http://127.0.0.1:9"\n'
    )
    config.chmod(0o600)
    command = [sys.executable, "-m", "matui", "--config", str(config), "get", "jobs"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe) as process:
        wait_for(began, process)
        process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=300)
        finally:
            process.kill()
    assert process.returncode == 130
