"""The simulator on a real socket: quick, and dated by its own clock."""

from __future__ import annotations

import socket
from email.utils import parsedate_to_datetime

import httpx

from matui.clock import SystemClock
from matui.sim.app import build_app
from matui.sim.server.faults import Faults
from matui.sim.server.serve import ThreadedSim, listen
from matui.sim.world.build import build_world


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
