"""Runs the command line on a cloud in memory, with a clock that never makes a test wait."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from matui.cli import actions
from matui.cli.context import session as sessions
from matui.cli.context.session import Session
from matui.cli.main import run
from matui.cli.options import Options
from matui.cli.output import prompts
from matui.config.section_settings import Guard
from matui.config.settings import Profile, Settings
from matui.resources.model import Phase, Resource
from tests.unit.live.acting import FakeCloud, make_notebook


class QuickClock:
    """Each sleep is over at once and moves the time; ``on_sleep`` sees every one."""

    def __init__(self) -> None:
        self.time = 1_600_000_000.0
        self.on_sleep: Callable[[int], None] = lambda _count: None
        self.sleeps = 0

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += max(0.0, seconds)
        self.sleeps += 1
        self.on_sleep(self.sleeps)
        await asyncio.sleep(0)


@dataclass
class Said:
    code: int
    out: str
    err: str


@dataclass
class Line:
    cloud: FakeCloud
    clock: QuickClock
    capsys: pytest.CaptureFixture[str]
    options: list[Options] = field(default_factory=list)
    profile_read_only: bool = False
    guard: Guard = field(default_factory=Guard)
    settings: Settings = field(default_factory=Settings)

    def __call__(self, *arguments: str) -> Said:
        code = run(arguments)
        out, err = self.capsys.readouterr()
        return Said(code, out, err)


@pytest.fixture
def line(monkeypatch, capsys, tmp_path) -> Line:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    rows = (
        make_notebook(1, workspace="0", owner="li.wei", created_at=1_599_990_000_000),
        make_notebook(2, "STOPPED", Phase.STOPPED),
        make_notebook(3, "START_FAILED", Phase.FAILED),
        Resource("jobs", "10", "train", "JOBSTAT_RUNNING", Phase.RUNNING, "modelarts", "prod"),
        Resource("jobs", "11", "twin", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "prod"),
        Resource("jobs", "12", "twin", "JOBSTAT_FAILED", Phase.FAILED, "modelarts", "prod"),
    )
    line = Line(FakeCloud(*rows), QuickClock(), capsys)

    async def opened(options: Options, *_how: object) -> Session:
        line.options.append(options)
        read_only = line.profile_read_only
        profile = Profile(name="prod", region="cn-north-4", read_only=read_only, guard=line.guard)
        return sessions._build_session(options, line.cloud, profile, line.settings, line.clock)

    monkeypatch.setattr(sessions, "_open_configured_session", opened)
    return line


@pytest.fixture
def answers(monkeypatch) -> list[str]:
    """Run the test on a terminal whose user types these answers."""
    typed: list[str] = []

    async def ask(_question: str) -> str:
        return typed.pop(0)

    monkeypatch.setattr(actions, "can_ask", lambda: True)
    monkeypatch.setattr(prompts, "ask", ask)
    return typed
