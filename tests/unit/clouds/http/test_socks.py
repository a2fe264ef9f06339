"""SOCKS5 proxies, as ``ssh -D`` opens them on a jump host."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from matui.base.clock import ManualClock
from matui.base.errors import ProxyRefusedError, TimedOutError, UnreachableError
from matui.clouds.http.budget import Budget
from matui.clouds.http.client import HttpClient
from matui.clouds.http.messages import Call
from matui.clouds.http.transport import CERTIFICATE_VARIABLES, open_client
from tests.unit.clouds.http_clients import ACT, LIST, open_real_client

Peer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serve_peer(peer: Peer, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await peer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield server.sockets[0].getsockname()[1]
    server.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h", "socks"])
async def test_requests_go_through_the_socks_proxy(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("cloud.internal").configure_cert(context)
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in CERTIFICATE_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    asked: list[bytes] = []

    async def cloud(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()

    async with serve_peer(cloud, context) as cloud_port:

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(3)
            writer.write(b"\x05\x00")
            head = await reader.readexactly(5)
            asked.append((await reader.readexactly(head[4] + 2))[:-2])
            writer.write(b"\x05\x00\x00\x01\0\0\0\0\0\0")
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", cloud_port)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

        async with serve_peer(proxy) as port:
            monkeypatch.setenv("ALL_PROXY", f"{scheme}://127.0.0.1:{port}")
            async with open_real_client("https://cloud.internal") as client:
                assert (await client.send(LIST)).body == b"{}"
    assert asked == [b"cloud.internal"]  # resolved by the proxy


async def test_a_socks_proxy_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serve_peer(_copy) as port:
        pass
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
    async with open_real_client("https://cloud.invalid") as client:
        with pytest.raises(UnreachableError, match=f"The proxy 127.0.0.1:{port} refuses") as caught:
            await client.send(ACT)
    assert "ALL_PROXY" in caught.value.remedy


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (b"\x05\x02", "wants a user and password: put them into ALL_PROXY"),
        (b"\x05\xff", "wants a user and password: put them into ALL_PROXY"),
        (b"\x05\x00\x05\x02\x00\x01\0\0\0\0\0\0", "forbids cloud.invalid"),
    ],
)
async def test_a_refusal_of_a_socks_proxy_is_not_tried_again(
    answer: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tried
        tried += 1
        await reader.readexactly(3)
        writer.write(answer[:2])
        await reader.read(100)
        writer.write(answer[2:])
        await writer.drain()

    async with serve_peer(proxy) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        async with open_real_client("https://cloud.invalid") as client:
            with pytest.raises(ProxyRefusedError, match=says) as caught:
                await client.send(LIST)
    assert tried == 1
    assert not caught.value.sent


@pytest.mark.parametrize("answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"", b"\x04\x5a\0\0\0\0\0\0"])
async def test_a_port_that_does_not_speak_socks_is_named(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def other(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(3)
        writer.write(answer)
        await writer.drain()

    async with serve_peer(other) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        async with open_real_client("https://cloud.invalid") as client:
            with pytest.raises(UnreachableError, match=f"The proxy 127.0.0.1:{port}") as caught:
                await client.send(ACT)
    assert not caught.value.sent


async def test_a_socks_proxy_that_hangs_has_not_sent_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    held = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await held.wait()

    async with serve_peer(hang) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        async with open_real_client("https://cloud.invalid", deadline_s=0.2) as client:
            with pytest.raises(UnreachableError, match=r"did not connect to cloud.invalid") as caught:
                await client.send(ACT)
        held.set()
    assert not caught.value.sent


@pytest.mark.parametrize("variable", ["socks5", "http"])
@pytest.mark.parametrize("call", [LIST, ACT], ids=["read", "action"])
async def test_a_proxy_that_hangs_in_its_handshake_is_left_after_the_connect_timeout(
    variable: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = 0

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tried
        tried += 1
        await reader.read()

    clock = ManualClock()
    async with serve_peer(proxy) as port:
        monkeypatch.setenv("ALL_PROXY", f"{variable}://127.0.0.1:{port}")
        slow = open_client("https://cloud.invalid", connect_s=0.2, read_s=600.0)
        client = HttpClient(
            "https://cloud.invalid", slow, clock=clock, budget=Budget(300, clock), deadline_s=600.0, retries=0
        )
        with pytest.raises(TimedOutError, match=r"did not connect to cloud.invalid within 0\.2 s") as caught:
            await asyncio.wait_for(client.send(call), 60)
        await client.aclose()
    assert (tried, caught.value.sent) == (1, False)
    assert "ALL_PROXY" in caught.value.remedy


async def test_a_request_that_is_cancelled_names_the_proxy_that_hangs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reached = asyncio.Event()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        await reader.read()

    clock = ManualClock()
    async with serve_peer(proxy) as port:
        monkeypatch.setenv("ALL_PROXY", f"socks5h://127.0.0.1:{port}")
        inner = open_client("https://cloud.invalid", connect_s=60.0, read_s=60.0)
        client = HttpClient("https://cloud.invalid", inner, clock=clock, budget=Budget(300, clock))
        sending = asyncio.ensure_future(client.send(Call("GET", "/v1/x")))
        await asyncio.wait_for(reached.wait(), 60)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError) as caught:
            await sending
        await client.aclose()
    assert "did not connect to cloud.invalid" in str(caught.value.__cause__)
