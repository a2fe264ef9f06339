"""Every v2 command against a server that knows the official SDK and nothing of ours."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

from matui.base.errors import ConnectionLostError
from matui.cli.context import session as sessions
from matui.cli.context.session import Session
from matui.cli.main import run
from matui.cli.options import Options
from matui.cli.process import error_report
from matui.clouds.factory import open_cloud
from matui.clouds.modelarts import v2
from matui.clouds.modelarts.operations import Operation, OperationTable
from matui.config.settings import Profile, Settings
from tests.contract.modelarts_v2.sdk_server import Awkward, Plain, SdkServer
from tests.unit.cli.conftest import QuickClock

JOB = "0a1b2c3d-0000-4000-8000-000000000001"
KINDS = ("notebooks", "jobs", "services", "workspaces", "pools", "devservers", "maintenance")
IMAGE = ("--image", "my-org/debug:v1", "--yes")
UNITS = 'group.unit_configs=[{flavor = "f", image = {source = "SWR", swr_path = "org/serving:1.0"}}]'
NODES = ("lock", "unlock", "drain", "reboot", "reset")
READS: tuple[tuple[str, ...], ...] = (
    *(("get", kind, "-o", form) for kind in KINDS for form in ("json", "wide")),
    *(("describe", kind, JOB, "-o", form) for kind in KINDS for form in ("text", "json")),
    *(("why", kind, JOB) for kind in ("jobs", "notebooks", "services", "pools")),
    ("get", "all"),
    ("get", "triage"),
    ("get", "jobs", "--filter", "status:Running", "--sort", "name"),
    ("get", "notebooks", "--filter", "status:RUNNING"),
    ("logs", JOB, "--tail", "10"),
    ("logs", JOB, "--all-files", "--tail", "10"),
    ("signals", JOB, "--tail", "10"),
    ("capacity",),
    ("capacity", "-o", "json"),
    ("diff", "jobs", JOB, JOB.replace("1", "2")),
    ("diff", "services", JOB, JOB.replace("1", "2")),
    *(("catalog", name) for name in ("flavors", "engines", "algorithms", "specs")),
    *(("create", kind, "--template") for kind in ("jobs", "notebooks", "services")),
    ("wait", "jobs", JOB, "--for", "done", "--timeout", "1s"),
    ("report",),
)
ACTIONS: tuple[tuple[str, ...], ...] = (
    *(("stop", kind, JOB, "--yes") for kind in ("notebooks", "jobs", "services", "devservers")),
    *(("delete", kind, JOB, "--yes") for kind in ("notebooks", "jobs", "services", "workspaces")),
    *(("start", kind, JOB, "--yes") for kind in ("notebooks", "services", "devservers")),
    ("restart", "devservers", JOB, "--yes"),
    ("rollback", "services", JOB, "--to", "1.2.0", "--yes"),
    ("rollback", "services", JOB, "--yes"),
    ("scale", "services", JOB, "--to", "3", "--yes"),
    *((word, "nodes", f"{JOB}/os-node-1", "--yes") for word in NODES),
    ("accept", "maintenance", "EVENT", "--yes"),
    ("save-image", "job", JOB, *IMAGE),
    ("save-image", "notebook", JOB, *IMAGE),
    ("rerun", JOB, "--yes"),
    ("rerun", JOB, "--set", "spec.resource.node_count=2", "--yes"),
    ("create", "jobs", "--set", "metadata.name=probe", "--set", "algorithm.command=python a.py",
     "--set", "algorithm.engine.image_url=a/b:c", "--set", "spec.resource.flavor_id=f", "--yes"),
    ("create", "notebooks", "--set", "name=probe", "--set", "flavor=modelarts.vm.cpu.2u",
     "--set", f"image_id={JOB}", "--set", "description=d", "--yes"),
    ("create", "services", "--set", "name=probe", "--set", "group.name=infer-0",
     "--set", UNITS, "--yes"),
    ("create", "deployment", "--set", f"service_id={JOB}", "--set", "deployment.name=infer-1",
     "--set", UNITS.replace("group", "deployment"), "--yes"),
    ("create", "workspaces", "--set", "name=probe", "--yes"),
    ("edit", "jobs", JOB, "--set", "description=other", "--yes"),
    ("edit", "notebooks", JOB, "--set", "lease.hours=2", "--yes"),
    ("edit", "notebooks", JOB, "--set", "name=other", "--yes"),
    ("edit", "services", JOB, "--set", "description=other", "--yes"),
)  # fmt: skip
NEVER_SENT = (
    ("rollback", "services", JOB, "--yes"),  # nothing says which version is the current one
    ("edit", "services", JOB, "--set", "description=other", "--yes"),
)  # fmt: skip
STILL = ("Completed", "STOPPED", "stopped", "success")
COMMANDS = (*READS, *ACTIONS)


def lose_answers(send: Any) -> Any:
    """Return a ``send`` that loses the answer to each change after it has been sent."""

    async def losing(call: Any) -> Any:
        answer = await send(call)
        if call.action:
            raise ConnectionLostError("The connection was lost.", sent=True)
        return answer

    return losing


class Line:
    """The command line on a server; returns what it said on stderr."""

    def __init__(self, server: SdkServer, capsys: pytest.CaptureFixture[str]) -> None:
        self.server, self.capsys = server, capsys
        self.clock = QuickClock()
        self.clock.time = 1_760_000_000.0
        self.loses_answers = False

    async def open(self, options: Options, *_how: object) -> Session:
        profile = Profile.model_validate(
            {"name": "sdk", "api": "v2", "region": "cn-north-4", "project_id": "p" * 32, "auth": "token",
             "token": "t", "endpoint": "http://127.0.0.1:1", "iam_endpoint": "http://127.0.0.1:1"}
        )  # fmt: skip
        cloud = await open_cloud(profile, clock=self.clock, cache_dir=None, asgi_app=self.server, retries=0)
        if self.loses_answers:
            cloud._session.send = lose_answers(cloud._session.send)
        return sessions._build_session(options, cloud, profile, Settings(), self.clock)

    def find_event(self) -> str:
        """Return the id of the first event of maintenance, which cannot be asked for by its id."""
        run(["get", "maintenance", "-o", "name"])
        return self.capsys.readouterr().out.split("\n")[0].split("/")[-1] or JOB

    def __call__(self, *arguments: str) -> tuple[int, str]:
        words = [self.find_event() if word == "EVENT" else word for word in arguments]
        code = run(words)
        out, err = self.capsys.readouterr()
        assert arguments[0] == "logs" or "\x1b[2J" not in out + err  # log lines are piped as they came
        return code, out + err


@pytest.fixture
def server() -> SdkServer:
    return SdkServer()


@pytest.fixture
def matui(
    server: SdkServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Line:
    def raise_it(error: BaseException, _debug: bool) -> int:
        raise error

    for name in ("STATE", "CONFIG", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    line = Line(server, capsys)
    monkeypatch.setattr(sessions, "_open_configured_session", line.open)
    monkeypatch.setattr(error_report, "_report_bug", raise_it)
    return line


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_request_is_one_of_the_sdk(matui: Line, server: SdkServer, command: tuple[str, ...]) -> None:
    code, told = matui(*command)
    assert not server.faults, server.faults
    assert code in (0, 1, 2, 4, 5, 6), told


def list_writes() -> set[str]:
    """Return method and path of each operation of our tables for v2 that changes something."""
    names = (module.name for module in walk_packages(v2.__path__, f"{v2.__name__}."))
    tables = [table for name in names for table in vars(import_module(name)).values()]
    return {
        f"{one.method} {re.sub(r'{project_id}', '{}', one._prefix)}{one.path}"
        for table in tables
        if isinstance(table, type) and issubclass(table, OperationTable)
        for one in vars(table).values()
        if isinstance(one, Operation) and one.method != "GET" and not one._reads
    }


@pytest.mark.slow
def test_every_action_is_sent(matui: Line, server: SdkServer) -> None:
    sent, written = set(), set[str]()
    for states in (("Running", "RUNNING", "running", "Available", "inquiring", "success"), STILL):
        server.answers = Plain(*states)
        for command in ACTIONS:
            server.seen.clear()
            if matui(*command)[0] in (0, 5) and any(not one.startswith("GET") for one in server.seen):
                sent.add(command)
            written |= {re.sub(r"\{\w+\}", "{}", one) for one in server.seen if not one.startswith("GET")}
    assert not server.faults, server.faults
    assert set(ACTIONS) - sent == set(NEVER_SENT)
    assert list_writes() <= written


@pytest.mark.slow
def test_a_lost_answer_ends_with_status_5_and_is_in_the_audit(matui: Line, server: SdkServer) -> None:
    matui.loses_answers = True
    lost, others = set(), {}
    for states in (("Running", "RUNNING", "running", "Available", "inquiring", "success"), STILL):
        server.answers = Plain(*states)
        for command in ACTIONS:
            server.seen.clear()
            code, told = matui(*command)
            sent = [one for one in server.seen if not one.startswith("GET")]
            if sent and command not in lost:
                assert len(sent) == 1 or "searches" in " ".join(sent), (command, sent)
                lost.add(command)
                if code != 5 or "was lost" not in told:
                    others[command] = (code, told)
    assert not others
    assert set(ACTIONS) - lost == set(NEVER_SENT)
    audited = matui("audit", "-o", "jsonl")[1]
    assert audited.count('"unknown"') >= len(lost)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_awkward_answers_end_no_command(matui: Line, server: SdkServer, seed: int) -> None:
    server.answers = Awkward(seed)
    for command in COMMANDS:
        server.seen.clear()
        code, told = matui(*command)
        assert code in (0, 1, 2, 4, 5, 6), (command, told)
        assert len(server.seen) < 1100, (command, len(server.seen))
        if command[0] == "rerun":  # copies parts that the awkward server has made up
            server.faults = [fault for fault in server.faults if "training-jobs Job." not in fault]
    assert not server.faults, server.faults
