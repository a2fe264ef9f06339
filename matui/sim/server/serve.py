"""Serve the simulator on the loopback interface."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.types import ASGIApp

from matui.base.errors import UsageError

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp


HOST = "127.0.0.1"


def listen(port: int) -> socket.socket:
    """Return a socket bound to ``port`` of the loopback interface, 0 for any free one. Raises UsageError."""
    # asyncio sets TCP_NODELAY only on sockets with an explicit protocol; accepted sockets inherit it.
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((HOST, port))
    except (OSError, OverflowError) as error:
        sock.close()
        raise UsageError(
            f"Port {port} cannot be used: {error}.", remedy="Choose another with --port."
        ) from None
    return sock


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Return a server for ``app`` without logs and signal handlers."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="off",
        http="h11",
        ws="none",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=30,
    )
    return uvicorn.Server(config)


async def serve(app: ASGIApp, *, port: int = 0, on_ready: Callable[[str], None]) -> None:
    """Serve ``app`` on 127.0.0.1 until SIGINT or SIGTERM; ``on_ready`` gets the URL once it listens.

    Raises UsageError when the port cannot be used.
    """
    with listen(port) as sock:
        server = make_server(app)
        loop = asyncio.get_running_loop()
        _on_signals(loop.add_signal_handler, lambda: setattr(server, "should_exit", True))
        task = asyncio.create_task(run_server(server, sock))
        try:
            while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            if server.started:
                on_ready(f"http://{HOST}:{sock.getsockname()[1]}")
            await task
        finally:
            server.should_exit = True
            _remove_signal_handlers(loop.remove_signal_handler)
            await asyncio.gather(task, return_exceptions=True)


async def run_server(server: uvicorn.Server, sock: socket.socket) -> None:
    """Run ``server`` on ``sock`` without its own signal handlers."""
    await server._serve(sockets=[sock])  # noqa: SLF001 - serve() would take the signals over


def _on_signals(add: Callable[..., Any], stop: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        add(number, stop)


def _remove_signal_handlers(remove: Callable[[int], Any]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        remove(number)
