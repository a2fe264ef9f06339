"""Serving on loopback: ready once, without output, stopped by SIGTERM, dated by the simulator's clock."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from email.utils import parsedate_to_datetime

import httpx
import pytest

from matui.base.clock import ManualClock, SystemClock
from matui.base.errors import UsageError
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from matui.sim.server.serve import listen, serve
from tests.seeded_world import build_world
from tests.threaded_sim import ThreadedSim


async def test_it_says_where_it_listens_and_stops_on_a_signal(capfd: pytest.CaptureFixture[str]) -> None:
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(
        serve(build_app(build_world(clock=ManualClock())), on_ready=ready.set_result)
    )
    url = await asyncio.wait_for(ready, 5)
    assert url.startswith("http://127.0.0.1:")
    async with httpx.AsyncClient() as client:
        assert (await client.get(url + "/none")).status_code == 404
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(serving, 5)
    assert capfd.readouterr() == ("", "")


async def test_a_port_in_use_is_reported() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be used"):
            await serve(
                build_app(build_world(clock=ManualClock(), scale=0)),
                port=taken.getsockname()[1],
                on_ready=print,
            )


def test_its_socket_names_its_protocol_so_that_asyncio_sends_small_answers_at_once():
    with listen(0) as sock:
        assert sock.proto == socket.IPPROTO_TCP


def test_a_skewed_simulator_says_so_in_its_date():
    clock = SystemClock()
    app = build_app(build_world(seed=1, clock=clock), faults=Faults(skew_s=1200))
    with ThreadedSim(app) as sim, httpx.Client(trust_env=False) as client:
        dates = client.get(f"{sim.url}/v1/x/notebooks").headers.get_list("date")
    assert len(dates) == 1
    assert abs(parsedate_to_datetime(dates[0]).timestamp() - clock.now() - 1200) < 5
