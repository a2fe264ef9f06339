"""Interrupts, kills and lost answers at each moment of an action, over real sockets.

The server is written from the API reference and not shared with the simulator. After an interrupt nothing
leaves, an action is sent at most once, and the audit says what became of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.faults.odd_server import CLOSE, HANG, OddServer, serve

ID = "3e4f1a52-0000-4000-8000-000000000001"
SERVICE = {
    "service_id": ID,
    "service_name": "ocr-online",
    "status": "running",
    "infer_type": "real-time",
    "tenant": "t",
    "project": "p",
    "owner": "o",
    "publish_at": 1600000000000,
}
LIST = {"total_count": 1, "count": 1, "services": [SERVICE]}
SIGNALS = [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
Answer = Callable[[str, str], Any]


class Attack:
    """A service whose reads and actions a test answers, and the commands that act on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.on_list: Callable[[int], Any] = lambda _n: LIST
        self.on_read: Callable[[int], Any] = lambda _n: SERVICE
        self.on_act: Callable[[int], Any] = lambda _n: {}
        self.counts = {"list": 0, "read": 0, "act": 0}
        self.site: OddServer | None = None

    def answer(self, method: str, path: str, _query: dict[str, str]) -> Any:
        """Answer a request of chapter 7 of the reference."""
        what = "act" if method != "GET" else "read" if path.endswith(ID) else "list"
        self.counts[what] += 1
        return {"list": self.on_list, "read": self.on_read, "act": self.on_act}[what](self.counts[what])

    def start(self, *arguments: str, **fields: Any) -> subprocess.Popen[str]:
        """Start matui on the service, with a state of its own."""
        assert self.site is not None
        config = self.folder / "config.toml"
        config.touch(0o600)
        config.write_text(self.site.format_profile(**fields))
        places = {
            f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("CONFIG", "STATE", "CACHE")
        }
        command = [sys.executable, "-m", "matui", "--config", str(config), *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, env=os.environ | places)

    def stop(self, **fields: Any) -> subprocess.Popen[str]:
        """Start ``matui stop`` of the service."""
        return self.start("stop", "svc", ID, "--yes", **fields)

    def wait_until(self, holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
        """Wait until something holds, while the command runs."""
        for _ in range(3000):
            if holds():
                return
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        raise AssertionError("it never came to that")

    def read_audit_lines(self) -> list[tuple[str, str]]:
        """Return kind and outcome of each line of the audit."""
        lines = [
            json.loads(line)
            for file in sorted((self.folder / "state").rglob("audit*.jsonl"))
            for line in file.read_text().splitlines()
        ]
        return [(line["line"], line.get("outcome", "")) for line in lines]


@pytest.fixture
def attack(tmp_path: Path) -> Iterator[Attack]:
    made = Attack(tmp_path)
    with serve(made.answer) as made.site:
        yield made


@pytest.mark.parametrize(("number", "code"), SIGNALS)
@pytest.mark.parametrize(("moment", "count"), [("list", 1), ("read", 1), ("read", 2)])
def test_nothing_leaves_after_an_interrupt_before_the_action(
    attack: Attack, moment: str, count: int, number: int, code: int
) -> None:
    """The first read finds the resource, the second one is the re-read before the action."""
    real = getattr(attack, f"on_{moment}")
    setattr(attack, f"on_{moment}", lambda n: HANG if n == count else real(n))
    process = attack.start("stop", "svc", "ocr-online" if moment == "list" else ID, "--yes")
    attack.wait_until(lambda: attack.counts[moment] == count, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert attack.site is not None
    assert attack.site.sent == []
    assert "Traceback" not in err
    if count == 2:
        assert "stop not sent, cancelled" in err
    assert attack.read_audit_lines() == ([("intent", ""), ("result", "not sent")] if count == 2 else [])


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_an_interrupt_in_the_wait_for_the_budget_sends_nothing_and_says_so(
    attack: Attack, number: int, code: int
) -> None:
    process = attack.stop(requests_per_minute=1)
    seen = ""
    assert process.stderr is not None
    while "Waiting for" not in seen:
        seen += process.stderr.readline()
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert attack.site is not None
    assert attack.site.sent == []
    assert "stop not sent, cancelled" in err
    assert attack.read_audit_lines() in ([("intent", ""), ("result", "not sent")], [("result", "not sent")])


def test_nothing_is_waited_for_once_the_outcome_is_printed(attack: Attack) -> None:
    """The states after the action were read for the journal: that waited a minute for the request budget."""
    process = attack.stop(requests_per_minute=3)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, attack.counts["act"], err) == (0, 1, "")
    assert "stop accepted" in out


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_an_interrupt_after_sending_waits_for_the_answer_and_records_it(
    attack: Attack, number: int, code: int
) -> None:
    assert attack.site is not None
    released = attack.site.released

    def answer(_count: int) -> Any:
        released.wait(60)
        return {}

    attack.on_act = answer
    process = attack.stop()
    attack.wait_until(lambda: attack.counts["act"] > 0, process)
    process.send_signal(number)
    time.sleep(0.3)
    released.set()
    _, err = process.communicate(timeout=60)
    assert process.returncode == code
    assert attack.counts["act"] == 1
    assert "stop accepted" in err
    assert attack.read_audit_lines() == [("intent", ""), ("result", "done")]


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_an_interrupt_after_sending_whose_answer_is_lost_is_recorded_as_unknown(
    attack: Attack, number: int, code: int
) -> None:
    assert attack.site is not None
    attack.on_act = lambda _n: HANG
    process = attack.stop()
    attack.wait_until(lambda: attack.counts["act"] > 0, process)
    process.send_signal(number)
    time.sleep(0.3)
    attack.site.released.set()
    _, err = process.communicate(timeout=60)
    assert process.returncode in (code, 5)
    assert attack.counts["act"] == 1
    assert "unknown" in err
    assert attack.read_audit_lines() == [("intent", ""), ("result", "unknown")]


@pytest.mark.slow
def test_a_lost_answer_is_never_sent_again_and_exits_5(attack: Attack) -> None:
    attack.on_act = lambda _n: CLOSE
    process = attack.stop()
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (5, "")
    assert "whether it was done is unknown" in err
    assert attack.counts["act"] == 1
    assert attack.read_audit_lines() == [("intent", ""), ("result", "unknown")]


def test_after_a_kill_between_intent_and_outcome_the_outcome_is_said_to_be_unknown(attack: Attack) -> None:
    attack.on_act = lambda _n: HANG
    process = attack.stop()
    attack.wait_until(lambda: attack.counts["act"] > 0, process)
    process.kill()
    process.communicate(timeout=60)
    assert attack.read_audit_lines() == [("intent", "")]
    out, _ = attack.start("audit").communicate(timeout=60)
    assert "unknown" in out
