"""Clients for tests: over a handler, or over a socket whose every byte the test writes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from matui.base.clock import Clock, ManualClock
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.http.transport import open_client

BASE = "https://cloud.test"
LIST = Call("GET", "/v1/p/things")
ACT = Call("POST", "/v1/p/things/1/stop", body=b"{}", action=True)

Handler = Callable[[httpx.Request], httpx.Response]


def build_client(
    handler: Handler, *, clock: Clock | None = None, limit: int = 300, **options: Any
) -> HttpClient:
    """Return a client whose requests ``handler`` answers."""
    used = clock or ManualClock()
    inner = httpx.AsyncClient(transport=httpx.MockTransport(handler))
    options.setdefault("budget", Budget(limit, used))
    return HttpClient(BASE, inner, clock=used, rng=random.Random(1), **options)


def build_answers(*responses: httpx.Response) -> tuple[Handler, list[httpx.Request]]:
    """Return a handler that gives each response once, the last for ever, and the requests it has seen."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        given = responses[min(len(seen), len(responses)) - 1]
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    return handler, seen


async def run_with(clock: ManualClock, work: Awaitable[Any], seconds: float = 120.0) -> Any:
    """Run ``work`` while the clock advances, and return what it returns or raise what it raises."""
    task = asyncio.ensure_future(work)
    for _ in range(int(seconds * 4)):
        await clock.advance(0.25, settle=5)
        if task.done():
            break
    return await task


Writer = Callable[[asyncio.StreamWriter, bytes], Awaitable[None]]


@asynccontextmanager
async def serve_raw(write: Writer) -> AsyncIterator[str]:
    """Serve on loopback: ``write`` gets the request's head and writes the bytes of the answer."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            await write(writer, head)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def open_real_client(url: str, **options: Any) -> AsyncIterator[HttpClient]:
    """Return a client over real sockets; retries wait on a clock that does not."""
    clock = _Hasty()
    client = HttpClient(url, open_client(url), clock=clock, budget=Budget(300, clock), **options)
    try:
        yield client
    finally:
        await client.aclose()


class _Hasty(ManualClock):
    async def sleep(self, seconds: float) -> None:
        self.jump(seconds)
        await asyncio.sleep(0)
