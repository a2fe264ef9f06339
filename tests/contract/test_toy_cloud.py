"""The guide to a new cloud in CONTRIBUTING, followed with one that only lists and reads."""

from __future__ import annotations

import inspect
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse

from matui.base.clock import ManualClock
from matui.base.errors import NotFoundError
from matui.cli.context import session as sessions
from matui.cli.context.session import Session
from matui.cli.main import run
from matui.cli.options import Options
from matui.clouds import protocols
from matui.clouds.doctor import examine_peer
from matui.clouds.peer_factory import PEERS, PeerEntry
from matui.clouds.protocols import BudgetState, Cloud, ListRequest, Lists, Page, Reads
from matui.config.settings import Profile, Settings
from matui.live.capabilities import explain_missing_pane
from matui.live.poll.poller_set import PollerSet
from matui.resources.model import Phase, Resource
from matui.resources.registry import KINDS
from tests.unit.cli.conftest import Said

CONTRIBUTING = (Path(__file__).parents[2] / ".github" / "CONTRIBUTING.md").read_text("utf-8")


class ToyCloud:
    """As little as a cloud can be: two jobs, listed and read."""

    name, profile, region, project_id = "toy", "lab", "", ""
    kinds = ("jobs",)

    def get_budget(self) -> BudgetState:
        return BudgetState(0, 60)

    async def aclose(self) -> None:
        return None

    async def list_page(self, request: ListRequest) -> Page:
        rows = (
            _make_job("1", "sleeps", "STOPPED", Phase.STOPPED),
            _make_job("2", "counts", "RUNS", Phase.RUNNING),
        )
        return Page(rows[request.number * request.size :][: request.size], total=len(rows))

    async def read(self, kind: str, resource_id: str) -> Resource:
        rows = (await self.list_page(ListRequest(kind))).resources
        found = next((row for row in rows if row.id == resource_id), None)
        if found is None:
            raise NotFoundError("There is no such job.", status=404)
        return found


def _make_job(ident: str, name: str, status: str, phase: Phase) -> Resource:
    return Resource("jobs", ident, name, status, phase, "toy", "lab")


@pytest.fixture
def matui(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    async def opened(options: Options, *_how: object) -> Session:
        return sessions._build_session(options, ToyCloud(), Profile(name="lab"), Settings(), ManualClock())

    monkeypatch.setattr(sessions, "_open_configured_session", opened)
    return lambda *arguments: Said(run(arguments), *capsys.readouterr())


def test_a_cloud_that_lists_and_reads_is_enough_for_the_command_line(matui: Any) -> None:
    assert isinstance(ToyCloud(), Lists)
    assert isinstance(ToyCloud(), Reads)
    told = [line.split()[0] for line in matui("get", "jobs").out.splitlines()]
    assert sorted(told) == ["NAME", "counts", "sleeps"]
    assert "counts" in matui("get", "jobs", "2").out
    assert "RUNS" in matui("describe", "job", "counts").out
    assert matui("wait", "job", "2", "--for", "running").code == 0


def test_what_it_does_not_offer_is_refused_in_words(matui: Any) -> None:
    for arguments, words in (
        (("stop", "job", "counts", "--yes"), "toy offers no stop for jobs"),
        (("get", "notebooks"), "Toy has no notebooks"),
        (("logs", "counts"), "toy has no logs"),
        (("get", "jobs", "counts", "--versions"), "Toy has no versions"),
    ):
        said = matui(*arguments)
        assert (said.code, words in said.err) == (1, True), said
    cloud: Cloud = ToyCloud()
    assert all(explain_missing_pane(cloud, KINDS["jobs"], pane) for pane in KINDS["jobs"].panes)


async def test_it_is_watched_like_any_other() -> None:
    clock, updates = ManualClock(), []
    watch = PollerSet(
        ToyCloud(), clock=clock, rng=random.Random(1), cadence={"jobs": 5.0}, publish=updates.append
    )
    watch.get_poller("jobs")
    await clock.advance(6)
    await watch.aclose()
    assert sorted(updates[-1].snapshot.rows) == ["1", "2"]
    assert updates[-1].snapshot.total == 2


async def test_doctor_examines_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def open_toy(*_profile: object, **_how: object) -> Any:
        return ToyCloud()

    monkeypatch.setitem(PEERS, "qianfan", PeerEntry(open_toy, "https://toy.invalid", "toy:List"))
    profile = Profile.model_validate({"name": "lab", "cloud": "qianfan", "ak": "AK", "sk": "SK"})
    checks = {
        check.name: check
        async for check in examine_peer(profile, clock=ManualClock(), asgi_app=PlainTextResponse("here"))
    }
    assert (checks["list jobs"].state, checks["list jobs"].found) == ("ok", "2 in the account (toy:List)")


TOY_KIND = """
from matui.resources.columns import ID, NAME, STATUS
from matui.resources.kind import Kind

TOYS = Kind(
    id="toys", singular="toy", short=("ty",), title="Toys", columns=(NAME, STATUS, ID),
    default_sort="name", default_reverse=False, cadence_s=7, key="T",
)
"""

# The client of the kind: all that is written beside the file of the kind.
TOY_CLIENT = """
import asyncio, pathlib, random, sys
from matui.base.clock import ManualClock
from matui.clouds.protocols import BudgetState, Page
from matui.resources.model import Phase, Resource

class ToyShop:
    name, profile, region, project_id, kinds = "toy", "lab", "", "", ("toys",)
    def get_budget(self): return BudgetState(0, 60)
    async def aclose(self): pass
    async def list_page(self, ask):
        return Page((Resource("toys", "1", "bear", "SOLD", Phase.DONE, "toy", "lab"),), total=1)
"""

TOY_SCRIPT = """
import matui.resources.kinds as kinds
kinds.__path__.append(sys.argv[1])

from matui.config.keymap import resolve_keys
from matui.config.loading import load_settings
from matui.console.commands.command_line import CommandLine
from matui.console.commands.registry import build_kind_bindings, format_keys, list_commands
from matui.console.bars.header import build_tabs
from matui.live.poll.poller_set import PollerSet
from matui.resources.registry import KIND_KEYS, KINDS, find_kind

assert find_kind("ty") is KINDS["toys"]
config = pathlib.Path(sys.argv[1], "config.toml")
config.write_text("[refresh]\\ntoys = 3\\n[keys]\\ntoys = 'ctrl+t'\\n[profiles.lab]\\nrefresh.toys = 4\\n")
settings = load_settings(config, {}, KIND_KEYS)
assert settings.profiles["lab"].build_cadence(settings)["toys"] == 4
keys = resolve_keys(settings.keys, KIND_KEYS)
assert [b.key for b in build_kind_bindings(keys) if b.id == "toys"] == ["ctrl+t"]
command = next(c for c in list_commands() if c.id == "toys")
assert (command.title, command.group, format_keys(command, KIND_KEYS)) == ("toys", "Go to", "T")
assert CommandLine([c.id for c in list_commands()], {}).parse("toy").verb == "toys"
assert "toys" in build_tabs([("T", KINDS["toys"])], "toys", {}, 80).plain

async def poll():
    clock, updates = ManualClock(), []
    watch = PollerSet(ToyShop(), clock=clock, rng=random.Random(1), cadence={}, publish=updates.append)
    watch.get_poller("toys")
    await clock.advance(6)
    assert len(updates) == 1, "its own cadence of 7 s"
    await clock.advance(3)
    assert len(updates) == 2
    await watch.aclose()

asyncio.run(poll())
print("known everywhere")
"""


def test_a_kind_is_added_by_its_file_and_its_client(tmp_path: Path) -> None:
    (tmp_path / "toys.py").write_text(TOY_KIND)
    script = [sys.executable, "-c", TOY_CLIENT + TOY_SCRIPT, str(tmp_path)]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "known everywhere", done.stderr


def test_the_guide_names_every_protocol_and_no_other() -> None:
    guide = CONTRIBUTING.partition("\n## Add a cloud\n")[2].partition("\n## ")[0]
    told = set(re.findall(r"^\| `(\w+)`", guide, re.MULTILINE))
    offered = {
        name
        for name, member in inspect.getmembers(protocols, inspect.isclass)
        if getattr(member, "_is_runtime_protocol", False)
    }
    assert told == offered


def test_the_guide_names_files_and_functions_that_exist() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"`((?:matui|tests)/[\w/.]+)`", CONTRIBUTING)
    assert len(named) > 8
    assert [name for name in named if not (root / name).exists()] == []


def test_the_guide_names_files_that_define_what_it_names() -> None:
    root = Path(__file__).parents[2]
    text = re.sub(r"\s+", " ", CONTRIBUTING)
    named = re.findall(r"`(\w+)`(?: of it)? (?:in|of) `((?:matui|tests)/[\w/]+\.py)`", text)
    assert len(named) > 12
    assert [
        f"{name} in {file}"
        for name, file in named
        if not re.search(
            rf"^ *(?:(?:async )?def |class |self\.)?{name}(?=[\s(:=])",
            (root / file).read_text("utf-8"),
            re.MULTILINE,
        )
    ] == []
