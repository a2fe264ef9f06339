"""Serving on loopback: ready once, quiet, and gone on SIGTERM."""

from __future__ import annotations

import asyncio
import os
import signal
import socket

import httpx
import pytest

from matui.clock import ManualClock
from matui.errors import UsageError
from matui.sim.app import build_app
from matui.sim.server.serve import serve
from matui.sim.world.build import build_world


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


async def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be used"):
            await serve(
                build_app(build_world(clock=ManualClock(), scale=0)),
                port=taken.getsockname()[1],
                on_ready=print,
            )
