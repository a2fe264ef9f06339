"""Places that go wrong: the simulator on a real socket, and servers that only half serve."""

from __future__ import annotations

import asyncio
import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import trustme

from matui.base.clock import SystemClock
from matui.sim.app import build_app
from matui.sim.server.auth import SimAuth
from matui.sim.server.faults import Faults, parse_faults
from matui.sim.world.build import PROJECT_ID
from tests.seeded_world import SeededWorld, build_world
from tests.sim_fixtures import add_hostile
from tests.threaded_sim import ThreadedSim

READ_S = 0.3


class HurriedClock(SystemClock):
    """The machine's clock, but a sleep is over at once and moves it on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return time.time() + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)
        await asyncio.sleep(0)


class FollowedClock(SystemClock):
    """Tells the time of another clock, but sleeps for real."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now  # type: ignore[method-assign]


@dataclass
class Site:
    """Where a profile points, and what can be turned there."""

    url: str
    faults: Faults = field(default_factory=Faults)
    auth: SimAuth = field(default_factory=lambda: SimAuth.demo(7))
    world: SeededWorld | None = None
    heal: Callable[[], None] = lambda: None
    seen: list[bytes] = field(default_factory=list)

    def format_profile(self, auth: str = "aksk", **fields: object) -> str:
        """Return a config file that leads here, with time-outs that suit a test."""
        (ak, sk), *_ = self.auth.keys.items()
        (user, (password, domain)), *_ = self.auth.users.items()
        ways = {
            "aksk": {"ak": ak, "sk": sk},
            "password": {"username": user, "password": password, "domain_name": domain},
            "token": {"token": "MII0123456789"},
        }
        settings = {
            "region": "cn-north-4", "project_id": PROJECT_ID, "auth": auth, "endpoint": self.url,
            "iam_endpoint": self.url, "requests_per_minute": 100_000, "connect_timeout": READ_S,
            "read_timeout": READ_S, **ways[auth], **fields,
        }  # fmt: skip
        lines = [f'{k} = "{v}"' if isinstance(v, str) else f"{k} = {v}" for k, v in settings.items()]
        return "\n".join(["[profiles.bad]", *lines, ""])

    def write(self, folder: Path, auth: str = "aksk", **fields: object) -> str:
        """Write the config file and return its path."""
        file = folder / "config.toml"
        file.touch(mode=0o600)
        file.write_text(self.format_profile(auth, **fields))
        return str(file)


@contextmanager
def serve_simulator(
    spec: str = "", *, now: Callable[[], float] = time.time, hostile: bool = False
) -> Iterator[Site]:
    """Serve a world with faults over HTTP; ``heal`` takes the faults away."""
    world = build_world(seed=7, clock=FollowedClock(now))
    if hostile:
        add_hostile(world)
    auth = SimAuth.demo(7)
    faults = parse_faults(spec, seed=7)
    with ThreadedSim(build_app(world, auth=auth, faults=faults)) as sim:
        site = Site(sim.url, faults, auth, world)

        def heal() -> None:
            faults.rules, faults.skew_s = (), 0.0

        site.heal = heal
        yield site


@contextmanager
def refuse_connections() -> Iterator[Site]:
    """Point to a port where nobody listens until it is healed."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    started: list[ThreadedSim] = []
    site = Site(f"http://127.0.0.1:{port}")

    def heal() -> None:
        app = build_app(build_world(seed=7, clock=SystemClock()), auth=site.auth)
        started.append(ThreadedSim(app, port=port).__enter__())

    site.heal = heal
    try:
        yield site
    finally:
        for sim in started:
            sim.stop()


@contextmanager
def accept_nothing() -> Iterator[Site]:
    """Point to a port whose queue is full: a connection is neither made nor refused."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen(0)
        port = sock.getsockname()[1]
        queued = [socket.socket() for _ in range(4)]
        for waiting in queued:
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        try:
            yield Site(f"http://127.0.0.1:{port}")
        finally:
            for waiting in queued:
                waiting.close()


@contextmanager
def name_nowhere() -> Iterator[Site]:
    """Point to a name that no DNS knows."""
    yield Site("https://modelarts.no-such-region.invalid")


@contextmanager
def serve_tls(
    ca: trustme.CA, *, names: tuple[str, ...] = ("localhost",), expired: bool = False
) -> Iterator[Site]:
    """Answer every TLS connection with a certificate of ``ca``, and every request with an empty object."""
    then = dt.datetime.now(dt.UTC) - dt.timedelta(days=2)
    ends = then + dt.timedelta(days=1) if expired else None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names, not_before=then, not_after=ends).configure_cert(context)
    with _accept_each(lambda sock: _serve_tls(context, sock)) as port:
        yield Site(f"https://localhost:{port}")


def _serve_tls(context: ssl.SSLContext, sock: socket.socket) -> bytes:
    with context.wrap_socket(sock, server_side=True) as wrapped:
        head = wrapped.recv(65536)
        body = b'{"instances":[],"total":0}'
        wrapped.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        return head


@contextmanager
def serve_thief() -> Iterator[Site]:
    """Redirect every request to another port, and keep what arrives there in ``seen``."""
    site = Site("")

    def steal(sock: socket.socket) -> None:
        site.seen.append(sock.recv(65536))

    with _accept_each(steal) as elsewhere:
        target = f"http://127.0.0.1:{elsewhere}/login".encode()
        answer = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\nLocation: " + target + b"\r\n\r\n"

        def redirect(sock: socket.socket) -> None:
            sock.recv(65536)
            sock.sendall(answer)

        with _accept_each(redirect) as port:
            site.url = f"http://127.0.0.1:{port}"
            yield site


@contextmanager
def _accept_each(serve: Callable[[socket.socket], object]) -> Iterator[int]:
    """Serve loopback connections one after the other in a thread; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            with sock, suppress(OSError):
                serve(sock)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


PLACES = {
    "refusing": refuse_connections,
    "not_accepting": accept_nothing,
    "nowhere": name_nowhere,
    "thief": serve_thief,
}
"""What is at the address of each row of ``NETWORK``, by the name of the row."""
