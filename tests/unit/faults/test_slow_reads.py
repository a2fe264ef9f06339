"""A read that takes long says what it waits for on stderr: it was silent until its end."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from matui.base.calls import slow_calls
from matui.base.calls.send_gate import SendGate
from matui.base.calls.slow_calls import report_slow_calls
from matui.base.clock import ManualClock
from matui.cli.main import run
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from tests.unit.clouds.http_clients import ACT, LIST, Handler, build_client, run_with
from tests.unit.faults.odd_server import serve


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow_calls, "SLOW_AFTER_S", 0.01)


async def test_a_spent_budget_is_named_once() -> None:
    clock, reasons = ManualClock(), list[str]()
    client = build_client(lambda _: httpx.Response(200, content=b"{}"), clock=clock, limit=1)
    with report_slow_calls(reasons.append):
        await client.send(LIST)
        assert reasons == []
        for _ in range(2):
            waiting = asyncio.ensure_future(client.send(LIST))
            await asyncio.sleep(0.05)
            assert reasons == ["the request budget"]
            await clock.advance(61)
            await waiting


@pytest.mark.parametrize(
    ("waits", "asked"),
    [(["8"], "for 8s (Retry-After)"), (["2", "2"], "for 2s (Retry-After)"), (["2"], None)],
    ids=["long", "short ones", "short"],
)
@pytest.mark.parametrize("only_throttled", [False, True])
async def test_a_cloud_that_takes_no_more_requests_is_named_before_three_seconds_pass(
    waits: list[str], asked: str | None, only_throttled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matui.base.calls.slow_calls.SLOW_AFTER_S", 3.0)
    clock, reasons = ManualClock(), list[str]()
    refused = [httpx.Response(429, headers={"Retry-After": wait}) for wait in waits]
    answers = iter((*refused, httpx.Response(200, content=b"{}")))
    client = build_client(lambda _: next(answers), clock=clock)
    with report_slow_calls(reasons.append, only_throttled=only_throttled):
        await run_with(clock, client.send(LIST))
    named = [f"{client.host}, which takes no more requests {asked}"] if asked else []
    assert [reason for reason in reasons if reason != client.host] == named


async def test_an_action_that_was_sent_or_waits_at_its_gate_is_not_named() -> None:
    """Its gate reports what it waits for; ctrl+c cancels nothing once it was sent."""
    released, reasons = asyncio.Event(), list[str]()

    async def answer(_: httpx.Request) -> httpx.Response:
        await released.wait()
        return httpx.Response(200, content=b"{}")

    clock = ManualClock()
    gate, client = SendGate(clock), build_client(cast("Handler", answer), clock=clock)
    with report_slow_calls(reasons.append), gate.open():
        with gate.report_wait("a token"):
            await _send_slowly(client, LIST, released)
        gate.confirm(clock.monotonic())
        await _send_slowly(client, ACT, released)
        await _send_slowly(client, LIST, released)
    assert gate.sent_at is not None
    assert reasons == []


async def _send_slowly(client: HttpClient, call: Call, released: asyncio.Event) -> None:
    released.clear()
    sent = asyncio.ensure_future(client.send(call))
    await asyncio.sleep(0.03)
    released.set()
    await sent


async def test_without_a_reader_nothing_is_reported() -> None:
    client = build_client(lambda _: httpx.Response(200, content=b"{}"))
    assert (await client.send(LIST)).status == 200


COMMANDS = (
    "describe job j", "why job j", "logs j", "signals j", "capacity", "diff jobs j k", "doctor",
    "catalog flavors", "rerun j --yes", "edit job j --set description=x --yes", "stop job j --yes",
    "wait job j --for done", "get jobs j --versions",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_names_the_host_of_a_slow_answer(command: str, tmp_path: Path, capsys: Any) -> None:
    def answer(*_: Any) -> Any:
        time.sleep(0.03)
        return {"is_success": False, "error_code": "ModelArts.0104", "error_msg": "no"}

    with serve(answer) as slow:
        file = tmp_path / "config.toml"
        file.touch(0o600)
        file.write_text(slow.format_profile())
        run(["--config", str(file), *command.split()])
    assert f"matui: Waiting for 127.0.0.1:{slow.port}; ctrl+c cancels.\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("get", "jobs"), "sh of p"),
        (("-p", "p,q", "get", "jobs"), "sh of p"),
        (("logs", "1"), "sh of the config file"),
    ],
)
def test_a_command_for_a_secret_that_takes_long_is_named(
    arguments: tuple[str, ...],
    named: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("matui.cli.get.fetching._FIRST_NOTICE_S", 0.0)
    text = 'region = "r"\nproject_id = "p"\nak = "A"\nsk = { command = "sh -c \'sleep 0.3; exit 1\'" }\n'
    file = tmp_path / "c.toml"
    file.touch(0o600)
    file.write_text(f"[profiles.p]\n{text}[profiles.q]\n{text}")
    profile = () if "-p" in arguments else ("-p", "p")
    assert run(["--config", str(file), *profile, *arguments]) == 2
    assert f"Waiting for the command {named}" in capsys.readouterr().err
